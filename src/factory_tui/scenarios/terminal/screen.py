"""The cells of a screen: pyte's, with what a terminal of xterm's kind does otherwise."""

import copy
import unicodedata
from collections.abc import Callable
from functools import lru_cache

import pyte
from pyte import charsets, modes
from wcwidth import wcwidth

MARKS = 8
"""Code points of one cell: a character and what is combined with it."""

_JOINER = "\u200d"
"""Makes one picture of two, so it belongs to what is seen."""


class Screen(pyte.Screen):
    """Beyond pyte: characters of every width, one saved cursor, margins that hold."""

    def __init__(self, columns: int, rows: int) -> None:
        self.known: set[int] = set()
        """Modes that were set or reset once, private ones shifted as pyte has them."""
        super().__init__(columns, rows)

    def lines_of_text(self) -> list[str]:
        lines = []
        for y in range(self.lines):
            row = self.buffer.get(y)
            lines.append("".join(row[x].data for x in range(self.columns)).rstrip() if row else "")
        return lines

    def draw(self, data: str) -> None:
        """Put characters where the cursor is. Marks of no width go to the cell before, `MARKS` at most."""
        if self.charset or self.g0_charset is not charsets.LAT1_MAP:
            data = data.translate(self.g1_charset if self.charset else self.g0_charset)
        for char in data:
            width = _width(char)
            if width == 0:
                self._combine(char)
            elif 0 < width <= self.columns:
                self._put(char, width)

    def _put(self, char: str, width: int) -> None:
        cursor = self.cursor
        if cursor.x + width > self.columns:
            if modes.DECAWM in self.mode:
                self.carriage_return()
                self.linefeed()
            else:
                cursor.x = self.columns - width
        if modes.IRM in self.mode:
            self.insert_characters(width)
        line = self.buffer[cursor.y]
        self._break_wide(line, cursor.x, width)
        line[cursor.x] = cursor.attrs._replace(data=char)
        if width == 2:
            line[cursor.x + 1] = cursor.attrs._replace(data="")
        cursor.x += width

    def _break_wide(self, line: "pyte.screens.StaticDefaultDict[int, pyte.screens.Char]", x: int, width: int) -> None:
        """Half of a wide character cannot stay when the other half is written over."""
        if x and x in line and line[x].data == "":
            line[x - 1] = line[x - 1]._replace(data=" ")
        after = x + width
        if after in line and line[after].data == "":
            line[after] = line[after]._replace(data=" ")

    def _combine(self, char: str) -> None:
        line = self.buffer[self.cursor.y]
        x = self.cursor.x - 1
        if x > 0 and line[x].data == "":
            x -= 1
        if x >= 0 and len(line[x].data) < MARKS:
            line[x] = line[x]._replace(data=unicodedata.normalize("NFC", line[x].data + char))

    def control(self, code: str) -> None:
        act = _CONTROLS.get(code)
        if act is not None:
            act(self)

    def cursor_up(self, count: int | None = None) -> None:
        """Not beyond the top margin, if the cursor is not above it already."""
        y = self.cursor.y
        top = self.margins.top if self.margins is not None and y >= self.margins.top else 0
        self.cursor.y = max(y - (count or 1), top)

    def cursor_down(self, count: int | None = None) -> None:
        """Not beyond the bottom margin, if the cursor is not below it already."""
        y = self.cursor.y
        bottom = self.margins.bottom if self.margins is not None and y <= self.margins.bottom else self.lines - 1
        self.cursor.y = min(y + (count or 1), bottom)

    def next_line(self) -> None:
        self.carriage_return()
        self.linefeed()

    def cursor_to_line(self, line: int | None = None) -> None:
        self.cursor_position(line, self.cursor.x + 1)

    def set_margins(self, top: int | None = None, bottom: int | None = None) -> None:
        """As xterm: a region that is none changes nothing, one that can be homes the cursor."""
        first, last = (top or 1), min(bottom or self.lines, self.lines)
        if first >= last:
            return
        whole = (first, last) == (1, self.lines)
        self.margins = None if whole else pyte.screens.Margins(first - 1, last - 1)
        self.cursor_position()

    def resize(self, lines: int | None = None, columns: int | None = None) -> None:
        """Rows go and come at the bottom, unless the cursor would go with them."""
        rows, width = lines or self.lines, columns or self.columns
        lost = max(0, self.cursor.y - rows + 1)
        kept = {y - lost: line for y, line in self.buffer.items() if lost <= y < rows + lost}
        self.buffer.clear()
        for y, line in kept.items():
            for x in [x for x in line if x >= width]:
                del line[x]
            self.buffer[y] = line
        self.cursor.y -= lost
        self.lines, self.columns, self.margins = rows, width, None
        self.ensure_hbounds()
        self.ensure_vbounds()

    def turn(self, mode: int, *, on: bool, private: bool = False) -> None:
        self.known.add(mode << 5 if private else mode)
        (self.set_mode if on else self.reset_mode)(mode, private=private)

    def soften(self) -> None:
        """A soft reset: modes, margins and character sets, not what is drawn."""
        self.mode = {modes.DECAWM, modes.DECTCEM}
        self.margins, self.charset, self.g0_charset = None, 0, charsets.LAT1_MAP
        self.cursor.attrs = self.default_char

    def scroll(self, count: int) -> None:
        """Lines of the region up, or down when negative; the cursor stays."""
        top, bottom = self.margins or (0, self.lines - 1)
        here = self.cursor.y
        for _ in range(min(abs(count), bottom - top + 1)):
            self.cursor.y = bottom if count > 0 else top
            (self.index if count > 0 else self.reverse_index)()
        self.cursor.y = here

    def back_tab(self, count: int) -> None:
        before = sorted((stop for stop in self.tabstops if stop < self.cursor.x), reverse=True)
        self.cursor.x = before[count - 1] if count <= len(before) else 0

    def forward_tab(self, count: int) -> None:
        for _ in range(min(count, self.columns)):
            self.tab()

    def save_cursor(self) -> None:
        self.savepoints.clear()
        super().save_cursor()

    def restore_cursor(self) -> None:
        """What was saved can be had again any number of times, wherever the margins are now."""
        if not self.savepoints:
            self.mode.discard(modes.DECOM)
            self.cursor_position()
            return
        saved = self.savepoints[-1]
        self.cursor = copy.copy(saved.cursor)
        self.g0_charset, self.g1_charset, self.charset = saved.g0_charset, saved.g1_charset, saved.charset
        for mode, was_on in ((modes.DECOM, saved.origin), (modes.DECAWM, saved.wrap)):
            (self.mode.add if was_on else self.mode.discard)(mode)
        self.ensure_hbounds()
        self.ensure_vbounds()

    def take_over(self, other: "Screen") -> None:
        """What the two screens of a terminal share."""
        self.mode, self.known = set(other.mode), other.known
        self.cursor.x, self.cursor.y, self.cursor.attrs = other.cursor.x, other.cursor.y, other.cursor.attrs
        self.g0_charset, self.g1_charset, self.charset = other.g0_charset, other.g1_charset, other.charset

    def place(self) -> tuple[int, int]:
        """Row and column of the cursor as a report counts them, from 1."""
        top = self.margins.top if self.margins is not None and modes.DECOM in self.mode else 0
        return self.cursor.y - top + 1, min(self.cursor.x, self.columns - 1) + 1


@lru_cache(maxsize=4096)
def _width(char: str) -> int:
    """Cells of a character: 0 for a mark on the one before, -1 for what cannot be seen (directions, other controls)."""
    if unicodedata.category(char) == "Cf" and char != _JOINER:
        return -1
    return wcwidth(char)


_Act = Callable[[Screen], object]

_CONTROLS: dict[str, _Act] = {
    "\b": Screen.backspace,
    "\t": Screen.tab,
    "\n": Screen.linefeed,
    "\v": Screen.linefeed,
    "\f": Screen.linefeed,
    "\r": Screen.carriage_return,
    "\x0e": Screen.shift_out,
    "\x0f": Screen.shift_in,
    "\x84": Screen.index,
    "\x85": Screen.next_line,
    "\x88": Screen.set_tab_stop,
    "\x8d": Screen.reverse_index,
}
