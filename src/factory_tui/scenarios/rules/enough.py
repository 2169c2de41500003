"""Q09 and Q10: the suite has a scenario for each rule, a negative one where one is due, and none of them twice."""

import re
from collections.abc import Iterator

from pydantic import JsonValue

from factory_tui.model.finding import Finding, Level
from factory_tui.model.matcher import Matcher, matcher_of, under_paths
from factory_tui.model.scenario import Layer, LoadedScenario, OnBase, Scenario, ScenarioKind, Suite
from factory_tui.model.spec import Item, Question
from factory_tui.model.step import Step
from factory_tui.scenarios.matching.expected import Of, matchers_of
from factory_tui.scenarios.rules.about import about, scenarios_of
from factory_tui.scenarios.rules.example_text import HEAD, STEPS
from factory_tui.specs.reading.inputs import Input
from factory_tui.specs.rules.consistency.example_text import EDGE_CASES, R1, R2, R3, R4
from factory_tui.specs.rules.rule import Example, Rule, Subject, found

_DOES = {"files", "fixtures", "env", "clock", "seed", "service", "services", "steps", "judge", "base", "trials"}

_ADVERSE = frozenset({ScenarioKind.NEGATIVE, ScenarioKind.RECOVERY, ScenarioKind.LIMIT})
_NEVER = re.compile(r"\b(?:must|shall) (?:never|not)\b", re.I)
_RULE = re.compile(r"\bR\d{1,4}[a-z]?\b")
_COMPARES = re.compile(r"\b(?:cmp|diff|comm|grep -v|sha\w*sum|md5sum)\b|!\s?(?:grep|test|\[)|\btest !|\[ !")


def covers_the_spec(subject: Subject) -> Iterator[Finding]:
    """Q09: each rule has a scenario, each input with an invalid case and each `must never` one that tries it."""
    if subject.suite is None:
        return
    yield from _uncovered(subject, subject.suite)
    if subject.suite.scenarios:
        yield from _inputs_without_negative(subject, subject.suite)
        yield from _never_tried(subject, subject.suite)


def _uncovered(subject: Subject, suite: Suite) -> Iterator[Finding]:
    """A rule without any scenario is an error, one with reserve scenarios only a warning."""
    spec = subject.spec
    covered = {rule for each in suite.scenarios for rule in each.scenario.covers}
    gate = {rule for each in suite.scenarios if each.scenario.layer is Layer.GATE for rule in each.scenario.covers}
    told: set[str] = set()
    for item in spec.rules:
        if not item.id.startswith("R") or item.id in gate or item.id in told:
            continue
        told.add(item.id)
        reserve = item.id in covered
        why = "only reserve scenarios cover it, and they never block" if reserve else "no scenario covers it"
        level = Level.WARNING if reserve and gate else Level.ERROR
        fix = f"add scenarios/{spec.id}/<id>.yaml with covers: [{item.id}]"
        yield _at_item(subject, item, f"{item.id} would ship unproven: {why}", fix, level)
    if not spec.rules and not suite.scenarios:
        section = spec.section(Question.RULES)
        yield found(
            subject,
            "Q09",
            "the spec has no scenario: nothing could prove that it was built",
            f"add scenarios/{spec.id}/<id>.yaml",
            line=section.line if section else 1,
        )


def _inputs_without_negative(subject: Subject, suite: Suite) -> Iterator[Finding]:
    """An input whose invalid case names the rule of its result: some negative scenario covers that rule."""
    refused = {rule for each in suite.scenarios if each.scenario.kind in _ADVERSE for rule in each.scenario.covers}
    covered = {rule for each in suite.scenarios for rule in each.scenario.covers}
    for row in subject.inputs:
        rules = _named(row)
        if rules and rules <= covered and not rules & refused:
            name = row.names[0].replace("`", "")
            yield found(
                subject,
                "Q09",
                f"no negative scenario covers {_listed(rules)}, to which an invalid {name} leads: "
                "what a wrong value does would ship unproven",
                f"add scenarios/{subject.spec.id}/<id>.yaml with kind: negative and covers: [{_listed(rules)}]",
                line=row.line,
                quote=subject.line(row.line),
                level=Level.WARNING,
            )


def _named(row: Input) -> set[str]:
    return set(_RULE.findall(row.invalid.text)) if row.invalid is not None and "R" in row.invalid.text else set()


