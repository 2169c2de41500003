"""What a spec said each time that it became Ready, what came of it, and what changed from one time to the next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.containers import Container
from textual.widget import Widget

from factory_tui.model.money import MicroUsd, show_usd
from factory_tui.model.version import VersionView
from factory_tui.tui.actions import Where, bindings_for
from factory_tui.tui.base import RoomScreen
from factory_tui.tui.look import BLANK, Line, Span, Tone, line, show_count, show_moment, state_span
from factory_tui.tui.room import Room
from factory_tui.tui.source import SourceError, Topic
from factory_tui.tui.widgets.table import Cells, Column, Table
from factory_tui.tui.widgets.text_pane import TextPane
from factory_tui.tui.words.version import change_lines, said_then, version_lines

COLUMNS = (
    Column("VER", 4, right=True),
    Column("READY SINCE", 12),
    Column("RESULT", 12, flex=1),
    Column("COST", 7, right=True),
    Column("FINDINGS", 10),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A version, or the file when it is none of them."""

    view: VersionView | None
    before: VersionView | None
    """The version that it is compared with; None for the first one."""

    @property
    def identity(self) -> str:
        return self.view.version.hash if self.view else ""

    @property
    def name(self) -> str:
        return f"version {self.view.number}" if self.view else "the file"


class VersionsScreen(RoomScreen):
    """The versions of one spec, newest first, and what the one under the cursor changed."""

    CSS_PATH = "versions.tcss"
    BINDINGS = bindings_for(Where.VERSIONS)
    AUTO_FOCUS = "#list"

    where = Where.VERSIONS
    topics = Topic.SPECS | Topic.RUNS
    at_top: ClassVar[bool] = False

    def __init__(self, room: Room, spec: str) -> None:
        super().__init__(room)
        self.spec = spec
        self.loaded = False
        self._detailed: str | None = None

    # Parts

    @property
    def tab(self) -> Where:
        return Where.SPECS

    def compose_body(self) -> Iterable[Widget]:
        with Container(id="body"):
            yield Table(COLUMNS, _cells, lambda row: row.identity, id="list")
            yield TextPane(id="detail")

    @property
    def table(self) -> Table[Row]:
        return self.query_one("#list", Table)

    # Loading

    async def reload(self, topics: Topic) -> None:
        if not topics & self.topics:
            return
        views = await self.source.versions(self.spec)
        self.loaded = True
        self.show_empty([] if views else _none_yet())
        self.table.set_items(_rows(views))
        self._summarise(views)
        self._show_detail()

    def _summarise(self, views: Sequence[VersionView]) -> None:
        runs = [run for view in views for run in view.runs]
        spans = [Span(self.spec, Tone.STRONG), Span(f" · {show_count(len(views), 'version')} became Ready")]
        if runs:
            cost = MicroUsd(sum(run.cost for run in runs))
            spans.append(Span(f" · {show_count(len(runs), 'run')} · {show_usd(cost)}"))
        changed = views and not any(view.current for view in views)
        self.summarise(spans, (Span("the file has changed since", Tone.WARN),) if changed else ())

    @on(Table.Moved, "#list")
    def _moved(self, event: Table.Moved) -> None:
        event.stop()
        self._show_detail()

    @work(group="detail", exclusive=True)
    async def _show_detail(self) -> None:
        row = self.table.current
        if row is None:
            return
        try:
            lines = [*await self._detail(row)]
        except SourceError as error:
            self.say_error(error.what, error.todo)
            return
        same, self._detailed = row.identity == self._detailed, row.identity
        self.query_one("#detail", TextPane).set_lines(lines, keep_place=same)

    async def _detail(self, row: Row) -> Iterable[Line]:
        said = [*version_lines(row.view)] if row.view else [line(Span("The file as it is now", Tone.STRONG))]
        if row.before is None:
            return [*said, BLANK, line(Span("the first version: there is nothing to compare it with", Tone.DIM))]
        changes = await self.source.version_diff(self.spec, row.before.version.hash, row.identity)
        return [*said, BLANK, *change_lines(changes, f"version {row.before.number}", row.name)]

    # Actions

    def action_open(self) -> None:
        row = self.table.current
        if row is None or row.view is None or not row.view.runs:
            self.say("this version never ran; put the cursor on one that did")
            return
        self.room.open_run(row.view.runs[-1].run)

    def copy_text(self) -> str:
        return super().copy_text() or (self.table.current.identity if self.table.current else "")


def _rows(views: Sequence[VersionView]) -> list[Row]:
    """Newest first; on top the file, unless it is a version."""
    rows = [Row(view, before) for view, before in zip(views, (None, *views), strict=False)]
    if views and not any(view.current for view in views):
        rows.append(Row(None, views[-1]))
    return rows[::-1]


def _cells(row: Row, here: bool) -> Cells:
    view = row.view
    if view is None:
        return (Span("file"), Span("changed", Tone.WARN), Span(""), Span(""), Span(""))
    last = view.runs[-1] if view.runs else None
    cost = MicroUsd(sum(run.cost for run in view.runs))
    said = said_then(view.version)
    return (
        Span(f"{'▸' if view.current else ''}{view.number}", Tone.STRONG if view.current else Tone.PLAIN),
        Span(show_moment(view.version.when), Tone.DIM),
        state_span(last.state, last.escaped) if last else Span("never ran", Tone.DIM),
        Span(show_usd(cost) if cost else "", Tone.DIM),
        Span(said, Tone.DIM if said == "none" else Tone.PLAIN),
    )


def _none_yet() -> list[Line]:
    return [
        line(Span("No version yet", Tone.STRONG)),
        BLANK,
        line("What a spec says is recorded each time that it becomes Ready: ", Span("r", Tone.KEY), " on screen 1."),
        line("From then on this list says what came of each version, and what it changed."),
    ]
