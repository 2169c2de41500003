"""C12: a measurable word carries a number and its unit.

Found are only sentences in which the number is provably absent: an obligation to retry or to expire, a vague word
before a measure (`a short timeout`), a measure as the label of a constraint (`Latency: low`). A number anywhere in
the statement, the name of an input behind it, or another statement that gives the same measure a number end the doubt.
"""

import re
from collections.abc import Iterator
from functools import cache

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import Question
from factory_tui.specs.reading.quantities import number_words
from factory_tui.specs.reading.statements import Statement
from factory_tui.specs.rules.completeness.places import in_english
from factory_tui.specs.rules.rule import Example, Rule, Subject, found
from factory_tui.specs.words import word_rows

_JUDGED = (Question.OUTPUTS, Question.RULES, Question.EVALUATION, Question.CONSTRAINTS)
_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"(?<![A-Za-z\d])\d")
_NO_VALUE = re.compile(
    r"\b[RE]\d{1,4}[a-z]?\b|\b(?:exit(?: |-)?codes?|code|status|HTTP|port)\s{1,3}\d{1,5}\b|\d{1,3}(?:\.\d{1,5}){2,3}",
    re.I,
)
"""Numbers that measure nothing: ids, codes, addresses, versions."""

_CLAUSE_END = re.compile(r"[;|]|[.!?](?=\s|\Z)")
_NAMED = re.compile(r"`|\b[A-Z][A-Z_]+\b|\"")
_KINDS = ("verb", "times", "bare", "bounded", "noun")
"""Groups of the pattern, in the order in which they stand in it."""

_LITTLE = 2
"""Words of an answer that are neither a reason nor a description."""
_NO_MEASURE = frozenset({"none", "no", "never", "unlimited", "unbounded", "infinite", "off", "disabled"})

_BEHIND = 60
"""Characters behind a measure in which the name of its value may stand."""

_FAMILIES = (
    ("retry", "retries", "retried", "retrying", "attempt", "attempts"),
    ("timeout", "timeouts"),
    ("expire", "expires", "expiry", "ttl", "lifetime", "retention"),
    ("poll", "polls", "interval", "intervals"),
    ("throttle", "throttled", "rate", "limit", "limited"),
    ("backoff", "back", "off"),
)
"""Words of which one with a number speaks for the others."""


@cache
def _lists() -> dict[str, list[str]]:
    rows = (row.partition(": ") for row in word_rows("measurable"))
    return {head: words.split(", ") for head, _, words in rows}


def _ways(name: str) -> str:
    return "|".join(re.escape(each) for each in sorted(_lists()[name], key=len, reverse=True)).replace(r"\ ", r"\s+")


@cache
def _pattern() -> re.Pattern[str]:
    obliged = r"\b(?:must|shall|will|should|has to|have to|needs to)"
    beside = r"(?:\s(?:then|also|automatically|always|silently|first|immediately|itself)){0,2}"
    few = r"\ba (?:few|couple of) (?P<times>times|seconds|minutes|hours|days|attempts|retries|tries)"
    return re.compile(
        rf"{obliged}{beside}\s(?P<verb>{_ways('verb')})\b|{few}\b"
        rf"|\b(?:after|within|before|until)\s(?:an?|the|its|their|some|this|that)\s(?P<bare>{_ways('strict')})\b"
        rf"|\b(?P<bounded>{_ways('strict')})\b[^.;]{{0,60}}?\b(?:is|are|be)\s(?:limited|bounded|low|short)\b"
        rf"|\b(?P<vague>{_ways('vague')})(?:\s(?:of|number of))?[\s-](?:\w{{1,20}}[\s-])?(?P<noun>{_ways('noun')})\b",
        re.I,
    )


_BOUNDED = re.compile(
    r"[^.;]{0,200}?\b(?:until|when|whenever|if|on|at|with|as|after (?!an? (?:while|time)\b|some\b)|next|each|every"
    r"|unless|while|by|using|from|for as long|through)\b",
    re.I,
)
"""What ends an action without a number: `retry until it answers`, `expire at midnight`."""


@cache
def _keys() -> frozenset[str]:
    """A spec without any of these words measures nothing vaguely."""
    ways = [each for name in ("vague", "verb", "strict") for each in _lists()[name]]
    return frozenset({*(_WORD.findall(each)[0] for each in ways if not each.startswith("be ")), *_MORE_KEYS})


_MORE_KEYS = ("couple", "retried", "throttled", "debounced", "tried")


