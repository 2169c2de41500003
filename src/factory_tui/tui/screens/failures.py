"""Screen 3: what my specs keep missing. Classes with counts, their records, and the evidence of each."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from factory_tui.model.failure import FailureClass, FailureRecord
from factory_tui.model.foreign import clean_line
from factory_tui.model.views import FailureGroup
from factory_tui.tui.actions import Where, bindings_for
from factory_tui.tui.lists import ListScreen, Order
from factory_tui.tui.look import BLANK, Line, Span, Tone, line, show_count
from factory_tui.tui.source import SourceError, Topic
from factory_tui.tui.widgets.table import Cells, Column, Table
from factory_tui.tui.words import CLASS_MEANS, fact, head, record_lines

if TYPE_CHECKING:
    from factory_tui.tui.app import ControlRoom


@dataclass(frozen=True, slots=True)
class Node:
    """A row of the tree: a class, or with `record` one of its records."""

    group: FailureGroup
    record: FailureRecord | None = None
    folded: bool = False

    @property
    def identity(self) -> Hashable:
        return self.group.failure_class if self.record is None else self.record.id


COLUMNS = (
    Column("CLASS AND SCENARIO", 26, flex=3),
    Column("SPEC", 14, flex=1),
    Column("TRY", 3, rank=3, right=True),
    Column("RULES", 8, rank=2),
    Column("WHEN", 12, rank=1, right=True),
)


class FailuresScreen(ListScreen[Node]):
    """The taxonomy as a tree, evidence beside it."""

    CSS_PATH = "failures.tcss"
    BINDINGS = bindings_for(Where.FAILURES)
    AUTO_FOCUS = "#list"

    where = Where.FAILURES
    topics = Topic.FAILURES
    orders: ClassVar[tuple[Order, ...]] = (
        ("count", lambda node: (-node.group.count, node.group.failure_class)),
        ("class", lambda node: list(FailureClass).index(node.group.failure_class)),
        ("specs", lambda node: (-node.group.specs, node.group.failure_class)),
    )

    def __init__(self, room: "ControlRoom") -> None:
        super().__init__(room)
        self._folded: set[FailureClass] = set()
        self._sentences: dict[tuple[str, int, str], str] = {}
        """Run, attempt and scenario → its sentence; asked for when a record is looked at."""

    def make_table(self) -> Table[Node]:
        return Table(COLUMNS, node_cells, lambda node: node.identity, id="list")

    async def reload(self, topics: Topic) -> None:
        if topics & self.topics:
            self.set_all([Node(group) for group in await self.source.failures()])

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
        record = item.record
        if record is None:
            return item.group.failure_class
        return " ".join(
            (record.failure_class, record.spec, record.run, record.scenario or "", record.cause, *record.rules)
        )

    def detail(self, item: Node) -> Iterable[Line]:
        if item.record is None:
            return class_lines(item.group)
        key = (item.record.run, item.record.attempt, item.record.scenario or "")
        return record_lines(item.record, self._sentences.get(key, ""))

    def show_detail(self) -> None:
        super().show_detail()
        record = self.current.record if self.current else None
        if record is not None and record.scenario:
            key = (record.run, record.attempt, record.scenario)
            if key not in self._sentences:
                self.run_worker(self._find_sentence(record, key), group="sentence", exclusive=True)

    async def _find_sentence(self, record: FailureRecord, key: tuple[str, int, str]) -> None:
        """The record names its scenario; the plain sentence stands in the run's results."""
        try:
            view = await self.source.run(record.run)
        except SourceError:
            return  # the record is complete without it
        for attempt in view.attempts if view else ():
            for result in attempt.scenarios:
                self._sentences[record.run, attempt.attempt, result.id] = result.sentence
        self._sentences.setdefault(key, "")
        super().show_detail()

    def empty_lines(self) -> list[Line]:
        return [
            line(Span("No failures on record", Tone.STRONG)),
            Line(),
            line("A run that fails leaves its evidence here: expected, observed, and the rule."),
            line(Span("2", Tone.KEY), " shows what is running."),
        ]

    def summary(self) -> None:
        groups = [node.group for node in self.all_items]
        count = sum(group.count for group in groups)
        specs = len({record.spec for group in groups for record in group.records})
        text = f"{show_count(count, 'record')} in {show_count(specs, 'spec')}" if count else "no failures"
        self.summarise((Span(text),), (Span(f"by {self.order_name}", Tone.DIM),))

    # Actions

    def copy_text(self) -> str:
        return super().copy_text() or (self.current.record.run if self.current and self.current.record else "")

    def action_open_failure(self) -> None:
        node = self.current
        if node is None:
            return
        if node.record is not None:
            self.room.open_run(node.record.run)
            return
        self._folded ^= {node.group.failure_class}
        self.show_rows()

    def action_fold_all(self) -> None:
        classes = {node.group.failure_class for node in self.all_items}
        self._folded = set() if self._folded >= classes else classes
        current = self.current
        if current is not None:
            self.table.select(current.group.failure_class)
        self.show_rows()


def node_cells(node: Node, here: bool) -> Cells:
    group, record = node.group, node.record
    if record is None:
        return (
            Span(f"{'▸' if node.folded else '▾'} {group.failure_class}  {group.count}", Tone.STRONG),
            Span(show_count(group.specs, "spec"), Tone.DIM),
            Span(""),
            Span(""),
            Span(""),
        )
    return (
        Span(f"   {clean_line(record.scenario) if record.scenario else 'the run itself'}"),
        Span(clean_line(record.spec)),
        Span(str(record.attempt), Tone.DIM),
        Span(", ".join(record.rules), Tone.DIM),
        Span(f"{record.ts.astimezone():%d %b %H:%M}", Tone.DIM),
    )


def class_lines(group: FailureGroup) -> Iterable[Line]:
    """What a class means and where it was seen."""
    yield line(Span(group.failure_class, Tone.BAD))
    yield line(CLASS_MEANS[group.failure_class])
    yield BLANK
    yield fact("records", f"{group.count} in {show_count(group.specs, 'spec')}")
    counts: dict[str, int] = {}
    for record in group.records:
        counts[record.spec] = counts.get(record.spec, 0) + 1
    yield BLANK
    yield head("Where")
    for spec, count in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        yield line(f"{count:>4}  {clean_line(spec)}", indent=6)
