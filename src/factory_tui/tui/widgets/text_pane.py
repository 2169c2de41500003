"""Text that scrolls: details, evidence, help, and logs that grow at the end."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from factory_tui.tui.look import Line, Span, Tone
from factory_tui.tui.widgets.toned import Toned

MOST_LINES = 20_000
"""Lines kept. Older ones are dropped from the top; `factory-tui logs` has them all."""


class TextPane(ScrollView, Toned, can_focus=True):
    """Lines of spans, wrapped to the width unless told otherwise, drawn as they become visible."""

    DEFAULT_CSS = """
    TextPane {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        /* A scrollbar that comes and goes would lay out everything anew. */
        scrollbar-gutter: stable;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "lines(1)", show=False),
        Binding("up,k", "lines(-1)", show=False),
        Binding("pagedown,ctrl+f", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("home,g", "first", show=False),
        Binding("end,G", "last", show=False),
        Binding("left", "sideways(-8)", show=False),
        Binding("right", "sideways(8)", show=False),
    ]

    class Scrolled(Message):
        """The operator moved; a pane that follows its end has stopped to, or does again."""

        def __init__(self, pane: Widget) -> None:
            super().__init__()
            self.pane = pane

        @property
        def control(self) -> Widget:
            return self.pane

    def __init__(self, *, id: str | None = None, wrap: bool = True, follow: bool = False) -> None:
        super().__init__(id=id)
        self._lines: list[Line] = []
        self._rows: list[tuple[int, Line]] = []
        """What is drawn: number of the line, and the part of it on this row."""
        self.wraps = wrap
        self.follows = follow
        self._wanted = ""
        self._match: int | None = None

    # Content

    @property
    def lines(self) -> Sequence[Line]:
        return self._lines

    @property
    def text(self) -> str:
        return "\n".join(each.text for each in self._lines)

    def set_lines(self, lines: Iterable[Line], *, keep_place: bool = False) -> None:
        """Show these lines instead, from the top unless `keep_place`. Nothing happens when they are the same."""
        new = list(lines)
        if new == self._lines:
            return
        self._lines = new
        self._lay_out()
        if self.follows:
            self._to(len(self._rows))
        elif not keep_place:
            self._to(0)

    def append(self, lines: Sequence[Line]) -> None:
        """Add lines at the end; a pane that follows stays there."""
        if not lines:
            return
        self._lines.extend(lines)
        if len(self._lines) > MOST_LINES + MOST_LINES // 10:
            del self._lines[: len(self._lines) - MOST_LINES]
            self._lay_out()
        else:
            first, before = len(self._lines) - len(lines), len(self._rows)
            for number in range(first, len(self._lines)):
                self._rows.extend((number, part) for part in self._parts(self._lines[number]))
            self._resize_content()
            below = before - self.scroll_offset.y
            if below < self.size.height and not self.follows:
                self.refresh(Region(0, max(0, below), self.size.width, self.size.height - max(0, below)))
        if self.follows:
            self._to(len(self._rows))

    def set_wrap(self, wraps: bool) -> None:
        """Wrap long lines, or cut them and scroll sideways."""
        self.wraps = wraps
        top = self._rows[self.scroll_offset.y][0] if self._rows else 0
        self._lay_out()
        self.scroll_to(x=0, animate=False, force=True)
        if self.follows:
            self._to(len(self._rows))
        else:
            self._to(next((row for row, (number, _) in enumerate(self._rows) if number >= top), 0))

    def set_follow(self, follows: bool) -> None:
        """Stay at the end while lines are added."""
        self.follows = follows
        if follows:
            self._to(len(self._rows))
        self.post_message(self.Scrolled(self))

    # Search

    def search(self, wanted: str, *, forward: bool = True) -> bool:
        """Go to the next line that contains the text, without regard to case, around the end if need be."""
        fresh = wanted.casefold() != self._wanted
        self._wanted = wanted.casefold()
        self.refresh()
        if not self._wanted or not self._lines:
            return False
        start = self._match
        if start is None or fresh:
            start = (self._rows[self.scroll_offset.y][0] if self._rows else 0) - (1 if forward else 0)
        count, step = len(self._lines), 1 if forward else -1
        for offset in range(1, count + 1):
            number = (start + step * offset) % count
            if self._wanted in self._lines[number].text.casefold():
                self._match = number
                self.set_follow(False)
                row = next(row for row, (each, _) in enumerate(self._rows) if each == number)
                self._to(row - self.size.height // 3)
                self.refresh()
                return True
        return False

    # Movement

    def action_lines(self, by: int) -> None:
        self._move(self.scroll_offset.y + by)

    def action_page(self, by: int) -> None:
        self._move(self.scroll_offset.y + by * max(1, self.size.height - 2))

    def action_first(self) -> None:
        self._move(0)

    def action_last(self) -> None:
        self._move(len(self._rows))

    def action_sideways(self, by: int) -> None:
        self.scroll_to(x=self.scroll_offset.x + by, animate=False, force=True)

    def reveal(self, line: int) -> None:
        """Scroll no further than it takes to see a line, numbered from 0."""
        row = next((row for row, (number, _) in enumerate(self._rows) if number >= line), 0)
        top, height = self.scroll_offset.y, self.size.height
        if not top <= row < top + height:
            self._to(row if row < top else row - height + 1)

    def _move(self, row: int) -> None:
        at_end = row >= len(self._rows) - self.size.height
        if self.follows and not at_end:
            self.set_follow(False)
        self._to(row)

    def _to(self, row: int) -> None:
        self.scroll_to(y=max(0, min(row, len(self._rows) - self.size.height)), animate=False, force=True)
        # A bar that was not shown when the pane was scrolled does not know where the pane is.
        self.vertical_scrollbar.position = round(self.scroll_y)

    # Drawing

    def on_resize(self) -> None:
        self._lay_out()
        if self.follows:
            self._to(len(self._rows))

    def _lay_out(self) -> None:
        self._rows = [(number, part) for number, each in enumerate(self._lines) for part in self._parts(each)]
        self._match = None
        self._resize_content()
        self.refresh()

    def _parts(self, whole: Line) -> list[Line]:
        width = self.scrollable_content_region.width - 1
        return wrap(whole, width) if self.wraps and width > 8 else [whole]

    def _resize_content(self) -> None:
        width = self.size.width
        if not self.wraps:
            width = max(width, max((cell_len(each.text) for each in self._lines), default=0) + 1)
        self.virtual_size = Size(width, len(self._rows))

    def render_line(self, y: int) -> Strip:
        base, width = self.rich_style, self.size.width
        row = y + self.scroll_offset.y
        if row >= len(self._rows):
            return Strip.blank(width, base)
        number, part = self._rows[row]
        spans = part.spans
        if self._wanted and number == self._match:
            spans = tuple(Span(each.text, Tone.MATCH) for each in spans)
        left = self.scroll_offset.x
        strip = self.strip(spans, max(width + left, cell_len(part.text)), base)
        return strip.crop(left, left + width)


def wrap(whole: Line, width: int) -> list[Line]:
    """A line broken at spaces so that no part is wider than `width` cells; later parts begin at its indent."""
    if cell_len(whole.text) <= width:
        return [whole]
    indent = min(whole.indent, width // 2)
    parts: list[Line] = []
    current: list[Span] = []
    used = 0
    for word, tone in _words(whole.spans):
        size = cell_len(word)
        if used + cell_len(word.rstrip()) > width and used > (indent if parts else 0):
            parts.append(Line(tuple(current)))
            current, used = ([Span(" " * indent)] if indent else []), indent
        while used + size > width and size > width - indent and not word.isspace():
            piece = _head(word, max(1, width - used))
            current.append(Span(piece, tone))
            parts.append(Line(tuple(current)))
            word = word[len(piece) :]
            size = cell_len(word)
            current, used = ([Span(" " * indent)] if indent else []), indent
        current.append(Span(word, tone))
        used += size
    parts.append(Line(tuple(current)))
    return parts


def _words(spans: Iterable[Span]) -> Iterable[tuple[str, Tone]]:
    """Words with the blanks after them."""
    for text, tone in spans:
        start = 0
        for place in range(1, len(text)):
            if text[place - 1] == " " and text[place] != " ":
                yield text[start:place], tone
                start = place
        if text[start:]:
            yield text[start:], tone


def _head(word: str, width: int) -> str:
    used = 0
    for place, character in enumerate(word):
        used += cell_len(character)
        if used > width and place:
            return word[:place]
    return word
