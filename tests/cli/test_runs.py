"""`run`, `status`, `logs`, `show`, `cancel`, `retry`, `engine`, `failures`: output, exit codes, what is said."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from factory_tui import config
from factory_tui.cli.main import main
from factory_tui.config import load
from factory_tui.control import ControlClient
from factory_tui.model.evaluation import Evidence, Result, ScenarioResult, Trial
from factory_tui.model.failure import Failure, FailureClass, FailureLayer
from factory_tui.model.ids import BatchId, RunId, SpecId
from factory_tui.model.money import MicroUsd
from factory_tui.model.run import HoldReason, RunState
from factory_tui.model.usage import Usage
from factory_tui.store import NewRun
from factory_tui.store.store import Store
from tests.cli.small_engine import small_engine

PROGRAM = "from factory_tui.cli.main import main; main()"


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.out.splitlines()]


Command = Callable[..., Said]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "factory.toml").write_text('[model]\nbase_url = "twin"\n')
    (tmp_path / "specs").mkdir()
    for spec in ("ships", "fails", "waits", "breaks", "draft", "lingers"):
        (tmp_path / "specs" / f"{spec}.md").write_text("")
    return tmp_path


@pytest.fixture
def command(workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    def call(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["factory-tui", "-C", str(workspace), *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    return call


@pytest.fixture
def engine(workspace: Path) -> Iterator[None]:
    with small_engine(workspace):
        yield


@pytest.fixture
def history(workspace: Path) -> None:
    """One held run with a failed scenario in its only attempt, and one that shipped."""

    async def write() -> None:
        async with await Store.open(workspace / "runs.db") as store:
            await store.open_batch(BatchId("b1"), MicroUsd(5_000_000))
            for run, spec in (("rheld001", "waits"), ("rship001", "ships")):
                await store.queue_run(
                    NewRun(run=RunId(run), batch=BatchId("b1"), spec=SpecId(spec), title="A \x1b[31mred\x1b[0m title",
                           spec_hash="h" * 8, spec_text="t", target="t", base="main")
                )  # fmt: skip
            await store.move_run("rheld001", RunState.PREPARING)
            await store.start_attempt("rheld001")
            await store.move_run("rheld001", RunState.BUILDING)
            await store.record_turn("rheld001", 1, 1, "Looking.", Usage(), MicroUsd(1))
            await store.record_tool_started("rheld001", 1, 1, "c1", "bash", "cat x")
            await store.record_tool_finished("rheld001", 1, 1, "c1", "bash", True, 0.1, "evil \x1b]0;title\x07 output")
            await store.move_run("rheld001", RunState.COLLECTING)
            await store.move_run("rheld001", RunState.EVALUATING)
            evidence = (Evidence(step=2, check="exit", expected="3", observed="0"),)
            trial = Trial(result=Result.FAIL, seconds=1, evidence=evidence)
            result = ScenarioResult(
                id="overdrawn", covers=("R4",), result=Result.FAIL, trials=(trial,), sentence="given when then"
            )
            await store.record_scenario("rheld001", 1, result, 1, 2)
            told = result.model_copy(update={"id": "told", "burned": "its steps[1].run was told"})
            await store.record_scenario("rheld001", 1, told, 2, 2)
            failure = Failure(
                failure_class=FailureClass.INCOMPLETE, layer=FailureLayer.SPEC, cause="half of R4",
                scenario="overdrawn", rules=("R4",), evidence=evidence,
            )  # fmt: skip
            await store.record_failures("rheld001", 1, "waits", [failure])
            await store.move_run(
                "rheld001", RunState.HELD, why="dirty", hold=HoldReason.TARGET_DIRTY, remedy="commit it"
            )
            for state in (RunState.PREPARING, RunState.BUILDING, RunState.COLLECTING, RunState.EVALUATING,
                          RunState.SHIPPING, RunState.SHIPPED):  # fmt: skip
                await store.move_run("rship001", state)
            await store.close_batch(BatchId("b1"))

    asyncio.run(write())


def test_run_follows_until_everything_shipped(command: Command, engine: None) -> None:
    said = command("run", "ships", "--until-idle")

    assert said.code == 0
    assert "1 shipped" in said.out
    assert said.err == ""


@pytest.mark.parametrize("spec", ["fails", "waits", "breaks"])
def test_run_exits_1_and_says_why_when_a_run_did_not_ship(command: Command, engine: None, spec: str) -> None:
    said = command("run", "ships", spec, "--until-idle")

    assert said.code == 1
    assert "did not make it" in said.out
    assert "→ retry r00000002" in said.out


def test_run_without_names_takes_what_is_ready(command: Command, engine: None) -> None:
    said = command("run", "--until-idle")

    assert said.code == 1
    assert "1 shipped, 1 failed" in said.out


def test_run_prints_one_event_a_line_without_gaps(command: Command, engine: None) -> None:
    said = command("run", "ships", "fails", "--until-idle", "--json")

    assert said.code == 1
    seqs = [line["seq"] for line in said.lines]
    assert seqs == list(range(1, len(seqs) + 1))
    assert [line["type"] for line in said.lines][-1] == "batch.finished"
    assert {"run.queued", "run.shipped", "run.failed"} <= {line["type"] for line in said.lines}
    assert all({"seq", "ts", "type", "batch", "run", "attempt", "spec"} <= line.keys() for line in said.lines)


def test_run_without_until_idle_returns_when_its_own_runs_rest(command: Command, engine: None) -> None:
    said = command("run", "ships")

    assert said.code == 0
    assert "shipped" in said.out


def test_a_refused_spec_is_said_and_counts(command: Command, engine: None) -> None:
    said = command("run", "draft", "ships", "--until-idle")

    assert said.code == 1
    assert "draft was not queued: it is draft" in said.err


@pytest.mark.parametrize("name", ["no-such-spec", "../factory", "/etc/passwd"])
def test_a_spec_that_is_not_there_is_wrong_usage_before_anything_starts(
    command: Command, workspace: Path, name: str
) -> None:
    said = command("run", name)

    assert said.code == 2
    assert "there is no spec" in said.err
    assert not (workspace / ".factory").exists()


def test_a_configuration_that_differs_is_refused_with_its_keys(
    command: Command, engine: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The engine reads the same environment, so it is only this client's view that is changed.
    changed = {"FACTORY_LIMITS__ATTEMPTS": "7", "FACTORY_MODEL__API_KEY_FILE": "/secret/place"}
    monkeypatch.setattr(config, "load", lambda workspace: load(workspace, changed))
    said = command("run", "ships")

    assert said.code == 2
    assert "limits.attempts, model.api_key_file" in said.err
    assert "engine stop" in said.err
    assert "/secret" not in said.out + said.err


def test_reading_commands_need_no_engine(command: Command, history: None) -> None:
    status = command("status")
    assert status.code == 0
    assert "not running" in status.out
    assert "dirty" in status.out
    assert "→ commit it" in status.out

    show = command("show", "rheld")
    assert show.code == 0
    for text in (
        "overdrawn (R4)",
        "told (R4, burned)",
        "expected 3",
        "observed 0",
        "#1 INCOMPLETE in overdrawn: half of R4",
    ):
        assert text in show.out

    logs = command("logs", "waits")
    assert logs.code == 0
    assert "$ cat x" in logs.out


def test_no_control_sequence_reaches_the_terminal(command: Command, history: None) -> None:
    for words in (["status"], ["show", "waits"], ["logs", "waits"], ["failures", "list"], ["failures", "show", "1"]):
        for form in ([], ["--json"]):
            said = command(*words, *form)
            assert said.code == 0
            assert "\x1b" not in said.out
            assert "\x07" not in said.out


def test_listings_are_json_when_asked(command: Command, history: None) -> None:
    status = command("status", "--json").lines[0]
    assert status["engine"] is None
    assert [row["run"] for row in status["runs"]] == ["rheld001", "rship001"]

    shown = command("show", "rheld001", "--json").lines[0]
    assert shown["attempts"][0]["scenarios"][0]["id"] == "overdrawn"

    logged = command("logs", "rheld001", "--json").lines
    assert [line["run"] for line in logged] == ["rheld001"] * len(logged)

    assert command("failures", "list", "--json").lines[0]["groups"][0]["failure_class"] == "INCOMPLETE"
    assert command("failures", "show", "1", "--json").lines[0]["cause"] == "half of R4"


def test_following_the_log_of_a_run_at_rest_ends(command: Command, history: None) -> None:
    said = command("logs", "rship001", "-f")

    assert said.code == 0
    assert said.out.splitlines()[-1].endswith("shipped")


def test_following_the_log_of_a_live_run_ends_with_the_run(command: Command, workspace: Path, engine: None) -> None:
    async def queue() -> None:
        async with ControlClient.connect(workspace, load(workspace)) as client:
            await client.run(["lingers"])

    asyncio.run(queue())
    child = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "-C", str(workspace), "logs", "lingers", "-f"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    while not child.stdout.readline().endswith("preparing\n"):
        pass
    assert command("cancel", "lingers").code == 0
    out, _ = child.communicate(timeout=30)

    assert child.returncode == 0
    assert out.splitlines()[-1].endswith("cancelled")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["show", "nobody"], "there is no run nobody"),
        (["logs", "r"], "r may be rheld001, rship001"),
        (["failures", "show", "99"], "there is no failure record 99"),
        (["failures", "show", "x"], "not a valid integer"),
        (["cancel"], "Missing argument"),
    ],
)
def test_a_name_that_means_nothing_is_wrong_usage(
    command: Command, history: None, words: list[str], complaint: str
) -> None:
    said = command(*words)

    assert said.code == 2
    assert complaint in said.err


def test_without_any_history_there_is_nothing_to_show(command: Command) -> None:
    assert command("status").out.splitlines()[-1].startswith("no runs yet")
    assert command("failures", "list").out == "no failures on record\n"
    assert command("status", "--json").lines == [
        {"engine": None, "paused": False, "holding": None, "batch": None, "runs": []}
    ]


def test_a_directory_that_is_no_workspace_is_said(command: Command, workspace: Path) -> None:
    (workspace / "factory.toml").unlink()
    said = command("status")

    assert said.code == 2
    assert "not a workspace" in said.err


def test_a_damaged_history_is_said(command: Command, workspace: Path) -> None:
    (workspace / "runs.db").write_bytes(b"no database" * 1000)
    for words in (["status"], ["show", "x"], ["failures", "list"]):
        said = command(*words)
        assert said.code == 2
        assert "damaged" in said.err
        assert said.err.count("\n") == 2


def test_what_only_an_engine_can_do_says_that_none_runs(command: Command, history: None) -> None:
    cancel = command("cancel", "rheld001")
    assert cancel.code == 3
    assert "engine start" in cancel.err

    status = command("engine", "status", "--json")
    assert (status.code, status.lines) == (3, [{"engine": None}])
    assert command("engine", "stop").code == 0


def test_engine_status_and_the_refusals_of_the_engine(command: Command, history: None, engine: None) -> None:
    status = command("engine", "status", "--json").lines[0]
    assert (status["engine"]["model"], status["held"]) == ("twin", 1)
    assert "1 held" in command("engine", "status").out

    assert command("cancel", "waits").code == 0
    again = command("cancel", "waits")
    assert again.code == 2
    assert "already ended" in again.err
    missing = command("retry", "waits")
    assert missing.code == 3
    assert "ANTHROPIC_API_KEY" in missing.err


def test_ctrl_c_leaves_the_engine_running_and_says_so(workspace: Path, engine: None) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "-C", str(workspace), "run", "lingers", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    child.stdout.readline()
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=30)

    assert child.returncode == 130, err
    assert "the engine goes on" in err
    assert "Traceback" not in err
