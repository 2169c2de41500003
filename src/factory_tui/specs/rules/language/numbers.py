"""L09: a number says what it counts, and a range whether its ends belong to it."""

import re
from collections.abc import Iterator
from itertools import islice, pairwise

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import BlockKind, Question
from factory_tui.specs.reading.quantities import Measure, Quantity, quantities
from factory_tui.specs.reading.statements import Statement
from factory_tui.specs.rules.language.shown import constraints
from factory_tui.specs.rules.language.wording import MOST_IN_SPEC, MOST_IN_STATEMENT, holding, matching
from factory_tui.specs.rules.rule import Example, Rule, Subject, found

_MEASURED = frozenset(
    {"timeout", "timeouts", "latency", "within", "delay", "delays", "interval", "ttl", "duration", "wait", "waits"}
)
"""What is measured in a unit of time."""
_RESOURCES = frozenset({"performance", "latency", "speed", "memory", "ram", "storage", "disk", "response"})
"""What is measured in some unit."""

_MEASURE = (
    r"\b(?:timeouts?|latency|within|delays?|interval|ttl|duration|waits?)"
    r"(?:\s(?:is|of|must|be|at|most|least|below|under|set|to|for|defaults?)|\s?[:=<≤])*\s?"
)
_BARE = re.compile(
    _MEASURE
    + r"(?P<number>\d(?:[\d.,]{0,30}\d)?+)(?![.,]?\d)(?=\s*(?:$|[.,;:)|]|(?:and|or|then|after|before|when|if)\b))",
    re.IGNORECASE,
)
_LIMIT = (
    r"\b(?:at most|at least|(?:no )?(?:more|less) than|up to|below|under)\s"
    r"(?P<number>\d(?:[\d.,]{0,30}\d)?+)(?![.,]?\d)"
)
_BARE_LIMIT = re.compile(_LIMIT + r"(?=\s*(?:$|[.,;)|]|(?:for|per|on|with|of)\b))", re.IGNORECASE)
_BARE_SHARE = re.compile(_LIMIT + r"(?=\sof (?:memory|ram|storage|disk|time)\b)", re.IGNORECASE)
_PERFORMANCE = re.compile(r"\W{0,8}(?:performance|latency|speed|memory|response times?)\b", re.IGNORECASE)
_FAR = 60

_RANGES = (
    ("to", re.compile(r" to [-+−]?\d")),
    ("through", re.compile(r" through [-+−]?\d")),
    ("until", re.compile(r" until [-+−]?\d")),
    ("between", re.compile(r"\d and [-+−]?\d")),
    ("", re.compile(r"\d ?(?:[-–—…]|\.\.\.?) ?\d{1,9} ?[^\W\d_]")),
)
"""A word that a spec has to hold, and what to look for then."""

_TO = re.compile(r"\s?(?:to|through|until|and|[-–—]|\.\.\.?|…)\s?")
_ENDS_SAID = re.compile(r"\b(?:in|ex)clu|\bboth ends\b|\bhalf[- ]open\b|[\[(]\d", re.IGNORECASE)
_FOR_ALL = re.compile(
    r"\b(?:bounds|ranges|limits|ends)\b[^.\n\d]{0,80}\b(?:in|ex)clusive|\binclusive (?:bounds|ranges)", re.IGNORECASE
)
_CHANGE = re.compile(
    r"\b(?:chang|mov|convert|map|renam|increas|decreas|grow|drop|fall|rais|ris|turn|switch|go|went|rotat|rais)\w{0,5}\b"
    r"[^.;:,|\n]{0,60}$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\bbetween\s$", re.IGNORECASE)

_IN_A_TEXT = frozenset({Question.INPUTS, Question.RULES, Question.CONSTRAINTS, Question.OUTPUTS})


def numbers(subject: Subject) -> Iterator[Finding]:
    """L09: a time without a unit, a range that does not say whether its ends belong to it."""
    yield from islice(_numbers(subject), MOST_IN_SPEC)


