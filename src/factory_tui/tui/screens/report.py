"""Screen 5, the morning page: how the night was, and what it leaves to decide."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.containers import Container
from textual.widget import Widget

from factory_tui.model.report import Report
from factory_tui.model.views import RunRow
from factory_tui.tui.actions import Where, bindings_for
from factory_tui.tui.look import Span, Tone
from factory_tui.tui.room import Room
from factory_tui.tui.run_actions import RunActions
from factory_tui.tui.source import Topic
from factory_tui.tui.widgets.table import Cells, Column, Table
from factory_tui.tui.widgets.text_pane import TextPane
from factory_tui.tui.words import ReportLine, no_report_lines, report_head, report_lines

COLUMNS = (
    Column("OUTCOME", 14),
    Column("SPEC", 15, flex=1),
    Column("COST", 7, right=True),
    Column("WHY", 30, flex=4),
)

_BY_NUMBER = {"1": Where.SPECS, "2": Where.BOARD, "3": Where.FAILURES}


class ReportScreen(RunActions):
    """The report of a batch as a list of lines, the newest at first; keys act on a line as they do on the board."""

    CSS_PATH = "report.tcss"
    BINDINGS = bindings_for(Where.REPORT)
    AUTO_FOCUS = "#list"

    where = Where.REPORT
    topics = Topic.RUNS | Topic.FAILURES | Topic.TEMPLATES
    at_top: ClassVar[bool] = True

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self.report: Report | None = None
        self.loaded = False
        self._rows: dict[str, RunRow] = {}
        self._detailed = ""
        self._batches: tuple[str, ...] = ()
        """Back from the newest batch, which has no name here, to the one that is shown."""

    def compose_body(self) -> Iterable[Widget]:
        with Container(id="body"):
            yield Table(COLUMNS, _cells, lambda each: each.identity, id="list")
            yield TextPane(id="detail")

    @property
    def table(self) -> Table[ReportLine]:
        return self.query_one("#list", Table)

    # Loading

    async def reload(self, topics: Topic) -> None:
        if not topics & self.topics:
            return
        report = await self.source.report(self._batches[-1] if self._batches else None)
        self._rows = {row.run: row for row in self.room.board.rows}
        for outcome in report.outcomes if report else ():
            if outcome.run not in self._rows and (view := await self.source.run(outcome.run)):
                self._rows[outcome.run] = view.row
        self._show(report)

    def _show(self, report: Report | None) -> None:
        self.report, self.loaded = report, True
        was_empty = self.has_class("-empty")
        lines = tuple(report_lines(report)) if report else ()
        self.show_empty([] if lines else no_report_lines(report))
        self.table.set_items(lines)
        if report is None:
            self.summarise((Span("no batch yet"),))
            return
        if was_empty and self.focused is None:
            self.call_after_refresh(self.focus_main)
        name = (Span(f"batch {report.batch} · ", Tone.DIM),) if self.has_class("-wide") else ()
        left, right = report_head(report)
        earlier = (Span("an earlier batch, ] goes on  ", Tone.WARN),) if self._batches else ()
        self.summarise((*earlier, *left), (*name, *right))

    @on(Table.Moved, "#list")
    def _moved(self, event: Table.Moved) -> None:
        event.stop()
        current = self.table.current
        same = current is not None and current.identity == self._detailed
        self._detailed = current.identity if current else ""
        self.query_one("#detail", TextPane).set_lines(current.lines if current else (), keep_place=same)

    # Actions

    @property
    def run_row(self) -> RunRow | None:
        """The run of the line, as it stands now."""
        run = self.table.current.run if self.table.current else None
        if run is None or run not in self._rows:
            self.say("this line is about no run; put the cursor on one")
            return None
        return self._rows[run]

    def action_open(self) -> None:
        current = self.table.current
        if current is None:
            return
        if current.run is not None:
            self.room.open_run(current.run)
        elif current.screen in _BY_NUMBER:
            self.room.go(_BY_NUMBER[current.screen], current.at or None)

    def action_earlier_batch(self) -> None:
        """Answering a question starts a batch of its own; the night before it is still to be read."""
        before = self.report.previous if self.report else None
        if before is None:
            self.say("there is no batch before this one")
            return
        self._batches = (*self._batches, before)
        self.room.ask(self.topics)

    def action_later_batch(self) -> None:
        if not self._batches:
            self.say("this is the newest batch")
            return
        self._batches = self._batches[:-1]
        self.room.ask(self.topics)

    def copy_text(self) -> str:
        return super().copy_text() or (self.table.current.run or "" if self.table.current else "")


def _cells(each: ReportLine, here: bool) -> Cells:
    return each.cells
