"""A spec's text as an editor holds it: one kind of line end, and a stand-in for what must not reach a terminal.

Every stand-in is one character of the supplementary private use planes, so lines, columns and widths stay what they
are and the file's own characters come back when it is saved. It is drawn as a sign that anyone can see.
"""

import re
import unicodedata
from dataclasses import dataclass

from factory_tui.model.foreign import clean

BOM = "\ufeff"
MOST_CHARACTERS = 200_000
"""A spec is a few pages. Beyond this each key would take longer than a person can type."""

LONGEST_LINE = 20_000

_PLANE = 0xF0000
_LAST_WITH_STAND_IN = 0x1FFFD
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_PLAIN = re.compile(r"^[\x20-\x7e\n\t\u00a0-\u00ac\u00ae-\u02ff\u2013-\u2026\u2190-\u21ff]*$")
_STAND_INS = re.compile("[\U000f0000-\U0010fffd]")
_PICTURES = 0x2400
"""Of a control character below 32: U+2400 and its number."""


class NotEditable(Exception):
    """A text that cannot be edited here. Its message says why."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a file has around its lines."""

    newline: str = "\n"
    bom: bool = False

    def file_text(self, shown: str) -> str:
        """The text of the file for what the editor holds."""
        text = _STAND_INS.sub(lambda match: chr(ord(match[0]) - _PLANE), shown)
        return BOM * self.bom + (text if self.newline == "\n" else text.replace("\n", self.newline))


def opened(text: str) -> tuple[str, Form]:
    """What the editor holds for the text of a file, and how to go back.

    Raises:
        NotEditable: too large, of several kinds of line ends, or with characters that nobody could see.
    """
    if len(text) > MOST_CHARACTERS:
        raise NotEditable(f"it has {len(text):,} characters, and more than {MOST_CHARACTERS:,} are slow to edit here")
    bom = text.startswith(BOM)
    body = text.removeprefix(BOM)
    newline = _newline(body)
    lines = body if newline == "\n" else body.replace(newline, "\n")
    longest = max(map(len, lines.split("\n")))
    if longest > LONGEST_LINE:
        raise NotEditable(f"one line has {longest:,} characters, and more than {LONGEST_LINE:,} are slow to edit here")
    return _with_stand_ins(lines), Form(newline, bom)


def _newline(text: str) -> str:
    ends = dict.fromkeys(re.findall(r"\r\n|\r|\n", text))
    if len(ends) > 1:
        names = {"\r\n": "CRLF", "\r": "CR", "\n": "LF"}
        raise NotEditable(
            f"its lines end in {' and '.join(names[each] for each in ends)}, and saving would mix them up"
        )
    return next(iter(ends), "\n")


def _with_stand_ins(text: str) -> str:
    if _PLAIN.match(text):
        return text
    return "".join(_stand_in(each, at, text) if is_hidden(each) else each for at, each in enumerate(text))


def is_hidden(character: str) -> bool:
    """True for a character that acts on a terminal, or that nobody sees."""
    return character not in "\n\t" and unicodedata.category(character) in _HIDDEN


def _stand_in(character: str, at: int, text: str) -> str:
    if ord(character) > _LAST_WITH_STAND_IN:
        line = text.count("\n", 0, at) + 1
        raise NotEditable(f"line {line} has a character that cannot be shown (U+{ord(character):04X})")
    return chr(_PLANE + ord(character))


def drawn(line: str) -> tuple[str, list[int]]:
    """A line of the editor as it is drawn, and the columns of its stand-ins."""
    if not _STAND_INS.search(line):
        return line, []
    columns = [match.start() for match in _STAND_INS.finditer(line)]
    return _STAND_INS.sub(_sign, line), columns


def _sign(match: re.Match[str]) -> str:
    number = ord(match[0]) - _PLANE
    if number < 0x20:
        return chr(_PICTURES + number)
    return "\u2421" if number == 0x7F else "\ufffd"


def inserted(text: str) -> str:
    """A piece of a file's text as the editor holds it. Raises `NotEditable`."""
    return _with_stand_ins(text.replace("\r\n", "\n").replace("\r", "\n"))


def pasted(text: str) -> tuple[str, bool]:
    """Text from outside as it may be inserted, and whether something had to be taken out of it."""
    kept = clean(text)
    same = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    return kept, kept != same
