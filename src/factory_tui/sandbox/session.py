"""A sandbox as its runner offers it; what is left to an implementation is how it is created and removed."""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from factory_tui.model.artifact import Artifact, ArtifactFile
from factory_tui.sandbox.channel import Channel, Header
from factory_tui.sandbox.collect import Caps, Collector
from factory_tui.sandbox.port import (
    BackgroundProcess,
    Drawn,
    Exec,
    ExecResult,
    HttpAnswer,
    Query,
    QueryFault,
    SandboxError,
    SandboxLost,
    Table,
    Terminal,
)

BATCH_BYTES = 1 << 20
BATCH_FILES = 2000
OVERTIME_S = 10.0
"""Beyond the timeout of a question, which the runner keeps: whoever cannot answer by then does not work any more."""


def batches(files: Artifact) -> Iterator[tuple[list[tuple[str, bool, int, bool]], bytes]]:
    """Files as (path, executable, size, append) lists with their contents, each about `BATCH_BYTES` at most.

    A large file is cut; its later pieces are appended.
    """
    names: list[tuple[str, bool, int, bool]] = []
    content = bytearray()
    for each in files:
        for start in range(0, max(1, len(each.content)), BATCH_BYTES):
            piece = each.content[start : start + BATCH_BYTES]
            names.append((checked(each), each.executable, len(piece), start > 0))
            content += piece
            if len(content) >= BATCH_BYTES or len(names) >= BATCH_FILES:
                yield names, bytes(content)
                names, content = [], bytearray()
    if names:
        yield names, bytes(content)


def checked(file: ArtifactFile) -> str:
    """The path as text.

    Raises:
        SandboxError: it leads out of the directory.
    """
    path: PurePosixPath = file.path
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise SandboxError(f"sandbox: {path}: not a path below the work directory")
    return str(path)


def result_of(header: Header, body: bytes) -> ExecResult:
    out = int(header["out"])
    return ExecResult(
        exit_code=int(header["exit"]),
        stdout=body[:out],
        stderr=body[out:],
        seconds=float(header["seconds"]),
        timed_out=bool(header["timed_out"]),
        truncated=bool(header["truncated"]),
        oom=bool(header["oom"]),
        printed=int(header["printed"]),
        peak=int(header["peak"]),
        floor=int(header["floor"]),
    )


def order_of(command: Exec) -> Header:
    return {
        "call": command.call_id,
        "argv": list(command.argv),
        "env": dict(command.env),
        "cwd": command.cwd,
        "timeout": command.timeout_s,
        "cap": command.output_cap,
    }


