"""Q02, Q03, Q09, what the schema cannot say of a scenario, and Ready as the sum of everything."""

from pathlib import Path

import pytest

from factory_tui.config import Settings
from factory_tui.model.finding import Finding, Level
from factory_tui.model.scenario import Suite
from factory_tui.model.spec import Spec
from factory_tui.scenarios import lint_suite, load_suite, readiness
from factory_tui.scenarios.triage import triage
from factory_tui.specs import SpecLibrary, is_ready, parse

SPEC = """\
---
id: close-day
title: Close the day
kind: feature
category: crud
target: targets/shop
budget_usd: 1.00
---
## WHAT

A command `close` that closes the day of a shop.

## WHO

The shopkeeper, who wants to go home with correct books.

## INPUTS

| name | type | bounds | invalid case and its result |
|---|---|---|---|
| DAY | date `YYYY-MM-DD` | 2000-01-01 to 2099-12-31 inclusive | `2024-02-30`: exit code 2, R2 |

## OUTPUTS

- Channel: standard output. Format: one line.

```console
$ close 2026-01-01
closed 2026-01-01
```

Failure output: one line on standard error.

```text
no such day: 2024-02-30
```

## RULES

- R1 `close` must print `closed DAY`.
- R2 If DAY is no date, then `close` must never write a file.

### Edge cases

- Empty: R2.
- Boundary: the first day is valid.
- Duplicate: a day is closed twice as it is closed once.
- Malformed: R2.
- Dependency down: cannot happen, because there is no dependency.

## EVALUATION

- E1 (R1, R2): given a day, when `close` is called, then it prints `closed DAY`.

## CONSTRAINTS

- Performance: at most 2 seconds for one call.
- Cost: at most 1.00 USD for this run.
- Security: none, because `close` reads no secret.
- Compatibility: Python 3.11, standard library only.

### Out of scope

- Opening a day again.
"""

SCENARIO = """\
id: {id}
covers: {covers}
layer: {layer}
given: A day
when: It is closed
then: It is
{files}steps:
{steps}
kind: negative
"""


@pytest.fixture
def spec(tmp_path: Path) -> Spec:
    path = tmp_path / "specs" / "close-day.md"
    path.parent.mkdir()
    path.write_text(SPEC, encoding="utf-8")
    (tmp_path / "scenarios" / "close-day").mkdir(parents=True)
    return parse(path, SPEC)


def write(
    spec: Spec, name: str, covers: str = "[R1, R2]", *, layer: str = "gate", files: str = "", steps: str = ""
) -> None:
    text = SCENARIO.format(id=name, covers=covers, layer=layer, files=files, steps=steps or f"  - run: close {name}\n")
    (spec.path.parents[1] / "scenarios" / "close-day" / f"{name}.yaml").write_text(text, encoding="utf-8")


def suite_of(spec: Spec) -> Suite:
    suite, broken = load_suite(spec.path.parents[1] / "scenarios", spec.id)
    assert broken == ()
    return suite


def linted(spec: Spec) -> tuple[Finding, ...]:
    return lint_suite(suite_of(spec), spec)


def test_a_suite_that_covers_every_rule_is_clean(spec: Spec) -> None:
    write(spec, "one", "[R1]")
    write(spec, "two", "[R2]")
    assert linted(spec) == ()


def test_a_rule_that_does_not_exist_cannot_be_covered(spec: Spec) -> None:
    write(spec, "one", "[R1, R2, R7]")
    (found,) = linted(spec)
    assert (found.rule, found.level, found.line, found.column, found.quote) == ("Q02", Level.ERROR, 2, 18, "R7")
    assert "R1, R2" in found.fix


def test_a_rule_without_any_scenario_is_an_error_at_the_rule(spec: Spec) -> None:
    write(spec, "one", "[R1]")
    (found,) = linted(spec)
    assert (found.rule, found.level, found.path, found.section) == ("Q09", Level.ERROR, None, "RULES")
    assert SPEC.split("\n")[found.line - 1] == "- R2 If DAY is no date, then `close` must never write a file."


def test_a_rule_with_reserve_scenarios_only_is_a_warning(spec: Spec) -> None:
    write(spec, "one", "[R1]")
    write(spec, "two", "[R2]", layer="reserve")
    (found,) = linted(spec)
    assert (found.rule, found.level) == ("Q09", Level.WARNING)


def test_a_suite_of_reserve_scenarios_only_decides_nothing(spec: Spec) -> None:
    write(spec, "one", layer="reserve")
    assert [each.level for each in linted(spec)] == [Level.ERROR, Level.ERROR]


@pytest.mark.parametrize(
    ("steps", "checks"),
    [
        ("  - run: close\n", True),
        ("  - wait: 2s\n", False),
        ("  - wait: 2s\n  - wait: 1s\n", False),
        ("  - wait: {file: done, within: 2s}\n", True),
        ("  - file: books.json\n", True),
        ("  - file: books.json\n    expect: {contains: ''}\n", False),
        ("  - file: books.json\n    expect: {matches: '.*'}\n", False),
        ("  - file: books.json\n    expect: {contains: x}\n", True),
        ("  - http: {url: 'http://127.0.0.1/'}\n", True),
    ],
)
def test_a_scenario_checks_something(spec: Spec, steps: str, checks: bool) -> None:
    write(spec, "one", steps=steps)
    assert [each.rule for each in linted(spec)] == ([] if checks else ["Q03"])


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", "."])
def test_a_fixture_stays_in_the_work_directory(spec: Spec, path: str) -> None:
    write(spec, "one", files=f"files:\n  {path}: text\n")
    (found,) = linted(spec)
    assert (found.rule, found.line) == ("Q01", 8)


