"""`scenario new`, `import` and `show`: files to be completed, never over one that exists, and what they come to."""

import json
import sys
from pathlib import Path

import pytest

from factory_tui.cli.main import main

SPEC = """\
---
id: greet
title: Greet
kind: feature
category: feature
target: targets/greet
---
## RULES
- R1 `greet` must print `hello`.
- R2 If a name is empty, then `greet` must print `no name` with exit code 2.
## EVALUATION
- E1 (R1): given nothing, when `greet` runs, then it prints `hello`.
- E2 (R2): given an empty name, when `greet` runs, then the exit code is 2.
"""

FEATURE = """\
Feature: Greetings
  @R1
  Scenario: It greets
    Given nothing
    When greet runs
    Then it prints hello
  Scenario: Later
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    root = tmp_path / "workspace"
    (root / "specs").mkdir(parents=True)
    (root / "factory.toml").write_text('[sandbox]\nbackend = "local"\n')
    (root / "specs" / "greet.md").write_text(SPEC)
    return root


@pytest.fixture
def run(workspace, monkeypatch, capsys):
    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["factory-tui", "-C", str(workspace), "scenario", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return call


def test_a_new_scenario_is_written_and_found_incomplete(workspace, run):
    code, out, err = run("new", "greet", "E2")
    path = "scenarios/greet/empty-name-exit-code-is-2.yaml"
    assert (code, err) == (0, "")
    assert out == f"{path}\nWrite its steps, then: factory-tui scenario lint greet\n"
    assert "covers: [R2]\nkind: negative" in (workspace / path).read_text()
    code, out, _ = run("lint", "greet")
    assert code == 1
    assert "steps is empty, so nothing is tried yet" in out

    code, _, err = run("new", "greet", "E2")
    assert code == 2
    assert f"{path}: it exists already" in err


def test_an_unknown_item_is_refused_with_the_nearest(run):
    code, _, err = run("new", "greet", "E22")
    assert code == 2
    assert "there is no evaluation item E22" in err
    assert "did you mean E2? it has E1, E2" in err


def test_an_unknown_spec_is_refused_with_the_nearest(run):
    code, _, err = run("new", "gret", "E2")
    assert code == 2
    assert "did you mean greet?" in err


def test_new_as_json(run):
    code, out, _ = run("new", "greet", "E1", "--json")
    assert (code, json.loads(out)) == (
        0,
        {
            "spec": "greet",
            "id": "nothing-it-prints-hello",
            "path": "scenarios/greet/nothing-it-prints-hello.yaml",
        },
    )


def test_a_feature_is_imported_once(workspace, run):
    file = workspace / "greet.feature"
    file.write_text(FEATURE)
    code, out, _ = run("import", str(file))
    assert code == 0
    assert out.splitlines() == [
        "scenarios/greet/it-greets.yaml",
        "1 written of 1 in “Greetings”",
        "left out: line 7: Later, which has no steps",
        "Write their steps, then: factory-tui scenario lint greet",
    ]
    mine = workspace / "scenarios" / "greet" / "it-greets.yaml"
    mine.write_text("mine\n")
    code, out, _ = run("import", str(file), "--spec", "greet", "--json")
    assert (code, mine.read_text()) == (0, "mine\n")
    assert json.loads(out) == {
        "spec": "greet",
        "written": [],
        "kept": ["it-greets"],
        "left_out": ["line 7: Later, which has no steps"],
    }


def test_a_feature_whose_name_is_no_spec_needs_one(workspace, run):
    file = workspace / "other.feature"
    file.write_text(FEATURE)
    code, _, err = run("import", str(file))
    assert code == 2
    assert "other" in err


def test_a_feature_that_is_not_there_is_what_is_told(run):
    code, _, err = run("import", "gone.feature")
    assert code == 2
    assert "gone.feature: it cannot be read" in err


@pytest.mark.parametrize("command", ["list", "show"])
def test_a_file_that_is_no_scenario_is_named_where_the_others_are_listed(greeted, run, command):
    (greeted / "half.yaml").write_text("id: half\n")
    code, out, err = run(command, "greet")
    assert code == 0
    assert "it-greets" in out
    assert "left out: scenarios/greet/half.yaml\n  → factory-tui scenario lint greet" in err


def test_a_bad_feature_is_refused_with_its_line_and_writes_nothing(workspace, run):
    file = workspace / "greet.feature"
    file.write_text("Feature: f\n  Scenario: s\n    Given x\n  nonsense\n")
    code, _, err = run("import", str(file))
    assert code == 2
    assert "line 4: expected" in err
    assert not (workspace / "scenarios").exists()


def test_scenarios_of_a_repository_are_written_there(workspace, run):
    (workspace / "factory.toml").write_text('[factory]\nscenarios = "https://example.org/holdout.git"\n')
    code, _, err = run("new", "greet", "E1")
    assert code == 2
    assert "here is a copy of them" in err


SCENARIO = """\
id: it-greets
covers: [R1, R9]
kind: primary
given: Nothing
when: greet runs
then: It prints hello
steps:
  - run: greet
    expect: {stdout: {contains: hello}}
    quality: {memory: 64MiB}
"""


@pytest.fixture
def greeted(workspace):
    folder = workspace / "scenarios" / "greet"
    folder.mkdir(parents=True)
    (folder / "it-greets.yaml").write_text(SCENARIO)
    return folder


def test_scenarios_that_were_never_fetched_are_not_told_to_be_none(workspace, run):
    (workspace / "factory.toml").write_text('[factory]\nscenarios = "ssh://host/holdout.git"\n')
    code, out, err = run("list")
    assert (code, out) == (0, "")
    what, todo = err.splitlines()
    assert "has not been fetched" in what
    assert "scenario fetch" in todo


def test_a_scenario_is_shown_in_words(greeted, run):
    code, out, err = run("show", "greet", "it-greets")
    assert (code, err) == (0, "")
    assert out.startswith("it-greets  (primary, gate, fails on the untouched base)\n  given  Nothing\n")
    assert "  R1     `greet` must print `hello`.\n  R9     the spec has no such rule\n" in out
    assert "   1. run greet\n        exit code is 0\n        standard output has “hello”\n" in out
    assert "        quality: no process of it needs more than 64 MiB\n" in out
    assert "  admitted   not tried in this version\n  satisfied  never tried in this version\n" in out
    assert "Q02 line 2: it covers R9" in out


def test_without_a_name_every_scenario_is_shown(greeted, run):
    (greeted / "again.yaml").write_text(SCENARIO.replace("it-greets", "again"))
    code, out, _ = run("show", "greet", "--json")
    told = json.loads(out)
    assert (code, [each["id"] for each in told["scenarios"]]) == (0, ["again", "it-greets"])
    assert told["scenarios"][0]["steps"][0]["action"] == "run greet"
    assert told["scenarios"][0]["admission"] is None


def test_a_scenario_that_is_not_there_is_refused_with_the_nearest(greeted, run):
    code, _, err = run("show", "greet", "it-greet")
    assert code == 2
    assert "did you mean it-greets?" in err


def test_a_file_that_cannot_be_read_says_why(greeted, run):
    run("new", "greet", "E2")
    code, _, err = run("show", "greet", "empty-name-exit-code-is-2")
    assert code == 2
    assert "empty-name-exit-code-is-2.yaml:10: steps is empty, so nothing is tried yet" in err


def test_a_spec_without_scenarios_says_how_to_write_one(run):
    code, _, err = run("show", "greet")
    assert code == 2
    assert "factory-tui scenario new greet E1" in err
