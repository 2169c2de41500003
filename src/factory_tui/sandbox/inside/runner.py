"""The runner: starts commands, moves files, makes requests; told what to do over stdin, in `frames`.

The commands run as the same user. They must not read this process, so it makes itself undumpable before all else:
the kernel then refuses ptrace, /proc/PID/fd and /proc/PID/mem. They can kill or stop it, and change its limits, upon
which it ends itself; then the channel is lost, and the engine treats that as the end of the sandbox, never as a result.
"""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import select
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from factory_tui.sandbox.inside.archive import Cancelled, archive
from factory_tui.sandbox.inside.command import KILL_S, STARTING, Command
from factory_tui.sandbox.inside.database import ASKING, ask, ready
from factory_tui.sandbox.inside.frames import complete_frames, frames
from factory_tui.sandbox.inside.ipc import remove_ipc
from factory_tui.sandbox.inside.processes import is_ours, processes
from factory_tui.sandbox.inside.request import request
from factory_tui.sandbox.inside.terminal import Terminal
from factory_tui.sandbox.inside.tree import fresh, put_files, read_file, write_file

REAP_S = 2.0
KEPT_RESULTS = 32
"""Finished calls whose output can be had again under the same call id."""
KEPT_BYTES = 2 << 20
"""Of their output, beside the newest: what this process keeps is memory below which no command can be measured."""
FULL = OSError(errno.EAGAIN, "too many processes in the sandbox")

LIMITS = sorted({value for name, value in vars(resource).items() if name.startswith("RLIMIT_")})


