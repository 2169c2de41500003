"""A foreign text as its headings cut it, with what could do harm in a spec taken out of it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from factory_tui.model.foreign import clean
from factory_tui.model.spec import BlockKind
from factory_tui.specs.reading.lines import split_lines
from factory_tui.specs.reading.markdown import read_page

_RULER = re.compile(r"^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|=+[ \t]*)$")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_DECORATION = re.compile(r"[*_`#]+|\s*\((?:mandatory|optional|required)\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """What stands below one heading, up to the next one of any level."""

    level: int
    """1 to 6; 0 for what stands above the first heading."""
    title: str
    """Without marks such as `**` and `*(mandatory)*`; empty above the first heading."""
    body: tuple[str, ...]
    """Its lines, without empty ones at both ends."""
    above: tuple[str, ...] = ()
    """Titles of the headings that it stands under, outermost first."""
    is_title: bool = False
    """It stands below the title of the whole text, its first heading of level 1."""


def parts_of(text: str) -> list[Part]:
    """The parts of a Markdown text, in order; an empty part only keeps its title.

    Comments are dropped: they are a template's instructions, or would be waivers here. So are rulers, because below
    text they make headings.
    """
    lines = split_lines(clean(text).removeprefix("\ufeff"))
    page = read_page(lines, 0)
    code = {row for each in page.blocks if each.kind is BlockKind.CODE for row in range(each.line - 1, each.last)}
    visible = enumerate(page.visible)
    lines = [line if row in code else line.replace("<!--", "<! --") for row, line in visible]
    page = read_page(lines, 0)
    headings = [(level, heading.line, heading.underlined, heading.title) for level, heading in page.headings]
    starts = [line - 1 for _, line, _, _ in headings] + [len(lines)]
    first = trimmed(_without_rulers(lines[: starts[0]]))
    parts = [Part(0, "", first)] if first else []
    above: list[tuple[int, str]] = []
    for (level, line, underlined, title), after in zip(headings, starts[1:], strict=True):
        while above and above[-1][0] >= level:
            above.pop()
        name = " ".join(_DECORATION.sub("", title).split())
        body = lines[line + (1 if underlined else 0) : after]
        is_title = level == 1 and all(each.level != 1 for each in parts)
        parts.append(Part(level, name, trimmed(_without_rulers(body)), tuple(each for _, each in above), is_title))
        above.append((level, name))
    return parts


def trimmed(lines: Iterable[str]) -> tuple[str, ...]:
    """Without empty lines at both ends."""
    body = list(lines)
    while body and not body[0].strip():
        body.pop(0)
    while body and not body[-1].strip():
        body.pop()
    return tuple(body)


def _without_rulers(lines: list[str]) -> Iterator[str]:
    """Inside of a code block a line of dashes is an example. A block that is open at the end is closed."""
    fence = ""
    for line in lines:
        before, fence = fence, _fence_after(line, fence)
        if before or fence or not _RULER.match(line):
            yield line.rstrip()
    if fence:
        yield fence


def with_fences(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each line with the fence of the code block that it belongs to, its own fences included; empty outside of any."""
    fence = ""
    for line in lines:
        before, fence = fence, _fence_after(line, fence)
        yield line, before or fence


def _fence_after(line: str, fence: str) -> str:
    """The fence that is open below a line, as in CommonMark: it closes at one as long, of the same sign, alone."""
    said = line.strip()
    if fence:
        return "" if said.startswith(fence) and not said.strip(fence[0]) else fence
    mark = _FENCE.match(line)
    return mark[1] if mark and not (mark[1][0] == "`" and "`" in line[mark.end() :]) else ""