def table_of(body: bytes) -> Table:
    """What a runner said of an SQLite file.

    Raises:
        SandboxLost: it is none of what a runner says.
    """
    try:
        answer = json.loads(body)
        if "missing" in answer:
            return Table(fault=QueryFault.MISSING, why=str(answer["missing"]))
        if "failed" in answer:
            fault = QueryFault.QUESTION if answer["faulty"] else QueryFault.FILE
            return Table(fault=fault, why=str(answer["failed"]))
        rows = tuple(tuple(row) for row in answer["rows"])
        columns = tuple(str(name) for name in answer["columns"])
        return Table(columns, rows, float(answer["seconds"]), bool(answer["more"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SandboxLost(f"the sandbox is gone: no answer to a question but {type(error).__name__}") from None


class Service:
    """A background process of a sandbox."""

    def __init__(self, channel: Channel, call_id: str) -> None:
        self._channel, self._call_id = channel, call_id

    async def poll(self) -> int | None:
        header, _ = await self._channel.call("poll", {"call": self._call_id})
        return None if header["exit"] is None else int(header["exit"])

    async def stop(self, grace_s: float = 2.0) -> ExecResult:
        return result_of(*await self._channel.call("stop", {"call": self._call_id, "grace": grace_s}))


class RunnerTerminal:
    """A program of a sandbox in a terminal of its own."""

    def __init__(self, channel: Channel, call_id: str) -> None:
        self._channel, self._call_id = channel, call_id

    async def type(self, keys: bytes) -> int:
        header, _ = await self._channel.call("tty_type", {"call": self._call_id}, keys)
        return int(header["taken"])

    async def take(self, wait_s: float, cap: int = 64 * 1024) -> Drawn:
        order = {"call": self._call_id, "wait": max(0.0, wait_s), "cap": cap}
        header, data = await self._channel.call("tty_take", order)
        return Drawn(data, None if header["exit"] is None else int(header["exit"]))

    async def resize(self, columns: int, rows: int) -> None:
        await self._channel.call("tty_resize", {"call": self._call_id, "columns": columns, "rows": rows})

    async def stop(self) -> None:
        await self._channel.call("tty_stop", {"call": self._call_id})


class RunnerSandbox(ABC):
    """`port.Sandbox` over a channel.

    Args:
        caps: what `collect` accepts.
    """

    def __init__(self, channel: Channel, work: str, base: str, path: str, caps: Caps) -> None:
        self._channel, self._work, self._base, self._path, self._caps = channel, work, base, path, caps

    @property
    @abstractmethod
    def id(self) -> str: ...

    @property
    def work(self) -> str:
        return self._work

    @property
    def base(self) -> str:
        return self._base

    @property
    def path(self) -> str:
        return self._path

    async def put(self, files: Artifact, *, clear: bool = False) -> None:
        if clear:
            await self._channel.call("clear")
        await put_files(self._channel, files)

    @abstractmethod
    async def put_base(self, files: Artifact) -> None: ...

    async def exec(self, command: Exec) -> ExecResult:
        try:
            return result_of(*await self._channel.call("exec", order_of(command), command.stdin))
        except asyncio.CancelledError:
            await self._channel.post("stop", {"call": command.call_id, "grace": 0.0})
            raise

    async def start(self, command: Exec) -> BackgroundProcess:
        await self._channel.call("start", order_of(command), command.stdin)
        return Service(self._channel, command.call_id)

    async def terminal(self, command: Exec, columns: int, rows: int) -> Terminal:
        await self._channel.call("tty_open", {**order_of(command), "columns": columns, "rows": rows})
        return RunnerTerminal(self._channel, command.call_id)

    async def query(self, query: Query) -> Table:
        order = {
            "path": query.path,
            "query": query.text,
            "parameters": dict(query.parameters),
            "timeout": query.timeout_s,
            "rows": query.row_cap,
            "cap": query.byte_cap,
        }
        try:
            async with asyncio.timeout(query.timeout_s + OVERTIME_S):
                _, body = await self._channel.call("query", order)
        except TimeoutError:
            raise SandboxLost("the sandbox is gone: a question to a database had no end") from None
        return table_of(body)

    async def http(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float, cap: int = 1 << 20
    ) -> HttpAnswer:
        order = {"method": method, "url": url, "headers": dict(headers), "timeout": timeout_s, "cap": cap}
        header, content = await self._channel.call("http", order, body)
        return HttpAnswer(
            status=int(header["status"]),
            headers=tuple((str(name), str(value)) for name, value in header["headers"]),
            body=content,
            seconds=float(header["seconds"]),
            error=header.get("failed"),
        )

    async def free_port(self) -> int:
        header, _ = await self._channel.call("port")
        return int(header["port"])

    async def read(self, path: str, cap: int = 1 << 20) -> bytes | None:
        header, content = await self._channel.call("read", {"path": path, "cap": cap})
        return content if header["found"] else None

    async def write(self, path: str, content: bytes) -> None:
        await self._channel.call("write", {"path": path}, content)

    async def kill_all(self) -> int:
        header, _ = await self._channel.call("kill_all")
        return int(header["killed"])

    async def collect(self) -> Artifact:
        collector = Collector(self._caps)
        order = {"depth": self._caps.depth}
        try:
            await self._channel.call("collect", order, sink=collector.feed)
        except BaseException:
            await self._channel.post("cancel")
            raise
        return collector.finish()

    @abstractmethod
    async def destroy(self) -> None: ...


async def put_files(channel: Channel, files: Artifact) -> None:
    """Write files below the runner's work directory."""
    for names, content in batches(files):
        await channel.call("put", {"files": names}, content)
