"""Where a spec's text has its parts: the front matter, the questions' answers, their sub-sections."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from factory_tui.model.finding import Finding
from factory_tui.model.foreign import clean_line
from factory_tui.model.spec import Question

FRONT = "front matter"

_HEADING = re.compile(r"^ {0,3}(##|###)[ \t]+(?:\d{1,9}[.)]?[ \t]*)?(.*)$")
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)")


class Part(NamedTuple):
    """A question's answer, the front matter, or a sub-section."""

    name: str
    row: int
    """0-based line on which it starts."""
    level: int = 2
    """3 for a sub-section."""


def outline(rows: Sequence[str]) -> list[Part]:
    """The front matter and the headings of a text, in order. Headings in code are none."""
    found, fence = [Part(FRONT, 0)], ""
    for row, text in enumerate(rows):
        mark = _FENCE.match(text)
        if mark:
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        elif not fence and (heading := _HEADING.match(text)) and (name := heading[2].rstrip("# \t")):
            found.append(Part(name, row, len(heading[1])))
    return found


def parts(found: Sequence[Part]) -> list[Part]:
    """An outline without its sub-sections."""
    return [each for each in found if each.level == 2]


def part_at(found: Sequence[Part], row: int) -> Part:
    """The part that a line belongs to."""
    return next(each for each in reversed(found) if each.row <= row)


def name_at(found: Sequence[Part], row: int) -> str:
    """`RULES`, or `RULES › Edge cases`: where a line stands, clean."""
    whole, inner = part_at(parts(found), row), part_at(found, row)
    name = clean_line(whole.name, limit=40)
    return f"{name} › {clean_line(inner.name, limit=40)}" if inner.level > 2 and inner.row > whole.row else name


def question_of(part: Part) -> Question | None:
    return Question(part.name) if part.name in Question.__members__ else None


def findings_within(found: Sequence[Part], part: Part, findings: Sequence[Finding]) -> list[Finding]:
    """The findings on the lines of a part, its sub-sections included, in the order of the file."""
    after = next((each.row for each in found if each.row > part.row and each.level <= part.level), None)
    return [
        each
        for each in findings
        if each.path is None and part.row < each.line and (after is None or each.line <= after)
    ]
