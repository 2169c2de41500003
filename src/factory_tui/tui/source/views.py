"""What the screens show: the queue, its runs, their logs, what failed."""

from dataclasses import dataclass
from typing import Protocol

from factory_tui.model.report import Report
from factory_tui.model.views import BatchSummary, FailureGroup, Holding, LogLine, RunRow, RunView, SpecRow


@dataclass(frozen=True, slots=True)
class BoardView:
    rows: tuple[RunRow, ...] = ()
    batch: BatchSummary | None = None
    holding: Holding | None = None
    """Set while the provider refuses calls: live rows wait, and go on by themselves."""
    paused: bool = False
    """The engine starts no further run."""


class Views(Protocol):
    """Specs and runs as they are now."""

    async def specs(self) -> tuple[SpecRow, ...]: ...

    async def board(self) -> BoardView: ...

    async def run(self, run: str) -> RunView | None:
        """None when there is no such run."""
        ...

    async def log(self, run: str, after: int) -> tuple[LogLine, ...]:
        """The next lines after sequence number `after`, oldest first; empty at the end."""
        ...

    async def failures(self) -> tuple[FailureGroup, ...]: ...

    async def report(self, batch: str | None = None) -> Report | None:
        """Of a batch, or of the newest; None when there is none."""
        ...
