"""Sandboxes without a container engine: namespaces where the machine allows them, else a plain process.

For the demo, dry runs and machines without a container engine. What the machine allows is tried once; what is
missing is declared in `Capabilities`, and the rest of the program acts on that.
"""

import asyncio
import contextlib
import hashlib
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from factory_tui.model.artifact import Artifact
from factory_tui.sandbox.channel import Channel
from factory_tui.sandbox.collect import Caps
from factory_tui.sandbox.container import PATH
from factory_tui.sandbox.inside.tree import empty
from factory_tui.sandbox.machine import DIRECTORIES, MARK, Isolation, Machine, Place, Start, probe
from factory_tui.sandbox.port import (
    Capabilities,
    Sandbox,
    SandboxLost,
    SandboxRequest,
    SandboxUnavailable,
)
from factory_tui.sandbox.session import RunnerSandbox, checked
from factory_tui.sandbox.tools import gather, installed, interpreter

END_S = 5.0


class LocalHost:
    """Makes local sandboxes.

    Args:
        hide: directories that a sandbox must not show even if they lie below a system directory.
        isolation: what to use instead of the best that works.
    """

    def __init__(
        self,
        hide: Sequence[Path] = (),
        *,
        isolation: Isolation | None = None,
        caps: Caps | None = None,
        patience_s: float = 30.0,
    ) -> None:
        self._hide = [str(path.resolve()) for path in hide]
        self._caps = caps or Caps()
        self._patience_s = patience_s
        self._open: dict[str, LocalSandbox] = {}
        self.directory = _private_directory()
        self._machine = probe() if isolation is None else Machine(isolation)

    @property
    def name(self) -> str:
        return "local"

    def capabilities(self) -> Capabilities:
        return self._machine.capabilities()

    async def check(self) -> str:
        line = f"local sandbox, isolation: {self._machine.isolation.value}"
        return f"{line} ({self._machine.refusal})" if self._machine.refusal else line

    async def resolve_image(self, name: str) -> str:
        """There are no images here; the result names the machine's Python, which is what commands get."""
        return f"local:python-{sys.version_info[0]}.{sys.version_info[1]}.{sys.version_info[2]}"

    async def create(self, request: SandboxRequest) -> Sandbox:
        home = self.directory / f"{_slug(request.labels.workspace)}.{secrets.token_hex(6)}"
        try:
            programs = await asyncio.to_thread(gather, self.directory / f"tools-{_tools_version()}")
            for part in DIRECTORIES:
                (home / part).mkdir(parents=True)
                (home / part).chmod(0o755)
            sandbox = await self._start(Start(self._machine, home, programs.parent, self._hide, request))
        except BaseException as error:
            await asyncio.shield(asyncio.to_thread(remove_left_over, home))
            if isinstance(error, OSError):
                raise SandboxUnavailable(f"no local sandbox: {error}\ncheck the space and rights in {home}") from None
            raise
        self._open[sandbox.id] = sandbox
        return sandbox

    async def sweep(self, workspace: str, keep: frozenset[str] = frozenset()) -> tuple[str, ...]:
        gone = []
        for home in sorted(self.directory.glob(f"{_slug(workspace)}.*")):
            if home.name not in keep:
                await self.remove(home)
                gone.append(home.name)
        return tuple(gone)

    async def close(self) -> None:
        for sandbox in list(self._open.values()):
            await sandbox.destroy()

    async def remove(self, home: Path) -> None:
        """End what runs in a sandbox, of this process or left by another, and delete its directory."""
        sandbox = self._open.get(home.name)
        if sandbox is not None:
            await sandbox.end()
        await asyncio.shield(asyncio.to_thread(remove_left_over, home))
        self._open.pop(home.name, None)

    async def _start(self, start: Start) -> "LocalSandbox":
        home = start.home
        argv, first = start.program()
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd="/",
            env={"PATH": PATH, "LANG": "C.UTF-8", MARK: home.name},
            start_new_session=True,
            limit=1 << 20,
        )
        (home / "owner").write_text(f"{process.pid} {_birth(process.pid)}")
        transport = PipeTransport(process)
        channel = Channel(transport, self._patience_s)
        try:
            await transport.write(first)
            await channel.call("hello")
        except (SandboxLost, ConnectionError) as error:
            await channel.close()
            await _ended(process)
            raise SandboxUnavailable(f"no local sandbox: {error}\nrun `factory-tui doctor` to see what works") from None
        except BaseException:
            process.kill()
            await channel.close()
            await _ended(process)
            raise
        return LocalSandbox(self, home, start.place, channel, process, self._caps)


