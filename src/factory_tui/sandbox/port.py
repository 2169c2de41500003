"""The sandbox port: the isolated place where an agent's commands run, and nothing else.

Every implementation passes the same contract suite (`tests/sandbox/contract.py`), which checks exactly what
`Capabilities` declares.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from pydantic import JsonValue

from factory_tui.config import SandboxSettings
from factory_tui.model.artifact import Artifact


class Role(StrEnum):
    """What a sandbox is for. Build and evaluate never share one."""

    BUILD = "build"
    EVALUATE = "evaluate"
    PROOF = "proof"
    """Admission of scenarios on the untouched base."""
    TWIN = "twin"


WORK = "/work"
"""Where the artifact lies, and the current directory of every command, unless `Sandbox.work` says otherwise."""

BASE = "/base"
"""Where the untouched base lies during evaluation, read-only for commands."""


class SandboxError(Exception):
    """A fault of the sandbox or its host. The message says what, where and what to do."""


class SandboxUnavailable(SandboxError):
    """There is no engine, no image, or no permission: nothing can be created."""


class SandboxLost(SandboxError):
    """The sandbox or its channel is gone (killed, out of memory, engine restarted)."""


class CollectRefused(SandboxError):
    """The tree is over the collector's caps or is not a readable archive."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an implementation really gives. What is False here is said on every screen that matters."""

    network_isolated: bool
    holdout_isolated: bool
    """Commands cannot read the workspace, the holdout or the operator's files."""
    limits_memory: bool
    limits_pids: bool
    limits_disk: bool
    separate_user: bool
    read_only_root: bool
    fixed_paths: bool
    """`/work` and `/base` exist under these names."""
    survives_engine: bool
    """Left-overs are found by label and removed after the engine died."""

    @property
    def unsafe(self) -> bool:
        """True when a live model must be refused without the operator's explicit consent.

        Without a memory limit one command of an agent can take the engine's host down.
        """
        return not (self.network_isolated and self.holdout_isolated and self.separate_user and self.limits_memory)


@dataclass(frozen=True, slots=True)
class Labels:
    """Who a sandbox belongs to; written on it so that a sweep finds it after a crash."""

    workspace: str
    """Hash of the workspace's path."""
    run: str
    attempt: int
    role: Role
    expires: datetime


@dataclass(frozen=True, slots=True)
class SandboxRequest:
    labels: Labels
    image: str
    """Digest or id; ignored by the local sandbox."""
    memory_mb: int = 2048
    cpus: float = 2.0
    pids: int = 256
    disk_mb: int = 1024
    ttl_s: float = 7200.0
    """The sandbox ends itself after this time, whatever happens to the engine."""
    env: Mapping[str, str] = field(default_factory=dict)
    runtime: str | None = None

    @classmethod
    def within(cls, limits: SandboxSettings, labels: Labels, image: str, life: timedelta) -> "SandboxRequest":
        """A request for a sandbox with the limits of `[sandbox]` that ends itself after `life`."""
        return cls(
            labels=labels,
            image=image,
            memory_mb=limits.memory_mb,
            cpus=limits.cpus,
            pids=limits.pids,
            disk_mb=limits.disk_mb,
            ttl_s=life.total_seconds(),
            runtime=limits.runtime,
        )


@dataclass(frozen=True, slots=True)
class Exec:
    """One command."""

    argv: Sequence[str]
    """`["/bin/sh", "-c", text]` for shell text; user text is never spliced into it by us."""
    call_id: str
    """Unique within the sandbox; the same id is never started twice."""
    stdin: bytes = b""
    env: Mapping[str, str] = field(default_factory=dict)
    """Added to the sandbox's own environment; `PATH` here replaces it."""
    cwd: str | None = None
    """Absolute, or relative to the work directory; None is the work directory."""
    timeout_s: float = 120.0
    """Then the whole process group is killed."""
    output_cap: int = 256 * 1024
    """Bytes kept of stdout and of stderr each: the first half and the last half of the cap."""


@dataclass(frozen=True, slots=True)
class ExecResult:
    exit_code: int
    """As a shell reports it: 128 + signal when killed by one; 124 after a timeout; 127 when not found."""
    stdout: bytes
    stderr: bytes
    seconds: float
    timed_out: bool = False
    truncated: bool = False
    """Output beyond the cap was dropped."""
    oom: bool = False
    """The memory limit killed something during the command, as far as the host can tell."""
    printed: int = 0
    """Bytes of stdout and stderr together, those that were dropped included."""
    peak: int = 0
    """Bytes that the largest of its processes ever had resident, told by the kernel: the command itself, or one that
    was waited for. 0 when it could not be started or did not end."""
    floor: int = 0
    """`peak` cannot be lower, however small the command: what is at the floor needs that much at most."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """Answer to a request made from inside the sandbox; `error` instead when there was none."""

    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    seconds: float = 0.0
    error: str | None = None
    """Why there was no answer (refused, timed out, malformed)."""


@dataclass(frozen=True, slots=True)
class Query:
    """One question to an SQLite file; nothing can be changed by it."""

    path: str
    """Relative to the work directory."""
    text: str
    """One SELECT; `:name` takes a parameter."""
    parameters: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)
    timeout_s: float = 30.0
    """For all of it, the wait for another program's lock included."""
    row_cap: int = 10_000
    byte_cap: int = 1 << 20
    """Of the rows as JSON."""


