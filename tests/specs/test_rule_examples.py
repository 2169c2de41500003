"""Every rule says what it asks for and why, and shows it: its good example is silent, its bad one is found."""

import pytest

from factory_tui.scenarios.rulebook import RULEBOOK, all_rules, example_findings, judged
from factory_tui.specs.rules import Example, Family, Rule
from factory_tui.specs.rules.examples import untouched

RULES = {rule.id: rule for _, rule in all_rules()}


SHOWN = [name for name, rule in RULES.items() if not rule.decided]


def example_of(rule: Rule) -> Example:
    assert rule.example is not None, f"{rule.id} has no example"
    return rule.example


def test_the_example_workspace_has_no_finding() -> None:
    assert judged(untouched()) == ()


@pytest.mark.parametrize("family", RULEBOOK, ids=lambda family: str(family.title))
def test_the_ids_of_a_family_begin_with_its_letter(family: Family) -> None:
    assert [rule.id for rule in family.rules if not rule.id.startswith(family.letter)] == []


def test_an_id_is_that_of_one_rule() -> None:
    assert len(RULES) == sum(len(family.rules) for family in RULEBOOK)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_says_what_it_asks_for_and_why(name: str) -> None:
    rule = RULES[name]
    assert rule.requires
    assert rule.why
    for said in (rule.requires, rule.why):
        assert "\n" not in said
        assert not said.endswith("."), f"{said}: it is the end of a sentence that listings close"


@pytest.mark.parametrize("name", SHOWN)
def test_a_rule_is_silent_where_it_is_kept(name: str) -> None:
    example = example_of(RULES[name])
    found = example_findings(example, example.good)
    assert [each for each in found if each.rule == name] == []


@pytest.mark.parametrize("name", SHOWN)
def test_a_rule_finds_where_it_is_broken(name: str) -> None:
    rule = RULES[name]
    example = example_of(rule)
    found = [each for each in example_findings(example, example.bad) if each.rule == name]
    assert rule.level in {each.level for each in found}


@pytest.mark.parametrize("name", SHOWN)
def test_a_good_example_has_no_other_error(name: str) -> None:
    example = example_of(RULES[name])
    found = example_findings(example, example.good)
    assert [each for each in found if each.level == "error"] == []
