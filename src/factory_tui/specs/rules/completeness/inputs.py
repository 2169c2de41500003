"""C05: each input has a type or its allowed values, bounds, and an invalid case with its result.

A rule of the spec that names the input says it as well as a cell does, and a general sentence (`any other value: exit
code 2`) says it for all. What is found is therefore said nowhere.
"""

import re
from collections.abc import Iterator, Sequence

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import BlockKind, Question, Section
from factory_tui.specs.reading.statements import Statement
from factory_tui.specs.rules.completeness.described_inputs import (
    DescribedInput,
    described_in_items,
    described_in_rows,
    name_in,
    tells_inputs,
)
from factory_tui.specs.rules.completeness.input_aspects import CODE_NUMBER, SAYS
from factory_tui.specs.rules.completeness.places import finished, heading_of, in_english, is_understood, text_of
from factory_tui.specs.rules.rule import Example, Rule, Subject, found
from factory_tui.specs.words.groups import Words, word_groups

_ASPECTS = {
    "type": "type or allowed values",
    "bounds": "bounds",
    "invalid": "invalid case",
    "result": "result of its invalid case",
}
_CODE = re.compile(r"`[^`\n]{1,200}`")
_NONE = re.compile(
    r"\W*(?:none|nothing|no|not applicable|n/a|keine?r?|aucune?|ningun[oa]|nessun[oa]?|nenhuma?|geen)\b"
    r"|.{0,200}?\b(?:there (?:is|are) no|takes? no|has no|have no|needs? no|reads? no|without|no)\s(?:\w{1,20}\s){0,2}?"
    r"(?:inputs?|arguments?|parameters?|options?|settings?)\b",
    re.I | re.DOTALL,
)


def inputs_are_bounded(subject: Subject) -> Iterator[Finding]:
    """C05: every input of INPUTS says what it may be and what happens when it is something else."""
    section = subject.spec.section(Question.INPUTS)
    said = subject.said.get(Question.INPUTS, ())
    if section is None or not said:
        return
    tables = [table for table in subject.tables if table.question is Question.INPUTS and tells_inputs(table, subject)]
    described = [each for table in tables for each in described_in_rows(subject, table)]
    rest = [each for each in said if each.kind is not BlockKind.ROW]
    if not tables:
        described = list(described_in_items(rest)) if is_understood(subject, Question.INPUTS) else []
        rest = [each for each in rest if each.kind is not BlockKind.ITEM or not name_in(each)]
    lacking = [(each, _still_lacks(subject, each, rest)) for each in described if each.lacks]
    if any(table.rows for table in tables) or described:
        yield from _of_inputs(subject, [(each, lacks) for each, lacks in lacking if lacks])
    elif in_english(subject, Question.INPUTS) and finished(subject, Question.INPUTS) is not None:
        yield from _of_prose(subject, section, said)


def _of_inputs(subject: Subject, lacking: Sequence[tuple[DescribedInput, tuple[str, ...]]]) -> Iterator[Finding]:
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
    lacks = tuple(name for name in ("type", "bounds", "invalid") if not SAYS[name](text))
    if "invalid" not in lacks and not SAYS["result"](text):
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


def _told_generally(rest: Sequence[Statement]) -> bool:
    """A sentence beside the inputs that says what happens to any wrong one."""
    return any(
        word_groups("input_words")["invalid"].is_in(words) and word_groups("input_words")["result"].is_in(words)
        for words in (Words.of(each.visible) for each in rest)
    )


def _still_lacks(subject: Subject, each: DescribedInput, rest: Sequence[Statement]) -> tuple[str, ...]:
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
    if any(re.search(r"\d", CODE_NUMBER.sub("", each.visible)) for each in named):
        lacks = tuple(name for name in lacks if name != "bounds")
    return lacks


def _names(text: str, names: Sequence[str]) -> bool:
    return any(
        len(name) > 1 and name in text and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in names[:20]
    )


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
