"""What history says about work that was not done yet, and which work it trusts to the night."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.estimate import Advice, PastRun
from factory_tui.model.money import MicroUsd, from_usd
from factory_tui.model.spec import Category
from factory_tui.report.advice import NOT_YET, SUITS, UNKNOWN, WATCH, advise
from factory_tui.report.estimate import NO_HISTORY, Estimates, estimate, expected
from factory_tui.report.estimate_words import brief, caution, chance, of_batch
from factory_tui.report.interval import wilson


def past(shipped: bool = True, **changes: object) -> PastRun:
    usual: dict[str, object] = {
        "spec": "todo-api", "category": Category.CRUD, "agent": "default", "shipped": shipped,
        "first_attempt": shipped, "cost": from_usd("0.40"), "seconds": 180.0,
    }  # fmt: skip
    return PastRun.model_validate({**usual, **changes})


def several(shipped: int, failed: int, escaped: int = 0, **changes: object) -> list[PastRun]:
    good = [past(**changes) for _ in range(shipped)]
    bad = [past(shipped=False, **changes) for _ in range(failed)]
    return [*good, *bad, *(past(shipped=False, escaped=True, **changes) for _ in range(escaped))]


def word(*runs: PastRun) -> Advice:
    return advise(runs)[0]


def test_an_estimate_is_made_of_medians_so_that_one_stuck_run_does_not_decide() -> None:
    runs = [past(cost=from_usd(cost), seconds=seconds) for cost, seconds in (("0.2", 60), ("0.3", 90), ("9", 7200))]
    found = estimate(runs, Category.CRUD, "default")
    assert (found.n, found.cost, found.seconds, found.shipped) == (3, from_usd("0.3"), 90, 3)


def test_only_runs_of_the_same_category_and_agent_count() -> None:
    runs = [past(), past(agent="cheap"), past(category=Category.DOCS)]
    assert estimate(runs, Category.CRUD, "default").n == 1
    assert estimate(runs, Category.MIGRATION, "default") == NO_HISTORY


def test_the_chance_comes_with_the_interval_of_wilson() -> None:
    found = estimate(several(4, 1), Category.CRUD, "default")
    assert (round(found.low, 4), round(found.high, 4)) == (0.3755, 0.9638)


@given(found=st.integers(0, 60), more=st.integers(0, 60))
def test_the_share_itself_is_always_inside_its_interval(found: int, more: int) -> None:
    low, high = wilson(found, found + more)
    share = found / (found + more) if found + more else 0.5
    assert 0.0 <= low <= share <= high <= 1.0


def test_a_whole_list_is_estimated_like_each_of_its_specs() -> None:
    runs = [*several(3, 2), *several(1, 0, category=Category.DOCS)]
    many = Estimates(runs)
    for category in Category:
        assert many.of(category, "default") == estimate(runs, category, "default")
    assert many.of(None, "default") == NO_HISTORY


def test_a_batch_is_expected_to_come_to_what_its_known_specs_come_to() -> None:
    one = estimate(several(3, 1), Category.CRUD, "default")
    sum_ = expected([one, one, NO_HISTORY])
    assert (sum_.known, sum_.unknown, sum_.cost, sum_.shipped, sum_.least) == (2, 1, from_usd("0.80"), 1.5, 4)
    assert sum_.wall_seconds(4) == 180
    assert sum_.wall_seconds(1) == 360
    assert expected([]).cost == MicroUsd(0)


@pytest.mark.parametrize(
    ("runs", "wanted"),
    [
        (several(9, 1), SUITS),
        (several(4, 0), SUITS),
        (several(3, 0), WATCH),
        (several(5, 5), WATCH),
        (several(0, 4), NOT_YET),
        (several(1, 9), NOT_YET),
        (several(2, 0), WATCH),
        (several(1, 0), WATCH),
        (several(0, 1), WATCH),
    ],
    ids=lambda value: value if isinstance(value, str) else str(sum(each.shipped for each in value)),
)
def test_the_word_follows_the_end_of_the_interval_that_the_operator_has_to_fear(
    runs: list[PastRun], wanted: str
) -> None:
    assert word(*runs).word == wanted


def test_escaped_defects_weigh_heavily() -> None:
    assert word(*several(18, 0)).word == SUITS
    assert word(*several(18, 0, escaped=1)).word == WATCH
    assert word(*several(8, 0, escaped=2)).word == NOT_YET
    assert word(*several(60, 0, escaped=2)).word == SUITS


def test_advice_says_why_with_the_numbers() -> None:
    assert word(*several(9, 1)).why == (
        "9 of 10 shipped and held (95 % interval 60 % to 98 %); more than half ship, even at the lower end."
    )
    assert "n = 2 is little to go by" in word(*several(2, 0)).why
    assert "2 escaped defects" in word(*several(8, 0, escaped=2)).why


def test_every_category_gets_a_word_and_agents_are_told_apart() -> None:
    found = advise([past(), past(agent="cheap", shipped=False)])
    assert [(each.category, each.agent) for each in found[:2]] == [(Category.CRUD, "cheap"), (Category.CRUD, "default")]
    assert {each.category for each in found} == set(Category)
    assert all(each.word == UNKNOWN and not each.estimate.n for each in found[2:])


def test_what_a_batch_comes_to_is_said_as_far_as_it_is_known() -> None:
    one = estimate(several(2, 1), Category.CRUD, "default")
    assert of_batch(expected([one]), 4) == "about $0.40 and 3 min; 67 % of such runs shipped"
    assert of_batch(expected([one] * 6), 2) == "about $2.40 and 9 min; about 4 of 6 ship"
    assert of_batch(expected([NO_HISTORY]), 4) == ""
    few = estimate(several(1, 0), Category.CRUD, "default")
    said = of_batch(expected([few, NO_HISTORY]), 4)
    assert "1 spec without history not counted" in said
    assert "from as few as 1 run" in said


def test_few_runs_are_said_to_be_few() -> None:
    assert caution(estimate(several(2, 0), Category.CRUD, "default")) == "n = 2: little to go by"
    assert caution(estimate(several(3, 0), Category.CRUD, "default")) == caution(NO_HISTORY) == ""
    assert brief(NO_HISTORY) == chance(NO_HISTORY) == "no history"
    assert brief(estimate(several(4, 1), Category.CRUD, "default")) == "~$0.40 3 min 4/5"
