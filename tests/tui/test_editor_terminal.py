"""The editor in a pseudo terminal: typed text outlives the terminal and the process, and keys keep their order."""

import signal
import sys
import time
from pathlib import Path

import pytest

from .test_source import make_workspace
from .test_terminal import Terminal

ROOM = """
import sys
from pathlib import Path
from factory_tui import config
from factory_tui.tui.app import ControlRoom
from factory_tui.tui.live import LiveSource

class WithoutEngine(LiveSource):
    async def connect(self, *, start):
        return None

workspace = Path(sys.argv[1])
ControlRoom(WithoutEngine(workspace, config.load(workspace, {}))).run(mouse=False)
"""

SPEC = "half-done"


def asked_to_edit(workspace: Path) -> Terminal:
    """A control room in a terminal that opens the editor of a spec."""
    terminal = Terminal([sys.executable, "-c", ROOM, str(workspace)])
    terminal.until("rotate-logs")
    terminal.press(f"/{SPEC}")
    terminal.until("1 of ")
    terminal.press("\r")
    terminal.settle(0.3)
    terminal.press("i")
    return terminal


def editing(workspace: Path) -> Terminal:
    """One with the editor open, at its first line."""
    terminal = asked_to_edit(workspace)
    terminal.until("not Ready")
    terminal.press("\x1b[1;5H")
    terminal.settle(0.3)
    return terminal


def opened_again(workspace: Path) -> Terminal:
    """A control room that asks what becomes of text that an editor before it left behind."""
    terminal = asked_to_edit(workspace)
    terminal.until("Unsaved changes of half-done")
    return terminal


def draft_of(workspace: Path, number: int = 1) -> str:
    """What the first editor of the spec keeps, or the second; empty while there is nothing."""
    name = f"{SPEC}.md" if number == 1 else f"{SPEC}.md.{number}"
    try:
        return (workspace / ".factory" / "drafts" / name).read_text()
    except FileNotFoundError:
        return ""


def until_kept(terminal: Terminal, workspace: Path, text: str, number: int = 1) -> None:
    """Wait until what was typed is in a draft."""
    end = time.monotonic() + 30
    while text not in draft_of(workspace, number):
        assert terminal.read(), "ended"
        assert time.monotonic() < end, f"waited in vain for a draft with {text}"


@pytest.mark.pty
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM], ids=lambda each: each.name)
def test_what_was_typed_a_moment_ago_outlives_the_terminal(tmp_path: Path, number: signal.Signals) -> None:
    workspace = make_workspace(tmp_path)
    terminal = editing(workspace)
    terminal.press("typed just now")
    terminal.until("typed just now")
    terminal.process.kill(number)
    terminal.exit_code()
    assert terminal.process.signalstatus == number
    assert draft_of(workspace).startswith("typed just now---")


@pytest.mark.pty
def test_what_was_typed_outlives_a_killed_process_and_is_offered(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    terminal = editing(workspace)
    terminal.press("typed some time ago")
    until_kept(terminal, workspace, "typed some time ago")
    terminal.process.kill(signal.SIGKILL)
    terminal.exit_code()
    again = opened_again(workspace)
    again.press("t")
    again.until("● unsaved")
    again.press("\x1bOQ")
    again.until("✓ saved")
    assert (workspace / "specs" / f"{SPEC}.md").read_text().startswith("typed some time ago---")
    again.process.kill(signal.SIGKILL)
    again.exit_code()


@pytest.mark.pty
def test_a_packet_of_keys_is_typed_in_order_and_costs_little(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    terminal = editing(workspace)
    terminal.press("\x1b[B\x1b[B\x1b[Fabc\x7fd\x1b[A\x1b[Hxy\x1b[3~\x1b[Dz")
    until_kept(terminal, workspace, "xzy")
    until_kept(terminal, workspace, "abd")
    rows = draft_of(workspace).split("\n")
    original = (workspace / "specs" / f"{SPEC}.md").read_text().split("\n")
    assert rows[2] == original[2] + "abd"
    assert rows[1] == "xzy" + original[1][1:]
    terminal.press("\x1b[1;5B\x1b[B\x1b[F")
    terminal.settle(0.5)
    before = len(terminal.output)
    terminal.press("m")
    terminal.settle(0.5)
    assert len(terminal.output) - before < 1_000, "the line that changed is redrawn, and not the whole text"
    assert terminal.during(1.0) == 0, "nothing blinks"
    terminal.process.kill(signal.SIGKILL)
    terminal.exit_code()


@pytest.mark.pty
def test_two_editors_of_one_spec_lose_neither_text(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    original = (workspace / "specs" / f"{SPEC}.md").read_text()
    one, other = editing(workspace), editing(workspace)
    one.press("typed here ")
    until_kept(one, workspace, "typed here")
    other.press("typed there ")
    until_kept(other, workspace, "typed there", number=2)
    other.press("\x1bOQ")
    other.until("✓ saved")
    one.until("changed by another program")
    one.process.kill(signal.SIGKILL)
    one.exit_code()
    other.process.kill(signal.SIGKILL)
    other.exit_code()
    assert (workspace / "specs" / f"{SPEC}.md").read_text() == f"typed there {original}"
    again = opened_again(workspace)
    again.press("t")
    again.until("typed here")
    again.press("\x1bOQ")
    again.until("was changed outside")
    again.press("o")
    again.until("that one is kept in")
    again.process.kill(signal.SIGKILL)
    again.exit_code()
    assert (workspace / "specs" / f"{SPEC}.md").read_text() == f"typed here {original}"
    (theirs,) = (workspace / ".factory" / "drafts").glob("*.theirs-*.md")
    assert theirs.read_text() == f"typed there {original}"


@pytest.mark.pty
def test_another_editor_takes_the_terminal_and_gives_it_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = make_workspace(tmp_path)
    program = tmp_path / "vi"
    program.write_text('#!/bin/sh\necho "this is vi"; read answer; sed -i "s/## WHOM/## WHO/" "$1"\n')
    program.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(program))
    monkeypatch.delenv("VISUAL", raising=False)
    terminal = editing(workspace)
    terminal.press("\x1b[20~")
    terminal.until("this is vi")
    terminal.press("\r")
    terminal.until("errors left")
    assert "## WHO\n" in (workspace / "specs" / f"{SPEC}.md").read_text()
    terminal.press("x")
    terminal.until("● unsaved")
    terminal.process.kill(signal.SIGKILL)
    terminal.exit_code()
