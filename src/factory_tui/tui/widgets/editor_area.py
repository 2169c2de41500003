"""The text of a spec, to type into: marks beside lines with findings, and only the lines that changed are redrawn."""

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import ClassVar, Self

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.document._document import Location
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip
from textual.widgets import TextArea

from factory_tui.model.finding import Edit, Level
from factory_tui.tui.look import LEVELS, Tone
from factory_tui.tui.widgets.editor_text import MOST_CHARACTERS, NotEditable, drawn, inserted, pasted
from factory_tui.tui.widgets.toned import tone_style

MOST_ROWS = 4_000
"""Rows that are remembered as they were drawn."""

Marks = Mapping[int, Level]
"""0-based line → the worst level of its findings."""


class EditorArea(TextArea):
    """A text area without blinking, guessing of brackets, or whole repaints; what it holds is safe to draw."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+j", "new_line", show=False),
        Binding("ctrl+home", "first", show=False),
        Binding("ctrl+end", "last", show=False),
    ]

    class Refused(Message):
        """Something could not be inserted as it was; `what` says why."""

        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what

    def __init__(self, text: str, screen_keys: Mapping[str, str], *, id: str | None = None) -> None:
        """
        Args:
            text: what it holds at first.
            screen_keys: key → action of the screen. They are taken here, in their turn.
            id: of the widget.
        """
        self._actions = {**{key: f"screen.{action}" for key, action in screen_keys.items()}, **_OWN_KEYS}
        self._marks: Marks = {}
        self._seen: dict[int, Strip] = {}
        """What is on the screen, by its row."""
        self._made_before: dict[Hashable, Strip] = {}
        self._comparing = False
        super().__init__(text, id=id, show_line_numbers=True, soft_wrap=True, compact=True, max_checkpoints=500)
        self.cursor_blink = False
        self.match_cursor_bracket = False

    # Content

    @property
    def cursor_row(self) -> int:
        """0-based line of the cursor."""
        return self.cursor_location[0]

    def mark(self, marks: Marks) -> None:
        """Show these marks in the margin."""
        if marks != self._marks:
            self._marks = marks
            self.refresh()

    def go_to(self, row: int, column: int = 0, *, center: bool = False) -> None:
        """Put the cursor there, as far as the text goes; with `center` what is around it comes into view."""
        row = max(0, min(row, self.document.line_count - 1))
        self.move_cursor((row, min(column, len(self.document.get_line(row)))), center=center)

    def action_first(self) -> None:
        self.go_to(0)

    def action_last(self) -> None:
        self.go_to(self.document.line_count, column=len(self.document.get_line(self.document.line_count - 1)))

    def change_to(self, text: str) -> None:
        """Make `text` the content by one edit that can be undone; the cursor stays on its line."""
        old = self.text
        if old == text:
            return
        first = _common(old, text)
        rest = min(len(old), len(text)) - first
        same = _common(old[::-1][:rest], text[::-1][:rest])
        start, end = _place(old, first), _place(old, len(old) - same)
        row, column = self.cursor_location
        if row > end[0]:
            row += text.count("\n") - old.count("\n")
        self._swap(text[first : len(text) - same], start, end)
        self.go_to(row, column)

    def carry_out(self, edit: Edit) -> str:
        """Make a change by one edit that can be undone, with the cursor where it starts; what stood there.

        Raises:
            NotEditable: the text has no such place, or cannot hold what would stand there.
        """
        start, end = (edit.line - 1, edit.column - 1), (edit.end_line - 1, edit.end_column - 1)
        lines = self.document.lines
        if not all(0 <= row < len(lines) and 0 <= column <= len(lines[row]) for row, column in (start, end)):
            raise NotEditable("the text has no such place any more")
        text, before = inserted(edit.text), self.get_text_range(start, end)
        self._swap(text, start, end)
        self.go_to(*start)
        return before

    def _swap(self, text: str, start: Location, end: Location) -> None:
        """One step of undo."""
        self.history.checkpoint()
        self.replace(text, start, end)
        self.history.checkpoint()

    def select_next(self, texts: Sequence[str], last: int) -> str:
        """Select the first of these texts behind the cursor, on a 0-based line up to `last`; which, or empty."""
        start = max(self.selection)
        for row in range(start[0], min(last, self.document.line_count - 1) + 1):
            from_column = start[1] if row == start[0] else 0
            line = self.document.get_line(row)
            found = [(at, each) for each in texts if (at := line.find(each, from_column)) >= 0]
            if found:
                column, text = min(found)
                self.go_to(row, column)
                self.move_cursor((row, column + len(text)), select=True)
                return text
        return ""

    def find_matching_bracket(self, bracket: str, search_from: tuple[int, int]) -> None:
        """Prose has no use for it, and an open bracket would be looked for through the whole text at each key."""

    # Typing

    async def on_key(self, event: events.Key) -> None:
        """Do at once what a key is bound to.

        Textual would look for the binding only after the key has gone up through the screen and the app, each with a
        queue of its own, while letters are inserted here: of keys that come in one packet, as they do over a slow
        line, a letter would overtake the arrow before it.
        """
        action = self._actions.get(event.key)
        if action is not None:
            event.stop()
            event.prevent_default()
            await self.run_action(action)

    def action_new_line(self) -> None:
        """What a paste without brackets sends for the end of a line."""
        if not self.read_only:
            self.replace("\n", *self.selection, maintain_selection_offset=False)

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        if self.read_only:
            return
        text, changed = pasted(event.text)
        if len(text) + len(self.text) > MOST_CHARACTERS:
            self.post_message(self.Refused(f"{len(text):,} characters are too many to paste here"))
            return
        if changed:
            self.post_message(self.Refused("control characters were taken out of the pasted text"))
        start, end = self.selection
        self.replace(text, start, end, maintain_selection_offset=False)

    # Drawing

    def get_line(self, line_index: int) -> Text:
        """A line with signs for what must not be drawn."""
        text, hidden = drawn(self.document.get_line(line_index))
        line = Text(text, end="", no_wrap=True)
        for column in hidden:
            line.stylize(self._tone(Tone.WARN) + Style(reverse=True), column, column + 1)
        return line

    def render_line(self, y: int) -> Strip:
        strip = self._made(y, self._rows())
        self._seen[y] = strip
        return strip

    def _rows(self) -> list[tuple[int, int]]:
        """Line and part of it on each row that is visible. A line that is too long has several parts."""
        top, height = self.scroll_offset.y, self.size.height
        if top >= self.virtual_size.height:
            return []
        line, column = self.wrapped_document.offset_to_location(Offset(0, top))
        first = bisect_right(self.wrapped_document.get_offsets(line), column)
        rows: list[tuple[int, int]] = []
        while len(rows) < height and line < self.document.line_count:
            rows += [(line, part) for part in range(first, len(self.wrapped_document.get_offsets(line)) + 1)]
            line, first = line + 1, 0
        return rows[:height]

    def _made(self, y: int, rows: Sequence[tuple[int, int]]) -> Strip:
        """A row as it should be. Textual makes every row anew at each key; here only the cursor's line is."""
        if y >= len(rows):
            return super().render_line(y)
        line, part = rows[y]
        if line == self.cursor_row or not self.selection.is_empty:
            return self._marked(super().render_line(y), line, part)
        key = (self.document.get_line(line), line, part, self.size.width, self.gutter_width, self._marks.get(line))
        if key not in self._made_before:
            if len(self._made_before) > MOST_ROWS:
                self._made_before.clear()
            self._made_before[key] = self._marked(super().render_line(y), line, part)
        return self._made_before[key]

    def _marked(self, strip: Strip, line: int, part: int) -> Strip:
        level = self._marks.get(line)
        if level is None:
            return strip
        glyph, tone = LEVELS[level]
        width = self.gutter_width
        base = next(iter(strip), Segment("")).style or Style()
        mark = Segment("  " if part else f"{glyph} ", base + self._tone(tone))
        return Strip.join([strip.crop(0, width - 2), Strip([mark], 2), strip.crop(width)])

    def _tone(self, tone: Tone) -> Style:
        return tone_style(self.app, tone)

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Textual asks for the whole widget at each key. Over a slow line that is the cost, so lines are compared."""
        whole = not regions or self.size.region in regions
        if not whole or not repaint or layout or recompose or not self._seen or not self.is_mounted:
            return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        if not self._comparing:
            self._comparing = True
            self.call_next(self._refresh_changed)
        return self

    def _refresh_changed(self) -> None:
        self._comparing = False
        width, height = self.size
        rows = self._rows()
        changed = [y for y in range(height) if self._made(y, rows) != self._seen.get(y)]
        if changed:
            super().refresh(*(Region(0, y, width, 1) for y in changed))

    def notify_style_update(self) -> None:
        self._forget()
        super().notify_style_update()

    def on_resize(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._seen = {}
        self._made_before = {}


def _keys(bindings: Iterable[BindingType]) -> Mapping[str, str]:
    """Key → action."""
    named = [each for each in bindings if isinstance(each, Binding)]
    return {key: each.action for each in named for key in each.key.split(",")}


_SCREENS = frozenset({"f6", "f7"})
"""Keys that Textual selects a line and everything with; the screen has more need of them."""

_OWN_KEYS = {
    key: action for key, action in _keys((*TextArea.BINDINGS, *EditorArea.BINDINGS)).items() if key not in _SCREENS
}


def _place(text: str, index: int) -> tuple[int, int]:
    """Line and column of a position, both from 0."""
    return text.count("\n", 0, index), index - (text.rfind("\n", 0, index) + 1)


def _common(one: str, other: str) -> int:
    """How many characters both start with."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
