"""The validator against seeded defects that were written from its published rules, and against good text of others."""

from collections import Counter

import pytest

from factory_tui.model.finding import Level
from factory_tui.scenarios.rulebook import all_rules
from specs.corpus import Mutation, clean_cases, foreign_cases, mutations, unseen_mutations
from specs.corpus.score import (
    foreign_requirements,
    is_about_language,
    on_clean,
    on_foreign,
    outcomes,
    recall,
    unseen_outcomes,
)

ALL = (*mutations(), *unseen_mutations())
BY_NAME = {each.name: each for each in ALL}
NOT_SEEN_IN_A_FILE = {"Q08"}
"""Rules that only a run can judge."""
GOAL = 0.95
UNSEEN_GOAL = 0.7
"""Of changes that no rule was mended by: what it must not fall below."""
FOREIGN_GOAL = 0.05
"""Errors about language for each requirement."""


def test_the_corpus_is_as_large_as_it_says() -> None:
    assert len(clean_cases()) >= 8
    assert len(mutations()) >= 90
    assert len(BY_NAME) == len(ALL)
    assert foreign_requirements() >= 60
    assert len(foreign_cases()) >= 6


def test_every_rule_is_broken_in_two_ways_at_least() -> None:
    counted = Counter(each.rule for each in mutations())
    rules = {rule.id for family, rule in all_rules() if family.letter != "T"} - NOT_SEEN_IN_A_FILE
    assert {rule for rule in rules if counted[rule] < 2} == set()


@pytest.mark.parametrize("name", BY_NAME)
def test_a_mutation_can_be_applied(name: str) -> None:
    mutation: Mutation = BY_NAME[name]
    assert mutation.applied() != clean_cases()[mutation.spec]


@pytest.mark.parametrize("name", clean_cases())
def test_a_clean_spec_has_no_error(name: str) -> None:
    assert [each for spec, each in on_clean(Level.ERROR) if spec == name] == []


def test_seeded_defects_are_found() -> None:
    missed = [f"{each.mutation.rule} {each.mutation.name}" for each in outcomes() if not each.found]
    assert recall(outcomes()) >= GOAL, missed


def test_most_defects_are_found_that_nobody_had_in_mind() -> None:
    assert recall(unseen_outcomes()) >= UNSEEN_GOAL


def test_a_defect_brings_no_other_error_than_its_own() -> None:
    wrong = {each.mutation.name: sorted(each.others) for each in (*outcomes(), *unseen_outcomes()) if each.others}
    assert wrong == {}


def test_good_text_of_other_schools_has_few_errors_of_language() -> None:
    wrong = [
        (name, each.rule, each.line, each.quote)
        for name, each in on_foreign()
        if is_about_language(each) and each.level is Level.ERROR
    ]
    assert len(wrong) / foreign_requirements() <= FOREIGN_GOAL, wrong
