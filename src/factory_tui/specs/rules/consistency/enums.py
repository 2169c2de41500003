"""X03: each value that an input may have is dealt with somewhere."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import Question
from factory_tui.specs.reading.inputs import Input
from factory_tui.specs.rules.consistency.example_text import INPUTS
from factory_tui.specs.rules.consistency.rows import allowed
from factory_tui.specs.rules.rule import Example, Rule, Subject, found

MOST = 500
"""Values of all enums that are looked for."""

MOST_ODD = 50
"""Of those, values that are more than one word: each is looked for in the whole text."""

_WORD = re.compile(r"[\w-]+")
_WORD_OF_ASCII = re.compile(r"[a-z0-9_-]+")
"""The same in small letters without accents: searched in a third of the time."""
_REFUSING = re.compile(
    r"\b(?:none of|not one of|no other|any other|other than|out of its bounds|invalid|unknown|does not name|neither)\b",
    re.I,
)
"""A rule that says what happens to all other values deals with none of these."""


def values_have_rules(subject: Subject) -> Iterator[Finding]:
    """X03: a value of an enum stands in a rule or an evaluation, or the rules are about its input whatever it is."""
    rows = [row for row in subject.inputs if any(_may_list(cell.text) for cell in row.said)]
    if not rows:
        return
    elsewhere = _Elsewhere(subject)
    for row in rows:
        values = allowed(tuple(cell.text for cell in row.said)).values
        if values and not _is_named(subject, row):
            yield from _unmentioned(subject, row, values, elsewhere)


class _Elsewhere:
    """Whether a value stands in a spec, outside of the line that lists it."""

    def __init__(self, subject: Subject) -> None:
        self._lines = subject.visible
        small = subject.spec.visible.casefold()
        self._words = Counter((_WORD_OF_ASCII if small.isascii() else _WORD).findall(small))
        self._left, self._odd_left = MOST, MOST_ODD

    def has(self, value: str, line: int) -> bool:
        """True also where there are too many values to tell."""
        value, own = value.casefold(), self._lines[line - 1].casefold()
        self._left -= 1
        if self._left < 0:
            return True
        if _WORD.fullmatch(value):
            return self._words[value] > _WORD.findall(own).count(value)
        self._odd_left -= 1
        others = (each for number, each in enumerate(self._lines, 1) if number != line)
        return self._odd_left < 0 or any(_holds(each.casefold(), value) for each in others)


def _may_list(text: str) -> bool:
    return any(word in text for word in ("ne of", "ither", "enum"))


def _is_named(subject: Subject, row: Input) -> bool:
    """Whether a rule or an evaluation is about the input as such."""
    items = (*subject.spec.rules, *subject.spec.evaluation)
    return any(_holds(item.text, name) and not _REFUSING.search(item.text) for name in row.names for item in items)


def _unmentioned(subject: Subject, row: Input, values: tuple[str, ...], elsewhere: _Elsewhere) -> Iterator[Finding]:
    cell = next((cell for cell in row.said if _may_list(cell.text)), row.said[0])
    for value in values:
        if not elsewhere.has(value, cell.line):
            written = value.replace("|", "\\|")
            at = cell.text.find(f"`{written}`") + 1 or cell.text.find(written)
            yield found(
                subject,
                "X03",
                f"{value} is a value of {row.names[0]}, but no rule and no evaluation says what it does",
                f"add a rule for {value}, name it in one, or take it out of the values",
                line=cell.line,
                column=cell.column + max(at, 0),
                quote=value,
            )


def _holds(text: str, word: str) -> bool:
    return word in text and _whole(word).search(text) is not None


@lru_cache(maxsize=1024)
def _whole(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")


RULES = (
    Rule(
        "X03",
        Level.ERROR,
        "a value that no rule is about does whatever the agent thinks of",
        values_have_rules,
        requires="a rule or an evaluation for each value of an enum",
        example=Example(
            Question.INPUTS,
            good=f"{INPUTS}| FORM | one of `number`, `text` | exactly these words | `words`: exit code 3, R3 |",
            bad=f"{INPUTS}| FORM | one of `number`, `roman` | exactly these words | `words`: exit code 3, R3 |",
        ),
    ),
)
