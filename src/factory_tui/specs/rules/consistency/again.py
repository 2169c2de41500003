"""X01 for an input whose bounds are told again: in another row of its table, or in the message that refuses it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from factory_tui.model.finding import Finding
from factory_tui.model.spec import Item, Question
from factory_tui.specs.reading.inputs import Input, described
from factory_tui.specs.reading.statements import Cell, Table
from factory_tui.specs.rules.consistency.bounds import LEAST, LONGEST, MOST, Bound, bounds_in_message, bounds_of_cell
from factory_tui.specs.rules.consistency.places import place_of
from factory_tui.specs.rules.consistency.rows import allowed
from factory_tui.specs.rules.rule import Subject, found

_CONDITIONAL = re.compile(
    r"\b(?:if|when|whenever|while|unless|except|only|with|without|for|during|after|before|until|otherwise)\b", re.I
)
_OUT_OF_BOUNDS = re.compile(
    r"\b(?:out of|outside(?: of)?|not within|not in|beyond) (?:its|the|these|those|their|this)?\s?"
    r"(?:bounds|range|limits)\b",
    re.I,
)
_BOUNDED = ("bounds", "range", "limits")
_NAME = re.compile(r"[\w$-]+(?:\.[\w$-]+)*")
_CODE = re.compile(r"`[^`\n]{1,200}`|\"[^\"\n]{1,200}\"|“[^”\n]{1,200}”")


def rows_agree(subject: Subject) -> Iterator[Finding]:
    """X01: two rows of one table that are about one input give it the same bounds."""
    counted = Counter(name for row in subject.inputs for name in row.names)
    if len(counted) == sum(counted.values()):
        return
    for table in subject.tables:
        if table.question is Question.INPUTS:
            yield from _of_table(subject, table)


def _of_table(subject: Subject, table: Table) -> Iterator[Finding]:
    cells = {row[0].line: row for row in table.rows if row}
    first: dict[str, Input] = {}
    for row in described(table):
        for name in row.names:
            other = first.setdefault(name, row)
            if other is not row and _is_one_thing(other, row, cells):
                yield from _differing(subject, name, other, row)


def _is_one_thing(one: Input, other: Input, cells: Mapping[int, tuple[Cell, ...]]) -> bool:
    """Whether nothing in the table tells the two rows apart: no other column, and no condition."""
    return _besides(one, cells) == _besides(other, cells) and not any(
        _CONDITIONAL.search(cell.text) for row in (one, other) for cell in row.said
    )


def _besides(row: Input, cells: Mapping[int, tuple[Cell, ...]]) -> list[str]:
    told = [*row.said, *row.shown, *([row.invalid] if row.invalid is not None else ())]
    return [cell.text for cell in cells[row.line] if cell not in told]


def _differing(subject: Subject, name: str, one: Input, other: Input) -> Iterator[Finding]:
    for cell, before, after in _two_bounds(one.said, other.said):
        yield _two_values(subject, name, one.line, before, cell, cell.text[after.start : after.end], after.start)
    values = [allowed(tuple(cell.text for cell in row.said)).values for row in (one, other)]
    if values[0] and values[1] and set(values[0]) != set(values[1]):
        cell = next(cell for cell in other.said if values[1][0] in cell.text)
        yield _two_values(subject, name, one.line, f"one of {', '.join(values[0][:6])}", cell, cell.text, 0)


def _two_bounds(before: Sequence[Cell], after: Sequence[Cell]) -> Iterator[tuple[Cell, str, Bound]]:
    """The first of the bounds that are told otherwise, with what was told before."""
    first = {bound.kind: (bound, cell) for cell in before for bound in bounds_of_cell(cell.text)}
    for cell in after:
        for bound in bounds_of_cell(cell.text):
            known = first.get(bound.kind)
            if known is not None and bound.differs(known[0]):
                yield cell, known[1].text[known[0].start : known[0].end], bound
                return


def _two_values(subject: Subject, name: str, line: int, before: str, cell: Cell, said: str, offset: int) -> Finding:
    return found(
        subject,
        "X01",
        f"{name} is described twice, as {before} on line {line} and as {said} here: an agent can keep only one",
        f"keep one of the two rows, or give the input of line {line} another name",
        line=cell.line,
        column=cell.column + offset,
        quote=said,
    )


def messages_agree(subject: Subject) -> Iterator[Finding]:
    """X01: the message for a value that is out of its bounds names these bounds and no others."""
    if not subject.inputs or subject.words.isdisjoint(_BOUNDED):
        return
    items = [
        item
        for item in subject.spec.rules
        if len(item.text) <= LONGEST
        and any(word in item.text for word in _BOUNDED)
        and _OUT_OF_BOUNDS.search(item.text)
    ]
    if not items:
        return
    counted = Counter(name for row in subject.inputs for name in row.names)
    rows = {name: row for row in subject.inputs for name in row.names}
    for item in items:
        before = _OUT_OF_BOUNDS.split(item.text, maxsplit=1)[0]
        named = {word for word in _NAME.findall(before) if word in rows}
        about = {id(rows[name]): rows[name] for name in named}
        if len(about) == 1 and all(counted[name] == 1 for name in named):
            yield from _of_message(subject, item, *about.values())


def _of_message(subject: Subject, item: Item, row: Input) -> Iterator[Finding]:
    stated: dict[str, list[tuple[Bound, Cell]]] = {}
    for cell in row.said:
        for bound in bounds_of_cell(cell.text):
            stated.setdefault(bound.kind, []).append((bound, cell))
    for message in _CODE.finditer(item.text):
        for bound in bounds_in_message(message[0][1:-1]):
            known = stated.get(bound.kind, ())
            if bound.kind in (LEAST, MOST) and len(known) == 1 and bound.differs(known[0][0]):
                yield _other_bounds(subject, item, row, message[0][1:-1], bound, known[0])
                return


def _other_bounds(
    subject: Subject, item: Item, row: Input, message: str, bound: Bound, stated: tuple[Bound, Cell]
) -> Finding:
    said = stated[1].text[stated[0].start : stated[0].end]
    line, column, quote = place_of(subject, item, message)
    return found(
        subject,
        "X01",
        f"{item.id} refuses {row.names[0]} with {message[bound.start : bound.end]}, "
        f"but line {stated[1].line} allows {said}: an agent can keep only one",
        f"write the same bounds in {item.id} and on line {stated[1].line}",
        line=line,
        column=column,
        quote=quote,
    )
