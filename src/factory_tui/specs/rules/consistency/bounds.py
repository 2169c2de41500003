"""Bounds as sentences and the cells of INPUTS give them: `at most 10 MB`, `exactly 3 lines`, `1 to 60 characters`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from factory_tui.specs.reading.quantities import Measure, Quantity, quantities

LONGEST = 2_000
"""Characters of a text that is looked at: a longer one is no single sentence about a value."""

MOST, LEAST, EXACT, DEFAULT = "at most", "at least", "exactly", "by default"
_BOUNDS = {
    "at most": MOST,
    "no more than": MOST,
    "not more than": MOST,
    "up to": MOST,
    "within": MOST,
    "at least": LEAST,
    "no less than": LEAST,
    "no fewer than": LEAST,
    "exactly": EXACT,
    "default": DEFAULT,
    "defaults to": DEFAULT,
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
class Bound:
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

    @property
    def is_measured(self) -> bool:
        """It is an amount of time, money or the like, and counts no things."""
        return self.quantity.kind not in (Measure.COUNT, Measure.NUMBER)

    def differs(self, other: "Bound") -> bool:
        """Whether the other one is a bound of the same thing with another value."""
        one, two = self.quantity, other.quantity
        if not one.same_scale(two) or self.noun != other.noun or one.base == two.base:
            return False
        if one.kind is Measure.SIZE and one.base > 0 < two.base:
            return max(one.base, two.base) / min(one.base, two.base) not in _READINGS
        return True

    def leaves_nothing(self, other: "Bound") -> bool:
        """Whether no amount keeps to both, as far as the numbers tell."""
        low = max((each.quantity.base for each in (self, other) if each.kind in (LEAST, EXACT)), default=None)
        high = min((each.quantity.base for each in (self, other) if each.kind in (MOST, EXACT)), default=None)
        return low is not None and high is not None and low > high


@lru_cache(maxsize=4096)
def bounds_in(text: str) -> tuple[tuple[Bound, str], ...]:
    """The bounds of a statement, each with what its sentence says besides; empty when that cannot be compared."""
    return tuple(_of_sentences(text))


def _of_sentences(text: str) -> Iterator[tuple[Bound, str]]:
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


def _of_match(sentence: str, match: re.Match[str], offset: int) -> Bound | None:
    quantity = next(iter(quantities(sentence[match.end() :])), None)
    if quantity is None or quantity.start != 0:
        return None
    head, tail = sentence[: match.start()], sentence[match.end() + quantity.end :]
    words = " ".join(match[0].casefold().split())
    subject = _HEAD.match(head)
    denied = _DENIED.search(head) is not None
    kind = (MOST if denied else None) if words in _UNLESS_DENIED else (None if denied else _BOUNDS.get(words))
    if kind is None:
        return None
    is_subject = subject is not None and not _NOT_ALONE.search(subject["name"]) and not _NOT_ALONE.search(tail)
    name = subject["name"].strip("`") if subject is not None and is_subject else ""
    end = offset + match.end() + quantity.end
    return Bound(name, kind, quantity, _noun(quantity, tail), offset + match.start(), end)


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
def bounds_of_cell(text: str) -> tuple[Bound, ...]:
    """The bounds that a cell of INPUTS starts with, or gives between commas."""
    return () if len(text) > LONGEST or "exclusive" in text else tuple(_of_cell(text))


@lru_cache(maxsize=1024)
def bounds_in_message(text: str) -> tuple[Bound, ...]:
    """The one range, or the one bound, of a message: `name must have 1 to 40 characters`."""
    found = list(quantities(text))
    if len(found) == 2 and _RANGE_TO.fullmatch(text[found[0].end : found[1].start]):
        low, high = found
        noun = _noun(high, text[high.end :])
        return Bound("", LEAST, low, noun, low.start, high.end), Bound("", MOST, high, noun, low.start, high.end)
    return tuple(bound for bound, _ in bounds_in(text)) if len(found) == 1 else ()


def _of_cell(text: str) -> Iterator[Bound]:
    low: Quantity | None = None
    after = 0
    for quantity in quantities(text):
        before = text[after : quantity.start]
        noun = _noun(quantity, text[quantity.end :])
        lead = _ROW_LEAD.search(text[: quantity.start])
        if low is not None and _RANGE_TO.fullmatch(before):
            noun = _noun(quantity, text[quantity.end :])
            yield Bound("", LEAST, low, noun, low.start, quantity.end)
            yield Bound("", MOST, quantity, noun, low.start, quantity.end)
            low = None
        elif lead is not None and lead["bound"]:
            words = " ".join(lead["bound"].casefold().split())
            kind = DEFAULT if words.startswith("default") else _BOUNDS[words]
            yield Bound("", kind, quantity, noun, lead.start("bound"), quantity.end)
            low = None
        else:
            low = quantity if lead is not None else None
        after = quantity.end
