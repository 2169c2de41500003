"""Qualities of a command beside what it does: measured, checked against their limits, reported apart."""

from factory_tui.scenarios.quality.again import Again, longest, repeated
from factory_tui.scenarios.quality.of_call import decides_exit, qualities_of, within
from factory_tui.scenarios.quality.reading import Call, Reading
from factory_tui.scenarios.quality.timing import measures_time

__all__ = [
    "Again",
    "Call",
    "Reading",
    "decides_exit",
    "longest",
    "measures_time",
    "qualities_of",
    "repeated",
    "within",
]
