"""What INPUTS says of each input, in a table's row or an item: name, type, bounds, invalid cases and their results."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from factory_tui.model.spec import BlockKind, Question
from factory_tui.specs.reading.statements import Cell, Statement, Table

_NAMED = ("name", "input", "parameter", "argument", "option", "field", "column", "key")
_TYPED = ("type", "format", "kind")
_BOUNDED = ("bound", "range", "limit", "allowed", "values", "constraint")
_INVALID = ("invalid", "error", "wrong", "refused", "bad")
_SHOWN = ("example", "sample")
_DEFAULT = ("default",)

_CODE = re.compile(r"`([^`\n]+)`")
_ITEM = re.compile(
    r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\*\*|__)?(?P<name>`[^`\n]{1,80}`|[\w.$-]{1,80})(?:\*\*|__)?"
    r"(?:[ \t]*\((?P<brackets>[^()\n]{1,200})\))?[ \t]*(?::|–|—|-[ \t])(?P<rest>.+)\Z",
    re.DOTALL,
)
_INVALID_PART = re.compile(r"[;.,]?\s+(?:invalid|refused|wrong|errors?)\b[^:`\n]{0,40}:", re.I)
_APART = re.compile(r",| or | and ")


@dataclass(frozen=True, slots=True)
class Case:
    """A value that stands alone in a cell, as a code span."""

    text: str
    """Without the backticks."""
    line: int
    column: int

    @property
    def is_quoted(self) -> bool:
        """Written as JSON writes text."""
        return len(self.text) > 1 and self.text[0] == self.text[-1] == '"'

    @property
    def value(self) -> str:
        return self.text[1:-1] if self.is_quoted else self.text


@dataclass(frozen=True, slots=True)
class Input:
    """One row of a table of INPUTS, or one item: what a name may hold."""

    names: tuple[str, ...]
    """Without backticks; one row may be about several."""
    line: int
    said: tuple[Cell, ...]
    """Type and bounds."""
    invalid: Cell | None = None
    """Invalid cases and their results."""
    shown: tuple[Cell, ...] = ()
    """Examples and the default value."""


def inputs(tables: Sequence[Table], statements: Sequence[Statement]) -> Iterator[Input]:
    """The inputs that a spec names, those of tables first."""
    for table in tables:
        if table.question is Question.INPUTS:
            yield from described(table)
    for statement in statements:
        if statement.question is Question.INPUTS and statement.kind is BlockKind.ITEM:
            yield from _of_item(statement)


def described(table: Table) -> Iterator[Input]:
    """The rows of a table that tells names with a type or bounds; nothing for any other table."""
    typed, bounded = table.column(*_TYPED), table.column(*_BOUNDED)
    name = table.column(*_NAMED) or 0
    told = tuple(dict.fromkeys(each for each in (typed, bounded) if each not in (None, name)))
    if not told:
        return
    invalid = table.column(*_INVALID)
    shown = tuple(each for each in (table.column(*_SHOWN), table.column(*_DEFAULT)) if each not in (None, *told))
    for row in table.rows:
        if len(row) > name and row[name].text:
            yield Input(
                names_in(row[name].text),
                row[name].line,
                _cells(row, told),
                row[invalid] if invalid is not None and invalid < len(row) else None,
                _cells(row, shown),
            )


def _cells(row: tuple[Cell, ...], columns: Sequence[int | None]) -> tuple[Cell, ...]:
    return tuple(row[each] for each in columns if each is not None and each < len(row))


def names_in(text: str) -> tuple[str, ...]:
    """The names of a cell that has nothing but names: code spans, or words between commas."""
    hidden = masked(text)
    if "\0" not in hidden:
        return tuple(each.strip(" *_") for each in text.split(",") if each.strip(" *_"))
    return tuple(_CODE.findall(text)) if not _APART.sub("", hidden).strip("\0 ") else (text,)


def _of_item(statement: Statement) -> Iterator[Input]:
    match = _ITEM.match(statement.visible)
    if match is None:
        return
    start = match.start("rest")
    divided = _INVALID_PART.search(statement.visible, start)
    said = _part(statement, start, divided.start() if divided else len(statement.visible))
    brackets = _part(statement, *match.span("brackets")) if match["brackets"] else None
    invalid = _part(statement, divided.end(), len(statement.visible)) if divided else None
    yield Input((match["name"].strip("`"),), statement.line, (brackets, said) if brackets else (said,), invalid)


def _part(statement: Statement, start: int, end: int) -> Cell:
    text = statement.visible[start:end]
    line, column = statement.place(start + len(text) - len(text.lstrip()))
    return Cell(" ".join(text.split()) if "\n" in text else text.strip(), line, column)


def masked(text: str) -> str:
    """`text` with the characters of its code spans, backticks included, as NUL."""
    return _CODE.sub(lambda match: "\0" * len(match[0]), text) if "`" in text else text


def code_spans(text: str) -> list[str]:
    """The code spans of a cell, without backticks, as Markdown means them."""
    return [each.replace("\\|", "|") for each in _CODE.findall(text)]


def cases(cell: Cell) -> Iterator[Case]:
    """The values of a cell that stand alone between commas, `or` and `and`, before the colon that tells a result."""
    hidden = masked(cell.text)
    if "\0" not in hidden:
        return
    start = 0
    for group in hidden.split(";"):
        position = start
        for part in _APART.split(group.partition(":")[0]):
            at = hidden.index(part, position) if part else position
            bare = part.strip()
            if bare and bare.strip("\0") == "":
                at += len(part) - len(part.lstrip())
                text = cell.text[at + 1 : at + len(bare) - 1].replace("\\|", "|")
                if "`" not in text:
                    yield Case(text, cell.line, cell.column + at)
            position = at + len(part)
        start += len(group) + 1