class QueryFault(StrEnum):
    """Why a question has no rows."""

    MISSING = "missing"
    """There is no such regular file."""
    FILE = "file"
    """No database, no such table, locked, broken, slow: what the artifact made of it."""
    QUESTION = "question"
    """It would fail whatever the file holds: its syntax, several statements, anything but reading."""


@dataclass(frozen=True, slots=True)
class Table:
    """What a question gave. All of it is foreign: the names of columns come from the file, too."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[JsonValue, ...], ...] = ()
    """NULL is None, a whole number is one whatever its size, an infinite one is `Infinity`; text that is not UTF-8 has
    U+FFFD where it is not; bytes are `{"blob": hexadecimal digits}`."""
    seconds: float = 0.0
    truncated: bool = False
    """There are more rows than the caps allow."""
    fault: QueryFault | None = None
    why: str = ""


class BackgroundProcess(Protocol):
    """A service: runs until stopped."""

    async def poll(self) -> int | None:
        """Exit code, or None while it runs."""
        ...

    async def stop(self, grace_s: float = 2.0) -> ExecResult:
        """TERM to the process group, KILL after `grace_s`; the result holds what it printed, within the cap."""
        ...


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a program has written to its terminal since the last time."""

    data: bytes
    exit_code: int | None = None
    """As in `ExecResult`; only together with the last that there is to come."""


class Terminal(Protocol):
    """A program in a pseudo terminal of the sandbox. Nothing of it is interpreted: that is the caller's business."""

    async def type(self, keys: bytes) -> int:
        """Send bytes as a keyboard does; they wait until the program reads. How many bytes there was room for."""
        ...

    async def take(self, wait_s: float, cap: int = 64 * 1024) -> Drawn:
        """What was written since the last time, at most `cap` bytes, waited for at most `wait_s`.

        A program that writes more than is taken has to wait, as at a slow terminal.
        """
        ...

    async def resize(self, columns: int, rows: int) -> None:
        """Change the size; the program is told by SIGWINCH."""
        ...

    async def stop(self) -> None:
        """KILL what still runs in the session. Nothing can be asked of it afterwards."""
        ...


class Sandbox(Protocol):
    """A running sandbox. Any method raises `SandboxLost` when it is gone."""

    @property
    def id(self) -> str:
        """Container id, or the local sandbox's name."""
        ...

    @property
    def work(self) -> str:
        """Absolute path of the work directory as commands see it."""
        ...

    @property
    def base(self) -> str:
        """Absolute path of the untouched base as commands see it (see `put_base`)."""
        ...

    @property
    def path(self) -> str:
        """`PATH` of commands that bring none of their own."""
        ...

    async def put(self, files: Artifact, *, clear: bool = False) -> None:
        """Write files below the work directory; `clear` empties it, the temporary and the home directory first."""
        ...

    async def put_base(self, files: Artifact) -> None:
        """Write the untouched base to `base`, not writable by commands where the sandbox can give that."""
        ...

    async def exec(self, command: Exec) -> ExecResult: ...

    async def start(self, command: Exec) -> BackgroundProcess:
        """Start a service; `timeout_s` is its longest life."""
        ...

    async def terminal(self, command: Exec, columns: int, rows: int) -> Terminal:
        """Start a program in a terminal of its own; `timeout_s` is its longest life.

        `LINES` and `COLUMNS` are unset: the size is that of the terminal. `stdin` and `output_cap` have no meaning.
        """
        ...

    async def query(self, query: Query) -> Table:
        """Ask an SQLite file, beside whatever else has it open. Its journal is read, not played back into it."""
        ...

    async def http(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float, cap: int = 1 << 20
    ) -> HttpAnswer:
        """One request from inside the sandbox (there is no route from outside)."""
        ...

    async def free_port(self) -> int:
        """A TCP port that nothing listens on inside the sandbox."""
        ...

    async def read(self, path: str, cap: int = 1 << 20) -> bytes | None:
        """Content of one regular file, relative to the work directory or absolute; None when there is none.

        At most `cap` bytes. Links are followed as a command would.
        """
        ...

    async def write(self, path: str, content: bytes) -> None:
        """Write one file as the commands' user, making parent directories.

        Raises:
            OSError: as a command would get it (read-only, is a directory, no space).
        """
        ...

    async def kill_all(self) -> int:
        """KILL every process that commands started, daemons included; the number killed."""
        ...

    async def collect(self) -> Artifact:
        """The work directory as regular files, through our own safe collector.

        Raises:
            CollectRefused: over the caps (bytes, entries, depth) or not a readable archive.
        """
        ...

    async def destroy(self) -> None:
        """Remove everything. Idempotent; never raises for what is already gone."""
        ...


class SandboxHost(Protocol):
    """Makes sandboxes."""

    @property
    def name(self) -> str:
        """`docker` or `local`."""
        ...

    def capabilities(self) -> Capabilities: ...

    async def check(self) -> str:
        """One line about the host when it can create sandboxes.

        Raises:
            SandboxUnavailable: with what to do.
        """
        ...

    async def resolve_image(self, name: str) -> str:
        """The immutable id (digest when there is one) that `name` stands for now.

        Raises:
            SandboxUnavailable: there is no such image, with the command that makes it.
        """
        ...

    async def create(self, request: SandboxRequest) -> Sandbox: ...

    async def sweep(self, workspace: str, keep: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """Remove every sandbox labelled with `workspace` whose id is not in `keep`; the ids removed."""
        ...

    async def close(self) -> None: ...


Progress = Callable[[str], None]
"""Told one line about what a long operation is doing."""
