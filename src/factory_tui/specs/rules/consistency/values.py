"""X01: one parameter has one value.

What is compared has to be about the same thing beyond doubt: the bounds of an input in INPUTS with sentences whose
subject is that input or a term of the glossary (`FILE must be at most 5 MB`), and sentences that are equal but for the
number. A sentence with a condition, an exclusive bound or another unit is about something else.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import BlockKind, Question
from factory_tui.specs.quantities import Measure, Quantity, quantities
from factory_tui.specs.rules.consistency.example_text import CONSTRAINTS, OUT_OF_SCOPE
from factory_tui.specs.rules.rule import Example, Rule, Subject, found

LONGEST = 2_000
"""Characters of a statement that is looked at: a longer one is no single sentence about a value."""

_HINTS = ("at most", "at least", " than", "up to", "within", "exactly", "exceed", "default")
"""What stands in every bound that is read here."""

_MOST, _LEAST, _EXACT, _DEFAULT = "at most", "at least", "exactly", "by default"
_BOUNDS = {
    "at most": _MOST,
    "no more than": _MOST,
    "not more than": _MOST,
    "up to": _MOST,
    "within": _MOST,
    "at least": _LEAST,
    "no less than": _LEAST,
    "no fewer than": _LEAST,
    "exactly": _EXACT,
    "default": _DEFAULT,
    "defaults to": _DEFAULT,
}
_UNLESS_DENIED = {"exceed", "longer than", "larger than", "greater than", "more than"}
"""What bounds from above only below a `never` or `not`."""

_BOUND = re.compile(
    r"\b(?:at most|no more than|not more than|up to|within|at least|no less than|no fewer than|exactly|defaults? to"
    r"|exceed|longer than|larger than|greater than|more than)\s+(?=[-+$€£¥\d])",
    re.I,
)
_SENTENCE = re.compile(r"[.;](?=\s|$)")
_MARKER = r"\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)?(?:(?:\*\*|__|`)?[RE]\d{1,4}[a-z]?(?:\*\*|__|`)?[:.)]?\s+)?"
_LEAD = re.compile(_MARKER + r"(?:[A-Z][\w ]{1,30}:\s+)?")
_HEAD = re.compile(
    _MARKER + r"(?:(?:the|an?|each|every)\s+)?(?:(?:size|length)\s+of\s+(?:(?:the|an?|each|every)\s+)?)?"
    r"(?P<name>`[^`\n]{1,80}`|[\w.$-]{1,40}(?: [\w-]{1,40}){0,2}?)\s+"
    r"(?P<verb>(?:(?:is|are|be|must|shall|may|can|cannot|has|have|holds?|contains?|takes?|lasts?|never|not|always)\s+){0,4})$",
    re.I,
)
_NOT_ALONE = re.compile(
    r"\b(?:if|when|whenever|while|unless|except|only|with|without|for|in|on|during|per|after|before|until|of|by|each|or"
    r"|otherwise|exclusive|exclusively|where|to)\b",
    re.I,
)
_DENIED = re.compile(r"\b(?:never|not|cannot)\b", re.I)
_NOUN = re.compile(r"\s+(?P<noun>[a-z][a-z-]{1,30})")
_NO_NOUN = frozenset(
    {"inclusive", "exclusive", "long", "large", "wide", "each", "and", "or", "in", "on", "at", "when", "if"}
)
_RANGE_TO = re.compile(r"\s*(?:to|and|through|until|-|–|—|\.\.+|…)\s*$", re.I)
_ROW_LEAD = re.compile(
    r"(?:^|[,;])\s*(?:(?P<bound>at most|no more than|up to|at least|no less than|exactly|default(?:s to|:| is| of)?)"
    r"|between|from|an?|)\s*$",
    re.I,
)
_READINGS = tuple(Decimal("1.024") ** power for power in range(1, 5))
"""How far apart 1 MB and 1 MiB are: the two readings of a unit are no contradiction."""


@dataclass(frozen=True, slots=True)
class _Bound:
    """A bound as a text gives it."""

    name: str
    """What it is about, as written; empty when only equal sentences can tell."""
    kind: str
    quantity: Quantity
    noun: str
    """The word that follows a number without a known unit."""
    start: int
    end: int

    def said(self, text: str) -> str:
        """As it is written, its line ends included."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class _Claim:
    """A bound with its place in the file."""

    bound: _Bound
    line: int
    column: int
    said: str

    def contradicts(self, other: "_Claim") -> bool:
        one, two = self.bound.quantity, other.bound.quantity
        if not one.same_scale(two) or self.bound.noun != other.bound.noun or one.base == two.base:
            return False
        if one.kind is Measure.SIZE and one.base > 0 < two.base:
            return max(one.base, two.base) / min(one.base, two.base) not in _READINGS
        return True


def one_value(subject: Subject) -> Iterator[Finding]:
    """X01: what is said of a parameter in two places agrees."""
    visible = subject.spec.visible.casefold()
    hints = [hint for hint in _HINTS if hint in visible]
    if not hints:
        return
    named: dict[tuple[str, str], list[_Claim]] = {}
    equal: dict[tuple[str, str, str], list[_Claim]] = {}
    for statement in subject.statements:
        text = statement.visible
        if (
            statement.kind is BlockKind.ROW
            or statement.question in (Question.EVALUATION, Question.WHO)
            or len(text) > LONGEST
            or not any(hint in text for hint in hints)
        ):
            continue
        for bound, rest in _bounds_in(text):
            claim = _Claim(bound, *statement.place(bound.start), bound.said(text))
            if bound.name:
                named.setdefault((bound.name, bound.kind), []).append(claim)
            if rest:
                equal.setdefault((statement.subsection, bound.kind, rest), []).append(claim)
    yield from _about_names(subject, named)
    for claims in equal.values():
        yield from _disagreeing(subject, claims, "the same sentence")


