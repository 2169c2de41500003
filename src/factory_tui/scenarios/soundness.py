"""Faults of a scenario that can be seen before it is run: they would otherwise show only after earlier steps pass."""

from collections.abc import Iterator

from pydantic import JsonValue

from factory_tui.model.artifact import EMPTY
from factory_tui.model.scenario import Condition, HttpExpect, HttpRequest, RunExpect, Scenario, Step
from factory_tui.scenarios.captures import (
    PORT,
    Variables,
    captured,
    filled,
    filled_expectation,
    filled_json,
    filled_matcher,
)
from factory_tui.scenarios.matchers import ScenarioFault, check, check_json
from factory_tui.scenarios.placing import with_files
from factory_tui.scenarios.steps.situation import inside

_STAND_IN: JsonValue = "0"
"""Value of every variable while looking."""


def faults_of(scenario: Scenario) -> tuple[str, ...]:
    """What keeps the scenario from being carried out, one sentence each; empty when nothing does.

    Looks at paths of files, JSONPaths, and references to names that no earlier step captures.
    """
    return tuple(_faults(scenario))


def _faults(scenario: Scenario) -> Iterator[str]:
    known: dict[str, JsonValue] = {PORT: _STAND_IN}
    try:
        with_files(EMPTY, scenario.files)
        for value in scenario.env.values():
            filled(value, known)
        if scenario.service is not None:
            _look_at_condition(scenario.service.ready, known)
    except ScenarioFault as fault:
        yield str(fault)
    for number, step in enumerate(scenario.steps, start=1):
        try:
            _look_at_step(step, known)
        except ScenarioFault as fault:
            yield f"step {number}: {fault}"
        known |= dict.fromkeys(step.capture, _STAND_IN)


def _look_at_step(step: Step, known: Variables) -> None:
    """Go through every text of a step as carrying it out would. Raises `ScenarioFault`."""
    captured(step.capture, "{}", complete=True)
    if step.http is not None:
        _look_at_request(step.http, known)
    if step.file is not None:
        inside(step.file, known)
        check(filled_matcher(step.file_expect, known), "{}", "file")
    if isinstance(step.wait, Condition):
        _look_at_condition(step.wait, known)
    if isinstance(step.expect, RunExpect):
        for matcher in (step.expect.exit, step.expect.stdout, step.expect.stderr):
            if matcher is not None:
                check(filled_matcher(matcher, known), "{}", "output")
    if isinstance(step.expect, HttpExpect):
        for matcher in (step.expect.status, step.expect.body, *(step.expect.headers or {}).values()):
            if matcher is not None:
                check(filled_matcher(matcher, known), "{}", "answer")
        check_json(filled_expectation(step.expect.json_, known), {})


def _look_at_request(request: HttpRequest, known: Variables) -> None:
    for text in (request.url, request.body or "", *request.headers.values()):
        filled(text, known)
    filled_json(request.json_, known)


def _look_at_condition(condition: Condition, known: Variables) -> None:
    filled(condition.http or "", known)
    if condition.file is not None:
        inside(condition.file, known)
