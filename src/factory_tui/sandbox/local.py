"""Sandboxes without a container engine: namespaces where the machine allows them, else a plain process.

For the demo, dry runs and machines without a container engine. What the machine allows is tried once; what is
missing is declared in `Capabilities`, and the rest of the program acts on that.
"""

import asyncio
import contextlib
import hashlib
import inspect
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from factory_tui.model.artifact import Artifact
from factory_tui.sandbox import enclose, runner
from factory_tui.sandbox.channel import Channel
from factory_tui.sandbox.collect import Caps
from factory_tui.sandbox.container import HOME, PATH, SHM_MB, TMP_MB, environment
from factory_tui.sandbox.loader import ARGUMENTS, parcel
from factory_tui.sandbox.port import (
    BASE,
    WORK,
    Capabilities,
    Labels,
    Progress,
    Role,
    Sandbox,
    SandboxLost,
    SandboxRequest,
    SandboxUnavailable,
)
from factory_tui.sandbox.session import RunnerSandbox, checked
from factory_tui.sandbox.tools import gather, interpreter

TOOLS = "/opt/factory-tools"
"""Where the tools are inside a private root."""
MARK = "FACTORY_SANDBOX"
"""Environment variable by which a sweep recognises what a plain sandbox has left running."""
UID = 1000
UID_POOL = (1_900_000_000, 100_000_000)
"""First uid and number of uids for sandboxes of a root engine: each gets its own, so that limits per user hold."""
END_S = 5.0
NEW_NAMESPACES = ["unshare", "--fork", "--kill-child", "--pid", "--mount", "--net", "--ipc", "--uts"]


class Isolation(StrEnum):
    """What this machine allows."""

    ROOT = "namespaces, as root"
    USER = "user namespaces"
    NONE = "none: plain processes"


@dataclass(frozen=True, slots=True)
class Machine:
    isolation: Isolation
    refusal: str = ""
    """Why there are no namespaces."""

    def capabilities(self) -> Capabilities:
        enclosed = self.isolation is not Isolation.NONE
        return Capabilities(
            network_isolated=enclosed,
            holdout_isolated=enclosed,
            limits_memory=False,
            limits_pids=self.isolation is Isolation.ROOT or (enclosed and _limits_users()),
            limits_disk=enclosed,
            separate_user=self.isolation is Isolation.ROOT,
            read_only_root=enclosed,
            fixed_paths=enclosed,
            survives_engine=True,
        )


class LocalHost:
    """Makes local sandboxes.

    Args:
        hide: directories that a sandbox must not show even if they lie below a system directory.
        isolation: what to use instead of the best that works.
    """

    def __init__(
        self,
        hide: Sequence[Path] = (),
        progress: Progress | None = None,
        *,
        isolation: Isolation | None = None,
        caps: Caps | None = None,
        patience_s: float = 30.0,
    ) -> None:
        self._hide = [str(path.resolve()) for path in hide]
        self._progress = progress or (lambda _line: None)
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
            for part in ("root", "work", "base", "tmp", "home"):
                (home / part).mkdir(parents=True)
            sandbox = await self._start(home, request, programs)
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
        sandbox = self._open.pop(home.name, None)
        if sandbox is not None:
            await sandbox.end()
        await asyncio.shield(asyncio.to_thread(remove_left_over, home))

    async def _start(self, home: Path, request: SandboxRequest, programs: Path) -> "LocalSandbox":
        place = Place.enclosed() if self._enclosed else Place.plain(home, programs)
        argv, first = self._program(home, request, place, programs.parent)
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
        return LocalSandbox(self, home, place, channel, process, self._caps)

    @property
    def _enclosed(self) -> bool:
        return self._machine.isolation is not Isolation.NONE

    def _program(self, home: Path, request: SandboxRequest, place: "Place", tools: Path) -> tuple[list[str], bytes]:
        """What to start, and what to tell it first."""
        pids = request.pids if self.capabilities().limits_pids else None
        config = {
            "work": place.work,
            "scratch": [place.tmp, place.home, *(["/dev/shm"] if self._enclosed else [])],
            "kill": "user" if self._enclosed else "family",
            "tools": place.tools,
            "pids": pids,
            "ttl": request.ttl_s,
            "env": {
                **environment(request),
                "PATH": place.path,
                "HOME": place.home,
                "TMPDIR": place.tmp,
                "FACTORY_BASE": place.base,
                **({} if self._enclosed else {MARK: home.name}),
                **request.env,
            },
        }
        python = [str(interpreter()), *ARGUMENTS]
        if not self._enclosed:
            return python, parcel(runner, config)
        enclosure = self._enclosure(home, request, config, tools)
        return [*_unshare(self._machine.isolation), *python], parcel(enclose, enclosure)

    def _enclosure(self, home: Path, request: SandboxRequest, config: dict[str, Any], tools: Path) -> dict[str, Any]:
        as_root = self._machine.isolation is Isolation.ROOT
        uid = UID_POOL[0] + secrets.randbelow(UID_POOL[1]) if as_root else UID
        small = min(TMP_MB, request.disk_mb)
        return {
            "root": str(home / "root"),
            "uid": uid,
            "owner": uid if as_root else 0,
            "in_user_namespace": not as_root,
            "hide": self._hide,
            "show": [*_python_places(), [str(tools), TOOLS], [str(home / "base"), BASE]],
            "files": _accounts(uid),
            "memory": [
                [WORK, "755", request.disk_mb],
                [HOME, "755", small],
                ["/tmp", "1777", small],
                ["/dev/shm", "1777", SHM_MB],
            ],
            "source": inspect.getsource(runner),
            "runner": config,
        }