def _listed(rules: set[str]) -> str:
    return ", ".join(sorted(rules, key=lambda each: (len(each), each)))


def _never_tried(subject: Subject, suite: Suite) -> Iterator[Finding]:
    """A rule that forbids something: some scenario that covers it would see it happen."""
    if "never" not in subject.words and "not" not in subject.words:
        return
    for item in subject.spec.rules:
        if not item.id.startswith("R") or not _NEVER.search(item.text):
            continue
        its = [each.scenario for each in suite.scenarios if item.id in each.scenario.covers]
        if its and not any(_would_see_it(each) for each in its):
            yield _at_item(
                subject,
                item,
                f"{item.id} forbids something, and no scenario that covers it would see it happen",
                f"add scenarios/{subject.spec.id}/<id>.yaml with kind: negative and covers: [{item.id}], "
                "which provokes it and checks that it does not happen",
                Level.WARNING,
            )


def _would_see_it(scenario: Scenario) -> bool:
    """It is about what goes wrong, holds behaviour of the base, or checks that something is absent or unchanged."""
    if scenario.kind in _ADVERSE or scenario.base is OnBase.PASS:
        return True
    return any(_sees_absence(step, scenario) for step in scenario.steps)


def _sees_absence(step: Step, scenario: Scenario) -> bool:
    if step.file is not None:
        expect = step.file_expect
        return expect.exists is False or _leaves_no_room(expect) or expect.equals == scenario.files.get(step.file, "")
    if any(map(_leaves_no_room, matchers_of(step, Of.CONTENT))):
        return True
    return step.command is not None and _COMPARES.search(step.command) is not None


def _leaves_no_room(matcher: Matcher) -> bool:
    """It denies something, or tells the whole text, in which nothing else can hide."""
    given = matcher.model_fields_set
    if "not_" in given or "equals" in given or isinstance(matcher.lines, list):
        return True
    pattern = matcher.matches or ""
    return (pattern.startswith("^") and pattern.endswith("$")) or _json_leaves_no_room(matcher.json_)


def _json_leaves_no_room(expected: JsonValue) -> bool:
    paths = under_paths(expected)
    return any("not_" in matcher_of(wanted).model_fields_set for _, wanted in paths) if paths else expected is not None


def _at_item(subject: Subject, item: Item, message: str, fix: str, level: Level) -> Finding:
    quote = subject.line(item.line)
    return found(subject, "Q09", message, fix, line=item.line, column=item.column, quote=quote, level=level)


def none_twice(subject: Subject) -> Iterator[Finding]:
    """Q10: no scenario does what another one does, whatever it is called and says of itself."""
    first: dict[str, LoadedScenario] = {}
    for scenario in scenarios_of(subject):
        twin = first.setdefault(_what_it_does(scenario.scenario), scenario)
        if twin is not scenario:
            yield about(
                scenario,
                "id",
                "Q10",
                f"it does what {twin.id} does, step by step: it costs time and proves nothing more",
                f"remove it, and let {twin.id} cover what both cover, or change its input",
                quote=f"id: {scenario.id}",
                level=Level.WARNING,
            )


def _what_it_does(scenario: Scenario) -> str:
    return scenario.model_dump_json(include=_DOES)


_GOOD = f"{HEAD}{STEPS}"
_TWIN = """\
id: example
covers: [R2, R4]
kind: limit
base: fail
given: A file without a byte
when: Somebody counts its words
then: Zero is printed
files:
  blank.txt: ""
steps:
  - run: count-words blank.txt
    timeout: 10s
    expect: {exit: 0, stdout: "0"}
"""

RULES = (
    Rule(
        "Q09",
        Level.ERROR,
        "a rule without a scenario ships unproven",
        covers_the_spec,
        requires="a scenario for each rule; a negative one for each input whose invalid case names a rule, and one "
        "that would see it for each `must never`",
        example=Example(
            Question.RULES,
            good=f"{R1}{R2}{R3}{R4}{EDGE_CASES}",
            bad=f"{R1}{R2}{R3}{R4}- R5 `count-words` must end a line with a line end.\n{EDGE_CASES}",
        ),
    ),
    Rule(
        "Q10",
        Level.WARNING,
        "a scenario that does what another one does proves nothing more",
        none_twice,
        requires="no scenario with the input and the steps of another one",
        example=Example("scenario", _GOOD, _TWIN),
    ),
)
