"""Specs and runs as the night has them."""

from factory_tui.model.report import Report
from factory_tui.model.views import FailureGroup, LogLine, RunView, SpecRow
from factory_tui.tui.source import BoardView
from tests.tui import sample

from .night import Night

PAGE = 1000


class FakeViews(Night):
    """Keeps the promises of `tui.source.views.Views`."""

    async def specs(self) -> tuple[SpecRow, ...]:
        self._ask()
        return self.spec_rows

    async def board(self) -> BoardView:
        self._ask()
        return BoardView(self.rows, self.batch, self.holding, self.paused)

    async def run(self, run: str) -> RunView | None:
        self._ask()
        if run in self.views:
            return self.views[run]
        row = next((each for each in self.rows if each.run == run), None)
        return sample.live_view(row) if row else None

    async def log(self, run: str, after: int) -> tuple[LogLine, ...]:
        self._ask()
        return tuple(each for each in self.log_lines if each.seq > after)[:PAGE]

    async def failures(self) -> tuple[FailureGroup, ...]:
        self._ask()
        return self.groups

    async def report(self, batch: str | None = None) -> Report | None:
        self._ask()
        return self.report_view if batch is None else self.earlier_reports.get(batch)