def _about_names(subject: Subject, named: dict[tuple[str, str], list[_Claim]]) -> Iterator[Finding]:
    """Bounds of inputs and of terms; a word that is neither may mean another thing in each sentence."""
    if not named:
        return
    mentioned = {name for name, _ in named}
    for each in subject.inputs:
        for name in mentioned.intersection(each.names):
            for cell in each.said:
                for bound in _bounds_of_row(cell.text):
                    claim = _Claim(bound, cell.line, cell.column + bound.start, bound.said(cell.text))
                    named.setdefault((name, bound.kind), []).insert(0, claim)
    known = {name for each in subject.inputs for name in each.names}
    for (name, _), claims in named.items():
        if name in known or name.casefold() in subject.glossary.terms:
            yield from _disagreeing(subject, claims, name)


def _disagreeing(subject: Subject, claims: list[_Claim], about: str) -> Iterator[Finding]:
    first = claims[0]
    for other in claims[1:]:
        if other.contradicts(first) and (other.line, other.column) != (first.line, first.column):
            early, late = sorted((first, other), key=lambda each: (each.line, each.column))
            yield found(
                subject,
                "X01",
                f"{about} has two values, {_plain(early.said)} on line {early.line} and {_plain(late.said)} here: "
                "an agent can keep only one",
                f"decide which one holds, and write it once: change one of them, or refer to line {early.line}",
                line=late.line,
                column=late.column,
                quote=late.said.partition("\n")[0],
            )


def _plain(text: str) -> str:
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def _bounds_in(text: str) -> tuple[tuple[_Bound, str], ...]:
    """The bounds of a statement, each with what its sentence says besides; empty when that cannot be compared."""
    return tuple(_of_sentences(text))


def _of_sentences(text: str) -> Iterator[tuple[_Bound, str]]:
    start = 0
    for end in (*(match.start() for match in _SENTENCE.finditer(text)), len(text)):
        sentence = text[start:end]
        matches = list(_BOUND.finditer(sentence))
        if len(matches) == 1:
            bound = _of_match(sentence, matches[0], start)
            if bound is not None:
                alone = start == 0 and not text[end:].strip(" .;\n")
                rest = _without(sentence, matches[0], bound.end - start) if alone else ""
                yield bound, rest
        start = end + 1


def _of_match(sentence: str, match: re.Match[str], offset: int) -> _Bound | None:
    quantity = next(iter(quantities(sentence[match.end() :])), None)
    if quantity is None or quantity.start != 0:
        return None
    head, tail = sentence[: match.start()], sentence[match.end() + quantity.end :]
    words = " ".join(match[0].casefold().split())
    subject = _HEAD.match(head)
    denied = _DENIED.search(head) is not None
    kind = (_MOST if denied else None) if words in _UNLESS_DENIED else (None if denied else _BOUNDS.get(words))
    if kind is None:
        return None
    is_subject = subject is not None and not _NOT_ALONE.search(subject["name"]) and not _NOT_ALONE.search(tail)
    name = subject["name"].strip("`") if subject is not None and is_subject else ""
    end = offset + match.end() + quantity.end
    return _Bound(name, kind, quantity, _noun(quantity, tail), offset + match.start(), end)


def _without(sentence: str, match: re.Match[str], end: int) -> str:
    """The sentence without its marker, label and value: two that are equal differ in nothing but the value."""
    rest = f"{_LEAD.sub('', sentence[: match.start()], count=1)}\0{sentence[end:]}"
    return " ".join(rest.casefold().split())


def _noun(quantity: Quantity, tail: str) -> str:
    if quantity.kind is not Measure.NUMBER:
        return ""
    match = _NOUN.match(tail)
    return match["noun"] if match and match["noun"] not in _NO_NOUN else ""


@lru_cache(maxsize=4096)
def _bounds_of_row(text: str) -> tuple[_Bound, ...]:
    """The bounds that a cell of INPUTS starts with, or gives between commas."""
    return () if len(text) > LONGEST or "exclusive" in text else tuple(_of_cell(text))


def _of_cell(text: str) -> Iterator[_Bound]:
    low: Quantity | None = None
    after = 0
    for quantity in quantities(text):
        before = text[after : quantity.start]
        noun = _noun(quantity, text[quantity.end :])
        lead = _ROW_LEAD.search(text[: quantity.start])
        if low is not None and _RANGE_TO.fullmatch(before):
            noun = _noun(quantity, text[quantity.end :])
            yield _Bound("", _LEAST, low, noun, low.start, quantity.end)
            yield _Bound("", _MOST, quantity, noun, low.start, quantity.end)
            low = None
        elif lead is not None and lead["bound"]:
            words = " ".join(lead["bound"].casefold().split())
            kind = _DEFAULT if words.startswith("default") else _BOUNDS[words]
            yield _Bound("", kind, quantity, noun, lead.start("bound"), quantity.end)
            low = None
        else:
            low = quantity if lead is not None else None
        after = quantity.end


RULES: Iterable[Rule] = (
    Rule(
        "X01",
        Level.ERROR,
        "of two values an agent keeps one, and half of the evaluations see the other",
        one_value,
        requires="one parameter has one value",
        example=Example(
            Question.CONSTRAINTS,
            good=f"{CONSTRAINTS}- FILE must be at most 10 MB.\n{OUT_OF_SCOPE}",
            bad=f"{CONSTRAINTS}- FILE must be at most 5 MB.\n{OUT_OF_SCOPE}",
        ),
    ),
)
