"""C05: each input has a type or its allowed values, bounds, and an invalid case with its result.

A rule of the spec that names the input says it as well as a cell does, and a general sentence (`any other value: exit
code 2`) says it for all. What is found is therefore said nowhere.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import BlockKind, Question, Section
from factory_tui.specs.reading.statements import Cell, Statement, Table
from factory_tui.specs.rules.completeness.places import finished, heading_of, in_english, is_understood, text_of
from factory_tui.specs.rules.rule import Example, Rule, Subject, found
from factory_tui.specs.words.groups import Words, word_groups

_ASPECTS = {
    "type": "type or allowed values",
    "bounds": "bounds",
    "invalid": "invalid case",
    "result": "result of its invalid case",
}
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
_CODE = re.compile(r"`[^`\n]{1,200}`")
_LITERAL = re.compile(r"`[^`\n]{1,200}`|\"[^\"\n]{1,200}\"|“[^”\n]{1,200}”|'[^'\n]{1,60}'")
_RESULT_MARK = re.compile(r":(?!//)|→|->|=>|⇒|\bR\d|\b[45]\d\d\b|;")
_LEADS_TO = re.compile(r"[`\"”']\s{0,2}(?:→|->|=>|⇒)")
"""A value with an arrow behind it: what happens when that is given."""

_RULE_ID = re.compile(r"\bR\d{1,4}[a-z]?\b")
_CODE_NUMBER = re.compile(
    r"\b(?:[RE]\d{1,4}|(?:exit(?: |-)?codes?|codes?|status|exits?(?: with)?|HTTP)\s{1,3}\d{1,3})\b", re.I
)
_NONE = re.compile(
    r"\W*(?:none|nothing|no|not applicable|n/a|keine?r?|aucune?|ningun[oa]|nessun[oa]?|nenhuma?|geen)\b"
    r"|.{0,200}?\b(?:there (?:is|are) no|takes? no|has no|have no|needs? no|reads? no|without|no)\s(?:\w{1,20}\s){0,2}?"
    r"(?:inputs?|arguments?|parameters?|options?|settings?)\b",
    re.I | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Described:
    """One input, as far as a table's row or an item describes it."""

    name: str
    text: str
    line: int
    column: int
    lacks: tuple[str, ...]


def inputs_are_bounded(subject: Subject) -> Iterator[Finding]:
    """C05: every input of INPUTS says what it may be and what happens when it is something else."""
    section = subject.spec.section(Question.INPUTS)
    said = subject.said.get(Question.INPUTS, ())
    if section is None or not said:
        return
    tables = [table for table in subject.tables if table.question is Question.INPUTS and _tells_inputs(table, subject)]
    described = [each for table in tables for each in _rows(subject, table)]
    rest = [each for each in said if each.kind is not BlockKind.ROW]
    if not tables:
        described = list(_items(rest)) if is_understood(subject, Question.INPUTS) else []
        rest = [each for each in rest if each.kind is not BlockKind.ITEM or not _name_in(each)]
    lacking = [(each, _still_lacks(subject, each, rest)) for each in described if each.lacks]
    if any(table.rows for table in tables) or described:
        yield from _of_inputs(subject, [(each, lacks) for each, lacks in lacking if lacks])
    elif in_english(subject, Question.INPUTS) and finished(subject, Question.INPUTS) is not None:
        yield from _of_prose(subject, section, said)


def _of_inputs(subject: Subject, lacking: Sequence[tuple[_Described, tuple[str, ...]]]) -> Iterator[Finding]:
    for each, lacks in lacking:
        if each.line not in subject.open_lines:
            name = each.name.replace("`", "")[:40]
            yield found(
                subject,
                "C05",
                f"{name} has no {_listed(lacks)}: what happens with any other value is left to chance",
                _fix(lacks),
                line=each.line,
                column=each.column,
                quote=subject.line(each.line),
            )


def _of_prose(subject: Subject, section: Section, said: Sequence[Statement]) -> Iterator[Finding]:
    text = text_of(said)
    if _NONE.match(text):
        return
    lacks = tuple(name for name in ("type", "bounds", "invalid") if not _SAYS[name](text))
    if "invalid" not in lacks and not _SAYS["result"](text):
        lacks = (*lacks, "result")
    names = [each[0] for each in _CODE.finditer(text)] + re.findall(r"\b[A-Z][A-Z_]{2,}\b", text)
    lacks = _not_in_rules(subject, names, lacks)
    if lacks:
        yield found(
            subject,
            "C05",
            f"INPUTS gives no {_listed(lacks)}: what happens with any other value is left to chance",
            f"{_fix(lacks)}; if there is no input, write: There is no input.",
            line=said[0].line,
            quote=subject.line(said[0].line) or heading_of(section),
        )


def _tells_inputs(table: Table, subject: Subject) -> bool:
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


def _rows(subject: Subject, table: Table) -> Iterator[_Described]:
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
        if not (wrong or (_says(english, "invalid", text) and (invalid is None or _SAYS["result"](text)))):
            lacks.append("invalid")
        elif english and not (_SAYS["result"](wrong or text) or (result != invalid and _filled(row, result))):
            lacks.append("result")
        yield _Described(row[named].text, row[named].text, row[named].line, row[named].column, tuple(lacks))


def _filled(row: Sequence[Cell], column: int | None) -> bool:
    return column is not None and column < len(row) and row[column].text not in _EMPTY


