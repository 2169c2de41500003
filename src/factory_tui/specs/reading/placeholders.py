"""Text that stands where an answer should be: `TBD`, `<name>`, a line of the template that was left as it was."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from factory_tui.specs.words import word_list

_ELLIPSIS = r"(?<![^\s(\[|:])(?:…|\.\.\.)(?![^\s)\]|.,;:])"
_PLACEHOLDERS = re.compile(
    "|".join(
        (
            r"\b(?:TBD|TBC|TBA|FIXME)\b|\b(?:tbd|tbc|fixme)\b|\bT\.B\.D\.?|\b(?:TODO|XXX+)\b",
            r"\b[Tt]o be (?:defined|determined|decided|confirmed|announced|specified|written|filled in|discussed)\b",
            r"\b[Ll]orem ipsum\b|\bLOREM IPSUM\b",
            r"\?\?\?+",
            r"\b_{3,}(?!\w)|(?<![\w_])_{3,}(?![\w_])",
            r"\{\{[^{}\n]{0,200}\}\}",
            r"\[(?:[Ii]nsert|[Yy]our|[Ff]ill|[Dd]escribe|[Pp]laceholder|[Nn]ame of|todo)\b[^\]\n]{0,200}\](?!\()",
            r"\[\s*(?:…|\.\.\.)[^\]\n]{0,200}\]",
            r"(?<![\w>])<(?P<angle>[^\W\d_][^<>\n]{0,200}|\s*…\s*|\.\.\.)>",
            _ELLIPSIS,
        )
    )
)
"""Text that stands where an answer should be."""

_HINTS = ("tb", "t.b", "fixme", "todo", "xxx", "to be ", "lorem", "???", "___", "{{", "[", "<", "…", "...")
"""A line that holds none of these, in small letters, matches none of the placeholders."""

_HINTS_OF_LINE = ("placeholder", "fill", "coming", "todo", "to do", "xxx")
"""The same of a whole line that is one."""

_WHOLE_LINE = re.compile(
    r"^(?:[-*+|]\s*)?(?:placeholder|fill (?:this |me )?in|coming soon|todo|to do|xxx)[.!:]?\s*\|?$", re.I
)

_BESIDE = 100
"""Characters of a line that are looked at on each side of an ellipsis."""

_HTML = word_list("html_elements")
"""Elements that people write in Markdown."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One place that is still open; line and column are 1-based."""

    line: int
    column: int
    text: str
    is_of_template: bool = False
    """It is a whole line of the template."""


def placeholders(
    lines: Sequence[str], visible: Sequence[str], prose: Sequence[str], small: str, samples: AbstractSet[str]
) -> Iterator[Placeholder]:
    """The open places of a file, in order.

    Args:
        lines: of the file.
        visible: the same without front matter and comments.
        prose: the same without code and quoted text.
        small: that in small letters, as one text.
        samples: lines of the template that an author replaces.
    """
    hints = tuple(hint for hint in _HINTS if hint in small)
    may_be_whole = not small.isascii() or any(hint in small for hint in _HINTS_OF_LINE)
    for number, line in enumerate(prose, start=1):
        if not line or line.isspace():
            continue
        shown = visible[number - 1]
        whole = shown.strip()
        if whole in samples:
            yield Placeholder(number, len(shown) - len(shown.lstrip()) + 1, whole, True)
            continue
        for match in _PLACEHOLDERS.finditer(line) if hints and _may_hold_one(line, hints) else ():
            if not _means_itself(match, line):
                yield Placeholder(number, match.start() + 1, lines[number - 1][slice(*match.span())])
        if may_be_whole and _WHOLE_LINE.match(line.strip()):
            yield Placeholder(number, len(line) - len(line.lstrip()) + 1, line.strip())


def placeholder_in(value: str) -> str | None:
    """The first open place of one line of text."""
    match = _PLACEHOLDERS.search(value)
    return match[0] if match and not _means_itself(match, value) else None


def _may_hold_one(line: str, hints: tuple[str, ...]) -> bool:
    """Whether looking closely is worth it: the search takes most of the time of a lint."""
    small = line.casefold()
    return any(hint in small for hint in hints)


def _means_itself(match: re.Match[str], line: str) -> bool:
    """HTML, links, and an ellipsis in a series (`1, 2, … 10`, `R1 … R5`) are no placeholders."""
    angle = match["angle"]
    if angle is not None:
        word = re.match(r"/?[A-Za-z0-9]*", angle)
        name = word[0].strip("/").lower() if word else ""
        rest = angle[len(name) :].strip()
        is_element = name in _HTML and (not rest or rest == "/" or "=" in rest)
        return is_element or bool(re.match(r"[a-z][a-z0-9+.-]*:\S|[^\s@]+@[^\s@]+$", angle))
    if match[0] in ("…", "..."):
        # No further than a word goes: a line that is nothing but ellipses would else take minutes.
        before = re.search(r"(\S+)\s*$", line[max(0, match.start() - _BESIDE) : match.start()])
        after = re.match(r"\s*(\S+)", line[match.end() : match.end() + _BESIDE])
        if before is None:
            return False
        ends = before[1].endswith((",", ";"))
        series = after is not None and any(each.isdigit() for each in before[1]) and any(map(str.isdigit, after[1]))
        return ends or series
    return False
