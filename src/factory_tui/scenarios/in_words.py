"""What a scenario does and checks, in words for the operator. Pure."""

import json
from collections.abc import Iterator

from pydantic import JsonValue

from factory_tui.model.matcher import Matcher, matcher_of, under_paths
from factory_tui.model.measured import size
from factory_tui.model.scenario import Scenario
from factory_tui.model.step import Condition, DbExpect, HttpExpect, Quality, RunExpect, Step, TuiAction, TuiExpect
from factory_tui.scenarios.matching.matchers import parts_of

MOST = 300
"""Characters of one expected value."""


def preparations(scenario: Scenario) -> Iterator[str]:
    """What is there before the first step."""
    if scenario.files:
        yield f"files {', '.join(scenario.files)}"
    if scenario.fixtures:
        yield f"fixtures {', '.join(scenario.fixtures)}"
    if scenario.env:
        yield f"environment {', '.join(f'{name}={value}' for name, value in scenario.env.items())}"
    if scenario.clock is not None:
        still = ", which stands still" if scenario.clock.frozen else ""
        yield f"the time {scenario.clock.at} {scenario.clock.zone}{still}"
    if scenario.seed is not None:
        yield f"the seed {scenario.seed}"
    for each in scenario.beside:
        yield f"service {_short(each.run)}, ready with {_condition(each.ready)}"


def action(step: Step) -> str:
    """What a step does, on one line."""
    if step.run is not None:
        given = f", with {_quoted(step.stdin)} on standard input" if step.stdin else ""
        return f"run {_short(step.run)}{given}"
    if step.http is not None:
        body = _json(step.http.json_) if "json_" in step.http.model_fields_set else step.http.body or ""
        return f"{step.http.method} {step.http.url}" + (f" with {_short(body)}" if body else "")
    if step.file is not None:
        return f"look at the file {step.file}"
    if step.db is not None:
        return f"ask {step.db.file}: {_short(step.db.query)}"
    if step.tui is not None:
        return f"in a terminal of {step.tui.size}, {_short(step.tui.run)}"
    if isinstance(step.wait, Condition):
        return f"wait for {_condition(step.wait)}"
    return f"wait {step.wait:g} s"


def checks(step: Step) -> Iterator[str]:
    """What a step expects, one condition a line."""
    if step.tui is not None:
        yield from (_gesture(each) for each in step.tui.do)
    yield from _expected(step)
    if step.quality is not None:
        yield from (f"quality: {each}" for each in _qualities(step.quality))
    for name, path in step.capture.items():
        yield f"keeps {'the whole text' if path == '$' else path} as {name}"


def _expected(step: Step) -> Iterator[str]:
    expect = step.expect
    if step.kind == "wait":
        return
    if isinstance(expect, RunExpect):
        yield from _named("exit code", expect.exit or Matcher(equals=0))
        yield from _named("standard output", expect.stdout)
        yield from _named("standard error", expect.stderr)
    elif isinstance(expect, HttpExpect):
        yield from _named("status", expect.status)
        for name, matcher in (expect.headers or {}).items():
            yield from _named(f"header {name}", matcher)
        yield from _named("body", expect.body)
        yield from _of_json(expect.json_, "answer") if "json_" in expect.model_fields_set else ()
    elif isinstance(expect, TuiExpect):
        yield from _named("screen", expect.screen)
        yield from _named("exit code", expect.exit)
    elif isinstance(expect, DbExpect):
        yield from _named("value", expect.value)
        yield from _named("rows", expect.rows)
        yield from _of_json(expect.json_, "rows") if "json_" in expect.model_fields_set else ()
    elif isinstance(expect, Matcher):
        yield from _named("its text", expect)
    else:
        yield _WITHOUT[step.kind]
    within = getattr(expect, "within", None)
    if within is not None:
        yield f"takes at most {within:g} s"


_WITHOUT = {
    "run": "exit code is 0",
    "http": "status is below 400",
    "file": "it is there",
    "tui": "each action holds",
    "db": "it can be asked",
}
"""Kind of step → what it expects when nothing is said."""


