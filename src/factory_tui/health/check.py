"""One line of the doctor's report."""

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    OK = "ok"
    WARN = "warn"
    """Works, with less than it could."""
    FAIL = "fail"
    """Needed, and missing."""


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    grade: Grade
    found: str
    """What is there, in one line."""
    fix: str = ""
    """What to do, unless all is well."""
