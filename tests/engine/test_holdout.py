"""Nothing of a scenario reaches an agent; nothing of the key reaches anything."""

import json
import sqlite3
import subprocess
from pathlib import Path
from typing import Literal

import pytest

from factory_tui.config import SandboxSettings
from factory_tui.model.run import HoldReason, RunState
from factory_tui.sandbox import open_host
from factory_tui.twins import start_messages_twin
from tests.engine.factory import CANARY, GREETS, REFUSES, RIGHT, WRONG, Factory, delivers

KEY = "sk-ant-canary-5b1d0c77e2"

SEARCH = (
    "grep -rslaE 'canary-7f3[a]9c' /work /base /tmp /home /root /run /var /etc /srv /mnt /dev/shm; "
    "env | grep -cE 'canary-7f3[a]9c'; cat /proc/*/environ /proc/*/cmdline 2>/dev/null | grep -caE 'canary-7f3[a]9c'; "
    "echo searched"
)
"""The agent looks everywhere but among the system's programs; the brackets keep the search from finding itself."""


@pytest.mark.parametrize("backend", ["local", pytest.param("docker", marks=pytest.mark.docker)])
async def test_an_agent_that_searches_its_sandbox_finds_nothing_of_the_holdout(
    tmp_path: Path, backend: Literal["local", "docker"]
) -> None:
    if not open_host(SandboxSettings(backend=backend)).capabilities().holdout_isolated:
        pytest.skip("declared: commands see the files of the machine")
    factory = Factory.at(tmp_path / "ws", backend=backend, attempts=2)
    looks = [{"tools": [{"bash": SEARCH}]}, *delivers(WRONG)]
    mends = [
        {"tools": [{"bash": SEARCH}, {"write": {"path": "bin/greet", "content": RIGHT}}, {"bash": "chmod +x bin/*"}]},
        {"text": "Done."},
    ]
    factory.add("greet", looks, mends)
    await factory.run_batch()
    assert factory.run_of("greet").row.state is RunState.SHIPPED
    with sqlite3.connect(factory.workspace / "runs.db") as connection:
        rows = connection.execute("SELECT output FROM tool_call WHERE summary LIKE '%grep%'").fetchall()
    connection.close()
    assert len(rows) == 2
    for (output,) in rows:
        assert output.split() == ["0", "0", "searched"], output


async def test_no_request_for_an_agent_holds_a_word_of_a_scenario_and_nothing_holds_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    recorded = tmp_path / "requests.jsonl"
    ws = tmp_path / "ws"
    (ws / "twins" / "anthropic").mkdir(parents=True)
    async with start_messages_twin(ws / "twins" / "anthropic", record=recorded) as url:
        (ws / "twins" / "anthropic").rmdir()
        (ws / "twins").rmdir()
        factory = Factory.at(ws, base_url=url, attempts=2)
        config = ws / "factory.toml"
        config.write_text(config.read_text() + "allow_unsafe_local = true\n")
        factory.add("greet", delivers(WRONG), delivers(WRONG))
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        await factory.run_batch()
    assert factory.run_of("greet").row.state is RunState.FAILED
    requests = recorded.read_text()
    assert requests.count('"messages"') >= 6
    assert CANARY not in requests
    everything = [each for each in ws.rglob("*") if each.is_file()]
    assert any(each.name == "runs.db" for each in everything)
    for path in everything:
        assert KEY.encode() not in path.read_bytes(), path
    out, err = capfd.readouterr()
    assert KEY not in out + err


FORGOTTEN = f"""\
id: {{id}}
covers: [R1]
kind: alternate
given: A name beyond ASCII, with an umlaut {CANARY}
when: It is greeted with --{CANARY} and `{CANARY}` in it
then: It is greeted like any other {CANARY}
steps:
  - run: bin/greet jörg{CANARY}
    expect: {{{{exit: 0, stdout: {{{{contains: "{CANARY}"}}}}}}}}
"""
"""Fails for a reason that recurs, and names in every field what only the holdout knows."""

