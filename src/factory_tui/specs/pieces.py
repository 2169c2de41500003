"""A spec cut into what has a name of its own, every line of it in one piece: what two versions are compared by."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from factory_tui.model.spec import BlockKind, Spec
from factory_tui.specs.reading.front import SECTION as FRONT_MATTER
from factory_tui.specs.reading.front import find_head
from factory_tui.specs.reading.lines import split_lines
from factory_tui.specs.reading.statements import cells, subsection_at

_MARKER = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
_LABEL = re.compile(r"(`[^`\n]{1,80}`|[^\s:|`][^:|`\n]{0,59}):(?=\s|$)")
_AFTER_ID = " \t*_`:.|–—-"


class Piece(NamedTuple):
    """A key, an item, a row, a sub-section's title, a paragraph or a code block."""

    section: str
    """`front matter`, one of the seven questions, the title of another heading; empty before the first one."""
    item: str
    """Key, id, name or label; else the title of the sub-section that it stands in."""
    text: str
    """Without its name, and on one line unless it is code."""


class _Place(NamedTuple):
    """What a line is part of: lines of one piece have the same place."""

    block: int | None
    start: int
    """Line on which its item starts; 0 outside of any."""
    gap: int
    """Counts what parts the lines that no block has, such as comments; 0 within a block."""


def pieces(spec: Spec) -> Iterator[Piece]:
    """The pieces of a spec in the order of its text."""
    lines = split_lines(spec.text)
    close = find_head(lines)
    if close is not None:
        yield from _keys(spec, lines[: close + 1])
    yield from _Outline(spec, lines).pieces(0 if close is None else close + 1)


def _keys(spec: Spec, head: Sequence[str]) -> Iterator[Piece]:
    """Each key with the lines up to the next one; a head that cannot be read is one piece."""
    starts = sorted((line, key) for key, line in spec.front_lines.items() if 1 < line < len(head))
    edges = [line for line, _ in starts] + [len(head)]
    before = _words(head[1 : edges[0] - 1])
    if before:
        yield Piece(FRONT_MATTER, "", before)
    for (line, key), after in zip(starts, edges[1:], strict=True):
        yield Piece(FRONT_MATTER, key, _words(head[line - 1 : after - 1]).partition(":")[2].strip())


class _Outline:
    """Which line of the body belongs to what."""

    def __init__(self, spec: Spec, lines: Sequence[str]) -> None:
        self._lines, self._blocks = lines, spec.blocks
        self._items = {item.line: item.id for section in spec.sections for item in section.items}
        self._sections = {section.line: section for section in spec.sections}
        self._titles = {line: title for section in spec.sections for title, line in section.subsections}
        self._headings = {heading.line: heading.title for heading in spec.headings}
        self._starts = sorted(self._headings)

    def pieces(self, body: int) -> Iterator[Piece]:
        """Those of the lines after the first `body` ones."""
        for place, group in groupby(self._places(body), key=lambda each: each[0]):
            numbers = [number for _, number in group]
            yield self._piece(place, numbers[0], [self._lines[number - 1] for number in numbers])

    def _places(self, body: int) -> Iterator[tuple[_Place, int]]:
        """Every line that says something, with its place."""
        owner = self._owners()
        start = gap = 0
        for number in range(body + 1, len(self._lines) + 1):
            block = owner[number]
            if number in self._items:
                start = number
            elif block != owner[number - 1]:
                start = 0
            if not self._lines[number - 1].strip() and not self._is_code(block):
                gap += 1
            elif number in self._titles or number in self._headings:
                gap += 2
                yield _Place(block, start, gap - 1), number
            else:
                yield _Place(block, start, gap if block is None else 0), number

    def _owners(self) -> list[int | None]:
        """Line → index of its block; None outside of any. A block within another one has its own lines."""
        owner: list[int | None] = [None] * (len(self._lines) + 1)
        for index, block in enumerate(self._blocks):
            for line in range(block.line, min(block.last, len(self._lines)) + 1):
                owner[line] = index
        return owner

    def _is_code(self, block: int | None) -> bool:
        return block is not None and self._blocks[block].kind is BlockKind.CODE

    def _piece(self, place: _Place, first: int, rows: Sequence[str]) -> Piece:
        section, title = self._where(first)
        if first in self._titles:
            return Piece(section, self._titles[first], "")
        if self._is_code(place.block):
            return Piece(section, title, "\n".join(row.rstrip() for row in rows))
        item = self._items.get(place.start)
        if item is not None:
            return Piece(section, item, _without_id(_words(rows), item))
        kind = self._blocks[place.block].kind if place.block is not None else None
        name, text = "", _words(rows)
        if kind is BlockKind.ROW:
            name, text = _of_row(rows[0])
        elif kind is BlockKind.ITEM:
            name, text = _of_item(text)
        return Piece(section, name or title, text)

    def _where(self, line: int) -> tuple[str, str]:
        """Section and sub-section of a line."""
        index = bisect_right(self._starts, line) - 1
        if index < 0:
            return "", ""
        start = self._starts[index]
        section = self._sections.get(start)
        if section is None:
            return self._headings[start], ""
        return section.question.value, subsection_at(section, line)


def _words(rows: Sequence[str]) -> str:
    return " ".join(" ".join(rows).split())


def _without_id(text: str, item: str) -> str:
    """`- **R1**: text` → `text`."""
    text = _MARKER.sub("", text, count=1).lstrip("| ")
    marks = text[: len(text) - len(text.lstrip("*_`"))]
    text = text.removeprefix(marks).removeprefix(item).removeprefix(marks)
    return text.lstrip(" :.|–—-").rstrip(" |")


def _of_row(row: str) -> tuple[str, str]:
    """The first cell names a row."""
    found = cells(row, 1)
    if not found:
        return "", _words([row])
    return found[0].text.strip("*_` "), " | ".join(each.text for each in found[1:])


def _of_item(text: str) -> tuple[str, str]:
    """`- Empty: R2` → `Empty` and `R2`; without a label the text alone."""
    text = _MARKER.sub("", text, count=1)
    label = _LABEL.match(text)
    if label is None:
        return "", text
    name = label[1].partition("(")[0].rstrip()
    return name.strip("*_` "), text.removeprefix(name).lstrip(": ")
