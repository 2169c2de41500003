"""Lists whose rows can be marked, so that one action applies to all of them."""

from collections.abc import Hashable, Sequence
from typing import TypeVar

from factory_tui.tui.lists import ListScreen
from factory_tui.tui.look import Span, Tone
from factory_tui.tui.room import Room

Item = TypeVar("Item")


class MarkingScreen(ListScreen[Item]):
    """A mark belongs to an item: it survives sorting, filtering and news, and goes with the item."""

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._marks: frozenset[Hashable] = frozenset()

    @property
    def marks(self) -> frozenset[Hashable]:
        """Identities of what is marked."""
        return self._marks

    @property
    def marked(self) -> list[Item]:
        """What is marked, shown or not."""
        return [each for each in self.all_items if self.table.identity_of(each) in self._marks]

    @property
    def hidden(self) -> frozenset[Hashable]:
        """Marks of items that the filter hides."""
        return self._marks - self._shown if self._marks and self.filter_text else frozenset()

    @property
    def _shown(self) -> frozenset[Hashable]:
        return frozenset(map(self.table.identity_of, self.table.items))

    def set_marks(self, marks: frozenset[Hashable]) -> None:
        self._marks = marks
        self.table.set_marks(marks)
        self.marks_changed()

    def marks_changed(self) -> None:
        """Show what depends on them."""
        self.summary()

    def set_all(self, items: Sequence[Item]) -> None:
        if self._marks:
            self._marks &= frozenset(map(self.table.identity_of, items))
            self.table.set_marks(self._marks)
        super().set_all(items)

    def mark_spans(self) -> list[Span]:
        """`12 marked, 3 hidden`, for the summary."""
        if not self._marks:
            return []
        spans = [Span(" · "), Span(f"+ {len(self._marks)} marked", Tone.KEY)]
        return [*spans, Span(f", {len(self.hidden)} hidden", Tone.WARN)] if self.hidden else spans

    def action_mark(self) -> None:
        """Mark or unmark, and go on to the next row."""
        current = self.current
        if current is None:
            return
        self.set_marks(self._marks ^ {self.table.identity_of(current)})
        self.table.action_move(1)

    def action_mark_shown(self) -> None:
        self.set_marks(self._marks | self._shown)

    def action_clear_marks(self) -> None:
        if self._marks:
            self.set_marks(frozenset())
