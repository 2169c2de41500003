"""The editor in a pseudo terminal: typed text outlives the terminal and the process, and keys keep their order."""

import signal
import sys
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


def editing(workspace: Path) -> Terminal:
    """A control room in a terminal with the editor of a spec open, at its first line."""
    terminal = Terminal([sys.executable, "-c", ROOM, str(workspace)])
    terminal.until("rotate-logs")
    terminal.press(f"/{SPEC}")
    terminal.until("1 shown")
    terminal.press("\r")
    terminal.settle(0.3)
    terminal.press("i")
    terminal.until("not Ready")
    terminal.press("\x1b[1;5H")
    terminal.settle(0.3)
    return terminal


def draft_of(workspace: Path) -> str:
    return (workspace / ".factory" / "drafts" / f"{SPEC}.md").read_text()


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
    terminal.settle(0.5)
    terminal.process.kill(signal.SIGKILL)
    terminal.exit_code()
    again = Terminal([sys.executable, "-c", ROOM, str(workspace)])
    again.until("rotate-logs")
    again.press(f"/{SPEC}")
    again.until("1 shown")
    again.press("\r")
    again.settle(0.3)
    again.press("i")
    again.until("Unsaved changes of half-done")
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
    terminal.settle(0.5)
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
