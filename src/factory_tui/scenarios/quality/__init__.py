"""Qualities of a command beside what it does: measured, checked against their limits, reported apart."""

from factory_tui.scenarios.quality.timing import measures_time

__all__ = ["measures_time"]
