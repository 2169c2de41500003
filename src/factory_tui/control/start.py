"""Starting the engine when none runs, as opening a terminal multiplexer starts its server."""

import asyncio
import os
import select
import shutil
import signal
import sys
from pathlib import Path

from factory_tui.config import Settings
from factory_tui.control.client import ControlClient
from factory_tui.control.errors import ControlError, NoEngine
from factory_tui.model.foreign import clean_bytes
from factory_tui.model.views import EngineInfo

START_SECONDS = 90.0
"""Longest wait for a started engine to answer; it checks the database and the sandbox host first."""

LOG = "engine.log"

_ROOM = 64 * 1024
"""Bytes that must be free on the disk before its being full is ruled out."""

ALREADY_RUNNING = 4
"""Exit code of an engine that found the workspace held by another one."""

UNREADABLE = 5
"""Exit code of an engine that found a file of the workspace that it cannot use."""


class EngineDidNotStart(ControlError):
    """The engine ended before it answered; the text is its own.

    Attributes:
        unreadable: a file of the workspace cannot be used (prices, a twin's script, the configuration).
    """

    def __init__(self, what: str, todo: str, unreadable: bool = False) -> None:
        super().__init__(what, todo)
        self.unreadable = unreadable


async def ensure_engine(workspace: Path, settings: Settings) -> EngineInfo:
    """Connect to the engine of `workspace`; start it first when none runs.

    Whoever is cancelled before a started engine has answered takes it away again: nobody has given it work yet.

    Raises:
        ConfigurationDiffers: one runs, with other settings; the text names the keys, never the values.
        EngineDidNotStart: with the engine's own words.
    """
    info = await _hello(workspace, settings)
    if info is not None:
        return info
    pid, log, offset = _spawn(workspace)
    held: str | None = None
    try:
        async with asyncio.timeout(START_SECONDS):
            while True:
                code = _exit_code(pid)
                info = await _hello(workspace, settings)
                if info is not None:
                    if info.pid != pid:
                        _take_away(pid)  # it lost the race, and would start anew when the winner is stopped
                    return info
                if code == ALREADY_RUNNING:
                    # Another one is starting, or still ending: the next hello finds it, or the next start succeeds.
                    held = _did_not_start(log, offset).what
                    await asyncio.sleep(1)
                    pid, log, offset = _spawn(workspace)
                elif code is not None:
                    raise _did_not_start(log, offset, unreadable=code == UNREADABLE)
                await asyncio.sleep(0.03)
    except asyncio.CancelledError:
        _take_away(pid)
        raise
    except TimeoutError:
        if held is not None:
            raise EngineDidNotStart(f"{held} and does not answer", f"look at {log}; end it with `kill`") from None
        raise EngineDidNotStart(
            f"the engine (pid {pid}) does not answer after {START_SECONDS:.0f} s", f"look at {log}"
        ) from None


async def wait_until_gone(pid: int, seconds: float) -> bool:
    """Wait for a process to end; False when it still runs after `seconds`."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        ready, _, _ = await asyncio.to_thread(select.select, [descriptor], [], [], seconds)
        if ready:
            _exit_code(pid)
        return bool(ready)
    finally:
        os.close(descriptor)


async def _hello(workspace: Path, settings: Settings) -> EngineInfo | None:
    try:
        async with ControlClient.connect(workspace) as client:
            return await client.hello(settings)
    except NoEngine:
        return None


def _spawn(workspace: Path) -> tuple[int, Path, int]:
    """Start the engine in a session of its own; its pid, its log, and where its words begin there."""
    log = workspace / ".factory" / LOG
    try:
        log.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
    except OSError as error:
        raise EngineDidNotStart(
            f"{log}: cannot be written: {error.strerror}", "make the workspace writable for this user"
        ) from None
    try:
        offset = os.fstat(descriptor).st_size
        # Not subprocess: its object belongs to a parent that waits, and this child is to outlive its parent.
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, "-m", "factory_tui.engine", "--workspace", str(workspace)],
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, descriptor, 1),
                (os.POSIX_SPAWN_DUP2, descriptor, 2),
            ],
            setsid=True,
        )
    finally:
        os.close(descriptor)
    return pid, log, offset


def _take_away(pid: int) -> None:
    """End an engine that we started and that nobody has given work."""
    if _exit_code(pid) is None:
        os.kill(pid, signal.SIGTERM)


def _exit_code(pid: int) -> int | None:
    """How our child ended; lets the kernel forget it. None while it runs, and for what is no child of ours."""
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return None
    return os.waitstatus_to_exitcode(status) if ended == pid else None


def _did_not_start(log: Path, offset: int, *, unreadable: bool = False) -> EngineDidNotStart:
    what, todo = _last_words(log, offset) or ("the engine ended at once without a word", f"look at {log}")
    return EngineDidNotStart(what, todo, unreadable)


def end_of_log(workspace: Path) -> int:
    """Bytes that the engine has written so far; see `ended_early`."""
    try:
        return (workspace / ".factory" / LOG).stat().st_size
    except OSError:
        return 0


def ended_early(workspace: Path, offset: int) -> NoEngine:
    """Why an engine ended while it was followed, in its own words since `offset` of its log."""
    log = workspace / ".factory" / LOG
    words = _last_words(log, offset)
    if words is None:
        return NoEngine("the engine ended before the work was done", f"look at {log}, then run again")
    return NoEngine(f"the engine ended before the work was done: {words[0]}", f"{words[1]}, then run again")


def _last_words(log: Path, offset: int) -> tuple[str, str] | None:
    """What an engine said last, and what to do; None when it said nothing."""
    try:
        with log.open("rb") as file:
            file.seek(offset)
            said = clean_bytes(file.read(), limit=20_000)
        if shutil.disk_usage(log.parent).free < _ROOM:
            return f"the disk that holds {log.parent} is full, so nothing can be recorded", "free some space"
    except OSError as error:
        return f"{log}: cannot be read: {error.strerror}", "make the workspace readable for this user"
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    if not lines:
        return None
    if any("Traceback (most recent call last)" in line for line in lines):
        # Errors of several tasks are drawn as a tree, whose last line is a frame.
        told = [line.lstrip("| ") for line in lines if line.strip("|+- ")]
        return f"the engine failed: {told[-1]}", f"the whole story is in {log}"
    what, todo = lines[-2:] if len(lines) > 1 else (lines[-1], f"look at {log}")
    return what, todo
