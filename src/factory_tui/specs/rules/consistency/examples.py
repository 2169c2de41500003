"""X02: an example keeps to its own format, and an invalid case does not.

Examples are re-checked: a fenced block parses as the language it names, the values of a row keep to the row's type,
bounds, pattern and enum, an invalid case breaks them, and the result of a case is that of the rule it names.
"""

import re
from collections.abc import Iterator
from itertools import islice

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import Question
from factory_tui.specs.reading.inputs import Case, Input, cases, described
from factory_tui.specs.reading.statements import Cell, Sample
from factory_tui.specs.rules.consistency.example_text import INPUTS
from factory_tui.specs.rules.consistency.parsing import trouble
from factory_tui.specs.rules.consistency.rows import allowed
from factory_tui.specs.rules.rule import Example, Rule, Subject, found

MOST_PATTERNS = 200
"""Rows with a pattern that are searched with it: a spec has a few."""

MOST_SAMPLES = 100
"""Code blocks that are parsed: reading broken YAML takes milliseconds."""

MOST_CHARACTERS = 60_000
"""Of all code blocks that are parsed: a spec shows a few hundred."""

_BROKEN = re.compile(
    r"\b(?:invalid|malformed|broken|not valid|bad|wrong|refused|rejected|truncated|cut off|damaged|corrupt\w*"
    r"|unreadable|incorrect|illegal|erroneous|counter-?example|must not|never|no json|not json)\b",
    re.I,
)
"""An example that is introduced like this shows what is wrong on purpose."""

_FOR_WHAT_IS_THERE = re.compile(
    r"\b(?:unknown|unregistered|not? (?:known|found|such|there|stored|enough)|has no|have no|missing|absent|exists?"
    r"|existing|taken|already|in use|expired?|exceeds?|exceeding|insufficient|balance|duplicates?|twice|reserved"
    r"|registered|stored|booked|sold|left|(?:less|fewer|more|greater) than(?! \d))\b",
    re.I,
)
"""Words of a refusal that depends on what is there, so that a value of the right form may be refused."""

_RESULT = re.compile(r"\b(?P<what>exit code|status)\s+(?P<code>\d{1,3})\b")
_RULE = re.compile(r"\bR\d{1,4}[a-z]?\b")


def examples_keep_their_word(subject: Subject) -> Iterator[Finding]:
    """X02: no example contradicts its own format, enum, bounds or rule."""
    left = MOST_CHARACTERS
    for sample in islice(subject.samples, MOST_SAMPLES):
        left -= len(sample.text) if sample.info else 0
        if left < 0:
            break
        yield from _of_sample(subject, sample)
    rows = [*subject.inputs]
    rows += [row for table in subject.tables if table.question is Question.OUTPUTS for row in described(table)]
    with_pattern = (row for row in rows if any("`^" in cell.text for cell in row.said))
    skipped = {id(row) for row in islice(with_pattern, MOST_PATTERNS, None)}
    for row in rows:
        if id(row) not in skipped:
            yield from _of_row(subject, row)


def _of_sample(subject: Subject, sample: Sample) -> Iterator[Finding]:
    wrong = trouble(sample.info, sample.text) if sample.info else None
    if wrong is None or _is_broken_on_purpose(subject, sample):
        return
    line = sample.line + wrong.line
    yield found(
        subject,
        "X02",
        f"the example is marked as {wrong.language} and is none: {wrong.what}; an agent copies what it is shown",
        f"mend the example, or mark the block as text if it is not meant to be {wrong.language}",
        line=line,
        quote=subject.line(line),
    )


def _is_broken_on_purpose(subject: Subject, sample: Sample) -> bool:
    before = (subject.line(number) for number in range(sample.line - 1, max(0, sample.line - 4), -1))
    return _BROKEN.search(f"{sample.info} {sample.subsection} {' '.join(before)}") is not None


def _of_row(subject: Subject, row: Input) -> Iterator[Finding]:
    invalid = list(cases(row.invalid)) if row.invalid is not None else []
    texts = tuple(cell.text for cell in row.said)
    if invalid or row.shown or any("efault" in text for text in texts):
        yield from _values_of_row(subject, row, texts, invalid)
    if row.invalid is not None and "R" in row.invalid.text:
        yield from _other_result(subject, row.invalid)


