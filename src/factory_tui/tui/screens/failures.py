"""Screen 3: what my specs keep missing. The taxonomy with its evidence, and below it what recurring failures teach."""

from collections.abc import Hashable, Iterable, Sequence
from typing import ClassVar

from textual import events, on, work
from textual.containers import Container
from textual.widget import Widget

from factory_tui.model.failure import FailureClass, FailureRecord
from factory_tui.tui.actions import Where, bindings_for
from factory_tui.tui.commands import lesson as lesson_commands
from factory_tui.tui.commands.evidence import show_evidence
from factory_tui.tui.lessons import COLUMNS as LESSON_COLUMNS
from factory_tui.tui.lessons import Lesson, lesson_cells, lessons_of
from factory_tui.tui.lists import ListScreen, Order
from factory_tui.tui.look import Line, Span, Tone, line, show_count
from factory_tui.tui.room import Room
from factory_tui.tui.source import LessonsView, SourceError, Topic
from factory_tui.tui.taxonomy import COLUMNS, Node, haystack, node_cells
from factory_tui.tui.widgets.table import Table
from factory_tui.tui.widgets.text_pane import TextPane
from factory_tui.tui.words import amendment_lines, class_lines, group_lines, no_proposal, record_lines

OF_SCREEN = Topic.FAILURES | Topic.TEMPLATES