@pytest.mark.parametrize(
    ("step", "bad"),
    [
        ("capture: {code: $.a.b}", False),
        ("capture: {code: $}", False),
        ("capture: {code: a.b}", True),
        ("capture: {code: '$..a'}", True),
        ("expect: {stdout: {json: {'$.a': 1}}}", False),
        ("expect: {stdout: {json: {'$.a[': 1}}}", True),
        ("expect: {stdout: {not: {json: {'$.a[': 1}}}}", True),
    ],
)
def test_a_json_path_can_be_read(spec: Spec, step: str, bad: bool) -> None:
    write(spec, "one", steps=f"  - run: close\n    {step}\n")
    assert [each.rule for each in linted(spec)] == (["Q01"] if bad else [])


def test_a_reference_names_what_an_earlier_step_captured(spec: Spec) -> None:
    steps = (
        "  - run: echo ${HOME} ${later}\n    capture: {code: $}\n"
        "  - http: {url: 'http://127.0.0.1:${port}/${code}'}\n"
        "  - file: ${nothing}\n"
    )
    write(spec, "one", steps=steps)
    (found,) = linted(spec)
    assert (found.rule, found.line, found.quote) == ("Q01", 11, "${nothing}")


@pytest.mark.parametrize(
    ("extra", "quote"),
    [
        ("env: {HOST: 'a:${port}'}\n", None),
        ("env: {HOST: '${nothing}'}\n", "${nothing}"),
        ("service: {run: x, ready: {http: 'http://127.0.0.1:${nothing}/', within: 1s}}\n", "${nothing}"),
        ("service: {run: x, ready: {file: /tmp/up, within: 1s}}\n", "/tmp/up"),
        ("files:\n  a: text\n  a/b: text\n", "a"),
    ],
)
def test_what_stands_before_the_steps_can_be_carried_out_too(spec: Spec, extra: str, quote: str | None) -> None:
    write(spec, "one", files=extra)
    assert [(each.rule, each.quote) for each in linted(spec)] == ([("Q01", quote)] if quote else [])


@pytest.mark.parametrize(
    ("step", "quote"),
    [
        ("file: ../x", "../x"),
        ("wait: {file: /tmp/x, within: 1s}", "/tmp/x"),
        ("wait: {http: 'http://127.0.0.1/${nothing}', within: 1s}", "${nothing}"),
        ("wait: {run: 'n=1; test ${n} = 1', within: 1s}", None),
        ("http: {url: 'http://127.0.0.1/', json: {a: ['${nothing}']}}", "${nothing}"),
        ("{run: x, expect: {stdout: {not: {json: {$.a: '${nothing}'}}}}}", "${nothing}"),
    ],
)
def test_a_step_can_be_carried_out(spec: Spec, step: str, quote: str | None) -> None:
    write(spec, "one", steps=f"  - {step}\n")
    assert [(each.rule, each.line, each.quote) for each in linted(spec)] == ([("Q01", 8, quote)] if quote else [])


def test_ready_needs_the_scenarios_too(spec: Spec) -> None:
    library = SpecLibrary({spec.id: spec})
    assert not is_ready(readiness(spec, library, suite_of(spec), ()))
    write(spec, "one")
    assert readiness(spec, library, suite_of(spec), (), Settings(limits={"run_usd": 1})) == ()
    broken = Finding(rule="Q01", level=Level.ERROR, message="m", fix="f", path="x.yaml")
    assert not is_ready(readiness(spec, library, suite_of(spec), (broken,)))


def test_a_missing_scenario_can_be_waived_in_the_spec(spec: Spec) -> None:
    text = SPEC.replace("- R2 If", "<!-- allow Q09: seen by eye -->\n- R2 If")
    waived = parse(spec.path, text)
    write(spec, "one", "[R1]")
    found = readiness(waived, SpecLibrary({spec.id: waived}), suite_of(spec), ())
    assert [(each.rule, each.level) for each in found] == [("Q09", Level.INFO)]


def test_triage_lists_every_file_with_its_coverage(spec: Spec) -> None:
    workspace = spec.path.parents[1]
    write(spec, "one", "[R1]")
    (workspace / "specs" / "latin.md").write_bytes(b"\xe9")
    (workspace / "specs" / "evil.md").write_text('---\nid: evil\ntitle: "a\\e[31mb"\n---\n', encoding="utf-8")
    rows = {row.id: row for row in triage(workspace, Settings(limits={"run_usd": 1}))}

    assert list(rows) == ["close-day", "evil", "latin"]
    day = rows["close-day"]
    assert (day.rules, day.covered_rules, day.scenarios, day.errors, day.agent) == (2, 1, 1, 1, "default")
    assert rows["latin"].status is None
    assert "not UTF-8" in rows["latin"].findings[0].message
    assert "\x1b" not in rows["evil"].model_dump_json()


def test_paths_of_findings_are_shown_relative_to_the_workspace(spec: Spec) -> None:
    workspace = spec.path.parents[1]
    (workspace / "scenarios" / "close-day" / "broken.yaml").write_text("id: [", encoding="utf-8")
    (row,) = triage(workspace, Settings())
    assert {each.path for each in row.findings} == {None, "scenarios/close-day/broken.yaml"}
