"""`evaluate` from the command line: its JSON, its text, its exit codes, its errors."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from factory_tui.cli.main import main
from factory_tui.engine.plant import workspace_hash
from factory_tui.engine.standalone import ALONE

SPEC = """\
---
id: greet
title: Greet
kind: feature
category: feature
status: ready
target: targets/greet
{more}---
## RULES
- R1 it greets
"""

SCENARIO = """\
id: {id}
covers: [R1]
layer: {layer}
given: nothing
when: greet runs
then: it greets
steps:
  - run: {run}
    expect: {{exit: 0, stdout: hello}}
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    root = tmp_path / "workspace"
    (root / "specs").mkdir(parents=True)
    (root / "scenarios" / "greet").mkdir(parents=True)
    (root / "factory.toml").write_text('[sandbox]\nbackend = "local"\n')
    (root / "specs" / "greet.md").write_text(SPEC.format(more=""))
    write_scenario(root, "greets")
    artifact = root / "artifact" / "bin"
    artifact.mkdir(parents=True)
    (artifact / "greet").write_text("#!/bin/sh\necho hello\n")
    (artifact / "greet").chmod(0o755)
    return root


def write_scenario(root: Path, name: str, run: str = "greet", layer: str = "gate") -> None:
    text = SCENARIO.format(id=name, run=run, layer=layer)
    (root / "scenarios" / "greet" / f"{name}.yaml").write_text(text)


@pytest.fixture
def run(workspace, monkeypatch, capsys):
    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["factory-tui", "-C", str(workspace), *words])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return call


def artifact(workspace: Path) -> str:
    return str(workspace / "artifact")


def test_a_pass_is_exit_0_and_the_json_of_the_contract(workspace, run):
    code, out, err = run("evaluate", "greet", "--artifact", artifact(workspace), "--json")
    told = json.loads(out)
    assert (code, err) == (0, "")
    assert {"spec", "verdict", "scenarios", "spec_hash", "suite_hash", "image"} <= set(told)
    assert (told["spec"], told["verdict"]) == ("greet", "pass")
    (scenario,) = told["scenarios"]
    assert (scenario["id"], scenario["result"], scenario["evidence"]) == ("greets", "pass", [])
    assert [each["result"] for each in scenario["trials"]] == ["pass"]
    assert scenario["trials"][0]["seconds"] > 0


def test_a_fail_is_exit_1_with_evidence(workspace, run):
    write_scenario(workspace, "shouts", run="greet >/dev/null")
    code, out, _ = run("evaluate", "greet", "--artifact", artifact(workspace), "--json")
    told = json.loads(out)
    assert (code, told["verdict"]) == (1, "fail")
    assert told["scenarios"][1]["evidence"] == [
        {"step": 1, "check": "stdout", "expected": "hello", "observed": "", "aspect": "function"}
    ]


def test_qualities_are_told_apart_from_behaviour(workspace, run):
    write_scenario(workspace, "answers", run="greet --help")
    file = workspace / "scenarios" / "greet" / "answers.yaml"
    file.write_text(file.read_text() + "    quality: {output: 5B, idempotent: true, help: [hello]}\n")
    code, out, _ = run("evaluate", "greet", "--artifact", artifact(workspace))
    assert code == 1
    assert "step 1, quality: output size\n" in out
    assert "  behaviour: 2 of 2 scenarios as specified\n  quality: 2 of 3 held\n" in out
    assert "    ✗ output size 6 B of 5 B, both streams  (answers, step 1)\n" in out
    assert "    ✓ idempotence: a second call  (answers, step 1)\n" in out

    code, out, _ = run("evaluate", "greet", "--artifact", artifact(workspace), "--json")
    (answers, greets) = json.loads(out)["scenarios"]
    assert answers["evidence"][0]["aspect"] == "output size"
    assert answers["measures"][0] == {
        "step": 1, "aspect": "output size", "name": "both streams", "holds": False, "value": 6.0, "limit": 5.0
    }  # fmt: skip
    assert greets["measures"] == []


def test_text_for_people_names_what_failed(workspace, run):
    write_scenario(workspace, "shouts", run="exit 4")
    code, out, _ = run("evaluate", "greet", "--artifact", artifact(workspace))
    assert code == 1
    assert "✓ pass  greets" in out
    assert "✗ fail  shouts" in out
    assert "Given nothing · when greet runs · then it greets" in out
    assert "step 1: exit" in out
    assert "fail: 1 of 2 scenarios passed" in out


