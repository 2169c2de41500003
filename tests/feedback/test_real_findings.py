"""The classes of a spec's fault, decided by what the validator really says about a text, not by made findings."""

from pathlib import Path

import pytest

from factory_tui.feedback import AttemptFacts, classify
from factory_tui.model.evaluation import Result
from factory_tui.model.failure import FailureClass
from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import Spec
from factory_tui.scenarios.rulebook import all_rules, judged
from factory_tui.specs import parse
from factory_tui.specs.rules import Rule
from factory_tui.specs.rules.examples import placed, untouched
from tests.feedback.conftest import evaluation, report, scenario, tree

RULES = {rule.id: rule for _, rule in all_rules()}


def broken(rule: Rule) -> tuple[Spec, tuple[Finding, ...]]:
    """The spec of a rule's bad example, and what the validator says about it."""
    assert rule.example is not None
    files = placed(rule.example, rule.example.bad, untouched())
    return parse(Path("specs/count-words.md"), files.spec), judged(files)


def class_of(spec: Spec, findings: tuple[Finding, ...], *covers: str) -> FailureClass:
    """The class of an attempt whose one scenario, which covers these rules, fails."""
    given = AttemptFacts(
        spec=spec,
        report=report(),
        evaluation=evaluation(scenario("some-case", Result.FAIL, *covers)),
        base=tree({"README": "x"}),
        artifact=tree({"README": "x", "bin/count-words": "pass"}),
        findings=findings,
    )
    return classify(given)[0].failure_class


def only_about(rule: str, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(each for each in findings if each.rule == rule)


@pytest.mark.parametrize("covers", ["R2", "R4"], ids=["the first of the two", "the second of the two"])
def test_rules_that_demand_the_opposite_are_a_conflict_for_both(covers):
    spec, findings = broken(RULES["X05"])
    assert class_of(spec, findings, covers) is FailureClass.SPEC_CONFLICT
    assert class_of(spec, findings, "R1") is FailureClass.DISOBEYED


def test_an_invalid_case_that_its_row_allows_is_a_conflict_for_the_rule_that_refuses_it():
    spec, findings = broken(RULES["X02"])
    assert class_of(spec, findings, "R3") is FailureClass.SPEC_CONFLICT
    assert class_of(spec, findings, "R4") is FailureClass.DISOBEYED


def test_a_value_that_no_rule_is_about_is_a_gap():
    spec, findings = broken(RULES["X03"])
    assert class_of(spec, only_about("X03", findings), "R3") is FailureClass.SPEC_GAP


def test_a_rule_that_is_said_twice_can_be_followed():
    spec, findings = broken(RULES["X04"])
    assert FailureClass.SPEC_CONFLICT is not class_of(spec, findings, "R4")


def test_a_conflict_that_was_waived_is_still_one():
    spec, findings = broken(RULES["X05"])
    waived = tuple(each.model_copy(update={"level": Level.INFO}) for each in findings)
    assert class_of(spec, waived, "R2") is FailureClass.SPEC_CONFLICT


def test_a_scenario_that_asserts_too_much_is_not_blamed_once_that_was_waived():
    text = untouched()
    spec = parse(Path("specs/count-words.md"), text.spec)
    example = RULES["Q04"].example
    assert example is not None
    lines = example.bad.replace("    expect:", "    # allow Q04: every tool of the desk says so\n    expect:")
    (found,) = only_about("Q04", judged(placed(example, lines, text)))
    assert found.level is Level.INFO
    assert class_of(spec, (found,), "R1") is FailureClass.DISOBEYED


VAGUE = [
    rule
    for rule in RULES.values()
    if rule.id.startswith("L") and rule.id not in ("L13", "L14") and rule.example and rule.example.part == "RULES"
]


@pytest.mark.parametrize("rule", VAGUE, ids=lambda rule: rule.id)
def test_words_that_can_be_read_in_two_ways_make_their_rule_ambiguous(rule):
    spec, findings = broken(rule)
    about = only_about(rule.id, findings)
    covers = {item.id for item in spec.rules for each in about if item.line == each.line}
    assert covers, f"the example of {rule.id} is about no rule"
    assert class_of(spec, about, *covers) is FailureClass.SPEC_AMBIGUOUS
