"""One command of a sandbox: started in a session of its own, its output kept within a cap, its end told once."""

from __future__ import annotations

import contextlib
import errno
import os
import selectors
import signal
import subprocess
import threading
import time
from typing import Any

from factory_tui.sandbox.inside.frames import PIECE
from factory_tui.sandbox.inside.processes import kill_group, oom_kills, own_peak

QUIET_S = 0.1
"""After the leader has exited: end when nothing was printed for this long, though a daemon holds the output."""
DRAIN_S = 1.0
"""After the leader has exited: end in any case after this long."""
KILL_S = 10.0
OOM_ADJUST = b"500"
"""Commands are what the kernel should kill first when memory runs out, not this process."""
STARTING = threading.Lock()
"""Held while a command starts, so that its leader is known before anything buries the dead."""


class Kept:
    """Output within a cap: the first half and the last half of it."""

    def __init__(self, cap: int) -> None:
        self.first = cap // 2
        self.last = cap - self.first
        self.head = bytearray()
        self.tail = bytearray()
        self.total = 0

    def add(self, data: bytes) -> None:
        self.total += len(data)
        room = self.first - len(self.head)
        if room > 0:
            self.head += data[:room]
            data = data[room:]
        self.tail += data
        if len(self.tail) > 2 * self.last + PIECE:
            del self.tail[: len(self.tail) - self.last]

    @property
    def truncated(self) -> bool:
        return self.total > self.first + self.last

    def bytes(self) -> bytes:
        excess = max(0, len(self.tail) - self.last)
        return bytes(self.head) + bytes(self.tail[excess:])


