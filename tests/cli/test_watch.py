"""`status --watch`: what fits a window, and one drawing for each change."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from factory_tui.cli.watch import draw, fitted
from tests.cli.small_engine import small_engine


@given(st.lists(st.text("ab漢é ", max_size=60), max_size=40), st.integers(2, 30), st.integers(2, 30))
def test_what_is_drawn_fits_the_window(lines: list[str], columns: int, rows: int) -> None:
    shown = fitted(lines, os.terminal_size((columns, rows)))
    assert len(shown) <= rows - 1 or rows == 1
    assert all(cell_len(line) <= columns for line in shown if "more lines" not in line)


def test_what_does_not_fit_is_counted() -> None:
    shown = fitted([str(number) for number in range(10)], os.terminal_size((40, 6)))
    assert shown == ["0", "1", "2", "3", "… 6 more lines; make the window taller"]


def test_it_goes_on_until_interrupted(tmp_path: Path) -> None:
    (tmp_path / "factory.toml").write_text('[model]\nbase_url = "twin"\n')
    with small_engine(tmp_path):
        command = [sys.executable, "-m", "factory_tui", "-C", str(tmp_path), "status", "--watch"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watching:
            assert watching.stdout is not None
            assert watching.stdout.readline().startswith("engine   running")
            watching.send_signal(signal.SIGINT)
            assert watching.wait(20) == 130


@pytest.mark.parametrize(("terminal", "drawn"), [("xterm", True), ("dumb", False)])
def test_a_terminal_that_cannot_be_drawn_on_gets_plain_lines(
    terminal: str, drawn: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", terminal)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    draw(["engine   running"], os.terminal_size((40, 10)))
    said = capsys.readouterr().out
    assert ("\x1b" in said) is drawn
    assert "engine   running" in said
