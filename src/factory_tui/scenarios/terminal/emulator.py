"""The screen that a program has drawn. The bytes are hostile: whatever they are, the cost is bounded.

pyte keeps the cells and moves them; this file decides what reaches it, adds what xterm-256color promises and pyte does
not know (the alternate screen, repetition, scrolling, line drawing under UTF-8), and answers the questions that
programs ask a terminal.
"""

import codecs
import copy
import time
import unicodedata
from collections.abc import Callable
from functools import lru_cache

import pyte
from pyte import charsets, modes
from wcwidth import wcwidth

from factory_tui.scenarios.terminal.sequences import Control, Csi, Cutter, Escape, Query, Text, Token

MARKS = 8
"""Code points of one cell: a character and what is combined with it."""

_JOINER = "\u200d"
"""Makes one picture of two, so it belongs to what is seen."""

ANSWERS = 4096
"""Bytes of answers to one piece of output. A program that asks for more is not answered."""

_APPLICATION_KEYS = 1
_WITH_CURSOR = 1049
_ALTERNATE = frozenset({47, 1047, _WITH_CURSOR})
_REFUSED = frozenset({3, 5})
"""Private modes that change nothing that a text of the screen shows (reverse video), or that xterm does not obey
unless it is set so (132 columns)."""
_WIDE_CSI = {"f": "H", "`": "G", "a": "C", "e": "B"}
"""Synonyms: HVP, HPA, HPR, VPR."""


class Undrawable(Exception):
    """The output cannot be drawn, or not in time. What the program wrote is at fault."""


class Emulator:
    """A terminal of xterm's kind: takes what a program writes, has a text, answers.

    Args:
        columns: at most `size.LARGEST_COLUMNS`.
        rows: at most `size.LARGEST_ROWS`.
    """

    def __init__(self, columns: int, rows: int) -> None:
        self._screen = _Screen(columns, rows)
        self._cutter = Cutter()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._answers = bytearray()
        self._last = ""
        self._aside: _Screen | None = None
        """The main screen, while a program draws on the alternate one."""

    @property
    def text(self) -> str:
        """The screen's lines without trailing blanks, joined by newlines; empty lines at the end are left out."""
        return "\n".join(self._screen.lines_of_text()).rstrip("\n")

    @property
    def application_keys(self) -> bool:
        """Whether the program has asked for application cursor keys."""
        return _APPLICATION_KEYS << 5 in self._screen.mode

    def feed(self, data: bytes, until: float) -> bytes:
        """Draw what a program wrote; what the terminal answers.

        Args:
            data: in any pieces.
            until: on the monotonic clock: longest it may take.

        Raises:
            Undrawable: it took longer, or cannot be drawn.
        """
        self._answers.clear()
        for token in self._cutter.cut(self._decoder.decode(data)):
            if time.monotonic() > until:
                raise Undrawable("what it writes cannot be drawn in time")
            try:
                self._obey(token)
            except Exception as error:
                raise Undrawable(f"{type(error).__name__} at {token!r:.200}") from error
        return bytes(self._answers)

    def resize(self, columns: int, rows: int) -> None:
        for screen in (self._screen, self._aside):
            if screen is not None:
                screen.resize(rows, columns)
                screen.ensure_hbounds()
                screen.ensure_vbounds()

    def _obey(self, token: Token) -> None:
        match token:
            case Text(text):
                self._screen.draw(text)
                self._last = text[-1]
            case Control(code):
                self._screen.control(code)
            case Escape(between, final):
                self._escape(between, final)
            case Csi():
                self._csi(token)
            case Query():
                self._query(token)

    def _escape(self, between: str, final: str) -> None:
        screen = self._screen
        if between in ("(", ")"):
            screen.define_charset(final, between)
        elif between == "#" and final == "8":
            screen.alignment_display()
        elif not between and final == "c":
            self._aside = None
            screen.reset()
        elif not between and final == "Z":
            self._answer("\x1b[?1;2c")
        elif not between and final in _ESCAPES:
            _ESCAPES[final](screen)

    def _csi(self, csi: Csi) -> None:
        screen = self._screen
        final = _WIDE_CSI.get(csi.final, csi.final)
        kind = csi.private + csi.between + final
        if kind in _MOVES:
            _MOVES[kind](screen, csi.number(0, 1))
        elif kind == "H":
            screen.cursor_position(csi.number(0, 1), csi.number(1, 1))
        elif kind == "r":
            screen.set_margins(csi.number(0, 1), csi.number(1, screen.lines))
        elif kind in ("J", "?J") and csi.number(0) <= 2:
            screen.erase_in_display(csi.number(0))
        elif kind in ("K", "?K") and csi.number(0) <= 2:
            screen.erase_in_line(csi.number(0))
        elif kind == "g":
            screen.clear_tab_stop(csi.number(0))
        elif kind == "b" and self._last:
            screen.draw(self._last * min(csi.number(0, 1), screen.columns * screen.lines))
        elif kind in ("h", "l"):
            for mode in csi.numbers:
                screen.turn(mode, on=final == "h")
        elif kind in ("?h", "?l"):
            for mode in csi.numbers:
                self._private_mode(mode, on=final == "h")
        elif kind == "s":
            screen.save_cursor()
        elif kind == "u":
            screen.restore_cursor()
        elif kind == "!p":
            screen.soften()
        else:
            self._report(kind, csi)

    def _private_mode(self, mode: int, *, on: bool) -> None:
        if mode in _ALTERNATE:
            self._alternate(mode, on=on)
        elif mode == 1048:
            (self._screen.save_cursor if on else self._screen.restore_cursor)()
        elif mode not in _REFUSED:
            self._screen.turn(mode, on=on, private=True)

    def _alternate(self, mode: int, *, on: bool) -> None:
        """The alternate screen starts empty; when it is left, the main one is as it was. 1049 saves the cursor, too."""
        if on and self._aside is None:
            if mode == _WITH_CURSOR:
                self._screen.save_cursor()
            self._aside = self._screen
            self._screen = _Screen(self._aside.columns, self._aside.lines)
            self._screen.take_over(self._aside)
        elif not on and self._aside is not None:
            left, self._screen = self._screen, self._aside
            self._aside = None
            self._screen.take_over(left)
        if not on and mode == _WITH_CURSOR:
            self._screen.restore_cursor()

    def _report(self, kind: str, csi: Csi) -> None:
        """What terminals are asked: who they are, where the cursor is, which modes are set, how large they are."""
        screen, number = self._screen, csi.number(0)
        row, column = screen.place()
        answers = {
            ("c", 0): "\x1b[?62;22c",
            (">c", 0): "\x1b[>41;354;0c",
            ("=c", 0): "\x1bP!|00000000\x1b\\",
            ("n", 5): "\x1b[0n",
            ("n", 6): f"\x1b[{row};{column}R",
            ("?n", 6): f"\x1b[?{row};{column}R",
            (">q", 0): "\x1bP>|XTerm(354)\x1b\\",
            ("t", 18): f"\x1b[8;{screen.lines};{screen.columns}t",
            ("t", 19): f"\x1b[9;{screen.lines};{screen.columns}t",
        }
        if kind == "?$p":
            known = number << 5 in screen.known
            state = 0 if not known else 1 if number << 5 in screen.mode else 2
            self._answer(f"\x1b[?{number};{state}$y")
        elif kind == "$p":
            self._answer(f"\x1b[{number};{1 if number in screen.mode else 2}$y")
        elif (kind, number) in answers:
            self._answer(answers[kind, number])

    def _query(self, query: Query) -> None:
        """The colours, asked for by programs that adapt to them; nothing is said of a palette or a clipboard."""
        if query.kind == "]" and query.start in ("10;?", "11;?"):
            colour = "ffff/ffff/ffff" if query.start.startswith("10") else "0000/0000/0000"
            self._answer(f"\x1b]{query.start[:2]};rgb:{colour}\x1b\\")
        elif query.kind == "P" and query.start.startswith("$q"):
            self._answer("\x1bP0$r\x1b\\")
        elif query.kind == "P" and query.start.startswith("+q"):
            self._answer("\x1bP0+r\x1b\\")

    def _answer(self, text: str) -> None:
        if len(self._answers) + len(text) <= ANSWERS:
            self._answers += text.encode()


