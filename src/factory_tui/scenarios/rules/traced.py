"""Q01, Q02 and Q03: a scenario can be carried out, names rules of its spec, and checks something."""

from collections.abc import Iterator

from factory_tui.model.finding import Finding, Level
from factory_tui.model.matcher import Matcher
from factory_tui.model.scenario import LoadedScenario
from factory_tui.model.step import Step
from factory_tui.scenarios.rules.about import about, scenarios_of
from factory_tui.scenarios.rules.example_text import HEAD, STEPS
from factory_tui.scenarios.soundness import faults_of
from factory_tui.specs.rules.consistency.history import deleted_ids
from factory_tui.specs.rules.rule import Example, Rule, Subject

_MATCHES_ALL = frozenset({"", "^", "$", ".*", "^.*$", "(?s).*"})


def can_be_carried_out(subject: Subject) -> Iterator[Finding]:
    """Q01: what the schema cannot say. What keeps a file from being read at all is told when it is loaded."""
    for scenario in scenarios_of(subject):
        for fault in faults_of(scenario.scenario):
            yield about(scenario, fault.place, "Q01", fault.what, fault.todo, quote=fault.quote)


def covers_rules_that_exist(subject: Subject) -> Iterator[Finding]:
    """Q02: what a scenario covers is a rule of the spec. An id that an edit took away is X07's business."""
    rules = tuple(dict.fromkeys(item.id for item in subject.spec.rules if item.id.startswith("R")))
    known = {*rules, *deleted_ids(subject)}
    for scenario in scenarios_of(subject):
        for index, rule in enumerate(scenario.scenario.covers):
            if rule not in known:
                yield _unknown(scenario, index, rule, rules)


def _unknown(scenario: LoadedScenario, index: int, rule: str, rules: tuple[str, ...]) -> Finding:
    listed = ", ".join(rules[:12]) + (", …" if len(rules) > 12 else "")
    return about(
        scenario,
        f"covers[{index}]",
        "Q02",
        f"it covers {rule}, but the spec has no such rule: its result could not be traced",
        f"name rules of the spec: {listed}" if rules else "give the spec's rules ids, then name them",
        quote=rule,
    )


def checks_something(subject: Subject) -> Iterator[Finding]:
    """Q03: some step can fail."""
    for scenario in scenarios_of(subject):
        if not any(_can_fail(step) for step in scenario.scenario.steps):
            yield about(
                scenario,
                "steps",
                "Q03",
                "no step checks anything: it would pass whatever the artifact does",
                "give a step an expect, such as expect: {exit: 0, stdout: {contains: done}}",
                quote="steps:",
            )


def _can_fail(step: Step) -> bool:
    """Every step but a pause checks something, unless its only matchers hold for any text. Keys alone check nothing."""
    if step.kind == "wait":
        return not isinstance(step.wait, float | int)
    if step.tui is not None:
        looks = (*(each.see for each in step.tui.do), step.tui_expect.screen)
        looked = any(look is not None and not _holds_always(look) for look in looks)
        return looked or step.tui_expect.exit is not None or step.tui_expect.within is not None
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


_GOOD = f"{HEAD}{STEPS}"

RULES = (
    Rule(
        "Q01",
        Level.ERROR,
        "a scenario that cannot be read proves nothing",
        can_be_carried_out,
        waivable=False,
        requires="a scenario's file keeps to the schema, and its id is its own",
        example=Example("scenario", _GOOD, _GOOD.replace("expect:", "expects:")),
    ),
    Rule(
        "Q02",
        Level.ERROR,
        "a result is traced to the rules that its scenario covers",
        covers_rules_that_exist,
        waivable=False,
        requires="`covers` names rules of the spec",
        example=Example("scenario", _GOOD, _GOOD.replace("[R1]", "[R1, R9]")),
    ),
    Rule(
        "Q03",
        Level.ERROR,
        "a scenario without a check passes whatever is built",
        checks_something,
        waivable=False,
        requires="at least one step that can fail",
        example=Example("scenario", _GOOD, f"{HEAD}steps:\n  - file: note.txt\n    expect: {{contains: ''}}\n"),
    ),
)
