"""What decides Ready: the findings of a spec and of its scenarios together."""

from factory_tui.config import Settings
from factory_tui.model.finding import Finding, Level
from factory_tui.model.scenario import Suite
from factory_tui.model.spec import Spec
from factory_tui.scenarios.lint import lint_suite
from factory_tui.specs import RULES, SpecLibrary, in_order, validate
from factory_tui.specs.rules.rule import Family, Rule
from factory_tui.specs.validate import waive


def _elsewhere(_: object) -> tuple[Finding, ...]:
    """Rules about scenarios are checked by `lint_suite`."""
    return ()


SCENARIO_RULES = {
    rule.id: rule
    for rule in (
        Rule("Q01", Level.ERROR, "a scenario that cannot be read proves nothing", _elsewhere, waivable=False),
        Rule(
            "Q02", Level.ERROR, "a result is traced to the rules that its scenario covers", _elsewhere, waivable=False
        ),
        Rule("Q03", Level.ERROR, "a scenario without a check passes whatever is built", _elsewhere, waivable=False),
        Rule("Q04", Level.WARNING, "a scenario narrower than the spec fails right work", _elsewhere, waivable=False),
        Rule("Q09", Level.ERROR, "a rule without a scenario ships unproven", _elsewhere),
    )
}
"""The rules about scenarios, by id."""

SCENARIO_FAMILY = Family("Q", "Scenarios", tuple(SCENARIO_RULES.values()))


def readiness(
    spec: Spec,
    library: SpecLibrary,
    suite: Suite,
    suite_findings: tuple[Finding, ...],
    settings: Settings | None = None,
) -> tuple[Finding, ...]:
    """Every finding that decides whether `spec` is Ready (`is_ready`), in order.

    Args:
        spec: the spec.
        library: the workspace's specs, for dependencies and templates.
        suite: its valid scenarios.
        suite_findings: what `load_suite` said about its files.
        settings: for profiles and caps.
    """
    rules = {**RULES, **SCENARIO_RULES}
    scenarios = waive(spec, lint_suite(suite, spec), rules)
    return in_order([*validate(spec, library, settings=settings, suite=suite), *suite_findings, *scenarios])