def test_without_a_gate_scenario_it_is_held(workspace, run):
    write_scenario(workspace, "greets", layer="reserve")
    code, out, _ = run("evaluate", "greet", "--artifact", artifact(workspace), "--json")
    assert (code, json.loads(out)["verdict"]) == (1, "held")


def test_a_failed_set_up_is_a_fail_with_its_output(workspace, run):
    (workspace / "specs" / "greet.md").write_text(SPEC.format(more='setup: [[sh, -c, "echo no compiler; exit 3"]]\n'))
    code, out, _ = run("evaluate", "greet", "--artifact", artifact(workspace), "--json")
    told = json.loads(out)
    assert (code, told["verdict"], told["scenarios"]) == (1, "fail", [])
    assert "no compiler" in told["setup_failed"]


def test_a_scenario_that_cannot_be_carried_out_is_exit_3(workspace, run):
    write_scenario(workspace, "unsound")
    path = workspace / "scenarios" / "greet" / "unsound.yaml"
    path.write_text(path.read_text() + "  - file: ${nowhere}\n")
    code, out, err = run("evaluate", "greet", "--artifact", artifact(workspace), "--json")
    assert (code, json.loads(out)["verdict"]) == (3, "error")
    assert "unsound" in err


def test_the_base_is_shown_to_scenarios(workspace, run, tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "words").write_text("hello\n")
    write_scenario(workspace, "compares", run='cat "$FACTORY_BASE/words"')
    code, _, _ = run("evaluate", "greet", "--artifact", artifact(workspace), "--base", str(tmp_path / "old"))
    assert code == 0


def test_the_artifact_is_neither_changed_nor_followed_out_of(workspace, run, tmp_path):
    (tmp_path / "secret").write_text("kwyjibo")
    directory = workspace / "artifact"
    (directory / "link").symlink_to(tmp_path / "secret")
    (directory / ".git").mkdir()
    (directory / ".git" / "config").write_text("x")
    write_scenario(workspace, "looks", run="'test ! -e link -a ! -e .git; rm -rf ./*; echo hello'")
    code, out, _ = run("evaluate", "greet", "--artifact", str(directory), "--json")
    assert code == 0, out
    assert (directory / "bin" / "greet").is_file()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing", "--artifact", "."], "nothing.md: there is no such file"),
        (["../x", "--artifact", "."], "not the id of a spec"),
        (["greet", "--artifact", "./nowhere"], "does not exist"),
        (["greet"], "--artifact"),
    ],
)
def test_wrong_usage_is_exit_2(run, words, said):
    code, out, err = run("evaluate", *words)
    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("scenarios/greet/broken.yaml", "id: broken\nsteps: [", "broken.yaml:2"),
        ("scenarios/greet/broken.yaml", SCENARIO.format(id="broken", run="x", layer="gates"), "broken.yaml:3"),
        ("specs/greet.md", "no front matter", "front matter"),
        ("factory.toml", "[sandbox]\nbackend = 1\n", "factory.toml"),
    ],
)
def test_a_file_that_cannot_be_used_is_exit_2_and_named(workspace, run, name, text, said):
    (workspace / name).write_text(text)
    code, _, err = run("evaluate", "greet", "--artifact", artifact(workspace), "--json")
    assert code == 2
    assert said in err
    assert "→" in err


def test_a_missing_container_engine_is_exit_3_with_what_to_do(workspace, run, monkeypatch, tmp_path):
    monkeypatch.setenv("FACTORY_SANDBOX__BACKEND", "docker")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no.sock")
    code, out, err = run("evaluate", "greet", "--artifact", artifact(workspace), "--json")
    assert (code, out) == (3, "")
    assert "→" in err


@pytest.mark.docker
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_evaluation_leaves_no_container(workspace, number):
    import docker

    write_scenario(workspace, "sleeps", run="sleep 100")
    command = [sys.executable, "-m", "factory_tui", "-C", str(workspace), "evaluate", "greet"]
    environment = {**os.environ, "FACTORY_SANDBOX__BACKEND": "docker"}
    process = subprocess.Popen(
        [*command, "--artifact", artifact(workspace)], env=environment, stdout=subprocess.PIPE, text=True
    )
    with contextlib.closing(docker.from_env()) as client, process:
        assert process.stdout is not None
        assert "greets" in process.stdout.readline()
        label = {"label": f"factory.workspace={workspace_hash(workspace)}{ALONE}"}
        assert len(client.containers.list(filters=label)) == 1
        process.send_signal(number)
        assert process.wait(30) == 130
        assert client.containers.list(all=True, filters=label) == []
