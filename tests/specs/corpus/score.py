"""What the validator makes of the corpus: which seeded defects it finds, what else it says, and where it is wrong."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from factory_tui.model.finding import Finding, Level
from factory_tui.specs import parse
from specs.corpus import (
    Case,
    Mutation,
    clean_cases,
    clean_findings,
    findings_on,
    foreign_cases,
    line_of,
    mutations,
    unseen_mutations,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one mutation."""

    mutation: Mutation
    found: bool
    """Its rule is among the findings at the level that was asked for, and not among those of the clean spec."""
    placed: bool
    """It was found in the section and on the line that the defect is in."""
    others: frozenset[str]
    """Rules with an error that the clean spec does not have and that the change does not explain."""


@cache
def outcomes() -> tuple[Outcome, ...]:
    """One for each mutation, in their order."""
    return tuple(_outcome(each) for each in mutations())


@cache
def unseen_outcomes() -> tuple[Outcome, ...]:
    """One for each mutation that no rule was mended by."""
    return tuple(_outcome(each) for each in unseen_mutations())


def recall(found: Iterable[Outcome]) -> float:
    """Share of the mutations that were found."""
    given = list(found)
    return sum(each.found for each in given) / len(given)


def collateral(found: Iterable[Outcome]) -> float:
    """Unexplained errors for each mutation."""
    given = list(found)
    return sum(len(each.others) for each in given) / len(given)


def on_clean(level: Level) -> tuple[tuple[str, Finding], ...]:
    """Findings of a level on clean specs, with the spec's id: every one of them is wrong."""
    return tuple((name, each) for name in clean_cases() for each in clean_findings(name) if each.level is level)


@cache
def on_foreign() -> tuple[tuple[str, Finding], ...]:
    """Every finding on text of other schools, with the spec's id."""
    return tuple((case.id, each) for case in foreign_cases() for each in findings_on(case))


@cache
def foreign_requirements() -> int:
    """Rules that the foreign specs have together."""
    return sum(len(parse(Path(f"{case.id}.md"), case.spec).rules) for case in foreign_cases())


def is_about_language(finding: Finding) -> bool:
    return finding.rule.startswith("L")


def _outcome(mutation: Mutation) -> Outcome:
    case = mutation.applied()
    before = clean_findings(mutation.spec)
    known = {each.rule for each in before}
    after = findings_on(case)
    hits = [each for each in after if each.rule == mutation.rule and mutation.level in (None, each.level)]
    errors = {each.rule for each in after if each.level is Level.ERROR}
    was_wrong = {each.rule for each in before if each.level is Level.ERROR}
    return Outcome(
        mutation,
        found=bool(hits) and mutation.rule not in known,
        placed=any(_is_there(mutation, case, each) for each in hits),
        others=frozenset(errors - was_wrong - mutation.collateral - {mutation.rule}),
    )


def _is_there(mutation: Mutation, case: Case, finding: Finding) -> bool:
    in_section = mutation.section is None or finding.section == mutation.section
    return in_section and mutation.at in line_of(case, finding)
