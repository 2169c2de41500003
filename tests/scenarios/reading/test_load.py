"""Q01: whatever is wrong with a scenario's file is told with its line and what to write."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factory_tui.config import Settings
from factory_tui.model.finding import Finding, Level
from factory_tui.model.ids import SpecId
from factory_tui.model.scenario import Layer, OnBase, ScenarioKind
from factory_tui.scenarios.reading.load import load_scenario, load_suite, orphans, scenarios_dir
from factory_tui.specs import load_specs

GOOD = """\
id: closed-day
covers: [R1, R2]
kind: negative
layer: gate
base: fail
given: A closed day
when: It is closed again
then: The exit code is 2
files:
  books.json: '{"open": false}'
env: {LANG: C.UTF-8}
service:
  run: python -m shop --port ${port}
  ready: {http: "http://127.0.0.1:${port}/health", within: 10s}
steps:
  - run: close 2026-01-01
    stdin: ""
    timeout: 5s
    expect:
      exit: 2
      stderr: {contains: closed, not: {contains: Traceback}}
      within: 2s
  - http: {method: POST, url: "http://127.0.0.1:${port}/days", json: {day: 1}}
    expect: {status: 201, json: {"$.code": {matches: "^[a-z]+$"}}}
    capture: {code: "$.code"}
  - wait: {file: done, within: 1m}
  - wait: 500ms
  - file: books.json
    expect: {json: {"$.code": "${code}"}}
