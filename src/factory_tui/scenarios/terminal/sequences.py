"""What a program sends to its terminal, cut into what is drawn and what is asked of the terminal.

Bounded whatever comes: a sequence is at most `LONGEST` characters, a number at most `LARGEST`, and a text for the
terminal itself (titles, clipboards, images) is passed over without being kept. Grammar: ECMA-48, and xterm's
"Control Sequences" for the private ones.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

LONGEST = 256
"""Characters of one control sequence. A longer one is dropped."""

LARGEST = 9999
"""Numbers are cut to this; no screen is larger."""

KEPT = 64
"""Characters that are kept of a text for the terminal itself."""

NUMBERS = 32
"""Numbers of one sequence that are read."""

_TEXT = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,4096}")
_CSI = re.compile(r"(?:\x1b\[|\x9b)(?P<private>[<-?]?)(?P<numbers>[0-?]*)(?P<between>[ -/]*)(?P<final>[@-~])?")
_ESCAPE = re.compile(r"\x1b(?P<between>[ -/]*)(?P<final>[0-~])?")
_STRING = re.compile(r"(?:\x1b(?P<kind>[\]PX^_])|[\x90\x98\x9d-\x9f])")
_STRING_END = re.compile(r"[\x07\x18\x1a\x9c]|(?=\x1b)")
"""Whatever begins with ESC ends a string; of `ESC \\`, its proper end, nothing but that is left to do."""


@dataclass(frozen=True, slots=True)
class Text:
    """Characters to be drawn."""

    text: str


@dataclass(frozen=True, slots=True)
class Control:
    """One control character."""

    code: str


@dataclass(frozen=True, slots=True)
class Escape:
    """`ESC`, what stands between, a final character."""

    between: str
    final: str


@dataclass(frozen=True, slots=True)
class Csi:
    """`ESC [`, numbers, a final character."""

    private: str
    """`?`, `>`, `<`, `=` or nothing."""
    numbers: tuple[int, ...]
    """One that is not written is 0."""
    between: str
    final: str

    def number(self, index: int, default: int = 0) -> int:
        """The number at `index`; `default` when it is not given or 0."""
        return (self.numbers[index] if index < len(self.numbers) else 0) or default


@dataclass(frozen=True, slots=True)
class Query:
    """A text for the terminal itself: only its start is kept, which is enough to tell a question."""

    kind: str
    start: str


Token = Text | Control | Escape | Csi | Query


class _More(Enum):
    NEEDED = "needed"


class Cutter:
    """Cuts a stream, which may come in any pieces."""

    def __init__(self) -> None:
        self._rest = ""
        self._string: Query | None = None

    def cut(self, piece: str) -> Iterator[Token]:
        """The tokens that `piece` completes. What is not complete waits for the next piece."""
        text = self._rest + piece
        self._rest = ""
        at = 0
        while at < len(text):
            if self._string is not None:
                end = _STRING_END.search(text, at)
                stop = end.start() if end else len(text)
                self._string = Query(self._string.kind, (self._string.start + text[at : min(stop, at + KEPT)])[:KEPT])
                if end is not None:
                    yield self._string
                    self._string = None
                at = end.end() if end else stop
                continue
            found = _token(text, at)
            if isinstance(found, _More):
                if len(text) - at <= LONGEST:
                    self._rest = text[at:]
                    return
                at += LONGEST
                continue
            token, at = found
            if isinstance(token, Query):
                self._string = token
            elif token is not None:
                yield token


def _token(text: str, at: int) -> "tuple[Token | None, int] | _More":
    """The token at `at` and where it ends; nothing is lost by a broken sequence but the sequence."""
    match = _TEXT.match(text, at)
    if match is not None:
        return Text(match[0]), match.end()
    char = text[at]
    if char == "\x1b" and at + 1 == len(text):
        return _More.NEEDED
    match = _STRING.match(text, at)
    if match is not None:
        return Query(match["kind"] or "", ""), match.end()
    if char == "\x9b" or text.startswith("\x1b[", at):
        match = _CSI.match(text, at, at + LONGEST)
        assert match is not None
        if match["final"] is None:
            return _More.NEEDED if match.end() == len(text) else (None, match.end())
        return Csi(match["private"], _numbers(match["numbers"]), match["between"], match["final"]), match.end()
    if char == "\x1b":
        match = _ESCAPE.match(text, at, at + LONGEST)
        assert match is not None
        if match["final"] is None:
            return _More.NEEDED if match.end() == len(text) else (None, match.end())
        return Escape(match["between"], match["final"]), match.end()
    return Control(char), at + 1


def _numbers(text: str) -> tuple[int, ...]:
    """`1;;38:5:7` → (1, 0, 38, 5, 7)."""
    parts = re.split(r"[;:]", text, maxsplit=NUMBERS)[:NUMBERS] if text else ()
    return tuple(min(int(part[:6]), LARGEST) if part.isascii() and part.isdigit() else 0 for part in parts)
