"""The inputs that INPUTS describes, in the rows of a table or in items, and what each description lacks."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from factory_tui.model.spec import BlockKind, Question
from factory_tui.specs.reading.statements import Cell, Statement, Table
from factory_tui.specs.rules.completeness.input_aspects import SAYS
from factory_tui.specs.rules.completeness.places import in_english
from factory_tui.specs.rules.rule import Subject
from factory_tui.specs.words.groups import Words, word_groups

_MARKED = r"\*\*[^*\n]{1,60}\*\*|__[^_\n]{1,60}__|`[^`\n]{1,60}`|[A-Z][A-Z0-9_-]{1,40}\b"
_PLAIN = r"[^\s:`*|(,–—]{1,40}(?:[ \t][^\s:`*|(,–—]{1,40}){0,2}"
_ITEM = re.compile(
    r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:"
    rf"(?P<marked>(?:{_MARKED})(?:[ \t]*\([^()\n]{{1,80}}\))?)[ \t]*(?::|–|—|=|-\s|,|\bis an?\b|$)"
    rf"|(?P<plain>{_PLAIN})(?:[ \t]*\([^()\n]{{1,80}}\))?[ \t]*(?::(?!//)|[–—]\s))",
    re.MULTILINE,
)
"""An item that describes an input: a name in bold, code or capitals, or up to three words and a colon."""

_EMPTY = frozenset({"", "-", "–", "—", "/", "?", ".", "…"})


@dataclass(frozen=True, slots=True)
class DescribedInput:
    """One input, as far as a table's row or an item describes it."""

    name: str
    line: int
    column: int
    lacks: tuple[str, ...]
    """Keys of `input_aspects.SAYS`."""


def tells_inputs(table: Table, subject: Subject) -> bool:
    """A table of something else, such as one of exit codes, has no columns about values."""
    found_columns = _columns(tuple(cell.text for cell in table.header))
    columns = [name in found_columns for name in ("type", "bounds", "invalid")]
    if sum(columns) > 1:
        return True
    alone = sum(each.question is Question.INPUTS for each in subject.tables) == 1
    names = found_columns.get("name") == 0
    return alone and in_english(subject, Question.INPUTS) and (any(columns) or names)


@lru_cache(maxsize=256)
def _columns(header: tuple[str, ...]) -> dict[str, int]:
    """Index of the first column that is about each thing, where there is one."""
    columns: dict[str, int] = {}
    for name, group in word_groups("input_columns").items():
        for index, text in enumerate(header):
            if group.is_in(Words.of(text)):
                columns.setdefault(name, index)
    return columns


def described_in_rows(subject: Subject, table: Table) -> Iterator[DescribedInput]:
    """Each row of a table that tells inputs. An aspect that has a column is said by its cell."""
    columns = _columns(tuple(cell.text for cell in table.header))
    typed, bounded, invalid, result = (columns.get(name) for name in ("type", "bounds", "invalid", "result"))
    english, named = in_english(subject, Question.INPUTS), columns.get("name", 0)
    for row in table.rows:
        if not row or all(cell.text in _EMPTY for cell in row):
            continue
        named = named if named < len(row) else 0
        text = " | ".join(cell.text for index, cell in enumerate(row) if index != named)
        allowed = " | ".join(cell.text for index, cell in enumerate(row) if index not in (named, invalid, result))
        lacks = []
        if not (_filled(row, typed) or _says(english, "type", allowed) or (typed is None and _is_a_range(allowed))):
            lacks.append("type")
        if not (_filled(row, bounded) or ((english or bounded is None) and _says(english, "bounds", allowed))):
            lacks.append("bounds")
        wrong = row[invalid].text if invalid is not None and _filled(row, invalid) else ""
        if not (wrong or (_says(english, "invalid", text) and (invalid is None or SAYS["result"](text)))):
            lacks.append("invalid")
        elif english and not (SAYS["result"](wrong or text) or (result != invalid and _filled(row, result))):
            lacks.append("result")
        yield DescribedInput(row[named].text, row[named].line, row[named].column, tuple(lacks))


def _filled(row: Sequence[Cell], column: int | None) -> bool:
    return column is not None and column < len(row) and row[column].text not in _EMPTY


def _says(english: bool, aspect: str, text: str) -> bool:
    """In another language a cell that is not empty may say anything."""
    return SAYS[aspect](text) if english else bool(text.strip(" |"))


def _is_a_range(text: str) -> bool:
    """What lies between two numbers is a number."""
    return re.search(r"\d\s{0,2}(?:-|–|to|\.\.)\s{0,2}\d", text) is not None


def described_in_items(said: Sequence[Statement]) -> Iterator[DescribedInput]:
    """The items that describe an input, each with the items below it."""
    groups: list[list[Statement]] = []
    for each in said:
        if each.kind is BlockKind.ITEM and groups and groups[-1] and _depth(each) > _depth(groups[-1][0]):
            groups[-1].append(each)
        else:
            groups.append([each] if name_in(each) else [])
    named = [(group, name) for group in groups if group and (name := name_in(group[0]))]
    columns = word_groups("input_columns")
    if any(columns[each].is_in(Words.of(name)) for _, name in named for each in ("type", "bounds", "invalid")):
        return  # The items are the aspects of one input, so only the whole can be judged.
    for group, name in named:
        text = "\n".join(each.visible for each in group).partition(name)[2]
        lacks = [aspect for aspect in ("type", "bounds", "invalid") if not SAYS[aspect](text)]
        if "invalid" not in lacks and not SAYS["result"](text):
            lacks.append("result")
        line, column = group[0].place(group[0].visible.index(name))
        yield DescribedInput(name, line, column, tuple(lacks))


def name_in(statement: Statement) -> str:
    """The name of the input that an item describes; empty when it describes none."""
    match = _ITEM.match(statement.visible) if statement.kind is BlockKind.ITEM else None
    if match is None:
        return ""
    plain = match["plain"]
    if plain and word_groups("input_words")["label"].is_in(Words.of(plain)):
        return ""
    name = str(plain or match["marked"])
    return name.strip() if name.count("`") > 2 else name.strip("*_` ")


def _depth(statement: Statement) -> int:
    return len(statement.visible) - len(statement.visible.lstrip())
