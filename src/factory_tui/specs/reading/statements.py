"""What a spec says, piece by piece: the items, table rows and paragraphs that rules judge one at a time."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from factory_tui.model.spec import Block, BlockKind, Question, Section, Spec

_SAYING = (BlockKind.ITEM, BlockKind.ROW, BlockKind.PARAGRAPH)
_BAR = re.compile(r"(?<!\\)\|")


class Statement(NamedTuple):
    """One item, table row or paragraph. Its texts are those lines of the file, with their columns."""

    kind: BlockKind
    question: Question
    subsection: str
    """Title of the `###` sub-section that it stands in; empty outside of any."""
    id: str
    """`R1`, `E1`; empty when it has none."""
    line: int
    """1-based line on which it starts."""
    visible: str
    """Without comments; lines are joined with LF."""
    prose: str
    """`visible` with code and quoted text blanked."""

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column in the file, 1-based, of a position in `visible` or `prose`."""
        start = self.prose.rfind("\n", 0, offset) + 1
        return self.line + self.prose.count("\n", 0, offset), offset - start + 1


class Cell(NamedTuple):
    """One cell of a table's row."""

    text: str
    """As written, without the space around it; comments are blanked."""
    line: int
    column: int
    """1-based, of its first character."""


class Table(NamedTuple):
    """A table of a section."""

    question: Question
    subsection: str
    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def column(self, *names: str) -> int | None:
        """Index of the first column whose name has one of these words in it, in any case."""
        for index, cell in enumerate(self.header):
            small = cell.text.casefold()
            if any(name in small for name in names):
                return index
        return None


class Sample(NamedTuple):
    """A code block: an example of what goes in or comes out."""

    question: Question
    subsection: str
    info: str
    """Language, as written after its fence; empty when there is none."""
    line: int
    """1-based line of the fence, or of the first line when it is only indented."""
    text: str
    """Its lines, without the fences."""


Placed = tuple[Block, Section]
"""A block and the answer that it stands in."""


def placed(spec: Spec) -> Iterator[Placed]:
    """The blocks of the seven answers, in the order of the file."""
    starts = [section.line for section in spec.sections]
    ends = [section.last_line for section in spec.sections]
    for block in spec.blocks:
        index = bisect_right(starts, block.line) - 1
        if index >= 0 and block.line <= ends[index]:
            yield block, spec.sections[index]


def statements(
    spec: Spec, blocks: Iterable[Placed], visible: Sequence[str], prose: Sequence[str]
) -> Iterator[Statement]:
    """What the seven answers say, in the order of the file; what is blank or stands in no answer is left out."""
    ids = {item.line: item.id for section in spec.sections for item in section.items}
    starts = sorted(ids)
    for block, section in blocks:
        if block.kind in _SAYING:
            for line, last in _parts(block, starts) if block.last > block.line else ((block.line, block.last),):
                text = "\n".join(prose[line - 1 : last])
                if text and not text.isspace():
                    shown = "\n".join(visible[line - 1 : last])
                    title = subsection_at(section, line)
                    yield Statement(block.kind, section.question, title, ids.get(line, ""), line, shown, text)


def _parts(block: Block, items: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Several items, whose first lines are given, may stand in one paragraph, each on lines of its own."""
    starts = items[bisect_right(items, block.line) : bisect_right(items, block.last)]
    if block.kind is not BlockKind.PARAGRAPH or not starts:
        yield block.line, block.last
        return
    edges = [block.line, *starts, block.last + 1]
    for start, after in pairwise(edges):
        yield start, after - 1


def tables(blocks: Iterable[Placed], visible: Sequence[str]) -> Iterator[Table]:
    """The tables of the seven answers, in the order of the file."""
    header: tuple[Cell, ...] | None = None
    rows: list[tuple[Cell, ...]] = []
    where: tuple[Question, str] | None = None
    for block, section in blocks:
        if header is not None and where is not None and block.kind is not BlockKind.ROW:
            yield Table(*where, header, tuple(rows))
            header, rows = None, []
        if block.kind is BlockKind.HEAD:
            header, where = (
                cells(visible[block.line - 1], block.line),
                (section.question, subsection_at(section, block.line)),
            )
        elif block.kind is BlockKind.ROW and header is not None:
            rows.append(cells(visible[block.line - 1], block.line))
    if header is not None and where is not None:
        yield Table(*where, header, tuple(rows))


def samples(blocks: Iterable[Placed], lines: Sequence[str]) -> Iterator[Sample]:
    """The code blocks of the seven answers, in the order of the file."""
    for block, section in blocks:
        if block.kind is BlockKind.CODE:
            body = list(lines[block.line - 1 : block.last])
            if body and body[0].lstrip().startswith(("```", "~~~")):
                closed = len(body) > 1 and body[-1].strip() and not body[-1].strip().strip("`~")
                body = body[1:-1] if closed else body[1:]
            title = subsection_at(section, block.line)
            yield Sample(section.question, title, block.info, block.line, "\n".join(body))


def cells(line: str, number: int) -> tuple[Cell, ...]:
    """The cells of a table's row; `\\|` is part of a cell."""
    edges = [match.start() for match in _BAR.finditer(line)]
    if not edges or line[: edges[0]].strip():
        edges.insert(0, -1)
    if line[edges[-1] + 1 :].strip():
        edges.append(len(line))
    found = []
    for start, end in pairwise(edges):
        raw = line[start + 1 : end]
        text = raw.strip()
        found.append(Cell(text, number, start + 2 + (raw.index(text) if text else 0)))
    return tuple(found)


def subsection_at(section: Section, line: int) -> str:
    """Title of the sub-section in which a line of the section stands; empty outside of any."""
    if not section.subsections:
        return ""
    index = bisect_right(section.subsections, line, key=lambda each: each[1])
    return section.subsections[index - 1][0] if index else ""