def _qualities(quality: Quality) -> Iterator[str]:
    if quality.p95 is not None:
        yield f"95 % of {quality.times} further calls take at most {quality.p95:g} s"
    if quality.memory is not None:
        yield f"no process of it needs more than {size(quality.memory)}"
    if quality.output is not None:
        yield f"prints at most {size(quality.output)}"
    if quality.no_traceback:
        yield "errors are told in words, without a traceback"
    if quality.idempotent:
        yield "a second call ends the same way, prints the same and changes no file"
    if quality.help is not None:
        words = f" with {', '.join(quality.help)}" if quality.help else ""
        yield f"prints a help text{words} and exits 0"
    if quality.check is not None:
        yield f"the check {quality.check} exits 0"


def _gesture(each: TuiAction) -> str:
    if each.press is not None:
        return f"press {each.press if isinstance(each.press, str) else ', '.join(each.press)}"
    if each.type is not None:
        return f"type {_quoted(each.type)}"
    if each.resize is not None:
        return f"resize to {each.resize}"
    seen = each.see or Matcher(exists=True)
    return f"see within {each.within:g} s that the screen {' and '.join(_conditions(seen))}"


def _condition(condition: Condition) -> str:
    what = (
        f"an answer of {condition.http}"
        if condition.http is not None
        else f"the file {condition.file}"
        if condition.file is not None
        else f"exit code 0 of {_short(condition.run or '')}"
    )
    return f"{what} within {condition.within:g} s"


def _named(name: str, matcher: Matcher | None) -> Iterator[str]:
    if matcher is not None:
        yield from (f"{name} {each}" for each in _conditions(matcher))


def _conditions(matcher: Matcher) -> Iterator[str]:
    """The conditions of a matcher, each the rest of a sentence about the value."""
    given = matcher.model_fields_set
    if matcher.exists is not None:
        yield "is there" if matcher.exists else "is not there"
    if "equals" in given:
        yield "is empty" if matcher.equals == "" else f"is {_value(matcher.equals)}"
    yield from (f"has {_value(part)}" for part in parts_of(matcher))
    if matcher.matches is not None:
        yield f"matches /{_short(matcher.matches)}/"
    if "json_" in given:
        yield from _of_json(matcher.json_, "as JSON")
    if "lines" in given:
        yield from _lines(matcher.lines)
    if matcher.lt is not None:
        yield f"is less than {matcher.lt:g}"
    if matcher.gt is not None:
        yield f"is more than {matcher.gt:g}"
    if "not_" in given:
        yield from (f"never {each}" for each in _conditions(matcher_of(matcher.not_)))
    if matcher.any_of is not None:
        yield " or ".join(" and ".join(_conditions(matcher_of(each))) for each in matcher.any_of)


def _lines(lines: JsonValue) -> Iterator[str]:
    if isinstance(lines, list):
        yield f"has the lines {_value(lines)}"
    elif isinstance(lines, dict):
        yield from (f"has lines whose number {each}" for each in _conditions(matcher_of(lines)))
    else:
        yield f"has {lines} line{'' if lines == 1 else 's'}"


def _of_json(expected: JsonValue, name: str) -> Iterator[str]:
    paths = under_paths(expected)
    if not paths:
        yield f"{name} is {_value(expected)}"
    for path, wanted in paths:
        yield from (f"{name} {path} {each}" for each in _conditions(matcher_of(wanted)))


def _value(value: JsonValue) -> str:
    return _quoted(value) if isinstance(value, str) else _json(value)


def _quoted(text: str | None) -> str:
    return f"“{_short((text or '').rstrip())}”"


def _json(value: JsonValue) -> str:
    return _short(json.dumps(value, ensure_ascii=False))


def _short(text: str) -> str:
    """On one line; the rest is in the file."""
    folded = " ⏎ ".join(line.strip() for line in text.strip().splitlines())
    return folded if len(folded) <= MOST else f"{folded[:MOST]}…"