@dataclass(frozen=True, slots=True)
class Place:
    """The paths of a sandbox as its commands see them."""

    work: str
    base: str
    tmp: str
    home: str
    tools: str

    @classmethod
    def enclosed(cls) -> "Place":
        return cls(WORK, BASE, "/tmp", HOME, f"{TOOLS}/bin")

    @classmethod
    def plain(cls, home: Path, programs: Path) -> "Place":
        work, base, tmp, own = (str(home / part) for part in ("work", "base", "tmp", "home"))
        return cls(work, base, tmp, own, str(programs))

    @property
    def path(self) -> str:
        return runner.with_tools(PATH, self.tools)


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
    runner.empty(os.fsencode(directory))
    for file in files:
        path = directory / checked(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
        path.chmod(0o555 if file.executable else 0o444)


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
        runner.empty(os.fsencode(home))
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


@cache
def probe() -> Machine:
    """Try, best first, what this machine allows."""
    refusal = "unshare is missing: install util-linux"
    if shutil.which("unshare", path=PATH):
        for isolation in (Isolation.ROOT, Isolation.USER):
            if isolation is Isolation.ROOT and os.geteuid() != 0:
                continue
            refusal = attempt(isolation)
            if not refusal:
                return Machine(isolation)
    return Machine(Isolation.NONE, refusal)


def attempt(isolation: Isolation) -> str:
    """Make a sandbox that ends at once, its channel being closed; why it failed, empty when it did not."""
    host = LocalHost(isolation=isolation)
    request = SandboxRequest(Labels("probe", "probe", 0, Role.PROOF, datetime.now(UTC)), "", disk_mb=16)
    with tempfile.TemporaryDirectory(prefix="factory-probe-") as directory:
        home = Path(directory)
        for part in ("root", "base", "tools"):
            (home / part).mkdir()
        argv, first = host._program(home, request, Place.enclosed(), home / "tools")
        try:
            done = subprocess.run(argv, env={"PATH": PATH}, input=first, capture_output=True, timeout=20, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
    if done.returncode == 0:
        return ""
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return lines[-1][-200:] if lines else f"unshare ended with {done.returncode}"


def _unshare(isolation: Isolation) -> list[str]:
    return [*NEW_NAMESPACES, *(["--user", "--map-root-user"] if isolation is Isolation.USER else [])]


def _python_places() -> list[list[str]]:
    """Where the interpreter and its library lie, unless below a directory that is shown anyway."""
    places = {sys.base_prefix, sys.base_exec_prefix, str(interpreter().parent)}
    outside = sorted(place for place in places if not place.startswith(("/usr/", "/nix/")) and place != "/usr")
    return [[place, place] for place in outside if not any(place.startswith(f"{other}/") for other in outside)]


def _accounts(uid: int) -> dict[str, str]:
    return {
        "passwd": f"root:x:0:0::/root:/bin/sh\nagent:x:{uid}:{uid}::{HOME}:/bin/sh\n",
        "group": f"root:x:0:\nagent:x:{uid}:\n",
        "hosts": "127.0.0.1 localhost sandbox\n::1 localhost\n",
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    }


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
    return hashlib.sha256(f"{interpreter()} {sys.prefix} {sys.version}".encode()).hexdigest()[:12]


def _limits_users() -> bool:
    """Whether RLIMIT_NPROC counts per user namespace: since Linux 5.14, and never for root."""
    major, minor = re.findall(r"\d+", os.uname().release)[:2]
    return os.geteuid() != 0 and (int(major), int(minor)) >= (5, 14)


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