@cache
def _label() -> re.Pattern[str]:
    return re.compile(rf"[ \t]*(?:[-*+|])[ \t]*[*_`]{{0,2}}(?P<label>{_ways('label')})[*_`]{{0,2}}\s*[:|]", re.I)


def measures_have_values(subject: Subject) -> Iterator[Finding]:
    """C12: where something is measured, the statement or another one gives the number."""
    keys = subject.words & _keys()
    for question in _JUDGED if keys else ():
        if in_english(subject, question):
            for each in subject.said.get(question, ()):
                small = each.prose.casefold()
                if any(key in small for key in keys):
                    yield from _without_value(subject, each)
    if in_english(subject, Question.CONSTRAINTS):
        yield from _labels_without_value(subject)


def _without_value(subject: Subject, statement: Statement) -> Iterator[Finding]:
    text = statement.prose
    for match in _pattern().finditer(text):
        kind = next(name for name in _KINDS if match[name] is not None)
        start, end = _clause(text, match.start(), match.end())
        if _has_number(statement.visible[start:end]):
            continue
        if kind == "verb" and _BOUNDED.match(text, match.end()):
            continue
        if kind in ("verb", "times", "bare") and _NAMED.search(statement.visible, match.end(), match.end() + _BEHIND):
            continue
        if not _is_given_elsewhere(subject, statement, match[kind]):
            first = match.start("vague" if kind == "noun" else kind)
            yield _finding(subject, statement, first, match.end(), match[kind])
            return


def _labels_without_value(subject: Subject) -> Iterator[Finding]:
    for each in subject.said.get(Question.CONSTRAINTS, ()):
        label = _label().match(each.visible)
        if label is not None and _says_little(each.visible[label.end() :]):
            yield _finding(subject, each, label.start("label"), len(each.visible.rstrip()), label["label"])


def _says_little(answer: str) -> bool:
    """A word or two that are neither a name nor a reason."""
    words = _WORD.findall(answer)
    if not 0 < len(words) <= _LITTLE or _NAMED.search(answer) or _has_number(answer):
        return False
    return words[0].casefold() not in _NO_MEASURE and not _NO_VALUE.search(answer)


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    """The part of a statement, between full stops, semicolons and bars, that a match stands in."""
    first = max((match.end() for match in _CLAUSE_END.finditer(text, 0, start)), default=0)
    after = _CLAUSE_END.search(text, end)
    return first, after.start() if after else len(text)


def _has_number(text: str) -> bool:
    words = {word.casefold() for word in _WORD.findall(text)}
    if not words.isdisjoint(number_words()) or not words.isdisjoint(("once", "twice", "half", "double")):
        return True
    return _DIGITS.search(_NO_VALUE.sub("", text)) is not None


def _is_given_elsewhere(subject: Subject, statement: Statement, word: str) -> bool:
    parts = {each.casefold() for each in _WORD.findall(word)}
    family = next((set(each) for each in _FAMILIES if not parts.isdisjoint(each)), parts)
    for each in subject.statements:
        if each is not statement:
            words = {found.casefold() for found in _WORD.findall(each.visible)}
            if not words.isdisjoint(family) and _has_number(each.visible):
                return True
    return False


def _finding(subject: Subject, statement: Statement, start: int, end: int, word: str) -> Finding:
    line, column = statement.place(start)
    return found(
        subject,
        "C12",
        f"{' '.join(word.split())} has no number: an agent chooses one, and a check of it cannot fail",
        "write a number with its unit (3 times, 5 seconds, 10 MB), or name the input that holds it",
        line=line,
        column=column,
        quote=" ".join(statement.visible[start:end].split()),
    )


_RULE = "- R1 `count-words` must print the number of words in FILE.\n- R2 If FILE is empty, then it must print `0`.\n"
_NEVER = "- R4 `count-words` must never change FILE.\n"
_CASES = (
    "\n### Edge cases\n\n- Empty: R2.\n- Boundary: the end of the file ends a word (R1).\n- Duplicate: counts twice.\n"
    "- Malformed: bytes that are not UTF-8 belong to a word (R1).\n- Dependency down: R3."
)

RULES = (
    Rule(
        "C12",
        Level.ERROR,
        "what has no number cannot be checked",
        measures_have_values,
        requires="a measurable word (timeout, retry, rate, retention …) carries a number and its unit",
        example=Example(
            Question.RULES,
            good=f"{_RULE}- R3 If FILE cannot be read, then it must retry 3 times within 2 seconds.\n{_NEVER}{_CASES}",
            bad=f"{_RULE}- R3 If FILE cannot be read, then it must retry a few times.\n{_NEVER}{_CASES}",
        ),
    ),
)