class LocalSandbox(RunnerSandbox):
    """One runner, and the process that keeps its namespaces."""

    def __init__(
        self,
        host: LocalHost,
        home: Path,
        place: Place,
        channel: Channel,
        process: asyncio.subprocess.Process,
        caps: Caps,
    ) -> None:
        super().__init__(channel, place.work, place.base, place.path, caps)
        self._host, self._home, self._process = host, home, process

    @property
    def id(self) -> str:
        return self._home.name

    async def put_base(self, files: Artifact) -> None:
        await asyncio.to_thread(write_base, self._home / "base", files)

    async def destroy(self) -> None:
        await self._host.remove(self._home)

    async def end(self) -> None:
        """The runner ends with its channel and takes the commands along; a stopped one is killed."""
        if self._channel.lost and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        await self._channel.close()
        await _ended(self._process)


class PipeTransport:
    """The pipes of a child process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._stdin, self._stdout, self._stderr = process.stdin, process.stdout, process.stderr
        self._words = b""
        self._listening = asyncio.create_task(self._listen())

    async def read(self) -> bytes:
        data = await self._stdout.read(1 << 18)
        if not data:
            await self._listening
        return data

    async def write(self, data: bytes) -> None:
        self._stdin.write(data)
        await self._stdin.drain()

    def abort(self) -> None:
        self._stdin.transport.abort()

    async def close(self) -> None:
        self._listening.cancel()
        self._stdin.close()
        with contextlib.suppress(OSError):
            await self._stdin.wait_closed()

    def last_words(self) -> str:
        return self._words.decode(errors="replace").strip()

    async def _listen(self) -> None:
        while data := await self._stderr.read(1 << 16):
            self._words = (self._words + data)[-2000:]


def write_base(directory: Path, files: Artifact) -> None:
    """Write the base from outside: commands see it through a read-only mount, or at least without write bits."""
    for entry in directory.rglob("*"):
        if entry.is_dir():
            entry.chmod(0o755)
    empty(os.fsencode(directory))
    for file in files:
        path = directory / checked(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
        path.chmod(0o555 if file.executable else 0o444)
    for entry in directory.rglob("*"):
        if entry.is_dir():
            entry.chmod(0o755)


def remove_left_over(home: Path) -> None:
    """Kill what still runs for a sandbox and delete its directory. Nothing there is fine."""
    with contextlib.suppress(OSError, ValueError):
        owner, birth = (home / "owner").read_text().split()
        if _birth(int(owner)) == birth:
            os.kill(int(owner), signal.SIGKILL)
    for pid in marked(home.name):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(OSError):
        empty(os.fsencode(home))
        home.rmdir()


def marked(name: str) -> list[int]:
    """Processes that were started in a plain sandbox, by their environment."""
    mark = f"{MARK}={name}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
    return found


def _private_directory() -> Path:
    """Below the temporary directory, ours alone; its name is the same for every engine of this user."""
    path = Path(tempfile.gettempdir()).resolve() / f"factory-sandboxes-{os.geteuid()}"
    path.mkdir(mode=0o700, exist_ok=True)
    status = path.lstat()
    if path.is_symlink() or status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise SandboxUnavailable(f"{path} is not a private directory of this user\nremove it, or set TMPDIR")
    return path


def _slug(workspace: str) -> str:
    """The workspace's label as part of a file name."""
    return (
        workspace
        if re.fullmatch(r"[A-Za-z0-9_-]{1,40}", workspace)
        else hashlib.sha256(workspace.encode()).hexdigest()[:20]
    )


@cache
def _tools_version() -> str:
    """Changes with the interpreter and the environment the tools are copied from."""
    origin = f"{interpreter()} {sys.prefix} {sys.version} {installed()}"
    return hashlib.sha256(origin.encode()).hexdigest()[:12]


def _birth(pid: int) -> str:
    """Start time of a process in clock ticks since boot; empty when there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""


async def _ended(process: asyncio.subprocess.Process) -> None:
    try:
        async with asyncio.timeout(END_S):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
