"""The whole program in a pseudo terminal: it opens, answers a key, and leaves the terminal as it was."""

import os
import re
import select
import shutil
import sys
import time
from pathlib import Path

import ptyprocess
import pyte
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
ROWS, COLUMNS = 24, 80


_OF_OUR_TERMINAL = frozenset({"NO_COLOR", "COLORTERM", "COLUMNS", "LINES"})


class Terminal:
    """A program in a pseudo terminal of 80×24."""

    def __init__(self, argv: list[str], **environment: str) -> None:
        kept = {name: value for name, value in os.environ.items() if name not in _OF_OUR_TERMINAL}
        self.process = ptyprocess.PtyProcess.spawn(
            argv, dimensions=(ROWS, COLUMNS), env={**kept, "TERM": "xterm-256color", **environment}
        )
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self.screen)
        self.output = b""

    def read(self) -> bool:
        """Take what has come; False at the end."""
        if select.select([self.process.fd], [], [], 0.1)[0]:
            try:
                data = os.read(self.process.fd, 1 << 16)
            except OSError:
                return False
            if not data:
                return False
            self.output += data
            self._stream.feed(data)
        return True

    def until(self, text: str, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not any(text in line for line in self.screen.display):
            assert self.read(), f"ended without {text}: " + "\n".join(self.screen.display)
            assert time.monotonic() < end, f"waited in vain for {text}: " + "\n".join(self.screen.display)

    def press(self, keys: str) -> None:
        self.process.write(keys.encode())

    def settle(self, seconds: float = 1.0) -> None:
        """Wait until nothing comes any more."""
        self.during(seconds)
        while self.during(seconds):
            pass

    def during(self, seconds: float) -> int:
        """Bytes that come in a while."""
        before, end = len(self.output), time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.read(), "ended"
        return len(self.output) - before

    def drawn_anew(self) -> list[str]:
        """What the program draws on an empty screen of the same size."""
        self.process.setwinsize(ROWS + 1, COLUMNS)
        self.settle()
        self.screen.reset()
        self.process.setwinsize(ROWS, COLUMNS)
        self.until("Specs")
        self.settle()
        return list(self.screen.display)

    def garble(self, text: str) -> None:
        """Have another program write in the middle of the screen."""
        self._stream.feed(f"\x1b[{ROWS // 2};10H\x1b[0m{text}".encode())

    def exit_code(self) -> int:
        while self.read():
            pass
        self.process.wait()
        return int(self.process.exitstatus or 0)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    for name in ("specs", "scenarios"):
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    shutil.copy(REPOSITORY / "factory.toml", tmp_path)
    return tmp_path


def opened(workspace: Path, **environment: str) -> Terminal:
    return Terminal([sys.executable, "-m", "factory_tui", "-C", str(workspace), "--read-only"], **environment)


@pytest.mark.pty
def test_the_room_opens_and_leaves_the_terminal_as_it_was(workspace: Path) -> None:
    terminal = opened(workspace)
    terminal.until("rotate-logs")
    terminal.press("2")
    terminal.until("Nothing has run yet")
    terminal.press("q")
    assert terminal.exit_code() == 0
    assert terminal.output.count(b"\x1b[?1049h") == terminal.output.count(b"\x1b[?1049l") == 1
    assert b"\x1b[?1000h" not in terminal.output, "the mouse is left alone"


@pytest.mark.pty
def test_a_screen_on_which_nothing_happens_sends_nothing(workspace: Path) -> None:
    terminal = opened(workspace)
    terminal.until("rotate-logs")
    terminal.settle()
    assert terminal.during(3) == 0


@pytest.mark.pty
def test_nothing_is_left_of_what_was_shown_before(workspace: Path) -> None:
    terminal = opened(workspace)
    terminal.until("rotate-logs")
    for keys in (
        "jjjk",
        "G",
        "g",
        "/log\r",
        "\x1b",
        "s",
        "ss",
        "?",
        "\x1b",
        ":theme\r",
        "2",
        "3",
        "1",
        "/!stock\r",
        "jj",
    ):
        terminal.press(keys)
        terminal.settle(0.4)
    kept = list(terminal.screen.display)
    colours = [[terminal.screen.buffer[y][x] for x in range(COLUMNS)] for y in range(ROWS)]
    assert terminal.drawn_anew() == kept
    assert [[terminal.screen.buffer[y][x] for x in range(COLUMNS)] for y in range(ROWS)] == colours


@pytest.mark.pty
def test_what_another_program_wrote_over_the_screen_is_wiped_on_demand(workspace: Path) -> None:
    terminal = opened(workspace)
    terminal.until("rotate-logs")
    terminal.settle()
    before = list(terminal.screen.display)
    terminal.garble("The system is going down for maintenance")
    assert list(terminal.screen.display) != before
    terminal.press("\x0c")
    terminal.settle()
    assert list(terminal.screen.display) == before


@pytest.mark.pty
def test_no_color_is_respected(workspace: Path) -> None:
    terminal = opened(workspace, NO_COLOR="1")
    terminal.until("● ready")
    terminal.press("q")
    assert terminal.exit_code() == 0
    colours = re.findall(rb"\x1b\[[0-9;]*38;2;(\d+);(\d+);(\d+)", terminal.output)
    assert all(red == green == blue for red, green, blue in colours)


@pytest.mark.pty
def test_a_place_that_is_no_workspace_is_said_without_opening(tmp_path: Path) -> None:
    terminal = opened(tmp_path)
    assert terminal.exit_code() == 2
    assert b"not a workspace" in terminal.output
    assert b"\x1b[?1049h" not in terminal.output