ASCII_ONLY = '#!/bin/sh\n[ -n "$1" ] || exit 2\ncase "$1" in *[!a-z0-9-]*) exit 3;; esac\necho "hello $1"\n'
ASKS = {"turn": 1, "kind": "answer", "times": 1, "text": "QUESTION (OUTPUTS): Is it in English?\n- yes\n- no"}


async def test_nothing_that_a_night_leaves_for_agents_holds_a_word_of_a_scenario(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded, ws, scripts = tmp_path / "requests.jsonl", tmp_path / "ws", tmp_path / "scripts"
    scripts.mkdir()
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    async with start_messages_twin(scripts, record=recorded) as url:
        factory = Factory.at(ws, base_url=url, attempts=2)
        config = ws / "factory.toml"
        config.write_text(config.read_text() + "allow_unsafe_local = true\n")
        suite = (GREETS, REFUSES, FORGOTTEN.format(id="joerg-is-greeted"), FORGOTTEN.format(id="zoe-is-greeted"))
        for spec in ("greet", "welcome"):
            factory.add(spec, delivers(ASCII_ONLY), delivers(ASCII_ONLY), scenarios=suite)
        factory.add("asks", delivers(RIGHT))
        factory.break_twin("asks", ASKS)
        for script in (ws / "twins" / "anthropic").iterdir():
            script.rename(scripts / script.name)
        async with factory.engine() as client:
            await client.run(())
            await factory.until("batch.finished")
            seq = factory.events()[-1].seq
            await client.answer(factory.run_of("asks").row.run, "yes")
            await factory.until("batch.finished", after=seq)
            with factory.reader() as reader:
                amended = [await client.accept(each.id) for each in reader.amendments()]
            escaped = await client.escape(factory.run_of("asks").row.run, "it greets the dead")
            seq = factory.events()[-1].seq
            await client.retry(factory.run_of("greet").row.run)
            await factory.until("batch.finished", after=seq)
    assert amended == ["feature@2"]
    assert escaped.reverted is not None
    assert factory.run_of("greet").row.state is RunState.FAILED
    requests = recorded.read_text()
    assert "Answer: yes" in requests
    assert CANARY not in requests
    told = {path for path in ws.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()}
    assert {path.relative_to(ws).parts[0] for path in told} <= {"scenarios", "runs.db", "runs.db-wal"}
    for repository in (*(ws / "targets").iterdir(), *(ws / ".factory" / "targets").iterdir()):
        everything = ("cat-file", "--batch-all-objects", "--batch")
        for words in (everything, ("for-each-ref",)):
            said = subprocess.run(["git", "-C", repository, *words], capture_output=True, check=True).stdout
            assert said
            assert CANARY.encode() not in said


GUARD = """\
guardrails:
- run: [sh, -c, "head -c 3 bin/greet; ls -a . /tmp; env; test -e bin/spec"]
  message: Every program is written down in bin/spec.
"""


async def test_constraints_guardrails_and_read_backs_tell_no_model_a_word_of_a_scenario(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded, ws, scripts = tmp_path / "requests.jsonl", tmp_path / "ws", tmp_path / "scripts"
    scripts.mkdir()
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    kept = [f"{each}base: pass\n" for each in (GREETS, REFUSES)]
    hidden = FORGOTTEN.format(id=f"{CANARY}-is-waved-at").replace("bin/greet", "bin/wave")
    waves = [hidden, hidden.replace("id: ", "id: again-").replace("[R1]", "[R2]")]
    async with start_messages_twin(scripts, record=recorded) as url:
        factory = Factory.at(ws, base_url=url, attempts=2)
        config = ws / "factory.toml"
        config.write_text(config.read_text() + "allow_unsafe_local = true\n")
        factory.add("greet", delivers(RIGHT), target="shop")
        (ws / "twins" / "anthropic" / "greet.yaml").rename(scripts / "greet.yaml")
        async with factory.engine() as client:
            await client.run(("greet",))
            await factory.until("batch.finished")
            for spec, kind, more in (("always", "constraint", ""), ("layers", "architectural", GUARD)):
                factory.add(spec, target="shop", scenarios=kept)
                path = ws / "specs" / f"{spec}.md"
                text = path.read_text().replace("kind: feature", f"kind: {kind}").replace("feature@1", f"{kind}@1")
                path.write_text(text.replace("depends_on:", f"{more}depends_on:"))
            for spec in ("welcome", "salute"):
                factory.add(spec, target="shop/../shop", scenarios=waves)
                attempts = {"attempts": [[*delivers(WRONG)], [*delivers(ASCII_ONLY)]]}
                told = {"summary": "It greets.", "questions": []}
                (scripts / f"{spec}.yaml").write_text(json.dumps({**attempts, "readback": told}))
            seq = factory.events()[-1].seq
            read = await client.read_back("welcome")
            await client.run(("welcome", "salute"))
            await factory.until("batch.finished", after=seq)
    assert read.summary == "It greets."
    run = factory.run_of("welcome")
    assert run.row.hold is None, run.row.why
    assert (run.row.state, [spec for spec, _ in run.constraints]) == (RunState.FAILED, ["always"])
    assert {each.id for each in run.attempts[0].scenarios} >= {"always/greets-by-name"}
    requests = recorded.read_text()
    for brought in ("Constraint always", "always:R2: not satisfied", "written down in bin/spec", "Read it back"):
        assert brought in requests
    assert CANARY not in requests
    assert "greets-by-name" not in requests
    told_to = {path for path in ws.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()}
    assert {path.relative_to(ws).parts[0] for path in told_to} <= {"scenarios", "runs.db", "runs.db-wal"}


@pytest.mark.parametrize("way", ["link", "copy", "instructions", "constraint", "guardrail"])
async def test_a_scenario_among_what_agents_are_told_holds_the_run(tmp_path: Path, way: str) -> None:
    factory = Factory.at(tmp_path / "ws")
    factory.add("greet", delivers(RIGHT))
    secret = factory.workspace / "scenarios" / "greet" / "s0.yaml"
    if way == "link":
        (factory.workspace / "context" / "notes.md").symlink_to(secret)
    elif way == "copy":
        (factory.workspace / "context" / "notes.md").write_text(f"# Notes\r\n\r\n{secret.read_text()}\n\nMore.\n")
    elif way == "instructions":
        config = factory.workspace / "factory.toml"
        config.write_text(config.read_text() + '[profiles.default]\nsystem = "scenarios/greet/s0.yaml"\n')
    elif way == "guardrail":
        keeps = [f"{each}base: pass\n".replace("id: ", "id: still-") for each in (GREETS, REFUSES)]
        factory.add("always", delivers(RIGHT), target="greet", scenarios=keeps)
        spec = factory.workspace / "specs" / "always.md"
        message = "\n".join(f"    {line}" for line in secret.read_text().splitlines())
        head = f"guardrails:\n- run: ['true']\n  message: |\n{message}\ndepends_on:"
        text = spec.read_text().replace("kind: feature", "kind: architectural").replace("depends_on:", head)
        spec.write_text(text.replace("feature@1", "architectural@1"))
    else:
        other = (factory.workspace / "specs" / "greet.md").read_text().replace("id: greet", "id: always")
        text = other.replace("kind: feature", "kind: constraint").replace("feature@1", "constraint@1")
        (factory.workspace / "specs" / "always.md").write_text(f"{text}\n{secret.read_text()}")
    async with factory.engine() as client:
        await client.run(("greet",))
        await factory.until("run.held", spec="greet")
    row = factory.run_of("greet").row
    assert row.hold is HoldReason.CONTEXT
    assert "s0.yaml" in row.why
