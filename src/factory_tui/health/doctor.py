"""The doctor: every check, in the order in which they help."""

from collections.abc import AsyncIterator
from pathlib import Path

from factory_tui.health import machine, sandboxes, settings
from factory_tui.health.check import Check


async def examine(workspace: Path) -> AsyncIterator[Check]:
    """All checks, each as soon as it is known. Changes nothing but a private directory for the socket.

    Args:
        workspace: absolute; need not be a workspace.
    """
    for check in machine.examine(workspace):
        yield check
    report = settings.examine(workspace)
    for check in report.checks:
        yield check
    async for check in sandboxes.examine(report.settings, demo_only=not report.is_workspace):
        yield check
