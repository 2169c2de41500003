"""X05: two rules that demand the opposite of each other.

What a rule says besides its demand is left out: an explanation behind a colon, a second sentence. A list is as many
demands as it has parts: who must never remove a file or a link must never remove a link.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import Item, Question
from factory_tui.specs.reading.inputs import masked
from factory_tui.specs.rules.consistency.example_text import EDGE_CASES, R1, R2, R3, R4
from factory_tui.specs.rules.consistency.meaning import LONGEST, SAME, Tokens, meaning_of
from factory_tui.specs.rules.rule import Example, Rule, Subject, found

_WORD = r"[a-z][a-z-]{1,30}"
_MODAL = r"\b(?:must|shall)(?P<no>\s+(?:never|not))?\s+"
_DEMAND = re.compile(rf"{_MODAL}{_WORD}(?:\s+(?:to|into|from))?,?\s+(?P<objects>\S)", re.I)
_VERBS = re.compile(rf"{_MODAL}(?P<verbs>{_WORD}(?:,\s+{_WORD}){{0,4}},?\s+(?:or|nor|and)\s+{_WORD})(?=\s+\S)", re.I)
_OR, _AND = re.compile(r"\s*,\s+(?:n?or\s+)?|\s+n?or\s+", re.I), re.compile(r"\s*,\s+(?:and\s+)?|\s+and\s+", re.I)
_HAS_OR, _HAS_AND = re.compile(r"\bn?or\b", re.I), re.compile(r"\band\b", re.I)
_STOP = re.compile(r"[:;.](?=\s)")

_MOST_PARTS = 8
_LONGEST_PART = 5
"""Words of one part of a list: more are no mere name of a thing."""

_MOST_SIDES = 4
"""Rules with the same demand that a rule is compared with."""

_MOST_DENIED = 30
"""Things that are forbidden, up to which rules are chosen by their words: above, looking at all is as cheap."""

_RESTRICTS = re.compile(
    r"^\W*with\b|\b(?:if|when|whenever|while|unless|until|after|before|once|without|except|only|but|however|other"
    r"|otherwise|may|can|instead|apart|allowed|exceptions?)\b",
    re.I,
)
"""What takes a part of the demand back where it is explained."""

_IS_A_CLAUSE = re.compile(
    r"\s*[^`\"\s].*\b(?:is|are|was|were|has|have|does|do|it|they|will|stays?|remains?)\b", re.I | re.S
)
"""An explanation, and not the thing itself that must not be: `never print a line: the token`."""

_MORE_THAN_A_NAME = re.compile(
    r"\b(?:if|when|whenever|while|unless|until|after|before|where|once|with|without|except|only|but|other|otherwise|may"
    r"|can|instead|apart|alone|together|both|either|neither|twice|same|more|less|than|between|each|all|one|these|those"
    r"|this|such|following|last|first|new)\b|[(:;]",
    re.I,
)
_QUALIFIES = re.compile(r"\b(?:of|in|on|at|to|for|from|by|into|outside|inside|below|above|that|which|whose)\b", re.I)
_POINTS_ON = re.compile(r"\b(?:these|those|this|such|following|one)\b", re.I)

Key = tuple[Tokens, Tokens]


@dataclass(frozen=True, slots=True)
class _Demand:
    """One thing that a rule demands or forbids."""

    key: Key
    """Condition and demand: equal for one thing that is demanded and forbidden."""
    denied: bool
    explained: bool = False
    """Words behind a colon are left out."""
    sure: bool = True
    """False where the last words of a list may belong to all of its parts."""


def no_opposite_rules(subject: Subject) -> Iterator[Finding]:
    """X05: no rule forbids what another one demands under the same conditions."""
    if subject.words.isdisjoint(("never", "not")):
        return
    sides: dict[tuple[Key, bool], list[tuple[Item, _Demand]]] = {}
    for item in _concerned([item for item in subject.spec.rules if item.id.startswith("R")]):
        demands = _demands(item.text)
        told: dict[int, tuple[Item, bool]] = {}
        for demand in demands:
            for other, its in sides.get((demand.key, not demand.denied), ())[:_MOST_SIDES]:
                if not (demand.explained and its.explained):
                    sure = (demand.sure and its.sure) or told.get(other.line, (other, False))[1]
                    told[other.line] = other, sure
        for other, sure in told.values():
            yield _opposite(subject, item, other, sure)
        for demand in demands:
            sides.setdefault((demand.key, demand.denied), []).append((item, demand))


def _concerned(items: list[Item]) -> list[Item]:
    """Rules that forbid something, and those that have all the words of something that is forbidden."""
    forbidding = {item.line for item in items if "never" in item.text or "not" in item.text}
    denied = {
        tuple(word for word in demand.key[1] if word not in SAME.values())
        for item in items
        if item.line in forbidding
        for demand in _demands(item.text)
        if demand.denied
    }
    few = tuple(denied)[:_MOST_DENIED]
    return [
        item for item in items if item.line in forbidding or len(few) < len(denied) or _has_all_words(item.text, few)
    ]


def _has_all_words(text: str, demands: Iterable[Tokens]) -> bool:
    folded = text.casefold()
    return any(all(word in folded or word in text for word in demand) for demand in demands)


def _opposite(subject: Subject, item: Item, other: Item, sure: bool) -> Finding:
    both = f"{item.id} and {other.id} on line {other.line}"
    return found(
        subject,
        "X05",
        f"{both} demand the opposite of each other: no program can keep both"
        if sure
        else f"{both} seem to demand the opposite of each other: what ends the list may be said of all its parts or of "
        "the last one",
        "remove one of them, or give each the condition under which it holds",
        line=item.line,
        column=item.column,
        quote=subject.line(item.line),
        level=Level.ERROR if sure else Level.WARNING,
    )


@lru_cache(maxsize=8192)
def _demands(text: str) -> tuple[_Demand, ...]:
    return () if len(text) > LONGEST else tuple(dict.fromkeys(_each(text)))


def _each(text: str) -> Iterator[_Demand]:
    """The demand as a whole, then without what is said besides it, then for each part of its list."""
    whole = _demand(text)
    if whole is None:
        return
    yield whole
    hidden = masked(text)
    match = _DEMAND.search(hidden)
    if match is None:
        return
    stop = _STOP.search(hidden, match.start("objects"))
    explained = stop is not None and stop[0] == ":"
    if stop is not None:
        rest, text, hidden = hidden[stop.end() :], text[: stop.start()], hidden[: stop.start()]
        if _RESTRICTS.search(rest) or (explained and not _is_explained(text, rest, whole.denied)):
            return
    for each in (_demand(text), *_of_list(text, hidden, match)):
        if each is not None:
            yield replace(each, explained=explained)


def _is_explained(said: str, rest: str, denied: bool) -> bool:
    """Whether a colon is followed by a reason: the demand is complete before it."""
    return not _POINTS_ON.search(said) and (not denied or _IS_A_CLAUSE.match(rest) is not None)


def _demand(text: str) -> _Demand | None:
    meaning = meaning_of(text)
    if meaning is None or not meaning.demand or not meaning.modal:
        return None
    return _Demand((meaning.condition, tuple(each for each in meaning.demand if each != "any")), meaning.denied)


def _of_list(text: str, hidden: str, match: re.Match[str]) -> Iterator[_Demand | None]:
    """`never remove A, B or C` forbids each, `must write A and B` demands each; verbs may be listed as well."""
    divide, mixed = (_OR, _HAS_AND) if match["no"] else (_AND, _HAS_OR)
    verbs = _VERBS.search(hidden)
    start, end = verbs.span("verbs") if verbs else (match.start("objects"), len(hidden.rstrip(" .")))
    divided = [each.span() for each in divide.finditer(hidden, start, end)]
    if not 0 < len(divided) < _MOST_PARTS or mixed.search(hidden, start):
        return
    edges = [start, *(edge for span in divided for edge in span), end]
    spans = list(zip(edges[::2], edges[1::2], strict=True))
    parts = [hidden[first:last] for first, last in spans]
    if any(map(_MORE_THAN_A_NAME.search, [*parts, hidden[end:]])) or any(map(_QUALIFIES.search, parts[:-1])):
        return
    lengths = [len(part.split()) for part in parts]
    if 0 < min(lengths) <= max(lengths) <= _LONGEST_PART:
        sure = lengths[-1] <= max(lengths[:-1])
        for first, last in spans:
            each = _demand(f"{text[:start]}{text[first:last]}{text[end:]}")
            yield replace(each, sure=sure) if each is not None else None


RULES = (
    Rule(
        "X05",
        Level.ERROR,
        "what is demanded and forbidden at once cannot be built",
        no_opposite_rules,
        requires="no rule forbids what another one demands",
        example=Example(
            Question.RULES,
            good=f"{R1}{R2}{R3}{R4}{EDGE_CASES}",
            bad=f"{R1}{R2}{R3}- R4 If FILE is empty, then `count-words` must never print `0`.\n{EDGE_CASES}",
        ),
    ),
)
