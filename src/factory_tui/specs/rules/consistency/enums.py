"""X03: each value that an input may have is dealt with somewhere, and refused nowhere."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import Item, Question
from factory_tui.specs.reading.inputs import Input
from factory_tui.specs.reading.statements import Cell
from factory_tui.specs.rules.consistency.example_text import INPUTS
from factory_tui.specs.rules.consistency.rows import LONGEST, allowed
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

_ALL_BUT = re.compile(
    r"\b(?:neither|none of|not one of|not any of|no other than|other than|anything but)"
    r"(?P<values>(?:,?\s+(?:(?:the words?|nor|or|and|either)\s+){0,2}`[^`\n]{1,80}`){2,40})\s*(?:,|\bthen\b)",
    re.I,
)
"""What is refused unless it is one of these: `If MODE is neither `a` nor `b`, then …`."""

_FAILS = re.compile(
    r"\bexit(?:s with)? (?:code|status) [1-9]|\bstandard error\b|\bstderr\b|\bstatus [45]\d\d\b"
    r"|\b(?:refuse|reject|raise|fail|abort)s?\b",
    re.I,
)
_CODE = re.compile(r"`([^`\n]+)`")

MOST_REFUSALS = 50
"""Rules that refuse all other values: a spec has one for each of its enums."""

LEAST_NAMED = 2
"""Values that are named before it is odd that the last one is not."""


def values_have_rules(subject: Subject) -> Iterator[Finding]:
    """X03: a value of an enum stands in a rule or an evaluation, or the rules are about its input whatever it is."""
    rows = [row for row in subject.inputs if any(_may_list(cell.text) for cell in row.said)]
    if not rows:
        return
    elsewhere, refusals = _Elsewhere(subject), tuple(islice(_refusals(subject), MOST_REFUSALS))
    for row in rows:
        values = allowed(tuple(cell.text for cell in row.said)).values
        if values:
            refused = _refused(row, values, refusals)
            for value, item in refused.items():
                yield _refused_by(subject, row, value, item)
            left = tuple(value for value in values if value not in refused)
            if not _is_named(subject, row):
                yield from _unmentioned(subject, row, left, elsewhere)
            elif not refused:
                yield from _left_out(subject, row, values, elsewhere)


def _refusals(subject: Subject) -> Iterator[tuple[Item, frozenset[str]]]:
    """Rules that refuse whatever is none of some values, with these values."""
    for item in subject.spec.rules:
        readable = "`" in item.text and len(item.text) <= LONGEST
        match = _ALL_BUT.search(item.text) if readable and _FAILS.search(item.text) else None
        if match is not None:
            yield item, frozenset(_CODE.findall(match["values"]))


def _refused(row: Input, values: tuple[str, ...], refusals: tuple[tuple[Item, frozenset[str]], ...]) -> dict[str, Item]:
    """Values that a rule about the input refuses, because its list of those that are not lacks them."""
    for item, accepted in refusals:
        if accepted < set(values) and any(_holds(item.text, name) for name in row.names):
            return {value: item for value in values if value not in accepted}
    return {}


def _refused_by(subject: Subject, row: Input, value: str, item: Item) -> Finding:
    return _about(
        subject,
        row,
        value,
        f"{value} is a value of {row.names[0]}, but {item.id} on line {item.line} refuses it: "
        "it names the other values only",
        f"add {value} to the list of {item.id} and say what it does, or take it out of the values",
    )


def _left_out(subject: Subject, row: Input, values: tuple[str, ...], elsewhere: "_Elsewhere") -> Iterator[Finding]:
    """One value that stands nowhere else, while rules or evaluations name each of the others."""
    if len(values) <= LEAST_NAMED:
        return
    said = "\n".join(item.text for item in (*subject.spec.rules, *subject.spec.evaluation))
    unnamed = [value for value in values[:MOST_ODD] if not _holds(said, value)]
    cell = _cell_of(row)
    if len(unnamed) == 1 and len(values) <= MOST_ODD and not elsewhere.has(unnamed[0], cell.line):
        yield _about(
            subject,
            row,
            unnamed[0],
            f"rules or evaluations name every value of {row.names[0]} on line {cell.line} but {unnamed[0]}",
            f"name {unnamed[0]} in a rule or an evaluation, or take it out of the values",
            Level.WARNING,
        )


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
    line = _cell_of(row).line
    for value in values:
        if not elsewhere.has(value, line):
            yield _about(
                subject,
                row,
                value,
                f"{value} is a value of {row.names[0]}, but no rule and no evaluation says what it does",
                f"add a rule for {value}, name it in one, or take it out of the values",
            )


def _about(subject: Subject, row: Input, value: str, message: str, fix: str, level: Level = Level.ERROR) -> Finding:
    cell = _cell_of(row)
    written = value.replace("|", "\\|")
    at = cell.text.find(f"`{written}`") + 1 or cell.text.find(written)
    return found(
        subject, "X03", message, fix, line=cell.line, column=cell.column + max(at, 0), quote=value, level=level
    )


def _cell_of(row: Input) -> Cell:
    return next((cell for cell in row.said if _may_list(cell.text)), row.said[0])


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
