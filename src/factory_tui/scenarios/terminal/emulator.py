"""A terminal that draws what a program wrote. The bytes are hostile: whatever they are, the cost is bounded.

pyte keeps the cells and moves them; this file decides what reaches it, adds what xterm-256color promises and pyte does
not know (the alternate screen, repetition, scrolling, line drawing under UTF-8), and answers the questions that
programs ask a terminal.
"""

import codecs
import time
from collections.abc import Callable

from factory_tui.scenarios.terminal.screen import Screen
from factory_tui.scenarios.terminal.sequences import Control, Csi, Cutter, Escape, Query, Text, Token

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
        self._screen = Screen(columns, rows)
        self._cutter = Cutter()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._answers = bytearray()
        self._last = ""
        self._aside: Screen | None = None
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
            self._screen = Screen(self._aside.columns, self._aside.lines)
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


_ESCAPES: dict[str, Callable[[Screen], object]] = {
    "D": Screen.index,
    "E": Screen.next_line,
    "H": Screen.set_tab_stop,
    "M": Screen.reverse_index,
    "7": Screen.save_cursor,
    "8": Screen.restore_cursor,
}

_MOVES: dict[str, Callable[[Screen, int], object]] = {
    "@": Screen.insert_characters,
    "A": Screen.cursor_up,
    "B": Screen.cursor_down,
    "C": Screen.cursor_forward,
    "D": Screen.cursor_back,
    "E": Screen.cursor_down1,
    "F": Screen.cursor_up1,
    "G": Screen.cursor_to_column,
    "I": Screen.forward_tab,
    "L": Screen.insert_lines,
    "M": Screen.delete_lines,
    "P": Screen.delete_characters,
    "S": Screen.scroll,
    "T": lambda screen, count: screen.scroll(-count),
    "X": Screen.erase_characters,
    "Z": Screen.back_tab,
    "d": Screen.cursor_to_line,
}