def _values_of_row(subject: Subject, row: Input, texts: tuple[str, ...], invalid: list[Case]) -> Iterator[Finding]:
    says = allowed(texts)
    quoted = any(case.is_quoted for case in invalid)
    alone = not any(says.forbids(case) for case in invalid)
    name = row.names[0] if row.names else "it"
    for case in invalid:
        reason = says.allows(case, others_quoted=quoted)
        if reason is not None and not (alone and _depends_on_what_is_there(subject, row.invalid, case)):
            message = (
                f"`{case.text}` is called invalid, but {name} may be {reason}: an agent cannot tell which one holds"
            )
            fix = f"give a case that is not {reason}, say what else it is refused for, or change what {name} may be"
            # Beside a case of the wrong form it is meant as one; alone it may be refused for what no word here says.
            level = Level.WARNING if alone else Level.ERROR
            yield _at(subject, case.line, case.column, case.text, message, fix, level)
    for cell in row.shown:
        for case in _given(cell):
            reason = says.forbids(case)
            if reason is not None:
                message = (
                    f"`{case.text}` is the example, but {name} has to be {reason}: an agent cannot tell which one holds"
                )
                fix = f"give an example that is {reason}, or change what {name} may be"
                yield _at(subject, case.line, case.column, case.text, message, fix)
    if says.default is not None:
        cell = next(cell for cell in row.said if says.default in cell.text)
        case = Case(says.default, cell.line, cell.column + cell.text.rindex(says.default))
        reason = says.forbids(case)
        if reason is not None:
            message = f"the default of {name} is {says.default}, but it has to be {reason}: it would be refused"
            fix = f"change the default, or what {name} may be"
            yield _at(subject, case.line, case.column, says.default, message, fix)


def _depends_on_what_is_there(subject: Subject, cell: Cell | None, case: Case) -> bool:
    """What stands behind the case, or the rule that is named there, says more than that the value has no right form."""
    told = cell.text[case.column - cell.column :].partition(";")[0] if cell else ""
    named = set(_RULE.findall(told))
    texts = (told, *(each.text for each in subject.spec.rules if each.id in named))
    return any(_FOR_WHAT_IS_THERE.search(each) for each in texts)


def _given(cell: Cell) -> Iterator[Case]:
    """The values of a cell that has nothing but values."""
    alone = list(cases(cell))
    if alone:
        yield from alone
    elif re.fullmatch(r"[-+]?\d+(?:\.\d+)?", cell.text):
        yield Case(cell.text, cell.line, cell.column)


def _other_result(subject: Subject, cell: Cell) -> Iterator[Finding]:
    """`exit code 2, R7` of a case, while R7 says `exit code 3` and no other code."""
    start = 0
    for group in cell.text.split(";"):
        results, named = list(_RESULT.finditer(group)), _RULE.findall(group)
        if len(results) == 1 and len(named) == 1:
            what, code = results[0]["what"], results[0]["code"]
            item = next((each for each in subject.spec.rules if each.id == named[0]), None)
            stated = {each["code"] for each in _RESULT.finditer(item.text) if each["what"] == what} if item else set()
            if item is not None and len(stated) == 1 and code not in stated:
                said = stated.pop()
                yield _at(
                    subject,
                    cell.line,
                    cell.column + start + results[0].start(),
                    results[0][0],
                    f"the result of this case is {what} {code}, but {item.id} on line {item.line} says {said}",
                    f"write the same {what} in both places",
                )
        start += len(group) + 1


def _at(
    subject: Subject, line: int, column: int, quote: str, message: str, fix: str, level: Level = Level.ERROR
) -> Finding:
    return found(subject, "X02", message, fix, line=line, column=column, quote=quote, level=level)


RULES = (
    Rule(
        "X02",
        Level.ERROR,
        "an agent copies examples, and one that breaks its own format teaches it the wrong thing",
        examples_keep_their_word,
        requires="examples keep to the format, enum and bounds that they are given for",
        example=Example(
            Question.INPUTS,
            good=f"{INPUTS}| LINE | integer | 1 to 99 inclusive | `0`, `100`: exit code 3, R3 |",
            bad=f"{INPUTS}| LINE | integer | 1 to 99 inclusive | `0`, `50`: exit code 3, R3 |",
        ),
    ),
)
