"""The program inside a sandbox: starts commands, moves files, makes requests; told what to do over stdin.

It is sent as source to the Python of the image (see `loader`), so it is one file, uses the standard library only
and runs on Python 3.8 and later. The engine imports it for its framing and never runs it.

A frame is two big-endian 32-bit lengths, a JSON header and a body. A request carries `n` (its number) and `op`;
its answers carry the same `n`. A frame with `more` is continued by the next one with its `n`; the last has `ok`.

The commands run as the same user. They must not read this process, so it makes itself undumpable before all else:
the kernel then refuses ptrace, /proc/PID/fd and /proc/PID/mem. They can kill or stop it; then the channel is lost,
and the engine treats that as the end of the sandbox, never as a result.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import select
import selectors
import signal
import stat
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import IO, Any

LENGTHS = struct.Struct(">II")
PIECE = 1 << 20
"""Largest body of one frame, in bytes."""
MAX_HEADER = 4 << 20
QUIET_S = 0.1
"""After the leader has exited: end when nothing was printed for this long, though a daemon holds the output."""
DRAIN_S = 1.0
"""After the leader has exited: end in any case after this long."""
KILL_S = 10.0
REAP_S = 2.0
KEPT_RESULTS = 32
"""Finished calls whose output can be had again under the same call id."""
FULL = OSError(errno.EAGAIN, "too many processes in the sandbox")
OOM_ADJUST = b"500"
"""Commands are what the kernel should kill first when memory runs out, not this process."""
STARTING = threading.Lock()
"""Held while a command starts, so that its leader is known before anything buries the dead."""
NOT_DESCENDED = frozenset({".git", "__pycache__", ".pytest_cache"})
"""Directories (lower case) that the collector drops: named in the archive, not entered."""


def frame(header: dict[str, Any], body: bytes | memoryview = b"") -> bytes:
    """One frame as bytes."""
    head = json.dumps(header, separators=(",", ":")).encode()
    return LENGTHS.pack(len(head), len(body)) + head + bytes(body)


def frames(header: dict[str, Any], body: bytes) -> Iterator[bytes]:
    """A message as frames no larger than `PIECE`: all but the last carry only `n` and `more`."""
    view = memoryview(body)
    while len(view) > PIECE:
        yield frame({"n": header["n"], "more": True}, view[:PIECE])
        view = view[PIECE:]
    yield frame(header, view)


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


def processes() -> Iterator[tuple[int, str, int, int]]:
    """Every visible process as (pid, state, parent, session)."""
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            continue
        yield int(name), fields[0].decode(), int(fields[1]), int(fields[3])


def kill_group(leader: int, number: int) -> None:
    """Signal the process group of a command; for KILL also what else is in its session."""
    with contextlib.suppress(OSError):
        os.killpg(leader, number)
    if number != signal.SIGKILL:
        return
    for pid, _, _, session in processes():
        if session == leader:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)


def oom_kills() -> int:
    """How often the memory limit of this container has killed something; 0 when it cannot be known."""
    for path in ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"):
        try:
            with open(path) as file:
                for line in file:
                    if line.startswith("oom_kill "):
                        return int(line.split()[1])
        except (OSError, ValueError):
            continue
    return 0


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
        self.ended = threading.Event()
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
        self._prefer_for_oom(self.process.pid)
        try:
            self._pump(self.process)
        finally:
            for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
        self.oom = oom_kills() > before
        code = self.process.returncode
        self.finish(124 if self.timed_out else 128 - code if code < 0 else code)

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
        }
        return header, out + err

    def forget(self) -> None:
        """Keep that it ran, not what it printed."""
        self.kept = False
        self.out, self.err = Kept(0), Kept(0)

    @staticmethod
    def _prefer_for_oom(pid: int) -> None:
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
        watch = self._exit_handle(process.pid)
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
                if not exited and process.poll() is not None:
                    exited = last_output = now
                if exited and (not outputs or now - last_output > QUIET_S or now - exited > DRAIN_S):
                    break
                if not exited and now >= deadline:
                    self.timed_out = True
                    kill_group(process.pid, signal.SIGKILL)
                    deadline = now + 0.05
        if watch is not None:
            os.close(watch)

    @staticmethod
    def _exit_handle(pid: int) -> int | None:
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


def reach(path: bytes, made: set[bytes]) -> None:
    """Make the directories above `path`, replacing what stands in the way and is not a directory."""
    parent = os.path.dirname(path)
    if parent in made:
        return
    missing = []
    while parent not in made:
        missing.append(parent)
        parent = os.path.dirname(parent)
    for each in reversed(missing):
        try:
            if not stat.S_ISDIR(os.lstat(each).st_mode):
                os.unlink(each)
                os.mkdir(each, 0o755)
        except FileNotFoundError:
            os.mkdir(each, 0o755)
        made.add(each)


def empty(top: bytes) -> None:
    """Remove everything below `top`, however deep or locked: directories are lifted up instead of descended."""
    serial = 0
    stubborn: set[bytes] = set()
    while True:
        names = [name for name in os.listdir(top) if name not in stubborn]
        if not names:
            return
        for name in names:
            path = os.path.join(top, name)
            try:
                if not stat.S_ISDIR(os.lstat(path).st_mode):
                    os.unlink(path)
                    continue
                os.chmod(path, 0o700)
                with os.scandir(path) as children:
                    for child in list(children):
                        if child.is_dir(follow_symlinks=False):
                            os.chmod(child.path, 0o700)
                            serial += 1
                            os.rename(child.path, os.path.join(top, b".lifted-%d-%d" % (os.getpid(), serial)))
                        else:
                            os.unlink(child.path)
                os.rmdir(path)
            except FileNotFoundError:
                continue
            except OSError:
                stubborn.add(name)


def is_plain(handle: int) -> bool:
    """A regular file that is not the kernel's: this process may open its own channel and memory below /proc/self."""
    status = os.fstat(handle)
    return stat.S_ISREG(status.st_mode) and status.st_dev != os.stat("/proc").st_dev


