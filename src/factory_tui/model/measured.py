"""Measures in words: amounts with their units, and how close each came to its limit."""

from collections.abc import Iterable
from typing import NamedTuple

from factory_tui.model.evaluation import Aspect, Measure, Result, ScenarioResult

_UNITS = (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10))


class Measured(NamedTuple):
    """A measure and the scenario that asked for it."""

    scenario: str
    measure: Measure


def measured(results: Iterable[ScenarioResult]) -> list[Measured]:
    """What was measured, most urgent first."""
    every = [Measured(result.id, measure) for result in results for measure in result.measures]
    return sorted(every, key=lambda each: urgency(each.measure))


def behaves(result: ScenarioResult) -> bool:
    """Whether what the artifact does is right as far as the scenario shows: it passes, or only qualities are missed."""
    if result.result not in (Result.PASS, Result.FAIL, Result.FLAKY):
        return False
    wrong = [trial for trial in result.trials if trial.result is not Result.PASS]
    return all(trial.evidence and all(each.is_quality for each in trial.evidence) for trial in wrong)


def amount(aspect: Aspect, value: float) -> str:
    """A value with the unit of its aspect: seconds for speed, bytes for memory and output size."""
    return seconds(value) if aspect is Aspect.SPEED else size(value)


def seconds(value: float) -> str:
    return f"{value:.3f} s" if value < 0.1 else f"{value:.2f} s"


def size(count: float) -> str:
    """Bytes in the largest unit of which there is at least one."""
    for name, unit in _UNITS:
        if count >= unit:
            return f"{count / unit:.4g} {name}"
    return f"{count:.0f} B"


def told(measure: Measure) -> str:
    """One measure as an operator reads it: `speed 0.12 s of 0.20 s, p95 of 20 calls`."""
    if measure.value is None:
        return measure.name if measure.name == measure.aspect else f"{measure.aspect}: {measure.name}"
    limit = f" of {amount(measure.aspect, measure.limit)}" if measure.limit is not None else ""
    return f"{measure.aspect} {amount(measure.aspect, measure.value)}{limit}, {measure.name}"


def share(measure: Measure) -> float | None:
    """How much of its limit it took up; above 1 when it missed it. None for what is no number."""
    if measure.value is None or measure.limit is None:
        return None
    if measure.limit == 0:
        return 1.0 if measure.value == 0 else float("inf")
    return measure.value / measure.limit


def held(measures: Iterable[Measure]) -> str:
    """`3 of 4 held`."""
    every = tuple(measures)
    return f"{sum(each.holds for each in every)} of {len(every)} held"


def urgency(measure: Measure) -> tuple[bool, float]:
    """For sorting: what was missed first, then what came closest to its limit."""
    return measure.holds, -(share(measure) or 0.0)