trials: 3
judge: null
"""


def load(tmp_path: Path, text: str | bytes, name: str = "closed-day.yaml") -> tuple[Finding, ...]:
    folder = tmp_path / "close-day"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_suite(tmp_path, "close-day")[1]


def only(found: tuple[Finding, ...]) -> Finding:
    assert len(found) == 1, found
    assert found[0].path is not None
    return found[0]


def test_a_good_scenario_is_read_whole(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD) == ()
    suite, _ = load_suite(tmp_path, "close-day")
    loaded = suite.scenarios[0]
    said = loaded.scenario
    assert (loaded.id, said.covers, said.kind) == ("closed-day", ("R1", "R2"), ScenarioKind.NEGATIVE)
    assert (said.layer, said.base, said.trials) == (Layer.GATE, OnBase.FAIL, 3)
    assert [step.kind for step in said.steps] == ["run", "http", "wait", "wait", "file"]
    assert said.steps[0].run_expect.within == 2.0
    assert said.service is not None
    assert said.service.ready.within == 10.0
    assert loaded.places["covers[1]"] == (2, 14)


@pytest.mark.parametrize(
    ("old", "new", "line", "says", "fix"),
    [
        ("id: closed-day\n", "", 1, "id is missing", "`id: …`"),
        ("id: closed-day", "id: Closed Day", 1, "characters that an id cannot have", "lower case"),
        ("covers: [R1, R2]", "covers: R1", 2, "covers is not a list: 'R1'", "[one, two]"),
        ("covers: [R1, R2]", "covers: []", 2, "covers is empty", "at least one"),
        ("covers: [R1, R2]", "covers: [1]", 2, "covers[0] is not text: 1", "write text"),
        ("covers: [R1, R2]", "cover: [R1]", 2, "there is no key cover", "write covers"),
        ("kind: negative", "kind: negativ", 3, "kind cannot be 'negativ'", "write negative"),
        ("layer: gate", "layer: gates", 4, "layer cannot be 'gates'", "write gate"),
        ("base: fail", "base: false", 5, "base cannot be false", "fail, pass"),
        ("given: A closed day", "given:", 6, "given is not text (it is empty)", "write text"),
        ("given: A closed day\n", "", 1, "given is missing", "`given: …`"),
        ("when: It is closed again", "when: ''", 7, "when is empty", "write what it is"),
        ("then: The exit code is 2", "then: [x]", 8, "then is not text", "write text"),
        ("books.json: '{", "books.json: 5 #", 10, "files.books.json is not text: 5", "write text"),
        ("env: {LANG: C.UTF-8}", "env: {LANG: 1}", 11, "env.LANG is not text: 1", "in quotes"),
        ("env: {LANG: C.UTF-8}", "env: LANG", 11, "env is not a mapping", "keys and values"),
        ("  run: python", "  runs: python", 13, "there is no key service.runs", "write run"),
        ("http: \"http://127.0.0.1:${port}/health\", ", "", 14, "one of http, file, run", "each a step of its own"),
        (", within: 10s", "", 14, "service.ready.within is missing", "`within: …`"),
        ("within: 10s", "within: soon", 14, "'soon' is not a duration", "write 500ms, 5s or 2m"),
        ("timeout: 5s", "timeout: 0", 18, "timeout is out of bounds: 0", "greater than 0"),
        ("timeout: 5s", "timeout: 2h", 18, "'2h' is not a duration", "write 500ms"),
        ("timeout: 5s", "timeout: true", 18, "a duration is a number of seconds", ""),
        ("timeout: 5s", "timout: 5s", 18, "there is no key steps[0].timout", "write timeout"),
        ("stdin: \"\"", "stdin: 5", 17, "steps[0].stdin is not text: 5", "in quotes"),
        ("exit: 2", "exti: 2", 20, "there is no key steps[0].expect.exti", "write exit"),
        ("exit: 2", "exit: {equal: 2}", 20, "unknown matcher equal", "write equals"),
        ("exit: 2", "exit: {lt: many}", 20, "steps[0].expect.exit.lt is not a number: 'many'", "without quotes"),
        ("contains: closed,", "contain: closed,", 21, "unknown matcher contain", "write contains"),
        ("contains: closed,", "contains: {a: 1},", 21, "steps[0].expect.stderr.contains", "write"),
        ("not: {contains: T", "not: {contains: x, foo: T", 21, "unknown matcher foo", "known: "),
        ("not: {contains: Traceback}", "matches: '('", 21, "not a regular expression", "mend"),
        ("expect: {status: 201,", "expect: [201,", 24, "not valid YAML", ""),
        ("expect: {json: {\"$.code\"", "expect: {jsn: {\"$.code\"", 29, "unknown matcher jsn", "write json"),
        ("status: 201", "state: 201", 24, "there is no key steps[1].expect.state", "write status"),
        ("matches: \"^[a-z]+$\"", "matches: '['", 24, "not a regular expression", "mend"),
        ("method: POST", "method: PSOT", 23, "steps[1].http.method cannot be 'PSOT'", "write POST"),
        ("json: {day: 1}}", "json: {day: 1}, body: x}", 23, "give json or body, not both", "remove one of them"),
        ("capture: {code:", "capture: {Code:", 25, "capture", ""),
        ("done, within: 1m}", "done}", 26, "steps[2].wait.within is missing", "`within: …`"),
        ("wait: {file: done", "wait: {files: done", 26, "there is no key steps[2].wait.files", "write file"),
        ("wait: 500ms", "wait: a while", 27, "'a while' is not a duration", "write 500ms"),
        ("- wait: 500ms", "- wait: 500ms\n    expect: {exit: 0}", 27, "a wait step has no expect", "remove expect"),
        ("- file: books.json", "- tui: {run: x}\n    file: books.json", 28, "this one has file and tui", "each a step"),
        ("- file: books.json", "- file: books.json\n    run: x", 28, "one of run, http, file, wait", "each a step"),
        ("- file: books.json", "- file: books.json\n    stdin: x", 28, "stdin belongs to a run step", "remove it here"),
        ("trials: 3", "trials: 0", 30, "trials is out of bounds: 0", "greater than or equal to 1"),
        ("trials: 3", "trials: 51", 30, "trials is out of bounds: 51", "less than or equal to 50"),
        ("trials: 3", "trials: true", 30, "trials is not a whole number: true", "whole number"),
        ("judge: null", "judge: {votes: 3}", 31, "rubric is missing", ""),
        ("kind: negative", "kind: negative\nkind: limit", 4, "the key kind is given twice", "keep one"),
        ("kind: negative", "kind: !!python/name:os.system x", 3, "the tag", "remove the tag"),
        ("given: A closed day", "given: A closed day: today", 6, "not valid YAML", "in quotes"),
        ("  - run: close", "\t- run: close", 16, "not valid YAML", ""),
        ("when: It is", "when: *It is", 7, "not valid YAML", "in quotes"),
        ("given: A closed day", "given: A\x07closed day", 6, "control character", "remove it"),
    ],
)  # fmt: skip
def test_a_broken_field_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, says: str, fix: str
) -> None:
    assert old in GOOD
    found = load(tmp_path, GOOD.replace(old, new, 1))
    assert any(says in each.message for each in found), found
    finding = next(each for each in found if says in each.message)
    rule = "Q07" if "within is missing" in says else "Q01"
    assert (finding.rule, finding.level, finding.line) == (rule, Level.ERROR, line)
    assert fix in finding.fix
    assert finding.path == str(tmp_path / "close-day" / "closed-day.yaml")
    assert load_suite(tmp_path, "close-day")[0].scenarios == ()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "it is empty"),
        (b"# only a comment\n", "it is empty"),
        (b"- a\n", "it is not a mapping"),
        (b"text", "it is not a mapping"),
        (b"id: caf\xe9\n", "it is not UTF-8"),
        (b"\0\0", "control character"),
        (b"id: x\n---\nid: y\n", "more than one YAML document"),
        (b"x" * 1_000_001, "larger than 1,000,000 bytes"),
        (b"[" * 20_000, "nested too deeply"),
        (b"? [a]\n: b\n", "a key is not plain text"),
        (
            b"a: &a [" + b"x," * 99 + b"]\nb: &b [" + b"*a," * 99 + b"]\nc: [" + b"*b," * 99 + b"]\n",
            "expands to more than",
        ),
        (b"steps: &a [*a]\n", "nested more than"),
    ],
)
def test_a_file_that_is_no_scenario_is_one_clear_finding(tmp_path: Path, data: bytes, says: str) -> None:
    found = load(tmp_path, data)
    assert says in found[0].message
    assert {each.level for each in found} == {Level.ERROR}


def test_booleans_are_those_of_yaml_1_2(tmp_path: Path) -> None:
    text = GOOD.replace("given: A closed day", "given: yes").replace("LANG: C.UTF-8", "LANG: on")
    assert load(tmp_path, text) == ()
    assert load_suite(tmp_path, "close-day")[0].scenarios[0].scenario.env == {"LANG": "on"}


def test_crlf_and_bom_are_fine(tmp_path: Path) -> None:
    assert load(tmp_path, b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()) == ()


def test_aliases_may_share_what_steps_have_in_common(tmp_path: Path) -> None:
    text = GOOD.replace("env: {LANG: C.UTF-8}", "env: {A: &a one, B: *a}")
    assert load(tmp_path, text) == ()


def test_a_file_with_another_name_than_its_id_is_a_warning(tmp_path: Path) -> None:
    found = only(load(tmp_path, GOOD, "other.yaml"))
    assert (found.level, found.quote) == (Level.WARNING, "id: closed-day")
    assert "closed-day.yaml" in found.fix
    assert len(load_suite(tmp_path, "close-day")[0].scenarios) == 1


def test_an_id_is_used_once_in_a_suite(tmp_path: Path) -> None:
    load(tmp_path, GOOD)
    found = load(tmp_path, GOOD, "z.yml")
    suite, _ = load_suite(tmp_path, "close-day")
    assert [each.path.name for each in suite.scenarios] == ["closed-day.yaml"]
    assert any(each.level is Level.ERROR and "also that of closed-day.yaml" in each.message for each in found)


def test_a_broken_file_does_not_hide_the_others(tmp_path: Path) -> None:
    load(tmp_path, GOOD)
    assert only(load(tmp_path, "id: [", "broken.yaml")).path == str(tmp_path / "close-day" / "broken.yaml")
    assert len(load_suite(tmp_path, "close-day")[0].scenarios) == 1


def test_what_is_no_regular_file_is_told_and_never_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "close-day"
    folder.mkdir()
    os.mkfifo(folder / "pipe.yaml")
    (folder / "dir.yaml").mkdir()
    (folder / "dangling.yaml").symlink_to(tmp_path / "nowhere")
    (folder / ".hidden.yaml").write_text("x", encoding="utf-8")
    (folder / "notes.txt").write_text("x", encoding="utf-8")
    _, found = load_suite(tmp_path, "close-day")
    assert [each.message for each in found] == ["it is not a regular file"] * 3


def test_no_directory_is_an_empty_suite(tmp_path: Path) -> None:
    suite, found = load_suite(tmp_path, "close-day")
    assert (suite.scenarios, found) == ((), ())


def test_the_hash_of_a_suite_is_about_content_not_names(tmp_path: Path) -> None:
    load(tmp_path, GOOD)
    first = load_suite(tmp_path, "close-day")[0].hash
    (tmp_path / "close-day" / "closed-day.yaml").rename(tmp_path / "close-day" / "b.yaml")
    assert load_suite(tmp_path, "close-day")[0].hash == first
    load(tmp_path, GOOD + "# changed\n", "b.yaml")
    assert load_suite(tmp_path, "close-day")[0].hash != first


def test_the_holdout_may_lie_outside_the_workspace(tmp_path: Path) -> None:
    inside = Settings()
    outside = Settings.model_validate({"factory": {"scenarios": "../holdout"}})
    assert scenarios_dir(tmp_path, inside) == tmp_path / "scenarios"
    assert scenarios_dir(tmp_path, outside).resolve() == tmp_path.parent / "holdout"


def test_scenarios_of_no_spec_are_a_warning(tmp_path: Path) -> None:
    load(tmp_path, GOOD)
    (found,) = orphans(tmp_path, load_specs(tmp_path))
    assert (found.rule, found.level) == ("Q02", Level.WARNING)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(GOOD)),
            st.integers(0, 60),
            st.sampled_from(["", "{", "[", "*a", "&a ", "\t", ": ", "- ", "'", '"', "\0", "!!x ", "null", "${x}", "1"])
            | st.text(max_size=6),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_mutation_is_a_scenario_or_told(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, int, str]]
) -> None:
    text = GOOD
    for start, length, replacement in edits:
        text = text[:start] + replacement + text[start + length :]
    folder = tmp_path_factory.mktemp("s")
    found = load(folder, text.encode("utf-8", errors="replace"))
    suite, _ = load_suite(folder, "close-day")
    assert suite.scenarios or any(each.level is Level.ERROR for each in found)


@pytest.mark.parametrize("make", [Path.touch, os.mkfifo, lambda path: path.symlink_to(path.name)])
def test_scenarios_that_cannot_be_seen_are_not_taken_for_none(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path / "shop")
    suite, findings = load_suite(tmp_path, "shop")
    assert suite.scenarios == ()
    assert [(each.rule, each.level) for each in findings] == [("Q01", Level.ERROR)]
    assert "the directory cannot be read" in findings[0].message


def test_a_file_full_of_waivers_is_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "calls.yaml"
    head = "id: calls\ncovers: [R1]\ngiven: a\nwhen: b\nthen: c\nsteps:\n  - run: 'true'\n"
    path.write_text(head + "# allow Q05: it is so\n" * 30_000 + f"files: {{a: '{'| # a ' * 20_000}'}}\n")
    started = time.process_time()
    scenario, findings = load_scenario(path, SpecId("bank"))
    assert time.process_time() - started < 20
    assert findings == ()
    assert scenario is not None
    assert 0 < len(scenario.waivers) < 1_000
