"""The taxonomy as rows of a tree: classes with their share and trend, and below each its records."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from factory_tui.model.failure import FailureClass, FailureRecord
from factory_tui.model.foreign import clean_line
from factory_tui.model.views import FailureGroup
from factory_tui.tui.look import Span, Tone, show_count, show_moment
from factory_tui.tui.screens.choose import Choice
from factory_tui.tui.widgets.table import Cells, Column
from factory_tui.tui.words import CLASS_MEANS, share_bar, trend_span


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
    Column("SHARE / SPEC", 14, flex=1),
    Column("TREND / RULES", 13, rank=2),
    Column("TRY", 3, rank=3, right=True),
    Column("WHEN", 12, rank=1, right=True),
)


def node_cells(node: Node, here: bool) -> Cells:
    group, record = node.group, node.record
    if record is None:
        return (
            Span(f"{'▸' if node.folded else '▾'} {group.failure_class}  {group.count}", Tone.STRONG),
            Span(f"{share_bar(group.share)} {group.share:.0%}", Tone.DIM),
            trend_span(group),
            Span(""),
            Span(show_count(group.specs, "spec"), Tone.DIM),
        )
    marks = ("↩ " if record.escaped else "") + ("* " if record.first_class is not None else "")
    name = clean_line(record.scenario) if record.scenario else "the run itself"
    return (
        Span(f"   {marks}{name}"),
        Span(clean_line(record.spec)),
        Span(clean_line(", ".join(record.rules)), Tone.DIM),
        Span(str(record.attempt), Tone.DIM),
        Span(show_moment(record.ts), Tone.DIM),
    )


def haystack(node: Node) -> str:
    """The text in which a filter is looked for."""
    record = node.record
    if record is None:
        return node.group.failure_class
    return " ".join((record.failure_class, record.spec, record.run, record.scenario or "", record.cause, *record.rules))


CLASS_KEYS: Sequence[str] = "123456789abcdef"
"""A key for each class, in the order of the taxonomy; none of them moves a cursor."""

CLASS_CHOICES = tuple(
    Choice(key, each, each, CLASS_MEANS[each]) for key, each in zip(CLASS_KEYS, FailureClass, strict=True)
)
