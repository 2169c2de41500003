"""One line of the doctor's report, and the order in which the lines are made."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


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


async def examine(workspace: Path) -> AsyncIterator[Check]:
    """All checks, each as soon as it is known. Changes nothing but a private directory for the socket.

    Args:
        workspace: absolute; need not be a workspace.
    """
    from factory_tui.health import machine, sandboxes, settings

    for check in machine.examine(workspace):
        yield check
    report = settings.examine(workspace)
    for check in report.checks:
        yield check
    async for check in sandboxes.examine(report.settings, demo_only=not report.is_workspace):
        yield check
