"""Measures in words: amounts with their units, and how close each came to its limit."""

from collections.abc import Iterable

from factory_tui.model.evaluation import Aspect, Measure

_UNITS = (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10))


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
        return f"{measure.aspect}: {measure.name}"
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
