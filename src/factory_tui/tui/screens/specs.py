"""Screen 1: which specs are ready, and what stops the rest."""

from collections.abc import Iterable
from typing import ClassVar

from factory_tui.model.finding import Level
from factory_tui.model.foreign import clean_line
from factory_tui.model.money import show_usd
from factory_tui.model.spec import Status
from factory_tui.model.views import SpecRow
from factory_tui.tui.actions import Where, bindings_for
from factory_tui.tui.lists import ListScreen, Order
from factory_tui.tui.look import STATUSES, Line, Span, Tone, line, show_count, state_span
from factory_tui.tui.source import Topic
from factory_tui.tui.widgets.table import Cells, Column, Table
from factory_tui.tui.words import spec_lines

_STATUS_ORDER = {None: 0, Status.READY: 1, Status.DRAFT: 2, Status.PARKED: 3}

COLUMNS = (
    Column("STATE", 8),
    Column("SPEC", 16, flex=3),
    Column("CATEGORY", 11, rank=5),
    Column("PRI", 3, rank=4, right=True),
    Column("FINDINGS", 8),
    Column("RULES", 6, rank=3, right=True),
    Column("LAST RUN", 12, rank=1),
    Column("COST", 8, rank=2, right=True),
)


class SpecsScreen(ListScreen[SpecRow]):
    """The triage list, with findings beside it."""

    CSS_PATH = "specs.tcss"
    BINDINGS = bindings_for(Where.SPECS)
    AUTO_FOCUS = "#list"

    where = Where.SPECS
    topics = Topic.SPECS | Topic.RUNS
    orders: ClassVar[tuple[Order, ...]] = (
        ("state", lambda row: (_STATUS_ORDER[row.status], row.priority, row.id)),
        ("priority", lambda row: (row.priority, row.id)),
        ("name", lambda row: row.id),
        ("findings", lambda row: (-row.errors, -row.warnings, row.id)),
        ("cost", lambda row: (-row.cost, row.id)),
    )

    def make_table(self) -> Table[SpecRow]:
        return Table(COLUMNS, spec_cells, lambda row: row.id, id="list")

    async def reload(self, topics: Topic) -> None:
        if topics & self.topics:
            self.set_all(await self.source.specs())

    def haystack(self, item: SpecRow) -> str:
        words = (item.id, item.title, item.status or "broken", item.kind, item.category, item.last_state)
        return " ".join(word for word in words if word)

    def detail(self, item: SpecRow) -> Iterable[Line]:
        return spec_lines(item)

    def empty_lines(self) -> list[Line]:
        return [
            line(Span("No specs yet", Tone.STRONG)),
            Line(),
            line("A spec is one Markdown file that answers seven questions."),
            line(Span("n", Tone.KEY), " makes one from a template and opens it here;"),
            line(Span("factory-tui spec new my-first-spec", Tone.KEY), " does the same from a shell."),
        ]

    def summary(self) -> None:
        rows = self.all_items
        if not rows:
            self.summarise((Span("no specs"),))
            return
        ready = sum(row.status is Status.READY for row in rows)
        stopped = sum(bool(row.errors) or row.status is None for row in rows)
        spans = [Span(show_count(len(rows), "spec")), Span(" · "), Span(f"● {ready} ready", Tone.GOOD)]
        if stopped:
            spans += [Span(" · "), Span(f"✗ {stopped} with errors", Tone.BAD)]
        if self.filter_text:
            spans.append(Span(f" · {len(self.table.items)} shown"))
        self.summarise(spans, (Span(f"by {self.order_name}", Tone.DIM),))

    # Actions

    def copy_text(self) -> str:
        return super().copy_text() or (str(self.source.spec_file(self.current.id)) if self.current else "")

    def action_open(self) -> None:
        row = self.current
        if row is None:
            return
        if row.last_run is None:
            self.say(f"{row.id} has not run yet; R runs every Ready spec")
            return
        self.room.open_run(row.last_run)

    def action_mark_ready(self) -> None:
        self._set_status(Status.READY)

    def action_mark_draft(self) -> None:
        self._set_status(Status.DRAFT)

    def action_park(self) -> None:
        self._set_status(Status.PARKED)

    def _set_status(self, status: Status) -> None:
        row = self.current
        if row is None or self.refuse_read_only():
            return
        if row.status is status:
            self.say(f"{row.id} is {status} already")
            return

        async def change() -> None:
            await self.source.set_status(row.id, status)
            self.say(f"{row.id} is {status} now")
            self.room.ask(Topic.SPECS)

        self.attempt(change())

    def action_edit_here(self) -> None:
        row = self.current
        if row is not None and not self.refuse_read_only():
            self.attempt(self._edit_here(row.id, first_error(row)))

    async def _edit_here(self, spec: str, first_line: int = 1) -> None:
        # What an editor is made of is slow to import, and most visits to this screen need none.
        from factory_tui.tui.screens.editor import EditorScreen

        read = await self.source.read_spec(spec)
        self.app.push_screen(EditorScreen(self.room, spec, read, first_line))

    def action_new_spec(self) -> None:
        if not self.refuse_read_only():
            self.attempt(self._new_spec())

    async def _new_spec(self) -> None:
        from factory_tui.tui.screens.editor_new import NewSpecScreen

        new = await self.answer_to(NewSpecScreen())
        if new is None:
            return
        await self.source.create_spec(new.id, new.kind)
        self.room.ask(Topic.SPECS)
        self.point_at(new.id)
        await self._edit_here(new.id)

    def action_edit(self) -> None:
        row = self.current
        if row is not None and not self.refuse_read_only():
            self.attempt(self._edit(row.id, first_error(row)))

    async def _edit(self, spec: str, first_line: int) -> None:
        from factory_tui.tui.editing.outside import edit_outside, what_is_left

        try:
            edit_outside(self.app, self.source.spec_file(spec), first_line)
            self.say(f"{spec}: {await what_is_left(self.source, spec)}")
        finally:
            self.room.ask(Topic.SPECS)


def first_error(row: SpecRow) -> int:
    """The line to start at, from 1."""
    return min((each.line for each in row.findings if each.level is Level.ERROR and not each.path), default=1)


def spec_cells(row: SpecRow, here: bool) -> Cells:
    glyph, word, tone = STATUSES[row.status]
    quiet = Tone.DIM if row.status is Status.PARKED else Tone.PLAIN
    return (
        Span(f"{glyph} {word}", tone),
        Span(clean_line(row.id), quiet),
        Span(row.category or "", Tone.DIM),
        Span(str(row.priority), Tone.DIM),
        findings_span(row),
        Span(f"{row.covered_rules}/{row.rules}", Tone.DIM if row.covered_rules == row.rules else Tone.WARN),
        last_run_span(row),
        Span(show_usd(row.cost) if row.cost else "", Tone.DIM),
    )


def findings_span(row: SpecRow) -> Span:
    if row.errors:
        return Span(f"✗ {row.errors}" + (f" ! {row.warnings}" if row.warnings else ""), Tone.BAD)
    return Span(f"! {row.warnings}", Tone.WARN) if row.warnings else Span("✓ none", Tone.DIM)


def last_run_span(row: SpecRow) -> Span:
    if row.last_state is None:
        return Span("", Tone.DIM)
    return state_span(row.last_state, row.escaped)
