"""X01: one parameter has one value.

What is compared has to be about the same thing beyond doubt: the bounds of an input in INPUTS with sentences whose
subject is that input or a term of the glossary (`FILE must be at most 5 MB`), and sentences that are equal but for the
number. A sentence with a condition, an exclusive bound or another unit is about something else.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import BlockKind, Question
from factory_tui.specs.rules.consistency.again import messages_agree, rows_agree
from factory_tui.specs.rules.consistency.bounds import LONGEST, Bound, bounds_in, bounds_of_cell
from factory_tui.specs.rules.consistency.budget import cost_fits_the_budget
from factory_tui.specs.rules.consistency.example_text import CONSTRAINTS, OUT_OF_SCOPE
from factory_tui.specs.rules.consistency.expected import evaluations_agree
from factory_tui.specs.rules.rule import Example, Rule, Subject, found

_HINTS = ("at most", "at least", " than", "up to", "within", "exactly", "exceed", "default")
"""What stands in every bound that is read here."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """A bound with its place in the file."""

    bound: Bound
    line: int
    column: int
    said: str


def one_value(subject: Subject) -> Iterator[Finding]:
    """X01: what is said of a parameter in two places agrees."""
    yield from _sentences_agree(subject)
    yield from rows_agree(subject)
    yield from messages_agree(subject)
    yield from evaluations_agree(subject)
    yield from cost_fits_the_budget(subject)


def _sentences_agree(subject: Subject) -> Iterator[Finding]:
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
        for bound, rest in bounds_in(text):
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
                for bound in bounds_of_cell(cell.text):
                    claim = _Claim(bound, cell.line, cell.column + bound.start, bound.said(cell.text))
                    named.setdefault((name, bound.kind), []).insert(0, claim)
    known = {name for each in subject.inputs for name in each.names}
    for (name, _), claims in named.items():
        if name in known or name.casefold() in subject.glossary.terms:
            yield from _disagreeing(subject, claims, name)


def _disagreeing(subject: Subject, claims: list[_Claim], about: str) -> Iterator[Finding]:
    first = claims[0]
    for other in claims[1:]:
        if other.bound.differs(first.bound) and (other.line, other.column) != (first.line, first.column):
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
