"""X01 for an evaluation: it expects of a rule what the rule says, when each of them names one amount."""

import re
from collections.abc import Iterator

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import Item, Question
from factory_tui.specs.reading.inputs import masked
from factory_tui.specs.reading.quantities import Measure, quantities
from factory_tui.specs.rules.consistency.bounds import DEFAULT, EXACT, LONGEST, Bound, bounds_in
from factory_tui.specs.rules.consistency.places import place_of
from factory_tui.specs.rules.rule import Subject, found

_HINTS = ("at most", "at least", " than", "up to", "within", "exactly")
_THEN = re.compile(r"(?:\bthen\b|[|→]|->|=>)(?P<then>(?:(?!\bthen\b|[|→]|->|=>).)*)$", re.I | re.S)
_QUOTED = re.compile(r"\"[^\"\n]*\"|“[^”\n]*”")
_WORD = re.compile(r"[^\W\d_]{3,}")
_SAYS_LITTLE = frozenset(
    {
        "and",
        "are",
        "its",
        "the",
        "each",
        "every",
        "all",
        "there",
        "they",
        "that",
        "has",
        "have",
        "most",
        "least",
        "exactly",
        "within",
        "than",
        "more",
        "less",
        "must",
        "takes",
        "take",
        "was",
        "were",
        "been",
        "one",
        "them",
    }
)
_WITHOUT_A_NOUN = frozenset(
    {
        "",
        "ran",
        "run",
        "are",
        "were",
        "was",
        "is",
        "of",
        "remain",
        "remained",
        "exist",
        "pass",
        "passed",
        "fail",
        "failed",
        "stay",
        "stayed",
    }
)
"""Words behind a number that stands for things named before."""

_SUM = re.compile(r"\b(?:together|total|altogether|in sum|sum|more often|again)\b", re.I)
_SHARE = re.compile(r"\b(?:per|each|every)\b", re.I)
"""What is said of each alone and of all together are two amounts."""

_CONDITIONAL = re.compile(r"\b(?:if|when|whenever|while|unless|except|only|until|otherwise|where)\b", re.I)
"""An evaluation may be about the case that such a rule is not about."""

_STEM = 4


def evaluations_agree(subject: Subject) -> Iterator[Finding]:
    """X01: an evaluation of one rule expects the amount that the rule demands."""
    section = subject.spec.section(Question.EVALUATION)
    if section is None or not any(hint in section.body for hint in _HINTS):
        return
    rules = {item.id: item for item in subject.spec.rules}
    for item in section.items:
        rule = rules.get(item.covers[0]) if len(item.covers) == 1 else None
        if (
            rule is not None
            and len(item.text) <= LONGEST >= len(rule.text)
            and any(hint in item.text for hint in _HINTS)
        ):
            yield from _of_pair(subject, rule, item)


def _of_pair(subject: Subject, rule: Item, item: Item) -> Iterator[Finding]:
    hidden, demanding = _without_quotes(item.text), _without_quotes(rule.text)
    then = _THEN.search(hidden)
    if then is None or _SUM.search(then["then"]) or _SHARE.search(demanding):
        return
    expected, demanded = _only_bound(then["then"]), _only_bound(demanding)
    if expected is None or demanded is None or expected.quantity.value == 0:
        return
    if any(each.same_scale(expected.quantity) for each in quantities(hidden[: then.start("then")])):
        return
    level = _contradiction(demanding, demanded, then["then"], expected)
    if level is not None:
        yield _other_amount(subject, rule, item, demanded.said(demanding), expected.said(then["then"]), level)


def _without_quotes(text: str) -> str:
    return _QUOTED.sub(lambda match: "\0" * len(match[0]), masked(text))


def _only_bound(text: str) -> Bound | None:
    """The bound of a text that names no other amount of its kind."""
    bounds = [bound for bound, _ in bounds_in(text)]
    if len(bounds) != 1 or bounds[0].kind == DEFAULT:
        return None
    alike = [each for each in quantities(text) if each.kind is bounds[0].quantity.kind]
    return bounds[0] if len(alike) == 1 or not bounds[0].is_measured else None


def _contradiction(demanding: str, demanded: Bound, then: str, expected: Bound) -> Level | None:
    """Error where nothing can be both and the evaluation speaks of nothing else than the rule."""
    one, two = _counted(demanding, demanded), _counted(then, expected)
    conditional = _CONDITIONAL.search(demanding) is not None
    if one != two:
        elliptical = two in _WITHOUT_A_NOUN and not demanded.is_measured and not expected.is_measured
        return Level.WARNING if elliptical and not conditional and demanded.leaves_nothing(expected) else None
    if demanded.kind != expected.kind:
        if conditional or not (demanded.quantity.same_scale(expected.quantity) and demanded.leaves_nothing(expected)):
            return None
        return Level.ERROR if _stems(then) <= _stems(demanding) else Level.WARNING
    if not demanded.differs(expected) or (conditional and demanded.kind == EXACT):
        return None
    sure = demanded.kind == EXACT and _stems(then) <= _stems(demanding)
    return Level.ERROR if sure else Level.WARNING


def _counted(text: str, bound: Bound) -> str:
    """What is counted, as it is written, without its plural; the unit's name of anything that is measured."""
    if bound.is_measured:
        return bound.quantity.kind
    word = bound.noun if bound.quantity.kind is Measure.NUMBER else bound.said(text).split()[-1]
    return word.casefold().removesuffix("s")


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in _WORD.findall(text.casefold()) if word not in _SAYS_LITTLE}


def _other_amount(subject: Subject, rule: Item, item: Item, demanded: str, expected: str, level: Level) -> Finding:
    line, column, quote = place_of(subject, item, expected)
    return found(
        subject,
        "X01",
        f"{item.id} expects {expected}, but {rule.id} on line {rule.line}, which it evaluates, says {demanded}",
        f"write the same amount in {item.id} and {rule.id}, or let {item.id} name the rule that says {expected}",
        line=line,
        column=column,
        quote=quote,
        level=level,
    )
