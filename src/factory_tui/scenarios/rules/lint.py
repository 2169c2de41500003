"""The validator's rules about scenarios, over one suite: see `factory_tui.scenarios.rules`."""

from factory_tui.model.finding import Finding
from factory_tui.model.scenario import Suite
from factory_tui.model.spec import Spec
from factory_tui.scenarios.rules import SCENARIO_RULES
from factory_tui.scenarios.rules.waivers import idle_in, waive_in
from factory_tui.specs import in_order
from factory_tui.specs.rules.rule import Subject
from factory_tui.specs.validate import waive


def lint_suite(suite: Suite, spec: Spec) -> tuple[Finding, ...]:
    """Findings about valid scenarios and about what the suite lacks, in order; waived ones are infos."""
    return lint_subject(Subject(spec, suite=suite))


def lint_subject(subject: Subject) -> tuple[Finding, ...]:
    """As `lint_suite`, for a spec with a suite. Where it has earlier versions, X07 tells of the ids that are gone."""
    assert subject.suite is not None
    found = [finding for rule in SCENARIO_RULES.values() for finding in rule.check(subject)]
    waived = waive_in(subject.suite, waive(subject.spec, found, SCENARIO_RULES), SCENARIO_RULES)
    return in_order([*waived, *idle_in(subject.suite, SCENARIO_RULES)])
