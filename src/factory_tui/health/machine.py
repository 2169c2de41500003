"""Python, packages, git, SQLite, disk, terminal, socket directory."""

import importlib.metadata
import os
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from factory_tui import __version__
from factory_tui.control import ControlError
from factory_tui.control.address import new_socket_path
from factory_tui.health.check import Check, Grade

PYTHON = (3, 11)
GIT = (2, 36)
"""`git worktree list -z`, which delivery reads."""
SQLITE = (3, 37)
"""STRICT tables."""
SCREEN = (80, 24)
DISK_WARN_MB = 2048
"""An image and a night's artifacts fit."""
DISK_FAIL_MB = 200

_PACKAGES = ("anthropic", "textual", "docker", "pydantic", "aiosqlite")


def examine(workspace: Path) -> Iterator[Check]:
    """The checks of this machine."""
    yield _python()
    yield _packages()
    yield _git()
    yield _sqlite()
    yield _disk(workspace)
    yield _terminal()
    yield _socket(workspace)


def _python() -> Check:
    found = f"{platform.python_version()}, {sys.executable}"
    if sys.version_info[:2] < PYTHON:
        return Check("python", Grade.FAIL, found, "install Python 3.11 or newer")
    return Check("python", Grade.OK, found)


def _packages() -> Check:
    versions, missing = [f"factory-tui {__version__}"], []
    for name in _PACKAGES:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return Check("packages", Grade.FAIL, f"missing: {', '.join(missing)}", "run `make setup`, or install again")
    return Check("packages", Grade.OK, ", ".join(versions))


def _git() -> Check:
    try:
        said = subprocess.run(["git", "--version"], capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return Check("git", Grade.FAIL, "not found", "install git, on Debian: apt-get install git")
    numbers = tuple(int(each) for each in re.findall(r"\d+", said)[:3])
    if numbers < GIT:
        return Check("git", Grade.FAIL, said.strip(), "install git 2.36 or newer")
    return Check("git", Grade.OK, said.strip())


def _sqlite() -> Check:
    if sqlite3.sqlite_version_info < SQLITE:
        return Check(
            "sqlite", Grade.FAIL, sqlite3.sqlite_version, "use a Python that is built with SQLite 3.37 or newer"
        )
    return Check("sqlite", Grade.OK, sqlite3.sqlite_version)


def _disk(workspace: Path) -> Check:
    place = next(each for each in (workspace, *workspace.parents) if each.is_dir())
    free = shutil.disk_usage(place).free >> 20
    found = f"{free:,} MB free at {place}"
    if not os.access(place, os.W_OK | os.X_OK):
        return Check("disk", Grade.FAIL, f"{place} is not writable", "make it writable for this user")
    if free < DISK_FAIL_MB:
        return Check("disk", Grade.FAIL, found, "free some space")
    if free < DISK_WARN_MB:
        return Check("disk", Grade.WARN, found, "the sandbox image and the artifacts of a night need about 2 GB")
    return Check("disk", Grade.OK, found)


def _terminal() -> Check:
    if not sys.stdout.isatty():
        return Check("terminal", Grade.OK, "none: commands print plain lines")
    columns, rows = shutil.get_terminal_size()
    colours = _colours()
    found = f"{columns}×{rows}, {colours}, TERM={os.environ.get('TERM', 'not set')}"
    if columns < SCREEN[0] or rows < SCREEN[1]:
        return Check("terminal", Grade.WARN, found, "the control room needs 80×24: enlarge the terminal")
    if os.environ.get("TERM") in (None, "dumb"):
        return Check("terminal", Grade.WARN, found, "set TERM, for example to xterm-256color")
    return Check("terminal", Grade.OK, found)


def _colours() -> str:
    if "NO_COLOR" in os.environ:
        return "no colours (NO_COLOR)"
    if os.environ.get("COLORTERM") in ("truecolor", "24bit"):
        return "16 million colours"
    return "256 colours" if "256" in os.environ.get("TERM", "") else "16 colours"


def _socket(workspace: Path) -> Check:
    try:
        path = new_socket_path(workspace)
    except ControlError as error:
        return Check("socket", Grade.FAIL, error.what, error.todo)
    except OSError as error:
        return Check("socket", Grade.FAIL, str(error), "set XDG_RUNTIME_DIR to a directory of yours")
    return Check("socket", Grade.OK, str(path.parent))
