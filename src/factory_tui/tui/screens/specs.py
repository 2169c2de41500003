"""Screen 1: which specs are ready, and what stops the rest."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from factory_tui.model.finding import Level
from factory_tui.model.foreign import clean_line
from factory_tui.model.spec import Status
from factory_tui.model.views import SpecRow
from factory_tui.report.dependencies import Dependencies
from factory_tui.tui.actions import Where, bindings_for
from factory_tui.tui.commands.batch import ask_and_run
from factory_tui.tui.lists import Order
from factory_tui.tui.look import Line, Span, Tone, line, show_count
from factory_tui.tui.marking import MarkingScreen
from factory_tui.tui.room import Room
from factory_tui.tui.source import Topic
from factory_tui.tui.spec_cells import COLUMNS, ORDERS, spec_cells
from factory_tui.tui.widgets.prompt_line import PromptLine
from factory_tui.tui.widgets.table import Table
from factory_tui.tui.words import spec_lines

if TYPE_CHECKING:
    # Imported where they are needed: most of what can be done here is no part of the first frame.
    from factory_tui.tui.commands.specs import SpecOrders
    from factory_tui.tui.spec_filter import SpecFilter


class SpecsScreen(MarkingScreen[SpecRow]):
    """The triage list, with findings or dependencies beside it."""

    CSS_PATH = "specs.tcss"
    BINDINGS = bindings_for(Where.SPECS)
    AUTO_FOCUS = "#list"

    where = Where.SPECS
    topics = Topic.SPECS | Topic.RUNS
    prompt_hint = "words, state:ready kind:con cat:crud prio:0-1 has:errors rule:C05; !not"
    orders: ClassVar[tuple[Order, ...]] = ORDERS

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._dependencies = Dependencies(())
        self._waiting: frozenset[str] = frozenset()
        """Specs with a dependency that has not shipped."""
        self._shows_tree = False
        self._went_alone = False
        """One spec was opened while others were marked."""

    def make_table(self) -> Table[SpecRow]:
        return Table(
            COLUMNS, lambda row, here: spec_cells(row, waits=row.id in self._waiting), lambda row: row.id, id="list"
        )

    async def reload(self, topics: Topic) -> None:
        if topics & self.topics:
            self.set_all(await self.source.specs())

    def set_all(self, items: Sequence[SpecRow]) -> None:
        self._dependencies = waits = Dependencies(items)
        self._waiting = frozenset(row.id for row in items if row.depends_on and waits.awaited(row.id))
        super().set_all(items)

    def keep(self, items: Sequence[SpecRow]) -> Sequence[SpecRow]:
        return self._asked().keep(items) if self.filter_text else items

    def _asked(self) -> "SpecFilter":
        from factory_tui.tui.spec_filter import parse_filter

        return parse_filter(self.filter_text, marked=self.marks, waiting=self._waiting)

    def detail(self, item: SpecRow) -> Iterable[Line]:
        waits = self._dependencies
        if self._shows_tree:
            from factory_tui.tui.words.dependency import dependency_lines

            return dependency_lines(waits.tree(item.id))
        return spec_lines(item, [f"{clean_line(each)} ({waits.standing(each)})" for each in waits.awaited(item.id)])

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
        right = (Span(f"by {self.order_name}", Tone.DIM),)
        if self.filter_text and (problem := self._asked().problem):
            self.summarise((Span("none shown · "), Span(f"! {clean_line(problem)}", Tone.WARN)), right)
            return
        ready = sum(row.status is Status.READY for row in rows)
        stopped = sum(bool(row.errors) or row.status is None for row in rows)
        count = f"{len(self.table.items):,} of {len(rows):,} shown"
        # What is marked, and what of it cannot be seen, stays when there is no room for all.
        spans = [Span(count if self.filter_text else show_count(len(rows), "spec")), *self.mark_spans()]
        spans += [Span(" · "), Span(f"● {ready} ready", Tone.GOOD)]
        if stopped:
            spans += [Span(" · "), Span(f"✗ {stopped} with errors", Tone.BAD)]
        self.summarise(spans, right)

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
        self._went_alone = True
        self.room.open_run(row.last_run)

    @cached_property
    def _commands(self) -> "SpecOrders":
        from factory_tui.tui.commands.specs import SpecOrders

        return SpecOrders(self)

    def action_mark_ready(self) -> None:
        self._make(Status.READY)

    def action_mark_draft(self) -> None:
        self._make(Status.DRAFT)

    def action_park(self) -> None:
        self._make(Status.PARKED)

    def _make(self, status: Status) -> None:
        if not self.refuse_read_only():
            self.attempt(self._commands.make(status))

    def action_raise_priority(self) -> None:
        self._move(-1)

    def action_lower_priority(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        if not self.refuse_read_only():
            self.attempt(self._commands.move(by))

    def action_run_ready(self) -> None:
        if not self.refuse_read_only():
            self.attempt(ask_and_run(self, [row.id for row in self.marked]))

    def action_take_back(self) -> None:
        if not self.refuse_read_only():
            self.attempt(self._commands.take_back())

    def action_dependencies(self) -> None:
        self._shows_tree = not self._shows_tree
        self.show_detail()

    def action_advice(self) -> None:
        self.attempt(self._advise())

    async def _advise(self) -> None:
        from factory_tui.tui.screens.advice import AdviceScreen

        category = await self.answer_to(AdviceScreen(await self.source.advice()))
        if category is not None:
            self.query_one(PromptLine).put(f"category:{category}")

    def marks_changed(self) -> None:
        """`is:marked` in the filter shows what is marked now."""
        if "is:" in self.filter_text:
            self.show_rows()
        else:
            self.summary()

    def on_screen_resume(self) -> None:
        if self._went_alone and self.marks:
            self.say(f"that was one spec; {show_count(len(self.marks), 'spec')} stay marked")
        self._went_alone = False

    def action_versions(self) -> None:
        row = self.current
        if row is not None:
            from factory_tui.tui.screens.versions import VersionsScreen

            self._went_alone = True
            self.app.push_screen(VersionsScreen(self.room, row.id))

    def action_read_back(self) -> None:
        row = self.current
        if row is not None:  # few visits to this screen need what a read-back is shown with
            from factory_tui.tui.reading_back import InFile
            from factory_tui.tui.screens.read_back import ReadBackScreen

            self._went_alone = True
            self.app.push_screen(ReadBackScreen(self.room, InFile(self.source, row.id)))

    def action_edit_here(self) -> None:
        row = self.current
        if row is not None and not self.refuse_read_only():
            self.attempt(self._edit_here(row.id, first_error(row)))

    async def _edit_here(self, spec: str, first_line: int = 1) -> None:
        # What an editor is made of is slow to import, and most visits to this screen need none.
        from factory_tui.tui.screens.editor import EditorScreen

        read = await self.source.read_spec(spec)
        self._went_alone = True
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
            others = f"; {show_count(len(self.marks), 'spec')} stay marked" if self.marks else ""
            self.say(f"{spec}: {await what_is_left(self.source, spec)}{others}")
        finally:
            self.room.ask(Topic.SPECS)


def first_error(row: SpecRow) -> int:
    """The line to start at, from 1."""
    return min((each.line for each in row.findings if each.level is Level.ERROR and not each.path), default=1)
