"""Part of C04: ids that are written with letters or digits which only look like the right ones."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

from factory_tui.model.finding import Edit, Finding, Level
from factory_tui.model.spec import Question
from factory_tui.specs.rules.rule import Subject, found

_LETTERS = {
    **dict.fromkeys("\u0420\u03a1\uff32\u13a1\ua4e3\u16b1\U0001d411\U0001d5e5\U0001d681", "R"),
    **dict.fromkeys("\u0415\u0395\uff25\u13ac\ua4f0\U0001d404\U0001d5d8\U0001d674", "E"),
}
"""Cyrillic, Greek, full width, Cherokee, Lisu, runic and mathematical letters: Unicode's confusables (UTS 39), and what
a Russian or Greek keyboard has in the place of R."""

MOST = 100
"""That are told of one spec: whoever has more has another keyboard, not a slip of a finger."""

_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_TOKEN = re.compile(rf"(?<![\w{_UNSEEN}])([RE{''.join(_LETTERS)}])[{_UNSEEN}]?(\d{{1,4}})([a-z]?)(?![\w/.-])")
_START = re.compile(r"[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?|\|[ \t]*)?[*_`]{0,2}")


def look_alikes(subject: Subject) -> Iterator[Finding]:
    """An item that starts with one has no id for any tool; elsewhere one may be the name of something else."""
    if not subject.spec.prose.isascii():
        yield from islice(_all(subject), MOST)


def _all(subject: Subject) -> Iterator[Finding]:
    for number, line in enumerate(subject.prose, start=1):
        if line.isascii() or subject.section_of(number) not in Question.__members__:
            continue
        start = _START.match(line)
        first = start.end() if start is not None else 0
        for match in _TOKEN.finditer(line):
            meant = _meant(match)
            if match[0] != meant:
                yield _finding(subject, number, match, meant, is_id=match.start() == first)


def _meant(match: re.Match[str]) -> str:
    digits = "".join(str(unicodedata.decimal(each)) for each in match[2])
    return f"{_LETTERS.get(match[1], match[1])}{digits}{match[3]}"


def _finding(subject: Subject, line: int, match: re.Match[str], meant: str, *, is_id: bool) -> Finding:
    strange = next(each for each in match[0] if not each.isascii())
    name = unicodedata.name(strange, f"U+{ord(strange):04X}").lower()
    in_items = subject.section_of(line) in (Question.RULES, Question.EVALUATION)
    return found(
        subject,
        "C04",
        f"this only looks like {meant}: it is written with {name}, so nothing that names {meant} means it",
        f"write {meant} in plain letters and digits",
        line=line,
        column=match.start() + 1,
        quote=match[0],
        level=Level.ERROR if is_id and in_items else Level.WARNING,
        edit=Edit(line=line, column=match.start() + 1, end_line=line, end_column=match.end() + 1, text=meant),
    )