def _says(english: bool, aspect: str, text: str) -> bool:
    """In another language a cell that is not empty may say anything."""
    return _SAYS[aspect](text) if english else bool(text.strip(" |"))


def _items(said: Sequence[Statement]) -> Iterator[_Described]:
    """The items that describe an input, each with the items below it."""
    groups: list[list[Statement]] = []
    for each in said:
        if each.kind is BlockKind.ITEM and groups and groups[-1] and _depth(each) > _depth(groups[-1][0]):
            groups[-1].append(each)
        else:
            groups.append([each] if _name_in(each) else [])
    named = [(group, name) for group in groups if group and (name := _name_in(group[0]))]
    columns = word_groups("input_columns")
    if any(columns[each].is_in(Words.of(name)) for _, name in named for each in ("type", "bounds", "invalid")):
        return  # The items are the aspects of one input, so only the whole can be judged.
    for group, name in named:
        text = "\n".join(each.visible for each in group).partition(name)[2]
        lacks = [aspect for aspect in ("type", "bounds", "invalid") if not _SAYS[aspect](text)]
        if "invalid" not in lacks and not _SAYS["result"](text):
            lacks.append("result")
        line, column = group[0].place(group[0].visible.index(name))
        yield _Described(name, text, line, column, tuple(lacks))


def _name_in(statement: Statement) -> str:
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


def _told_generally(rest: Sequence[Statement]) -> bool:
    """A sentence beside the inputs that says what happens to any wrong one."""
    return any(
        word_groups("input_words")["invalid"].is_in(words) and word_groups("input_words")["result"].is_in(words)
        for words in (Words.of(each.visible) for each in rest)
    )


def _still_lacks(subject: Subject, each: _Described, rest: Sequence[Statement]) -> tuple[str, ...]:
    general = _told_generally(rest)
    lacks = tuple(name for name in each.lacks if not (general and name in ("invalid", "result")))
    if "`" in each.name:
        names = [span[0] for span in _CODE.finditer(each.name)]
    else:
        names = [part.strip(" *_") for part in re.split(r"[,/]|\s(?:and|or)\s", each.name) if part.strip(" *_")]
    return _not_in_rules(subject, names, lacks)


_MOST_RULES = 200
"""That are looked through for each input."""


def _not_in_rules(subject: Subject, names: Sequence[str], lacks: tuple[str, ...]) -> tuple[str, ...]:
    """What no rule says either that names one of the inputs."""
    if not lacks or not names:
        return lacks
    named = [each for each in subject.said.get(Question.RULES, ())[:_MOST_RULES] if _names(each.visible, names)]
    wrong = word_groups("input_words")["invalid"]
    if any(wrong.is_in(Words.of(each.prose)) for each in named):
        lacks = tuple(name for name in lacks if name not in ("invalid", "result"))
    if any(re.search(r"\d", _CODE_NUMBER.sub("", each.visible)) for each in named):
        lacks = tuple(name for name in lacks if name != "bounds")
    return lacks


def _names(text: str, names: Sequence[str]) -> bool:
    return any(
        len(name) > 1 and name in text and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in names[:20]
    )


def _is_a_range(text: str) -> bool:
    """What lies between two numbers is a number."""
    return re.search(r"\d\s{0,2}(?:-|–|to|\.\.)\s{0,2}\d", text) is not None


def _says_type(text: str) -> bool:
    return bool(_LITERAL.search(text)) or word_groups("input_words")["type"].is_in(Words.of(text))


def _says_bounds(text: str) -> bool:
    if re.search(r"\d", _CODE_NUMBER.sub("", text)) or len(_LITERAL.findall(text)) > 1:
        return True
    return "^" in text or word_groups("input_words")["bounds"].is_in(Words.of(text))


def _says_invalid(text: str) -> bool:
    if _RULE_ID.search(text) or _LEADS_TO.search(text):
        return True
    return word_groups("input_words")["invalid"].is_in(Words.of(text))


def _says_result(text: str) -> bool:
    return bool(_RESULT_MARK.search(text)) or word_groups("input_words")["result"].is_in(Words.of(text))


_SAYS: dict[str, Callable[[str], bool]] = {
    "type": _says_type,
    "bounds": _says_bounds,
    "invalid": _says_invalid,
    "result": _says_result,
}


def _listed(lacks: Sequence[str]) -> str:
    return " and no ".join(_ASPECTS[name] for name in lacks)


def _fix(lacks: Sequence[str]) -> str:
    examples = {
        "type": "its type or allowed values (integer, path, one of `a`, `b`)",
        "bounds": "its bounds (1 to 60 characters inclusive)",
        "invalid": "an invalid case with its result (empty: exit code 2)",
        "result": "what happens then (exit code 2, a rule's id), or none, because …",
    }
    return "write " + ", and ".join(examples[name] for name in lacks)


_TABLE = "| name | type | bounds | invalid case and its result |\n|---|---|---|---|\n"

RULES = (
    Rule(
        "C05",
        Level.ERROR,
        "an input without bounds is tested by whoever breaks it first",
        inputs_are_bounded,
        requires="each input has a type or allowed values, bounds, and an invalid case with its result",
        example=Example(
            Question.INPUTS,
            good=f"{_TABLE}| FILE | path of a text file | 0 to 10000000 bytes | names no file: exit code 3, R3 |",
            bad=f"{_TABLE}| FILE | path of a text file | 0 to 10000000 bytes | names no file: exit code 3, R3 |\n"
            "| DAY | date | | |",
        ),
    ),
)