def _numbers(subject: Subject) -> Iterator[Finding]:
    for statement in holding(subject, sorted(subject.words & _MEASURED)):
        if statement.question in _IN_A_TEXT:
            yield from islice(_without_unit(subject, statement, _BARE), MOST_IN_STATEMENT)
    for statement in holding(subject, sorted(subject.words & _RESOURCES)):
        if statement.question in _IN_A_TEXT:
            yield from islice(_without_unit(subject, statement, _limit_of(statement)), 1)
    ranged = (
        statement
        for word, pattern in _RANGES
        if not word or word in subject.words
        for statement in matching(subject, pattern)
    )
    unsaid = {
        each.line: each for each in ranged if each.question in _IN_A_TEXT and _ENDS_SAID.search(each.prose) is None
    }
    if unsaid and not _says_for_all(subject):
        for statement in unsaid.values():
            yield from islice(_ranges(subject, statement), 1)


def _limit_of(statement: Statement) -> re.Pattern[str]:
    """What a line about performance limits has a unit; elsewhere only what is said `of memory` is sure to need one."""
    return _BARE_LIMIT if _PERFORMANCE.match(statement.prose) else _BARE_SHARE


def _without_unit(subject: Subject, statement: Statement, pattern: re.Pattern[str]) -> Iterator[Finding]:
    for match in pattern.finditer(statement.prose):
        yield _found(
            subject,
            statement,
            match.start("number"),
            match.end("number"),
            "the number has no unit: two neighbouring units differ by a factor of a thousand",
            f"write the unit: {match['number']} seconds, {match['number']} MB",
        )


def _ranges(subject: Subject, statement: Statement) -> Iterator[Finding]:
    text = statement.prose
    for low, high in pairwise(islice(quantities(text), MOST_IN_SPEC)):
        joint = text[low.end : high.start]
        if _TO.fullmatch(joint) and low.value < high.value and _is_range(statement, low, high, joint.strip()):
            quote = text[low.start : high.end]
            yield _found(
                subject,
                statement,
                low.start,
                high.end,
                "the range does not say whether its ends belong to it: tests of the boundary differ by one",
                f"write {' '.join(quote.split())} inclusive, or exclusive, or at least … and below …",
            )


def _is_range(statement: Statement, low: Quantity, high: Quantity, joint: str) -> bool:
    """Elsewhere than in INPUTS, numbers without a unit may be the names of something: codes, sections."""
    if statement.question is not Question.INPUTS and high.kind is Measure.NUMBER:
        return False
    before = statement.prose[max(0, low.start - _FAR) : low.start]
    if joint == "and":
        return _BETWEEN.search(before) is not None
    if joint in {"-", "–", "—"} and high.kind is Measure.NUMBER:
        return False
    return _CHANGE.search(before) is None


def _says_for_all(subject: Subject) -> bool:
    heads = (cell.text for table in subject.tables for cell in table.header)
    return any("clusive" in text for text in heads) or any(
        statement.kind is not BlockKind.ROW and _FOR_ALL.search(statement.prose) for statement in subject.statements
    )


def _found(subject: Subject, statement: Statement, start: int, end: int, message: str, fix: str) -> Finding:
    line, column = statement.place(start)
    quote = statement.prose[start:end].partition("\n")[0].rstrip()
    return found(subject, "L09", message, fix, line=line, column=column, quote=quote, level=Level.WARNING)


RULES = (
    Rule(
        "L09",
        Level.WARNING,
        "a bound that is read two ways is tested one way",
        numbers,
        requires="a unit for each time, inclusive or exclusive for each range",
        example=Example(
            Question.CONSTRAINTS,
            constraints("files of 1 to 9 MB inclusive are counted within 2 seconds."),
            constraints("files of 1 to 9 MB are counted within 2."),
        ),
    ),
)