class Runner:
    """Reads requests, answers them. Long ones run in threads; what must work in a full sandbox runs right here."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        self.work: str = config["work"]
        self.commands: dict[str, Command] = {}
        self.terminals: dict[str, Terminal] = {}
        self.finished: list[str] = []
        self.generation = 0
        self.lock = threading.Lock()
        self.adopts = os.getpid() == 1 or config["kill"] == "family"
        self.inside = os.dup(0)
        self.outside = os.dup(1)
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        self.limits = own_limits()

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
                for header, body in complete_frames(buffer):
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

    def send(self, number: int, header: dict[str, Any], body: bytes = b"") -> None:
        if own_limits() != self.limits:
            # A command has changed our resource limits, as the kernel lets the same user do. What we could not do
            # because of that would look like a result: no file, no process. So there are no results any more.
            os._exit(0)
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
        command = Command(order, stdin, self.environment(order), os.path.join(self.work, order["cwd"] or ""))
        self.commands[order["call"]] = command
        return command, True

    def environment(self, order: dict[str, Any]) -> dict[str, str]:
        env: dict[str, str] = {**self.config["env"], **order["env"]}
        tools = self.config.get("tools")
        if tools and "PATH" in order["env"]:
            env["PATH"] = with_tools(env["PATH"], tools)
        return env

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
        self.send(order["n"], {"ok": True, "exit": self.commands[order["call"]].left_with})

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
            while len(self.finished) > KEPT_RESULTS or (len(self.finished) > 1 and self.kept_bytes() > KEPT_BYTES):
                self.commands[self.finished.pop(0)].forget()

    def kept_bytes(self) -> int:
        """Output of finished calls, the newest left out."""
        return sum(self.commands[each].size for each in self.finished[:-1])

    # Terminals

    def do_tty_open(self, order: dict[str, Any], _body: bytes) -> None:
        if order["call"] in self.commands or order["call"] in self.terminals:
            raise ValueError(f"call {order['call']} has run before")
        terminal = Terminal(order, self.environment(order), os.path.join(self.work, order["cwd"] or ""))
        self.terminals[order["call"]] = terminal
        if not self.aside(terminal.run):
            terminal.refuse(FULL)
        self.send(order["n"], {"ok": True})

    def do_tty_type(self, order: dict[str, Any], body: bytes) -> None:
        self.send(order["n"], {"ok": True, "taken": self.terminals[order["call"]].type(body)})

    def do_tty_resize(self, order: dict[str, Any], _body: bytes) -> None:
        self.terminals[order["call"]].resize(order["columns"], order["rows"])
        self.send(order["n"], {"ok": True})

    def do_tty_take(self, order: dict[str, Any], _body: bytes) -> None:
        terminal = self.terminals[order["call"]]

        def take(wait_s: float = order["wait"]) -> None:
            drawn, code = terminal.take(order["cap"], wait_s)
            self.send(order["n"], {"ok": True, "exit": code}, drawn)

        if not self.aside(take):
            take(0.0)

    def do_tty_stop(self, order: dict[str, Any], _body: bytes) -> None:
        terminal = self.terminals[order["call"]]

        def stop() -> None:
            terminal.stop()
            self.terminals.pop(order["call"], None)
            self.send(order["n"], {"ok": True})

        if not self.aside(stop):
            stop()

    # Ends

    def do_kill_all(self, order: dict[str, Any], _body: bytes) -> None:
        self.send(order["n"], {"ok": True, "killed": self.kill_all()})

    def others(self) -> set[int]:
        """What commands left alive: everything of our user, or, where others share it, what descends from us."""
        if self.config["kill"] == "none":
            return set()
        mine = os.getpid()
        alive = {pid: parent for pid, state, parent, _ in processes() if state not in "ZX" and pid != mine}
        if self.config["kill"] == "user":
            return {pid for pid in alive if is_ours(pid)}
        family: set[int] = set()
        while True:
            more = {pid for pid, parent in alive.items() if pid not in family and (parent == mine or parent in family)}
            if not more:
                return family
            family |= more

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
            started: list[Command | Terminal] = [*self.commands.values(), *self.terminals.values()]
            leaders = {each.process.pid for each in started if each.process is not None}
            for pid, state, parent, _ in processes():
                if state == "Z" and parent == os.getpid() and pid not in leaders | ASKING:
                    with contextlib.suppress(OSError):
                        os.waitpid(pid, os.WNOHANG)

    # Files

    def do_clear(self, order: dict[str, Any], _body: bytes) -> None:
        def clear() -> None:
            for top in (self.work, *self.config["scratch"]):
                with contextlib.suppress(OSError):  # what is still in the way is told when the files are put
                    fresh(os.fsencode(top))
            if self.config["kill"] == "user":  # then nobody else is in here, so the IPC namespace is ours alone
                remove_ipc()
            self.send(order["n"], {"ok": True})

        if not self.aside(clear):
            clear()

    def do_put(self, order: dict[str, Any], body: bytes) -> None:
        put_files(os.fsencode(self.work), order["files"], body)
        self.send(order["n"], {"ok": True})

    def do_read(self, order: dict[str, Any], _body: bytes) -> None:
        content = read_file(os.path.join(self.work, order["path"]), order["cap"])
        self.send(order["n"], {"ok": True, "found": content is not None}, content or b"")

    def do_write(self, order: dict[str, Any], body: bytes) -> None:
        write_file(os.path.join(self.work, order["path"]), body)
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

    def do_query(self, order: dict[str, Any], _body: bytes) -> None:
        try:
            ready()
        except ImportError as error:
            self.send(order["n"], {"error": f"python3 of the sandbox has no SQLite ({error}); use an image that has"})
            return
        order["path"] = os.path.join(self.work, order["path"])
        order["tmp"] = self.config["env"].get("TMPDIR")

        def answer() -> None:
            try:
                body = ask(order)
            except OSError as error:
                self.send(order["n"], {"errno": error.errno or errno.EIO, "error": error.strerror or str(error)})
            else:
                self.send(order["n"], {"ok": True}, body)

        if not self.aside(answer):
            raise FULL

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


def own_limits() -> list[tuple[int, int]]:
    """The resource limits of this process."""
    return [resource.getrlimit(number) for number in LIMITS]


def protect(config: dict[str, Any]) -> None:
    """Close this process to the commands; adopt what they leave behind; set the limits they inherit."""
    import ctypes

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


def main(config: dict[str, Any]) -> None:
    protect(config)
    try:
        with contextlib.suppress(BrokenPipeError):
            Runner(config).serve()
    finally:
        os._exit(0)
