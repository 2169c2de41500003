"""A program of a sandbox in a terminal of its own: what it draws is kept until it is asked for, keys wait for it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import selectors
import signal
import struct
import subprocess
import termios
import threading
import time
from typing import Any

from factory_tui.sandbox.inside.command import DRAIN_S, KILL_S, QUIET_S, STARTING, Command
from factory_tui.sandbox.inside.processes import kill_group

BACKLOG = 256 * 1024
"""Bytes that wait to be asked for. Then nothing more is read: the program has to wait, as at a slow terminal."""
TYPED_AHEAD = 64 * 1024
"""Bytes of keys that wait for a program which does not read."""
IUTF8 = 0o40000
"""Of termios on Linux: the kernel's own line editing erases a character, not a byte."""


class Terminal:
    """One program in a pseudo terminal: its pair of descriptors, its output, its end."""

    def __init__(self, order: dict[str, Any], env: dict[str, str], cwd: str) -> None:
        self.order, self.cwd = order, cwd
        self.env = {name: value for name, value in env.items() if name not in ("LINES", "COLUMNS")}
        self.drawn = bytearray()
        self.typed = bytearray()
        self.news = threading.Condition()
        self.exit_code: int | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self.stopped = False
        self.here, there = os.openpty()
        try:
            os.set_blocking(self.here, False)
            self.resize(order["columns"], order["rows"])
            modes = termios.tcgetattr(there)
            modes[0] |= IUTF8
            termios.tcsetattr(there, termios.TCSANOW, modes)
            self.waker, self.waking = os.pipe()
        except BaseException:
            os.close(self.here)
            os.close(there)
            raise
        self.there = there

    def run(self) -> None:
        """Start it and stay until it has ended. Never raises: what prevents a start is drawn, as a shell does."""
        try:
            with STARTING:
                if self.stopped:
                    raise InterruptedError("stopped before it began")
                self.process = subprocess.Popen(
                    self.order["argv"],
                    stdin=self.there,
                    stdout=self.there,
                    stderr=self.there,
                    cwd=self.cwd,
                    env=self.env,
                    start_new_session=True,
                    preexec_fn=own_terminal,
                )
        except (OSError, ValueError, RuntimeError, subprocess.SubprocessError) as error:
            self.refuse(error)
            return
        Command.prefer_for_oom(self.process.pid)
        self._pump(self.process)
        code = self.process.returncode
        self._finish(128 - code if code < 0 else code)

    def refuse(self, error: Exception) -> None:
        """The program could not be started."""
        with self.news:
            self.drawn += f"cannot start: {error}\r\n".encode(errors="replace")
        self._finish(126)

    def type(self, keys: bytes) -> int:
        """Keys for the program to read when it likes; how many bytes there was room for."""
        with self.news:
            taken = keys[: max(0, TYPED_AHEAD - len(self.typed))]
            if self.exit_code is None:
                self.typed += taken
        self._wake()
        return len(taken)

    def take(self, cap: int, wait_s: float) -> tuple[bytes, int | None]:
        """What was drawn since the last time, waited for; with the exit code once there is nothing else to come."""
        with self.news:
            self.news.wait_for(lambda: self.drawn or self.exit_code is not None, wait_s)
            piece = bytes(self.drawn[:cap])
            del self.drawn[:cap]
            code = None if self.drawn else self.exit_code
        self._wake()
        return piece, code

    def resize(self, columns: int, rows: int) -> None:
        """The kernel tells the program (SIGWINCH)."""
        with self.news:
            if self.here >= 0:
                fcntl.ioctl(self.here, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def stop(self) -> None:
        """KILL; returns when it has ended."""
        with STARTING:
            self.stopped = True
        if self.process is not None and self.exit_code is None:
            kill_group(self.process.pid, signal.SIGKILL)
        with self.news:
            self.news.wait_for(lambda: self.exit_code is not None, KILL_S)

    def _finish(self, exit_code: int) -> None:
        with self.news:
            for handle in (self.here, self.there, self.waker, self.waking):
                if handle >= 0:
                    os.close(handle)
            self.here = self.there = self.waker = self.waking = -1
            self.exit_code = exit_code
            self.news.notify_all()

    def _wake(self) -> None:
        """There is room again, or something to type."""
        with self.news, contextlib.suppress(OSError):
            if self.waking >= 0:
                os.write(self.waking, b".")

    def _pump(self, process: subprocess.Popen[bytes]) -> None:
        """Move bytes both ways until the program has exited and what it drew is here."""
        deadline = time.monotonic() + self.order["timeout"]
        exited = last_output = 0.0
        hung_up = False
        watch = Command.exit_handle(process.pid)
        os.set_blocking(self.waking, False)
        with selectors.DefaultSelector() as selector:
            selector.register(self.waker, selectors.EVENT_READ)
            if watch is not None:
                selector.register(watch, selectors.EVENT_READ)
            while True:
                self._watch(selector, exited=bool(exited), hung_up=hung_up)
                pause = QUIET_S / 4 if exited or watch is None else max(0.0, deadline - time.monotonic())
                for key, events in selector.select(min(pause, 60.0)):
                    if key.fd == watch:
                        selector.unregister(key.fd)
                    elif key.fd == self.waker:
                        os.read(self.waker, 4096)
                    elif events & selectors.EVENT_READ:
                        size = self._read()
                        hung_up = size is None
                        last_output = time.monotonic() if size else last_output
                    if key.fd == self.here and events & selectors.EVENT_WRITE:
                        self._write()
                now = time.monotonic()
                if not exited and process.poll() is not None:
                    exited = last_output = now
                    self._let_go()
                if exited and (hung_up or now - last_output > QUIET_S or now - exited > DRAIN_S):
                    break
                if not exited and now >= deadline:
                    kill_group(process.pid, signal.SIGKILL)
                    deadline = now + 0.05
        if watch is not None:
            os.close(watch)

    def _let_go(self) -> None:
        """Close the other end, held until now so that a program may close and open its terminal as it likes."""
        with self.news:
            os.close(self.there)
            self.there = -1

    def _watch(self, selector: selectors.BaseSelector, *, exited: bool, hung_up: bool) -> None:
        """What the terminal is asked for now: output while there is room for it, keys while there are any."""
        with self.news:
            room = len(self.drawn) < (2 * BACKLOG if exited else BACKLOG)
            wanted = 0
            if room and not hung_up:
                wanted |= selectors.EVENT_READ
            if self.typed and not exited and not hung_up:
                wanted |= selectors.EVENT_WRITE
        known = self.here in selector.get_map()
        if wanted and known:
            selector.modify(self.here, wanted)
        elif wanted:
            selector.register(self.here, wanted)
        elif known:
            selector.unregister(self.here)

    def _read(self) -> int | None:
        """Bytes read now; None when nobody holds the other end any more."""
        try:
            data = os.read(self.here, 1 << 16)
        except BlockingIOError:
            return 0
        except OSError:
            return None
        with self.news:
            self.drawn += data
            self.news.notify_all()
        return len(data) or None

    def _write(self) -> None:
        with self.news, contextlib.suppress(OSError):
            del self.typed[: os.write(self.here, self.typed[:1024])]


def own_terminal() -> None:
    """In the child, before the program: its standard input becomes the terminal of its session."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
