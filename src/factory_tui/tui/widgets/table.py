"""A table that draws only what is seen and redraws only what changed.

Textual repaints whole dirty regions; over a slow line that is the cost. So rows are never widgets, cells are made
when a row becomes visible, and new items are compared with what is on the screen, cell by cell.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar, Generic, TypeVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from factory_tui.tui.look import Span, Tone, fit
from factory_tui.tui.widgets.columns import GAP, Cells, Column, lay_out
from factory_tui.tui.widgets.toned import Toned

__all__ = ["Cells", "Column", "Table", "lay_out"]

Item = TypeVar("Item")

GUTTER = 2
"""Cells left of the first column: the cursor, and whether the row is marked; both show without colour."""

MARK = "+"


class Table(ScrollView, Toned, Generic[Item], can_focus=True):
    """Items as rows. The cursor stays on the identity of its item when the items change."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--cursor", "table--cursor-away", "table--head"}

    DEFAULT_CSS = """
    Table {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        /* A scrollbar that comes and goes would lay out everything anew. */
        scrollbar-gutter: stable;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", show=False),
        Binding("up,k", "move(-1)", show=False),
        Binding("pagedown,ctrl+f", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("home,g", "first", show=False),
        Binding("end,G", "last", show=False),
    ]

    class Moved(Message):
        """The cursor is on another item, or its item has changed."""

        def __init__(self, table: Widget) -> None:
            super().__init__()
            self.table = table

        @property
        def control(self) -> Widget:
            return self.table

    def __init__(
        self,
        columns: Sequence[Column],
        cells: Callable[[Item, bool], Cells],
        identity: Callable[[Item], Hashable],
        *,
        id: str | None = None,
    ) -> None:
        """
        Args:
            columns: in order of display.
            cells: cells of an item; the flag says that the cursor is on it.
            identity: what makes it the same item after a change.
        """
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._cells = cells
        self._identity = identity
        self._items: Sequence[Item] = ()
        self._places: dict[Hashable, int] | None = None
        self._cursor = 0
        self._cursor_id: Hashable | None = None
        self._widths: dict[int, int] = {}
        self._marks: frozenset[Hashable] = frozenset()
        self._drawn: dict[int, tuple[bool, bool, Cells]] = {}
        """Row number → what its line showed when it was drawn last: cursor, mark, cells."""

    # What it holds

    @property
    def items(self) -> Sequence[Item]:
        return self._items

    @property
    def current(self) -> Item | None:
        """The item under the cursor."""
        return self._items[self._cursor] if self._items else None

    @property
    def cursor(self) -> int:
        return self._cursor

    def identity_of(self, item: Item) -> Hashable:
        return self._identity(item)

    @property
    def marks(self) -> frozenset[Hashable]:
        """Identities of marked items, those that are not listed now included."""
        return self._marks

    def set_marks(self, marks: frozenset[Hashable]) -> None:
        self._marks = marks
        self.redraw_changed()

    def set_items(self, items: Sequence[Item]) -> None:
        """Show these items. Only lines whose cells differ are drawn again."""
        before = len(self._items)
        self._items = items
        self._places = None
        self._keep_cursor()
        if len(items) != before:
            self.virtual_size = Size(self.size.width, len(items) + 1)
            self._clear_below(before)
        self._show_cursor()
        self.redraw_changed()
        self.post_message(self.Moved(self))

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns of the same items; `cells` has to give as many cells from now on."""
        if tuple(columns) == self._columns:
            return
        self._columns = tuple(columns)
        self._drawn.clear()
        self._lay_out_columns()
        self.refresh()

    def select(self, identity: Hashable) -> bool:
        """Put the cursor on an item; False when it is not there."""
        place = self._place(identity)
        if place is not None:
            self._go(place)
        return place is not None

    def redraw_changed(self) -> None:
        """Draw again the cells of visible rows that say something else than what is on the screen."""
        for row in self._visible_rows():
            drawn = self._drawn.get(row)
            if drawn is None:
                continue
            here, marked, cells = now = self._looks(row)
            if drawn == now:
                continue
            if drawn[0] != here:
                self._redraw_row(row)
                continue
            self._drawn[row] = now
            if drawn[1] != marked:
                self.refresh(Region(0, row - self.scroll_offset.y + 1, GUTTER, 1))
            for column, (old, new) in enumerate(zip(drawn[2], cells, strict=True)):
                if old != new:
                    self._redraw_cell(row, column)

    def _looks(self, row: int) -> tuple[bool, bool, Cells]:
        item, here = self._items[row], row == self._cursor
        return here, bool(self._marks) and self._identity(item) in self._marks, self._cells(item, here)

    # Cursor

    def action_move(self, by: int) -> None:
        self._go(self._cursor + by)

    def action_page(self, by: int) -> None:
        self._go(self._cursor + by * max(1, self.size.height - 2))

    def action_first(self) -> None:
        self._go(0)

    def action_last(self) -> None:
        self._go(len(self._items) - 1)

    def _go(self, row: int) -> None:
        row = max(0, min(row, len(self._items) - 1))
        if not self._items or row == self._cursor:
            return
        before, self._cursor = self._cursor, row
        self._cursor_id = self._identity(self._items[row])
        self._redraw_row(before)
        self._redraw_row(row)
        self._show_cursor()
        self.post_message(self.Moved(self))

    def _keep_cursor(self) -> None:
        if not self._items:
            self._cursor = 0
            return
        place = self._place(self._cursor_id) if self._cursor_id is not None else 0
        self._cursor = max(0, min(self._cursor, len(self._items) - 1)) if place is None else place
        self._cursor_id = self._identity(self._items[self._cursor])

    def _place(self, identity: Hashable) -> int | None:
        if self._places is None:
            self._places = {self._identity(item): place for place, item in enumerate(self._items)}
        return self._places.get(identity)

    def _show_cursor(self) -> None:
        room = self.size.height - 1
        if room < 1:
            return
        top = self.scroll_offset.y
        if self._cursor < top:
            self.scroll_to(y=self._cursor, animate=False, force=True)
        elif self._cursor >= top + room:
            self.scroll_to(y=self._cursor - room + 1, animate=False, force=True)

    # Drawing

    def on_resize(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._items) + 1)
        self._lay_out_columns()
        self._show_cursor()
        self.refresh()

    def _lay_out_columns(self) -> None:
        self._widths = lay_out(self._columns, self.scrollable_content_region.width - GUTTER)

    def on_focus(self) -> None:
        self._redraw_row(self._cursor)

    def on_blur(self) -> None:
        self._redraw_row(self._cursor)

    def on_click(self, event: events.Click) -> None:
        if event.y >= 1:
            self._go(event.y - 1 + self.scroll_offset.y)

    def _visible_rows(self) -> range:
        top = self.scroll_offset.y
        return range(top, min(len(self._items), top + max(0, self.size.height - 1)))

    def _redraw_row(self, row: int) -> None:
        self.refresh(Region(0, row - self.scroll_offset.y + 1, self.size.width, 1))

    def _redraw_cell(self, row: int, column: int) -> None:
        if column not in self._widths:
            return
        x = GUTTER + sum(self._widths[each] + GAP for each in self._widths if each < column)
        self.refresh(Region(x, row - self.scroll_offset.y + 1, self._widths[column], 1))

    def _clear_below(self, before: int) -> None:
        first = min(before, len(self._items)) - self.scroll_offset.y + 1
        if first < self.size.height:
            first = max(0, first)
            self.refresh(Region(0, first, self.size.width, self.size.height - first))

    def render_line(self, y: int) -> Strip:
        base = self.rich_style
        width = self.size.width
        if y == 0:
            head = base + self.get_component_rich_style("table--head", partial=True)
            return self._line("  ", [Span(column.title, Tone.HEAD) for column in self._columns], head, width)
        row = y - 1 + self.scroll_offset.y
        if row >= len(self._items):
            self._drawn.pop(row, None)
            return Strip.blank(width, base)
        here, marked, cells = looks = self._looks(row)
        if len(self._drawn) > 4 * self.size.height:
            self._drawn.clear()
        self._drawn[row] = looks
        if here:
            name = "table--cursor" if self.has_focus else "table--cursor-away"
            base += self.get_component_rich_style(name, partial=True)
        cursor = ("▌" if self.has_focus else "│") if here else " "
        return self._line(cursor + (MARK if marked else " "), cells, base, width)

    def _line(self, gutter: str, cells: Sequence[Span], base: Style, width: int) -> Strip:
        spans = [Span(gutter, Tone.KEY)]
        for number, size in self._widths.items():
            text, tone = cells[number]
            spans.append(Span(fit(text, size, right=self._columns[number].right) + " " * GAP, tone))
        return self.strip(spans, width, base)
