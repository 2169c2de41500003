"""What the screens ask the real source: history from runs.db, specs from their files."""

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

from factory_tui.config import Settings
from factory_tui.model.estimate import Advice
from factory_tui.model.money import MicroUsd, from_usd
from factory_tui.model.report import Report
from factory_tui.model.spec import Status
from factory_tui.model.views import FailureGroup, LogLine, RunView, SpecRow
from factory_tui.report.estimate import expected
from factory_tui.tui.live.lessons import lessons_of
from factory_tui.tui.live.triage import LiveTriage
from factory_tui.tui.live.workspace import LiveWorkspace
from factory_tui.tui.source import BatchPlan, BoardView, LessonsView

LOG_PAGE = 1000
"""Events of one question for log lines."""


class LiveViews(LiveWorkspace):
    """The views of `tui.source.Source`."""

    def __init__(self, workspace: Path, settings: Settings, *, read_only: bool = False) -> None:
        super().__init__(workspace, settings, read_only=read_only)
        self._triage = LiveTriage(workspace, self._reader)
        self._specs_read = asyncio.Event()

    async def specs(self) -> tuple[SpecRow, ...]:
        rows = await self._ask(lambda: self._triage.rows(self._settings))
        self._specs_read.set()
        return rows

    async def board(self) -> BoardView:
        return await self._ask(self._board)

    def _board(self) -> BoardView:
        reader = self._reader
        return BoardView(tuple(reader.board()), reader.batch(), reader.holding(), reader.paused())

    async def run(self, run: str) -> RunView | None:
        return await self._ask(lambda: self._reader.run(run))

    async def log(self, run: str, after: int) -> tuple[LogLine, ...]:
        return tuple(await self._ask(lambda: self._reader.log(run, after, LOG_PAGE)))

    async def failures(self) -> tuple[FailureGroup, ...]:
        return tuple(await self._ask(self._reader.failures))

    async def lessons(self) -> LessonsView:
        return await self._ask(lambda: lessons_of(self._workspace, self._settings.feedback, self._reader))

    async def report(self, batch: str | None = None) -> Report | None:
        day_cap, now = _cap(self._settings.limits.day_usd), datetime.now(UTC)
        return await self._ask(lambda: self._reader.report(self.name, batch, day_cap, now))

    async def advice(self) -> tuple[Advice, ...]:
        from factory_tui.report.advice import advise  # few evenings ask for it

        return await self._ask(lambda: advise(self._reader.past_runs()))

    async def plan(self, among: Collection[str] | None = None) -> BatchPlan:
        await self._read_settings()
        wanted = [row for row in await self.specs() if among is None or row.id in among]
        limits, ready = self._settings.limits, [row for row in wanted if row.status is Status.READY]
        rows = [row for row in ready if not row.has_run_as_it_is]
        return BatchPlan(
            specs=tuple(row.id for row in rows if not row.errors),
            with_errors=tuple(row.id for row in rows if row.errors),
            unchanged=len(ready) - len(rows),
            not_ready=0 if among is None else len(wanted) - len(ready),
            parallel=self._settings.factory.parallel,
            attempts=limits.attempts,
            run_cap=_cap(limits.run_usd),
            batch_cap=_cap(limits.batch_usd),
            day_cap=_cap(limits.day_usd),
            charged=not self._settings.model.is_twin,
            expected=expected(row.estimate for row in rows if not row.errors),
        )


def _cap(dollars: float | None) -> MicroUsd | None:
    return None if dollars is None else from_usd(dollars)
