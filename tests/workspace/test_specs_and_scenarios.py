"""What is filed in the bundled workspace is complete, traceable and varied."""

from collections import Counter
from pathlib import Path

import pytest

from factory_tui import config
from factory_tui.model.finding import Finding, Level
from factory_tui.model.ids import SpecId
from factory_tui.model.scenario import Layer, OnBase, ScenarioKind
from factory_tui.model.spec import Category, Kind, Status
from factory_tui.scenarios import load_suite, readiness
from factory_tui.twins.messages.script import load_script

from .bundled import NOT_READY, READY, ROOT, SCENARIOS, SCRIPTS, SPECS, library, scenarios, suite


def test_there_are_the_twenty_specs_and_nothing_unreadable():
    specs = library()
    assert sorted(specs.specs) == list(SPECS)
    assert specs.unreadable == ()


def findings_of(spec: str) -> tuple[Finding, ...]:
    specs = library()
    loaded, findings = load_suite(SCENARIOS, SpecId(spec))
    return readiness(specs.specs[SpecId(spec)], specs, loaded, findings, config.load(ROOT, {}))


@pytest.mark.parametrize("spec", READY)
def test_a_spec_is_ready_without_any_finding(spec: str):
    assert [f"{each.path}:{each.line} {each.rule} {each.message}" for each in findings_of(spec)] == []


@pytest.mark.parametrize("spec", NOT_READY)
def test_a_spec_that_only_says_so_has_a_placeholder_and_rules_that_nobody_checks(spec: str):
    errors = [each for each in findings_of(spec) if each.level is Level.ERROR]
    assert {each.rule for each in errors} == {"C02", "C09", "Q09"}


@pytest.mark.parametrize("spec", SPECS)
def test_a_spec_is_filed_ready_with_a_budget_and_a_deadline(spec: str):
    front = library().specs[SpecId(spec)].front
    assert front is not None
    assert front.status is Status.READY
    assert front.budget_usd is not None
    assert front.deadline_minutes is not None


def test_the_specs_are_of_different_work():
    fronts = [spec.front for spec in library().specs.values() if spec.front]
    assert {front.category for front in fronts} == set(Category)
    assert {front.kind for front in fronts} == set(Kind)
    assert len({front.priority for front in fronts}) >= 3


def test_a_spec_that_depends_on_another_comes_later_on_the_same_target():
    specs = library().specs
    dependents = [spec.front for spec in specs.values() if spec.front and spec.front.depends_on]
    assert dependents
    for front in dependents:
        for name in front.depends_on:
            earlier = specs[SpecId(name)].front
            assert earlier is not None
            assert earlier.target == front.target
            assert earlier.priority <= front.priority


def test_there_are_enough_scenarios_of_every_kind():
    loaded = [each.scenario for each in scenarios()]
    assert len(loaded) >= 70
    assert min(len(suite(spec).scenarios) for spec in READY) >= 2
    assert set(Counter(each.kind for each in loaded)) == set(ScenarioKind)
    assert {each.layer for each in loaded} == set(Layer)
    assert {each.base for each in loaded} == set(OnBase)
    assert {step.kind for each in loaded for step in each.steps} == {"run", "http", "file", "wait", "db"}


@pytest.mark.parametrize("spec", READY)
def test_every_rule_has_a_scenario_of_the_gate(spec: str):
    rules = {rule.id for rule in library().specs[SpecId(spec)].rules}
    gate = [each.scenario for each in suite(spec).scenarios if each.scenario.layer is Layer.GATE]
    assert rules == {rule for each in gate for rule in each.covers}


@pytest.mark.parametrize("spec", SPECS)
def test_a_suite_has_a_negative(spec: str):
    assert ScenarioKind.NEGATIVE in {each.scenario.kind for each in suite(spec).scenarios}


def test_every_scenario_file_lies_below_its_spec_and_is_named_by_its_id():
    files = {path.relative_to(SCENARIOS) for path in SCENARIOS.rglob("*") if path.is_file()}
    assert files == {Path(each.spec, f"{each.id}.yaml") for each in scenarios()}


def test_every_spec_has_a_script_that_can_be_read_and_nothing_else_has():
    assert sorted(path.stem for path in SCRIPTS.glob("*.yaml")) == list(SPECS)
    for spec in SPECS:
        script = load_script(SCRIPTS / f"{spec}.yaml")
        assert 0 < script.delay_ms <= 3000
        assert all(turn.text for turns in script.attempts for turn in turns)
