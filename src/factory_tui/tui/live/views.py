"""What the screens ask the real source: history from runs.db, specs from their files."""

from datetime import UTC, datetime

from factory_tui.model.report import Report
from factory_tui.model.views import FailureGroup, LogLine, RunView, SpecRow
from factory_tui.tui.live.workspace import LiveWorkspace, cap
from factory_tui.tui.source import BoardView

LOG_PAGE = 1000
"""Events of one question for log lines."""


class LiveViews(LiveWorkspace):
    """Implements `tui.source.views.Views`."""

    async def specs(self) -> tuple[SpecRow, ...]:
        return await self._rows()

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

    async def report(self, batch: str | None = None) -> Report | None:
        day_cap, now = cap(self._settings.limits.day_usd), datetime.now(UTC)
        return await self._ask(lambda: self._reader.report(self.name, batch, day_cap, now))