class Command:
    """One started command: its output, its end."""

    def __init__(self, order: dict[str, Any], stdin: bytes, env: dict[str, str], cwd: str) -> None:
        self.order, self.stdin, self.env, self.cwd = order, stdin, env, cwd
        self.out, self.err = Kept(order["cap"]), Kept(order["cap"])
        self.started = time.monotonic()
        self.seconds = 0.0
        self.exit_code: int | None = None
        self.timed_out = False
        self.oom = False
        self.peak = self.floor = 0
        self.ended = threading.Event()
        self.burying = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.kept = True
        self.stopped = False

    def run(self) -> None:
        """Start it and stay until it has ended. Never raises: what prevents a start is its result."""
        before = oom_kills()
        try:
            with STARTING:
                if self.stopped:
                    raise InterruptedError(errno.EINTR, "stopped before it began")
                self.process = subprocess.Popen(
                    self.order["argv"],
                    stdin=subprocess.PIPE if self.stdin else subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    cwd=self.cwd,
                    env=self.env,
                    start_new_session=True,
                )
        except (OSError, ValueError, IndexError, RuntimeError) as error:
            self.refuse(error)
            return
        self.prefer_for_oom(self.process.pid)
        try:
            self._pump(self.process)
        finally:
            for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
        self.oom = oom_kills() > before
        self.finish(self._code(self.process.returncode))

    @property
    def left_with(self) -> int | None:
        """Exit code as soon as the leader has left, though others may still hold its output."""
        if self.exit_code is not None or self.process is None or not self._bury(self.process):
            return self.exit_code
        return self._code(self.process.returncode)

    def _code(self, code: int) -> int:
        return 124 if self.timed_out else 128 - code if code < 0 else code

    def refuse(self, error: Exception) -> None:
        """The command could not be started: 127 when there is no such program, else 126, as a shell does."""
        missing = isinstance(error, FileNotFoundError) and error.filename != self.cwd
        self.err.add(f"cannot start: {error}\n".encode(errors="replace"))
        self.finish(127 if missing else 126)

    def finish(self, exit_code: int) -> None:
        self.seconds = time.monotonic() - self.started
        self.stdin = b""
        self.exit_code = exit_code
        self.ended.set()

    def stop(self, grace_s: float) -> None:
        """TERM, then KILL after `grace_s`; returns when it has ended."""
        with STARTING:
            self.stopped = True
        if self.process is None:
            self.ended.wait(KILL_S)
            return
        kill_group(self.process.pid, signal.SIGTERM)
        self.ended.wait(grace_s)
        kill_group(self.process.pid, signal.SIGKILL)
        self.ended.wait(KILL_S)

    def result(self) -> tuple[dict[str, Any], bytes]:
        out, err = self.out.bytes(), self.err.bytes()
        header = {
            "exit": self.exit_code,
            "out": len(out),
            "seconds": self.seconds,
            "timed_out": self.timed_out,
            "truncated": self.out.truncated or self.err.truncated,
            "oom": self.oom,
            "printed": self.out.total + self.err.total,
            "peak": self.peak,
            "floor": self.floor,
        }
        return header, out + err

    @property
    def size(self) -> int:
        """Bytes of output that are kept."""
        return sum(len(part) for each in (self.out, self.err) for part in (each.head, each.tail))

    def forget(self) -> None:
        """Keep that it ran, not what it printed."""
        self.kept = False
        self.out, self.err = Kept(0), Kept(0)

    @staticmethod
    def prefer_for_oom(pid: int) -> None:
        """Let the kernel kill it before this process."""
        with contextlib.suppress(OSError):
            handle = os.open(f"/proc/{pid}/oom_score_adj", os.O_WRONLY)
            try:
                os.write(handle, OOM_ADJUST)
            finally:
                os.close(handle)

    def _pump(self, process: subprocess.Popen[bytes]) -> None:
        """Feed stdin and keep output until the leader has exited and its output is drained."""
        deadline = self.started + self.order["timeout"]
        rest = memoryview(self.stdin)
        watch = self.exit_handle(process.pid)
        exited = last_output = 0.0
        with selectors.DefaultSelector() as selector:
            for pipe, kept in ((process.stdout, self.out), (process.stderr, self.err)):
                assert pipe is not None
                os.set_blocking(pipe.fileno(), False)
                selector.register(pipe, selectors.EVENT_READ, kept)
            if process.stdin is not None:
                os.set_blocking(process.stdin.fileno(), False)
                selector.register(process.stdin, selectors.EVENT_WRITE)
            if watch is not None:
                selector.register(watch, selectors.EVENT_READ)
            outputs = 2
            while True:
                pause = QUIET_S / 4 if exited or watch is None else max(0.0, deadline - time.monotonic())
                for key, _ in selector.select(min(pause, 3600.0)):
                    if key.fileobj is watch:
                        selector.unregister(key.fileobj)
                    elif isinstance(key.data, Kept):
                        data = self._take(key.fd)
                        if data:
                            key.data.add(data)
                            last_output = time.monotonic()
                        elif data is not None:
                            selector.unregister(key.fileobj)
                            outputs -= 1
                    else:
                        rest = self._feed(key.fd, rest)
                        if not rest:
                            selector.unregister(key.fileobj)
                            assert process.stdin is not None
                            with contextlib.suppress(OSError):
                                process.stdin.close()
                now = time.monotonic()
                if not exited and self._bury(process):
                    exited = last_output = now
                if exited and (not outputs or now - last_output > QUIET_S or now - exited > DRAIN_S):
                    break
                if not exited and now >= deadline:
                    self.timed_out = True
                    kill_group(process.pid, signal.SIGKILL)
                    deadline = now + 0.05
        if watch is not None:
            os.close(watch)

    def _bury(self, process: subprocess.Popen[bytes]) -> bool:
        """Whether the leader has exited. Its memory is told only to who buries it, and `Popen.poll` does not ask.

        One at a time: the thread that follows the command and whoever asks for its end would take its status from
        each other.
        """
        with self.burying:
            if process.returncode is not None:
                return True
            try:
                pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            except ChildProcessError:
                return process.poll() is not None
            if pid == 0:
                return False
            process.returncode = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
            self.peak, self.floor = usage.ru_maxrss * 1024, own_peak()
            return True

    @staticmethod
    def exit_handle(pid: int) -> int | None:
        """A descriptor that becomes readable when the process exits; None where there is no such thing."""
        with contextlib.suppress(OSError, AttributeError):
            return os.pidfd_open(pid)
        return None

    @staticmethod
    def _take(handle: int) -> bytes | None:
        """What can be read now; empty at the end, None when there is nothing yet."""
        try:
            return os.read(handle, 1 << 16)
        except BlockingIOError:
            return None
        except OSError:
            return b""

    @staticmethod
    def _feed(handle: int, rest: memoryview) -> memoryview:
        try:
            return rest[os.write(handle, rest[: 1 << 16]) :]
        except BlockingIOError:
            return rest
        except OSError:
            return rest[:0]
