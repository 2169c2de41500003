"""The validator's rules about scenarios: Q01 (what the schema cannot say), Q02, Q03, Q04; a rule without any (Q09)."""

from collections.abc import Iterator

from factory_tui.model.finding import Finding, Level
from factory_tui.model.scenario import Layer, LoadedScenario, Matcher, Step, Suite
from factory_tui.model.spec import Question, Spec
from factory_tui.scenarios.derivable import underivable
from factory_tui.scenarios.load import finding
from factory_tui.scenarios.soundness import faults_of
from factory_tui.specs import in_order
from factory_tui.specs.marked_yaml import Mark, YamlProblem
from factory_tui.specs.rules.rule import QUOTE_LIMIT, Subject, found

_MATCHES_ALL = frozenset({"", "^", "$", ".*", "^.*$", "(?s).*"})


def lint_suite(suite: Suite, spec: Spec) -> tuple[Finding, ...]:
    """Findings about valid scenarios and about rules that none of them covers, in order."""
    rules = tuple(dict.fromkeys(item.id for item in spec.rules if item.id.startswith("R")))
    findings = [each for scenario in suite.scenarios for each in lint_scenario(scenario, rules)]
    findings += [each for scenario in suite.scenarios for each in _narrower_than(spec, scenario)]
    return in_order([*findings, *_uncovered(suite, spec)])


def lint_scenario(scenario: LoadedScenario, rules: tuple[str, ...]) -> Iterator[Finding]:
    """Findings about one scenario of a spec that has these rules."""
    yield from _covers(scenario, rules)
    yield from _checks(scenario)
    for fault in faults_of(scenario.scenario):
        yield _about(scenario, fault.place, "Q01", fault.what, fault.todo, quote=fault.quote)


def _covers(scenario: LoadedScenario, rules: tuple[str, ...]) -> Iterator[Finding]:
    for index, rule in enumerate(scenario.scenario.covers):
        if rule not in rules:
            listed = ", ".join(rules[:12]) + (", …" if len(rules) > 12 else "")
            yield _about(
                scenario,
                f"covers[{index}]",
                "Q02",
                f"it covers {rule}, but the spec has no such rule: its result could not be traced",
                f"name rules of the spec: {listed}" if rules else "give the spec's rules ids, then name them",
                quote=rule,
            )


def _checks(scenario: LoadedScenario) -> Iterator[Finding]:
    if not any(_checks_something(step) for step in scenario.scenario.steps):
        yield _about(
            scenario,
            "steps",
            "Q03",
            "no step checks anything: it would pass whatever the artifact does",
            "give a step an expect, such as expect: {exit: 0, stdout: {contains: done}}",
            quote="steps:",
        )


def _checks_something(step: Step) -> bool:
    """Every step but a pause checks something, unless its only matchers hold for any text."""
    if step.kind == "wait":
        return not isinstance(step.wait, float | int)
    if step.kind == "file" and isinstance(step.expect, Matcher):
        return not _holds_always(step.expect)
    return True


def _holds_always(matcher: Matcher) -> bool:
    given = matcher.model_fields_set
    empty = {
        "contains": matcher.contains in ("", ()),
        "matches": matcher.matches in _MATCHES_ALL,
        "exists": matcher.exists is None,
        "any_of": False,
    }
    return all(empty.get(word, False) for word in given)


def _narrower_than(spec: Spec, scenario: LoadedScenario) -> Iterator[Finding]:
    """Q04: a check that asserts what the spec does not state would fail work that keeps to the spec."""
    for narrow in underivable(scenario.scenario, spec):
        yield _about(
            scenario,
            narrow.place,
            "Q04",
            f"it asserts {narrow.word[:60]!r}, which neither the spec nor the scenario's input has: "
            "right work may fail it",
            "state it in the spec, where the rule or OUTPUTS says what is seen, or assert only what the spec states",
            quote=narrow.literal[:QUOTE_LIMIT],
            level=Level.WARNING,
        )


def _uncovered(suite: Suite, spec: Spec) -> Iterator[Finding]:
    """Q09: a rule without any scenario is an error, one with reserve scenarios only a warning."""
    covered = {rule for each in suite.scenarios for rule in each.scenario.covers}
    gate = {rule for each in suite.scenarios if each.scenario.layer is Layer.GATE for rule in each.scenario.covers}
    subject = Subject(spec)
    told: set[str] = set()
    for item in spec.rules:
        if not item.id.startswith("R") or item.id in gate or item.id in told:
            continue
        told.add(item.id)
        reserve = item.id in covered
        why = "only reserve scenarios cover it, and they never block" if reserve else "no scenario covers it"
        yield found(
            subject,
            "Q09",
            f"{item.id} would ship unproven: {why}",
            f"add scenarios/{spec.id}/<id>.yaml with covers: [{item.id}]",
            line=item.line,
            column=item.column,
            quote=subject.line(item.line),
            level=Level.WARNING if reserve and gate else Level.ERROR,
        )
    if not spec.rules and not suite.scenarios:
        section = spec.section(Question.RULES)
        yield found(
            subject,
            "Q09",
            "the spec has no scenario: nothing could prove that it was built",
            f"add scenarios/{spec.id}/<id>.yaml",
            line=section.line if section else 1,
        )


def _about(
    scenario: LoadedScenario,
    place: str,
    rule: str,
    message: str,
    fix: str,
    *,
    quote: str,
    level: Level = Level.ERROR,
) -> Finding:
    line, column = scenario.places.get(place, scenario.places.get(place.partition(".")[0], (1, 1)))
    return finding(scenario.path, YamlProblem(message, fix, Mark(line, column, quote)), rule, level)
