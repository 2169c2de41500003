"""`report`: what it prints, where it writes, and what it says when there is nothing to report."""

import asyncio
import contextlib
import json
import os
import re
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from ptyprocess import PtyProcess

from factory_tui.cli.main import main
from factory_tui.model.ids import BatchId, RunId, SpecId
from factory_tui.model.money import MicroUsd
from factory_tui.model.run import HoldReason, RunState
from factory_tui.store import NewRun
from factory_tui.store.store import Store


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    path = tmp_path / "night"
    path.mkdir()
    (path / "factory.toml").write_text('[factory]\nname = "night"\n[limits]\nday_usd = 20.0\n')
    return path


@pytest.fixture
def command(workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    def call(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["factory-tui", "-C", str(workspace), "report", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    return call


@pytest.fixture
def history(workspace: Path) -> None:
    """Two batches; in the second one run ships, one is held, one has not started."""

    async def write() -> None:
        async with await Store.open(workspace / "runs.db") as store:
            await store.open_batch(BatchId("b1"), MicroUsd(5_000_000))
            await queue(store, "b1", "r1", "ships")
            await store.move_run("r1", RunState.CANCELLED)
            await store.close_batch(BatchId("b1"))
            await store.open_batch(BatchId("b2"), MicroUsd(5_000_000))
            for run, spec in (("r2", "ships"), ("r3", "waits"), ("r4", "later")):
                await queue(store, "b2", run, spec)
            for state in (RunState.PREPARING, RunState.BUILDING, RunState.COLLECTING, RunState.EVALUATING,
                          RunState.SHIPPING, RunState.SHIPPED):  # fmt: skip
                await store.move_run("r2", state)
            await store.move_run(
                "r3", RunState.HELD, why="dirty \x1b]0;title\x07", hold=HoldReason.TARGET_DIRTY, remedy="commit it"
            )

    asyncio.run(write())


async def queue(store: Store, batch: str, run: str, spec: str) -> None:
    await store.queue_run(
        NewRun(run=RunId(run), batch=BatchId(batch), spec=SpecId(spec), title=f"A \x1b[31mred\x1b[0m {spec}",
               spec_hash="h", spec_text="t", target="t", base="main")
    )  # fmt: skip


@pytest.mark.parametrize("form", ["text", "md", "html"])
def test_before_the_first_batch_it_says_so(command: Command, form: str) -> None:
    said = command("--format", form)

    assert (said.code, said.out, said.err) == (0, "nothing has run yet: `factory-tui run` begins a batch\n", "")


def test_before_the_first_batch_json_is_null(command: Command) -> None:
    assert json.loads(command("--json").out) is None


def test_the_newest_batch_is_reported_while_it_goes_on(command: Command, history: None) -> None:
    said = command()

    assert said.code == 0
    assert said.out.startswith("night · b2\n")
    for text in ("still running", "1 of 3 runs shipped, 1 not finished yet", "factory-tui retry r3", "commit it",
                 "✓ ships: cancelled → shipped"):  # fmt: skip
        assert text in said.out


def test_another_batch_is_reported_by_its_id(command: Command, history: None) -> None:
    said = command("--batch", "b1")

    assert said.out.startswith("night · b1\n")
    assert "CANCELLED  1" in said.out


def test_a_batch_that_is_not_there_is_wrong_usage_and_names_the_others(command: Command, history: None) -> None:
    said = command("--batch", "b9")

    assert said.code == 2
    assert said.err == "factory-tui: there is no batch b9\n  → there are b2, b1\n"


@pytest.mark.parametrize("form", ["text", "json", "md", "html"])
def test_no_control_sequence_is_printed(command: Command, history: None, form: str) -> None:
    said = command("--format", form)

    assert said.code == 0
    assert "\x1b" not in said.out
    assert "\x07" not in said.out


def test_json_has_every_part_with_money_in_micro_dollars(command: Command, history: None) -> None:
    found = json.loads(command("--format", "json").out)

    assert found["batch"] == "b2"
    assert [each["state"] for each in found["outcomes"]].count("shipped") == 1
    assert {each["name"]: each["cap"] for each in found["spend"]} == {"batch": 5_000_000, "day": 20_000_000}
    assert found == json.loads(command("--json").out)


def test_two_formats_at_once_are_wrong_usage(command: Command) -> None:
    said = command("--json", "--format", "md")

    assert said.code == 2
    assert "contradict" in said.err


def test_a_file_is_written_with_the_permissions_of_any_other(command: Command, history: None, tmp_path: Path) -> None:
    page, other = tmp_path / "night.html", tmp_path / "other"
    said = command("--format", "html", "--output", str(page))
    other.touch()

    assert said.out == f"{page}: the report of b2\n"
    assert page.read_text().startswith("<!doctype html>")
    assert stat.S_IMODE(page.stat().st_mode) == stat.S_IMODE(other.stat().st_mode)
    assert sorted(os.listdir(tmp_path)) == ["night", "night.html", "other"]


def test_a_file_is_replaced_and_keeps_its_permissions_and_its_link(
    command: Command, history: None, tmp_path: Path
) -> None:
    page, link = tmp_path / "page.md", tmp_path / "link.md"
    page.write_text("old")
    page.chmod(0o600)
    link.symlink_to(page)
    command("--format", "md", "--output", str(link))

    assert link.is_symlink()
    assert page.read_text().startswith("# night")
    assert stat.S_IMODE(page.stat().st_mode) == 0o600


def test_what_is_no_regular_file_is_never_replaced(command: Command, history: None) -> None:
    assert command("--output", "/dev/null").code == 0
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@pytest.mark.parametrize("where", ["missing/night.md", "."])
def test_a_file_that_cannot_be_written_is_said(command: Command, history: None, tmp_path: Path, where: str) -> None:
    said = command("--output", str(tmp_path / where))

    assert said.code == 2
    assert said.out == ""
    assert "→" in said.err


def test_a_dash_is_standard_output(command: Command, history: None) -> None:
    assert command("--output", "-").out == command().out


@pytest.mark.pty
@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_terminal_gets_colours_unless_it_wants_none(
    history: None, workspace: Path, variables: dict[str, str], coloured: bool
) -> None:
    program = "from factory_tui.cli.main import main; main()"
    inherited = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    environment = {**inherited, "TERM": "xterm-256color", **variables}
    child = PtyProcess.spawn(
        [sys.executable, "-c", program, "-C", str(workspace), "report"], env=environment, dimensions=(24, 60)
    )
    said = b""
    with contextlib.suppress(EOFError):
        while True:
            said += child.read()
    text = re.sub(r"\x1b\[[0-9;]*m", "", said.decode())

    assert (b"\x1b[" in said) is coloured
    assert "NEEDS YOU" in text
    assert max(map(len, text.split("\r\n"))) <= 60, "as wide as the terminal"
