"""X04: two rules that demand the same thing.

Two rules made from one template (`R1 … for A`, `R2 … for B`) differ in a word that names something, and are two.
"""

from collections.abc import Iterator

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import Item, Question
from factory_tui.specs.rules.consistency.example_text import EDGE_CASES, R1, R2, R3, R4
from factory_tui.specs.rules.consistency.meaning import Meaning, Tokens, is_literal, meaning_of
from factory_tui.specs.rules.rule import Example, Rule, Subject, found

ALIKE = 80
"""Least similarity, of 100, of two forms of one word (`print`, `prints`); `input` and `output` have 73."""

_STEM = 4
"""Letters at the start that two forms of one word share."""

_MOST_FORMS = 2
"""Words in which two rules may differ by their form."""

Key = tuple[Tokens, Tokens, bool]


def no_repeated_rules(subject: Subject) -> Iterator[Finding]:
    """X04: no two rules demand the same thing in other words."""
    exact: dict[Key, Item] = {}
    alike: dict[object, list[tuple[Item, Meaning]]] = {}
    for item, meaning in _rules(subject):
        same = exact.setdefault((meaning.condition, meaning.demand, meaning.denied), item)
        if same is not item:
            if same.id != item.id:
                yield _repeated(subject, item, same, "says the same as", Level.ERROR)
            continue
        near = alike.setdefault(_rough(meaning), [])
        twin = next(
            (other for other, its in near[:_MOST_FORMS] if other.id != item.id and _is_alike(its, meaning)), None
        )
        if twin is not None:
            yield _repeated(subject, item, twin, "says almost the same as", Level.WARNING)
        near.append((item, meaning))


def _rough(meaning: Meaning) -> object:
    """Equal for all rules that may differ in the forms of words only, so that few are compared."""
    stems = tuple(each if is_literal(each) else each[:_STEM] for each in (*meaning.condition, "\0", *meaning.demand))
    return stems, meaning.denied


def _is_alike(one: Meaning, other: Meaning) -> bool:
    from rapidfuzz import fuzz

    pairs = zip((*one.condition, *one.demand), (*other.condition, *other.demand), strict=True)
    differing = [(left, right) for left, right in pairs if left != right]
    return len(differing) <= _MOST_FORMS and all(
        min(len(left), len(right)) >= _STEM and fuzz.ratio(left, right) >= ALIKE for left, right in differing
    )


def _repeated(subject: Subject, item: Item, first: Item, how: str, level: Level) -> Finding:
    return found(
        subject,
        "X04",
        f"{item.id} {how} {first.id} on line {first.line}: when one of them is changed, the other one still holds",
        f"keep one of the two and let the evaluations of {item.id} name it, or say how they differ",
        line=item.line,
        column=item.column,
        quote=subject.line(item.line),
        level=level,
    )


def _rules(subject: Subject) -> Iterator[tuple[Item, Meaning]]:
    for item in subject.spec.rules:
        meaning = meaning_of(item.text) if item.id.startswith("R") else None
        if meaning is not None and meaning.demand:
            yield item, meaning


RULES = (
    Rule(
        "X04",
        Level.ERROR,
        "of two rules that say the same thing one is forgotten when the other one is changed",
        no_repeated_rules,
        requires="no two rules say the same thing in other words",
        example=Example(
            Question.RULES,
            good=f"{R1}{R2}{R3}{R4}{EDGE_CASES}",
            bad=f"{R1}{R2}{R3}- R4 `count-words` must print `0` when FILE is empty.\n{EDGE_CASES}",
        ),
    ),
)