class DeadlineReader:
    """Stands in for a socket in http.client, so that slow answers end at one deadline for all reads together."""

    def __init__(self, connection: Any, deadline: float) -> None:
        self.connection, self.deadline = connection, deadline

    def sendall(self, data: bytes) -> None:
        self._allow()
        self.connection.sendall(data)

    def makefile(self, *_args: Any, **_options: Any) -> IO[bytes]:
        import io

        reader = self

        class Raw(io.RawIOBase):
            def readable(self) -> bool:
                return True

            def readinto(self, buffer: Any) -> int:
                reader._allow()
                count: int = reader.connection.recv_into(buffer)
                return count

        return io.BufferedReader(Raw())

    def close(self) -> None:
        """Nothing: http.client lets go of the socket before the body of a closing answer is read."""

    def _allow(self) -> None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self.connection.settimeout(left)


def request(order: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    """One HTTP request; redirects are not followed, no proxy is used."""
    import http.client
    import socket
    import urllib.parse

    started = time.monotonic()
    answer: dict[str, Any] = {"status": 0, "headers": []}
    content = b""
    try:
        url = urllib.parse.urlsplit(order["url"])
        if url.scheme != "http" or not url.hostname:
            raise ValueError(f"not an http:// address: {order['url']}")
        deadline = started + order["timeout"]
        raw = socket.create_connection((url.hostname, url.port or 80), timeout=order["timeout"])
        try:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = http.client.HTTPConnection(url.hostname, url.port or 80)
            connection.sock = DeadlineReader(raw, deadline)
            path = (url.path or "/") + (f"?{url.query}" if url.query else "")
            headers = {"Connection": "close", **order["headers"]}
            connection.request(order["method"], path, body or None, headers)
            response = connection.getresponse()
            while len(content) < order["cap"]:
                piece = response.read1(min(1 << 16, order["cap"] - len(content)))
                if not piece:
                    break
                content += piece
            answer["status"], answer["headers"] = response.status, response.getheaders()
        finally:
            raw.close()
    except (OSError, ValueError, http.client.HTTPException) as error:
        timed_out = isinstance(error, (TimeoutError, socket.timeout))
        answer["failed"] = "timed out" if timed_out else f"{type(error).__name__}: {error}"
        content = b""
    answer["seconds"] = time.monotonic() - started
    return answer, content


class Cancelled(Exception):
    """The engine no longer wants the rest of an archive."""


class ArchiveOut:
    """Takes an archive as it is written and sends it in pieces."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.send, self.buffer = send, bytearray()

    def write(self, data: bytes) -> int:
        self.buffer += data
        if len(self.buffer) >= PIECE:
            self.flush()
        return len(data)

    def flush(self) -> None:
        for start in range(0, len(self.buffer), PIECE):
            self.send(bytes(self.buffer[start : start + PIECE]))
        self.buffer.clear()


def archive(top: str, max_depth: int, send: Callable[[bytes], None]) -> None:
    """The tree below `top` as a tar stream. Links and special files are named, never followed or opened."""
    import tarfile

    out = ArchiveOut(send)
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as tar:  # type: ignore[call-overload]
        pending = [("", 0)]
        while pending:
            folder, depth = pending.pop()
            directory = os.path.join(top, folder)
            with contextlib.suppress(OSError):
                os.chmod(directory, stat.S_IMODE(os.lstat(directory).st_mode) | 0o700)
            try:
                names = sorted(os.listdir(directory))
            except OSError:
                continue
            for name in names:
                path = f"{folder}/{name}" if folder else name
                try:
                    status = os.lstat(os.path.join(top, path))
                except OSError:
                    continue
                if stat.S_ISDIR(status.st_mode) and name.lower() not in NOT_DESCENDED and depth < max_depth:
                    pending.append((path, depth + 1))
                add_member(tar, top, path, status)
    out.flush()


def add_member(tar: Any, top: str, path: str, status: os.stat_result) -> None:
    import tarfile

    member = tarfile.TarInfo(path)
    member.mode = stat.S_IMODE(status.st_mode)
    full = os.path.join(top, path)
    if not stat.S_ISREG(status.st_mode):
        kinds = {stat.S_IFDIR: tarfile.DIRTYPE, stat.S_IFLNK: tarfile.SYMTYPE, stat.S_IFIFO: tarfile.FIFOTYPE}
        member.type = kinds.get(stat.S_IFMT(status.st_mode), tarfile.CHRTYPE)
        if member.type == tarfile.SYMTYPE:
            member.linkname = os.readlink(full)
        tar.addfile(member)
        return
    if not status.st_mode & stat.S_IRUSR:
        with contextlib.suppress(OSError):
            os.chmod(full, member.mode | stat.S_IRUSR)
    try:
        handle = os.open(full, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return
    with os.fdopen(handle, "rb") as file:
        member.size = os.fstat(handle).st_size
        tar.addfile(member, Exactly(file, member.size))


class Exactly:
    """Reads exactly `size` bytes from a file that may change while it is read: cut, or filled up with zeros."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self.file, self.left = file, size

    def read(self, count: int) -> bytes:
        count = min(count, self.left)
        data = self.file.read(count)
        self.left -= count
        return data + bytes(count - len(data))


class Runner:
    """Reads requests, answers them. Long ones run in threads; what must work in a full sandbox runs right here."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        self.work: str = config["work"]
        self.commands: dict[str, Command] = {}
        self.finished: list[str] = []
        self.generation = 0
        self.lock = threading.Lock()
        self.adopts = os.getpid() == 1 or config["kill"] == "family"
        self.inside = os.dup(0)
        self.outside = os.dup(1)
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)

    def serve(self) -> None:
        """Until the channel closes or the time to live is over; then nothing of the commands is left."""
        ends = time.monotonic() + self.config["ttl"]
        reaped = 0.0
        buffer = bytearray()
        bodies: dict[int, bytearray] = {}
        try:
            while True:
                left = ends - time.monotonic()
                if left <= 0:
                    break
                if self.adopts and time.monotonic() - reaped > REAP_S:
                    reaped = time.monotonic()
                    self.reap()
                if not select.select([self.inside], [], [], min(left, REAP_S if self.adopts else 60.0))[0]:
                    continue
                data = os.read(self.inside, 1 << 18)
                if not data:
                    break
                buffer += data
                for header, body in self.parse(buffer):
                    whole = bodies.setdefault(header["n"], bytearray())
                    whole += body
                    if not header.get("more"):
                        del bodies[header["n"]]
                        self.handle(header, bytes(whole))
        finally:
            self.fall_silent()
            self.kill_all()

    def fall_silent(self) -> None:
        """Close the channel, so that the deaths to come are not reported as results."""
        with self.lock:
            os.dup2(0, self.outside)

    @staticmethod
    def parse(buffer: bytearray) -> Iterator[tuple[dict[str, Any], bytes]]:
        """Complete frames at the start of `buffer`, which are removed from it."""
        while len(buffer) >= LENGTHS.size:
            head, body = LENGTHS.unpack_from(buffer)
            end = LENGTHS.size + head + body
            if len(buffer) < end:
                return
            header = json.loads(bytes(buffer[LENGTHS.size : LENGTHS.size + head]))
            content = bytes(buffer[LENGTHS.size + head : end])
            del buffer[:end]
            yield header, content

    def send(self, number: int, header: dict[str, Any], body: bytes = b"") -> None:
        for piece in frames({"n": number, **header}, body):
            with self.lock:
                view = memoryview(piece)
                while view:
                    view = view[os.write(self.outside, view) :]

    def handle(self, order: dict[str, Any], body: bytes) -> None:
        method: Callable[[dict[str, Any], bytes], None] | None = getattr(self, f"do_{order['op']}", None)
        if method is None:
            self.send(order["n"], {"error": f"unknown operation {order['op']}"})
            return
        try:
            method(order, body)
        except Cancelled:
            self.send(order["n"], {"error": "cancelled"})
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            self.send(order["n"], {"errno": error.errno or errno.EIO, "error": error.strerror or str(error)})
        except (ValueError, RuntimeError, KeyError) as error:
            self.send(order["n"], {"error": f"{type(error).__name__}: {error}"})

    def aside(self, work: Callable[[], None]) -> bool:
        """Do `work` in a thread; False when the sandbox is too full for one more."""
        try:
            threading.Thread(target=work, daemon=True).start()
        except RuntimeError:
            return False
        return True

    # Commands

    def command(self, order: dict[str, Any], stdin: bytes) -> tuple[Command, bool]:
        """The command of this call id, and whether it is new."""
        known = self.commands.get(order["call"])
        if known is not None:
            return known, False
        env = {**self.config["env"], **order["env"]}
        tools = self.config.get("tools")
        if tools and "PATH" in order["env"]:
            env["PATH"] = with_tools(env["PATH"], tools)
        command = Command(order, stdin, env, os.path.join(self.work, order["cwd"] or ""))
        self.commands[order["call"]] = command
        return command, True

    def do_exec(self, order: dict[str, Any], stdin: bytes) -> None:
        command, new = self.command(order, stdin)

        def follow() -> None:
            if new:
                command.run()
                self.note(order["call"])
            command.ended.wait()
            if command.kept:
                header, body = command.result()
                self.send(order["n"], {"ok": True, **header}, body)
            else:
                self.send(order["n"], {"error": f"call {order['call']} has run before; its output is no longer kept"})

        if not self.aside(follow):
            if new:
                command.refuse(FULL)
                header, body = command.result()
                self.send(order["n"], {"ok": True, **header}, body)
            else:
                self.send(order["n"], {"error": str(FULL)})

    def do_start(self, order: dict[str, Any], stdin: bytes) -> None:
        command, new = self.command(order, stdin)
        if new and not self.aside(command.run):
            command.refuse(FULL)
        self.send(order["n"], {"ok": True})

    def do_poll(self, order: dict[str, Any], _body: bytes) -> None:
        self.send(order["n"], {"ok": True, "exit": self.commands[order["call"]].exit_code})

    def do_stop(self, order: dict[str, Any], _body: bytes) -> None:
        command = self.commands[order["call"]]

        def stop() -> None:
            command.stop(order["grace"])
            header, body = command.result()
            self.note(order["call"])
            self.send(order["n"], {"ok": True, **header}, body)

        if not self.aside(stop):
            stop()

    def note(self, call: str) -> None:
        """A call has ended: keep the output of the last few only."""
        with self.lock:
            self.finished.append(call)
            while len(self.finished) > KEPT_RESULTS:
                self.commands[self.finished.pop(0)].forget()

    def do_kill_all(self, order: dict[str, Any], _body: bytes) -> None:
        self.send(order["n"], {"ok": True, "killed": self.kill_all()})

    def others(self) -> set[int]:
        """What commands left alive: everything of our user, or, where others share it, what descends from us."""
        if self.config["kill"] == "none":
            return set()
        mine = os.getpid()
        alive = {pid: parent for pid, state, parent, _ in processes() if state not in "ZX" and pid != mine}
        if self.config["kill"] == "user":
            return {pid for pid in alive if self.same_user(pid)}
        family: set[int] = set()
        while True:
            more = {pid for pid, parent in alive.items() if pid not in family and (parent == mine or parent in family)}
            if not more:
                return family
            family |= more

    @staticmethod
    def same_user(pid: int) -> bool:
        """By the status file: the owner of /proc/PID lies for a process that made itself undumpable."""
        try:
            with open(f"/proc/{pid}/status") as file:
                users = next((line.split()[1:] for line in file if line.startswith("Uid:")), [])
        except OSError:
            return False
        return str(os.getuid()) in users

    def kill_all(self) -> int:
        """KILL until nothing is left, since what is being killed may still fork; the number of processes."""
        killed: set[int] = set()
        gives_up = time.monotonic() + KILL_S
        while True:
            alive = self.others()
            self.reap()
            if not alive:
                return len(killed)
            if time.monotonic() > gives_up:
                raise RuntimeError(f"{len(alive)} processes cannot be killed")
            killed |= alive
            if self.config["kill"] == "user":
                with contextlib.suppress(OSError):
                    os.kill(-1, signal.SIGKILL)
            else:
                for pid in alive:
                    with contextlib.suppress(OSError):
                        os.kill(pid, signal.SIGKILL)
            time.sleep(0.002)

    def reap(self) -> None:
        """Bury orphans that came to us (as PID 1 or subreaper); the leaders of commands are not ours to bury."""
        with STARTING:
            leaders = {each.process.pid for each in list(self.commands.values()) if each.process is not None}
            for pid, state, parent, _ in processes():
                if state == "Z" and parent == os.getpid() and pid not in leaders:
                    with contextlib.suppress(OSError):
                        os.waitpid(pid, os.WNOHANG)

    # Files

    def do_clear(self, order: dict[str, Any], _body: bytes) -> None:
        def clear() -> None:
            for top in (self.work, *self.config["scratch"]):
                with contextlib.suppress(FileNotFoundError, PermissionError):
                    empty(os.fsencode(top))
            self.send(order["n"], {"ok": True})

        if not self.aside(clear):
            clear()

    def do_put(self, order: dict[str, Any], body: bytes) -> None:
        top = os.fsencode(self.work)
        made = {top}
        view = memoryview(body)
        for path, executable, size, append in order["files"]:
            full = os.path.join(top, os.fsencode(path))
            flags = os.O_WRONLY | os.O_APPEND
            if not append:
                reach(full, made)
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(full)
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            handle = os.open(full, flags | os.O_NOFOLLOW, 0o755 if executable else 0o644)
            try:
                rest = view[:size]
                while rest:
                    rest = rest[os.write(handle, rest) :]
            finally:
                os.close(handle)
            view = view[size:]
        self.send(order["n"], {"ok": True})

    def do_read(self, order: dict[str, Any], _body: bytes) -> None:
        content = b""
        found = False
        with contextlib.suppress(OSError, ValueError):
            handle = os.open(os.path.join(self.work, order["path"]), os.O_RDONLY | os.O_NONBLOCK)
            with os.fdopen(handle, "rb") as file:
                if is_plain(handle):
                    content = file.read(order["cap"])
                    found = True
        self.send(order["n"], {"ok": True, "found": found}, content)

    def do_write(self, order: dict[str, Any], body: bytes) -> None:
        path = os.path.join(self.work, order["path"])
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
        except FileExistsError:
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from None
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NONBLOCK, 0o644)
        with os.fdopen(handle, "wb") as file:
            if not is_plain(handle):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            file.write(body)
        self.send(order["n"], {"ok": True})

    def do_collect(self, order: dict[str, Any], _body: bytes) -> None:
        number: int = order["n"]
        generation = self.generation

        def piece(data: bytes) -> None:
            if generation != self.generation:
                raise Cancelled
            self.send(number, {"more": True}, data)

        def collect() -> None:
            try:
                archive(self.work, order["depth"], piece)
                self.send(number, {"ok": True})
            except Cancelled:
                self.send(number, {"error": "cancelled"})
            except (OSError, ValueError) as error:
                self.send(number, {"error": f"the tree cannot be archived: {error}"})

        if not self.aside(collect):
            collect()

    def do_cancel(self, order: dict[str, Any], _body: bytes) -> None:
        """Give up the archives that are being sent."""
        self.generation += 1
        self.send(order["n"], {"ok": True})

    # The rest

    def do_hello(self, order: dict[str, Any], _body: bytes) -> None:
        self.send(order["n"], {"ok": True, "pid": os.getpid(), "uid": os.getuid()})

    def do_http(self, order: dict[str, Any], body: bytes) -> None:
        def ask() -> None:
            header, content = request(order, body)
            self.send(order["n"], {"ok": True, **header}, content)

        if not self.aside(ask):
            ask()

    def do_port(self, order: dict[str, Any], _body: bytes) -> None:
        import socket

        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.send(order["n"], {"ok": True, "port": probe.getsockname()[1]})


def with_tools(path: str, tools: str) -> str:
    """`PATH` with the directory of the sandbox's own tools before the first directory of the system."""
    parts = path.split(":")
    if tools in parts:
        return path
    system = ("/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin")
    place = next((number for number, part in enumerate(parts) if part in system), len(parts))
    return ":".join([*parts[:place], tools, *parts[place:]])


def protect(config: dict[str, Any]) -> None:
    """Close this process to the commands; adopt what they leave behind; set the limits they inherit."""
    import ctypes
    import resource

    set_dumpable, set_child_subreaper = 4, 36
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(set_dumpable, 0, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_DUMPABLE)")
    if config["kill"] == "family":
        libc.prctl(set_child_subreaper, 1, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if config.get("pids"):
        resource.setrlimit(resource.RLIMIT_NPROC, (config["pids"], config["pids"]))
    os.umask(0o022)
    threading.stack_size(512 * 1024)


def main() -> None:
    config = json.loads(sys.argv[1])
    protect(config)
    try:
        with contextlib.suppress(BrokenPipeError):
            Runner(config).serve()
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
