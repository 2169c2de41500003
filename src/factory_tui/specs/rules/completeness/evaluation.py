"""C10: each evaluation item has a trigger and a result that can be seen. Judged by its form alone."""

import re
from collections.abc import Iterator

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import Item, Question
from factory_tui.specs.reading.statements import Table
from factory_tui.specs.rules.completeness.places import is_understood
from factory_tui.specs.rules.rule import Example, Rule, Subject, found
from factory_tui.specs.words.groups import Words, word_groups

_WORD = re.compile(r"[^\W_]+")
_REFERENCES = re.compile(r"[(\[][\sR\d,;&+–—-]{1,200}(?:and[\sR\d,]{1,50})?[)\]]")
_APART = re.compile(r"[,;:.→|]|->|=>|\bthen\b", re.I)
_COMMAND = re.compile(r"`[^`\n]+`")
_PLAIN = 40
"""Characters of an item with `when` and `then` that surely has more than these words."""
_SHORT = 3
"""Words of an item that cannot hold both."""


def triggers_and_results(subject: Subject) -> Iterator[Finding]:
    """C10: an item says what is done, and what is seen then."""
    if not is_understood(subject, Question.EVALUATION):
        return
    columns = [table for table in subject.tables if table.question is Question.EVALUATION]
    for item in subject.spec.evaluation:
        if item.id.startswith("E") and not _is_open(subject, item) and not _in_columns(columns, item):
            lacks = _lacking(item)
            if lacks:
                yield found(
                    subject,
                    "C10",
                    f"{item.id} names no {' and no '.join(lacks)}: two people would check two different things",
                    f"write what is done and what is seen then: {item.id} ({', '.join(item.covers) or 'R1'}): "
                    "given …, when …, then …",
                    line=item.line,
                    column=item.column,
                    quote=subject.line(item.line),
                )


def _is_open(subject: Subject, item: Item) -> bool:
    statement = next((each for each in subject.said.get(Question.EVALUATION, ()) if each.line == item.line), None)
    last = item.line + (statement.visible.count("\n") if statement else 0)
    return not subject.open_lines.isdisjoint(range(item.line, last + 1))


def _in_columns(tables: list[Table], item: Item) -> bool:
    """A row whose table has a column for each part says it by its place."""
    for table in tables:
        row = next((row for row in table.rows if row and row[0].line == item.line), None)
        when, then = table.column("when", "trigger", "action", "step"), table.column("then", "result", "expect", "seen")
        if row is not None and when is not None and then is not None:
            return all(column < len(row) and _WORD.search(row[column].text) for column in (when, then))
    return False


def _lacking(item: Item) -> list[str]:
    if " when " in item.text and " then " in item.text and len(item.text) > _PLAIN:
        return []
    text = _REFERENCES.sub(" ", item.text).strip(" :|-–—.*")
    said = Words.of(text)
    groups = word_groups("evaluation_words")
    if len(_WORD.findall(text)) <= _SHORT and not _COMMAND.search(text):
        return ["trigger", "observable result"]
    has_trigger = groups["trigger"].is_in(said) or _COMMAND.search(text) is not None
    has_result = groups["result"].is_in(said) or len([part for part in _APART.split(text) if part.strip()]) > 1
    return [name for name, has in (("trigger", has_trigger), ("observable result", has_result)) if not has]


RULES = (
    Rule(
        "C10",
        Level.ERROR,
        "a check without a trigger and a result is an opinion",
        triggers_and_results,
        requires="each evaluation item has a trigger and an observable result",
        example=Example(
            Question.EVALUATION,
            good=(
                "- E1 (R1, R4): given a text, when `count-words` is called, then it prints the number of its words.\n"
                "- E2 (R2): given an empty file, when `count-words` is called, then it prints `0`.\n"
                "- E3 (R3): given no file of that name, when `count-words` is called, then the exit code is 3."
            ),
            bad="- E1 (R1, R2, R3, R4): works well.",
        ),
    ),
)
