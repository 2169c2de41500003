"""Satisfaction: how often what was built did what its scenarios describe, and how sure that is. Pure.

A share is never shown without its interval. Trials that gave no signal (an error of the evaluation) count nowhere.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import comb, sqrt

from factory_tui.model.evaluation import Result
from factory_tui.model.evidence_views import Gap, Satisfaction
from factory_tui.model.scenario import Layer
from factory_tui.model.tally import Tally
from factory_tui.report.interval import wilson

NO_SIGNAL = frozenset({Result.ERROR, Result.INCONCLUSIVE})
"""Results that say nothing about the artifact."""


def satisfaction(tallies: Iterable[Tally], k: int | None = None) -> Satisfaction:
    """What the trials of some scenarios came to, over any number of artifacts.

    The interval takes trials as independent. Trials of one artifact are not quite, so with many trials and few
    artifacts it is too narrow; `evaluations` says how many artifacts there were.

    Args:
        tallies: of one scenario or of many.
        k: trials that a pass asks for; None takes the most that an evaluation made.
    """
    counted = [each for each in tallies if each.trials and each.result not in NO_SIGNAL]
    passed, trials = sum(each.passed for each in counted), sum(each.trials for each in counted)
    low, high = wilson(passed, trials)
    asked = k or max((each.trials for each in counted), default=1)
    return Satisfaction(
        passed=passed,
        trials=trials,
        low=low,
        high=high,
        evaluations=len({each.artifact for each in counted}),
        flaky=sum(each.result is Result.FLAKY for each in counted),
        k=asked,
        pass_k=pass_hat_k([(each.passed, each.trials) for each in counted], asked),
    )


def pass_hat_k(counts: Sequence[tuple[int, int]], k: int) -> float | None:
    """Chance that `k` trials all pass: the mean of C(passed, k) / C(trials, k), which is without bias.

    Of Yao et al. (2024), tau-bench, arXiv 2406.12045. An evaluation with fewer than `k` trials cannot say; None when
    none has as many.

    Args:
        counts: passed and made trials of each evaluation of a scenario.
        k: at least 1.
    """
    able = [(passed, trials) for passed, trials in counts if trials >= k]
    if not able:
        return None
    return sum(comb(passed, k) / comb(trials, k) for passed, trials in able) / len(able)


def gap_of(tallies: Iterable[Tally]) -> Gap | None:
    """Gate minus reserve over the artifacts on which both were judged; None without such an artifact.

    The agent hears counts about the gate and nothing about the reserve: work that fits the gate better than the
    behaviour behind it shows as a gap above zero. The interval is Newcombe's (1998, Statistics in Medicine 17:873,
    method 10), made of the Wilson intervals of both shares.
    """
    layers: dict[Layer, list[Tally]] = defaultdict(list)
    for each in tallies:
        layers[each.layer].append(each)
    both = {each.artifact for each in layers[Layer.GATE]} & {each.artifact for each in layers[Layer.RESERVE]}
    gate, reserve = (
        satisfaction(each for each in layers[layer] if each.artifact in both) for layer in (Layer.GATE, Layer.RESERVE)
    )
    if gate.share is None or reserve.share is None:
        return None
    value = gate.share - reserve.share
    down = sqrt((gate.share - gate.low) ** 2 + (reserve.high - reserve.share) ** 2)
    up = sqrt((gate.high - gate.share) ** 2 + (reserve.share - reserve.low) ** 2)
    return Gap(value=value, low=max(-1.0, value - down), high=min(1.0, value + up), evaluations=len(both))


def of_version(tallies: Iterable[Tally], scenario: str, version: str) -> list[Tally]:
    """Those of one scenario as it is now. Where no version was recorded it is taken for the present one."""
    return [each for each in tallies if each.scenario == scenario and each.hash in ("", version)]