class _Screen(pyte.Screen):
    """The cells. Beyond pyte: characters of every width, one saved cursor, margins that hold."""

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

    def take_over(self, other: "_Screen") -> None:
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


_Act = Callable[[_Screen], object]

_CONTROLS: dict[str, _Act] = {
    "\b": _Screen.backspace,
    "\t": _Screen.tab,
    "\n": _Screen.linefeed,
    "\v": _Screen.linefeed,
    "\f": _Screen.linefeed,
    "\r": _Screen.carriage_return,
    "\x0e": _Screen.shift_out,
    "\x0f": _Screen.shift_in,
    "\x84": _Screen.index,
    "\x85": _Screen.next_line,
    "\x88": _Screen.set_tab_stop,
    "\x8d": _Screen.reverse_index,
}

_ESCAPES: dict[str, _Act] = {
    "D": _Screen.index,
    "E": _Screen.next_line,
    "H": _Screen.set_tab_stop,
    "M": _Screen.reverse_index,
    "7": _Screen.save_cursor,
    "8": _Screen.restore_cursor,
}

_MOVES: dict[str, Callable[[_Screen, int], object]] = {
    "@": _Screen.insert_characters,
    "A": _Screen.cursor_up,
    "B": _Screen.cursor_down,
    "C": _Screen.cursor_forward,
    "D": _Screen.cursor_back,
    "E": _Screen.cursor_down1,
    "F": _Screen.cursor_up1,
    "G": _Screen.cursor_to_column,
    "I": _Screen.forward_tab,
    "L": _Screen.insert_lines,
    "M": _Screen.delete_lines,
    "P": _Screen.delete_characters,
    "S": _Screen.scroll,
    "T": lambda screen, count: screen.scroll(-count),
    "X": _Screen.erase_characters,
    "Z": _Screen.back_tab,
    "d": _Screen.cursor_to_line,
}