class FailuresScreen(ListScreen[Node]):
    """The taxonomy as a tree, the lessons below it, and the evidence of what the cursor is on."""

    CSS_PATH = "failures.tcss"
    BINDINGS = bindings_for(Where.FAILURES)
    AUTO_FOCUS = "#list"

    where = Where.FAILURES
    topics = OF_SCREEN
    orders: ClassVar[tuple[Order, ...]] = (
        ("count", lambda node: (-node.group.count, node.group.failure_class)),
        ("class", lambda node: list(FailureClass).index(node.group.failure_class)),
        ("specs", lambda node: (-node.group.specs, node.group.failure_class)),
    )

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._folded: set[FailureClass] = set()
        self._lessons = LessonsView()
        self._records: dict[int, FailureRecord] = {}
        self._in_lessons = False
        self._wanted_lesson: Hashable | None = None
        """What the cursor goes to once it is listed."""
        self._sentences: dict[tuple[str, int, str], str] = {}
        """Run, attempt and scenario → its sentence, for records that do not carry it."""

    # Parts

    def compose_body(self) -> Iterable[Widget]:
        with Container(id="body"):
            with Container(id="lists"):
                yield self.make_table()
                yield Table(LESSON_COLUMNS, lesson_cells, lambda lesson: lesson.identity, id="lessons")
            yield TextPane(id="detail")

    def make_table(self) -> Table[Node]:
        return Table(COLUMNS, node_cells, lambda node: node.identity, id="list")

    @property
    def lessons_table(self) -> Table[Lesson]:
        return self.query_one("#lessons", Table)

    @property
    def lesson(self) -> Lesson | None:
        """The lesson that keys act on; None while the cursor is in the taxonomy."""
        return self.lessons_table.current if self._in_lessons else None

    @property
    def record(self) -> FailureRecord | None:
        """The record that keys act on."""
        return self.current.record if self.current is not None and not self._in_lessons else None

    # Loading

    async def reload(self, topics: Topic) -> None:
        if not topics & self.topics:
            return
        groups = await self.source.failures()
        self._lessons = await self.source.lessons()
        self._records = {record.id: record for group in groups for record in group.records}
        reclassified = {record.id for record in self._records.values() if record.reclassified}
        lessons = lessons_of(self._lessons, reclassified, at_work=self.room.unfinished > 0)
        self.set_class(bool(lessons) or bool(self._lessons.problem), "-lessons")
        self.lessons_table.set_items(lessons)
        if not lessons and self._in_lessons:
            self.focus_main()
        self.set_all([Node(group) for group in groups])

        self._go_to_lesson()

    def point_at(self, identity: str) -> None:
        """A class by its name, a record by its number, an amendment as `amendment 3`."""
        kind, _, number = identity.partition(" ")
        if kind == "amendment" and number.isdigit():
            self._wanted_lesson = (kind, int(number))
            self._go_to_lesson()
            return
        self._folded.clear()
        self.table.focus()
        super().point_at(identity)

    def identity_from(self, text: str) -> Hashable:
        return int(text) if text.isdigit() else text

    def _go_to_lesson(self) -> None:
        if self._wanted_lesson is not None and self.lessons_table.select(self._wanted_lesson):
            self._wanted_lesson = None
            self.lessons_table.focus()

    def keep(self, items: Sequence[Node]) -> Sequence[Node]:
        return items

    def rows(self, items: Sequence[Node]) -> Sequence[Node]:
        """Classes in order, each followed by its records unless folded; the filter works on records."""
        rows: list[Node] = []
        for node in items:
            records = super().keep([Node(node.group, record) for record in node.group.records])
            if not records:
                continue
            folded = node.group.failure_class in self._folded
            rows.append(Node(node.group, folded=folded))
            if not folded:
                rows += records
        return rows

    def haystack(self, item: Node) -> str:
        return haystack(item)

    # Detail

    def detail(self, item: Node) -> Iterable[Line]:
        if item.record is None:
            return class_lines(item.group)
        return record_lines(item.record, self._sentences.get(_sentence_key(item.record), ""))

    def show_detail(self) -> None:
        lesson = self.lesson
        if lesson is not None:
            same, self._detailed = lesson.identity == self._detailed, lesson.identity
            self.query_one("#detail", TextPane).set_lines(self._lesson_lines(lesson), keep_place=same)
            return
        super().show_detail()
        record = self.record
        if record is None or record.sentence or not record.scenario:
            return
        if _sentence_key(record) not in self._sentences:
            self._find_sentence(record)

    def _lesson_lines(self, lesson: Lesson) -> Iterable[Line]:
        if lesson.view is not None:
            return amendment_lines(lesson.view, self._lessons.problem)
        known = [self._records[each] for each in reversed(lesson.group.records) if each in self._records]
        return group_lines(lesson.group, known, early=lesson.early)

    @work(group="sentence", exclusive=True)
    async def _find_sentence(self, record: FailureRecord) -> None:
        """An older record names its scenario only; the plain sentence stands in the run's results."""
        try:
            view = await self.source.run(record.run)
        except SourceError:
            return  # the record is complete without it
        for attempt in view.attempts if view else ():
            for result in attempt.scenarios:
                self._sentences[record.run, attempt.attempt, result.id] = result.sentence
        self._sentences.setdefault(_sentence_key(record), "")
        self.show_detail()

    @on(Table.Moved, "#lessons")
    def _lesson_moved(self, event: Table.Moved) -> None:
        event.stop()
        self.show_detail()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Keys and detail follow the list that has the focus; the detail pane belongs to the list before it."""
        if event.widget.id in ("list", "lessons"):
            self._in_lessons = event.widget.id == "lessons"
            self.show_detail()

    # Lines

    def empty_lines(self) -> list[Line]:
        if self.has_class("-lessons"):
            return []
        return [
            line(Span("No failures on record", Tone.STRONG)),
            Line(),
            line("A run that fails leaves its evidence here: expected, observed, and the rule."),
            line("What recurs proposes one change to the template of your specs."),
            line(Span("2", Tone.KEY), " shows what is running; ", Span("1", Tone.KEY), " the specs."),
        ]

    def summary(self) -> None:
        groups = [node.group for node in self.all_items]
        count = sum(group.count for group in groups)
        specs = len({record.spec for group in groups for record in group.records})
        spans = [Span(f"{show_count(count, 'record')} in {show_count(specs, 'spec')}" if count else "no failures")]
        if self._lessons.problem:
            spans.append(Span(f"  ! {self._lessons.problem}", Tone.WARN))
        elif mine := sum(lesson.open for lesson in self.lessons_table.items):
            spans.append(Span(f"  ◇ {show_count(mine, 'amendment')} to decide: tab", Tone.WARN))
        self.summarise(spans, (Span(f"by {self.order_name}", Tone.DIM),))

    # Actions

    def copy_text(self) -> str:
        return super().copy_text() or (self.record.run if self.record else "")

    def action_open_failure(self) -> None:
        if self._in_lessons:
            self.action_accept()
        elif self.record is not None:
            self.room.open_run(self.record.run)
        elif self.current is not None:
            self._folded ^= {self.current.group.failure_class}
            self.show_rows()

    def action_evidence(self) -> None:
        record = self.record
        if record is None or not record.scenario:
            self.say("put the cursor on a record that names a scenario; v shows what that one saw")
        else:
            constraint, _, scenario = record.scenario.rpartition("/")
            spec = constraint or record.spec
            show_evidence(self, spec, scenario, run=record.run, attempt=record.attempt)

    def action_fold_all(self) -> None:
        classes = {node.group.failure_class for node in self.all_items}
        self._folded = set() if self._folded >= classes else classes
        current = self.current
        if current is not None:
            self.table.select(current.group.failure_class)
        self.show_rows()

    def action_classify(self) -> None:
        record = self.record
        if record is None:
            self.say("put the cursor on a record; a class is made of its records")
        elif not self.refuse_read_only():
            self.attempt(self._reclassify(record))

    async def _reclassify(self, record: FailureRecord) -> None:
        wanted = await lesson_commands.reclassify(self, record)
        # The cursor goes with its record, so the class that it goes to must not hide it.
        self._folded -= {wanted}

    def action_propose(self) -> None:
        if not self.refuse_read_only():
            self.attempt(lesson_commands.look_for_lessons(self))

    def action_accept(self) -> None:
        lesson = self.lesson
        if lesson is None or lesson.view is None:
            self._say_where_amendments_are()
        elif not self.refuse_read_only():
            self.attempt(lesson_commands.accept(self, lesson.view, self._lessons.problem))

    def action_reject(self) -> None:
        lesson = self.lesson
        if lesson is None or lesson.view is None:
            self._say_where_amendments_are()
        elif not self.refuse_read_only():
            self.attempt(lesson_commands.reject(self, lesson.view))

    def _say_where_amendments_are(self) -> None:
        if self._in_lessons:
            early = self.lesson is not None and self.lesson.early
            self.say(f"this group has no amendment: {no_proposal(early=early)}")
        elif self.lessons_table.items:
            self.say("tab goes to the amendments")
        else:
            self.say("there is no amendment; p looks for recurring failures now")


def _sentence_key(record: FailureRecord) -> tuple[str, int, str]:
    return (record.run, record.attempt, record.scenario or "")
