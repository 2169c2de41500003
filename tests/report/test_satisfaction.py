"""Satisfaction, pass^k and the gap: shares with intervals, over what really gave a signal."""

from itertools import pairwise
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.evaluation import Result
from factory_tui.model.scenario import Layer
from factory_tui.model.tally import Tally
from factory_tui.report.satisfaction import gap_of, of_version, pass_hat_k, satisfaction


def tally(
    passed: int, trials: int, *, run: str = "r1", layer: Layer = Layer.GATE, scenario: str = "s", version: str = "h"
) -> Tally:
    result = Result.PASS if passed == trials else Result.FLAKY if passed else Result.FAIL
    return Tally("bank", scenario, version, layer, result, passed, trials, run, 1, None)


def test_a_share_comes_with_its_interval() -> None:
    found = satisfaction([tally(3, 3), tally(2, 3, run="r2"), tally(0, 3, run="r3")])
    assert (found.passed, found.trials, found.evaluations, found.flaky) == (5, 9, 3, 1)
    assert found.share == pytest.approx(5 / 9)
    # Wilson's interval of 5 in 9, as R's prop.test(5, 9, correct = FALSE) gives it.
    assert (round(found.low, 4), round(found.high, 4)) == (0.2667, 0.8112)


def test_without_a_trial_nothing_is_known() -> None:
    found = satisfaction([])
    assert found.share is None
    assert (found.low, found.high, found.pass_k) == (0.0, 1.0, None)


@pytest.mark.parametrize("silent", [Result.ERROR, Result.INCONCLUSIVE])
def test_what_gave_no_signal_counts_nowhere(silent: Result) -> None:
    broken = Tally("bank", "s", "h", Layer.GATE, silent, 0, 1, "r9", 1, None)
    assert satisfaction([tally(1, 1), broken]) == satisfaction([tally(1, 1)])


def test_pass_hat_k_is_the_chance_that_all_trials_pass() -> None:
    # Three artifacts with 3 of 4, 4 of 4 and 1 of 4: C(3,2)/C(4,2) = 3/6, 1, 0.
    assert pass_hat_k([(3, 4), (4, 4), (1, 4)], 2) == pytest.approx(0.5)
    assert pass_hat_k([(3, 3), (2, 3)], 3) == pytest.approx(0.5)
    assert pass_hat_k([(1, 1)], 3) is None


@given(st.lists(st.integers(1, 9).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1))
def test_more_trials_never_pass_more_often(counts: list[tuple[int, int]]) -> None:
    chances = [pass_hat_k([each for each in counts if each[1] == 9] or [(4, 9)], k) for k in range(1, 10)]
    assert all(one is not None and other is not None and one >= other - 1e-12 for one, other in pairwise(chances))
    assert pass_hat_k(counts, 1) is not None


def test_the_gap_is_taken_on_the_same_artifacts() -> None:
    seen = [
        tally(1, 1, run="r1"),
        tally(0, 1, run="r1", layer=Layer.RESERVE, scenario="hidden"),
        tally(0, 1, run="r2"),  # no reserve was judged here
    ]
    gap = gap_of(seen)
    assert gap is not None
    assert (gap.value, gap.evaluations) == (1.0, 1)
    assert gap.low < 0 < gap.high  # one artifact proves nothing
    assert not gap.is_overfitting


def test_many_artifacts_make_a_gap_sure() -> None:
    seen = [tally(1, 1, run=f"r{number}") for number in range(30)]
    seen += [tally(0, 1, run=f"r{number}", layer=Layer.RESERVE, scenario="hidden") for number in range(30)]
    gap = gap_of(seen)
    assert gap is not None
    assert gap.is_overfitting


def test_newcombe_s_own_example() -> None:
    """56 of 70 against 48 of 80: 0.0524 to 0.3339 (Newcombe 1998, table II, method 10)."""
    seen = [tally(56, 70), tally(48, 80, layer=Layer.RESERVE, scenario="hidden")]
    gap = gap_of(seen)
    assert gap is not None
    assert isclose(gap.value, 0.2)
    assert (round(gap.low, 4), round(gap.high, 4)) == (0.0524, 0.3339)


def test_without_a_reserve_there_is_no_gap() -> None:
    assert gap_of([tally(1, 1)]) is None


def test_an_older_version_of_a_scenario_does_not_count_for_it() -> None:
    seen = [tally(1, 1, version="new"), tally(0, 1, version="old"), tally(1, 1, version="")]
    assert len(of_version(seen, "s", "new")) == 2
