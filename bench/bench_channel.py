"""What the channel to the runner costs, against one `docker exec` per call and against a bare persistent shell.

The floor makes the same containers, one open shell each, over a raw HTTP client: what no sandbox could undercut.
"""

import asyncio
import contextlib
import json
import statistics
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import docker

from factory_tui.sandbox.container import USER, container_options
from factory_tui.sandbox.docker import DockerHost
from factory_tui.sandbox.engine import address
from factory_tui.sandbox.port import Exec, Labels, Role, Sandbox, SandboxError, SandboxRequest

WORKSTREAMS, PARALLEL, CALLS = 20, 8, 10
SAMPLES = 100
SLOW_SAMPLES = 15
"""Of one exec per call, which takes tens of milliseconds."""
IMAGE = "factory-sandbox:latest"
WORKSPACE = "bench-channel"

Call = Callable[[], Awaitable[object]]
"""One no-op command, from sending it to having its exit code."""


def measure() -> dict[str, float]:
    """Milliseconds per call, alone and busy; seconds per batch of `WORKSTREAMS`; the ratios between the three ways.

    Raises:
        SandboxError: there is no container engine or no image here.
    """
    return asyncio.run(_measure())


async def _measure() -> dict[str, float]:
    host = DockerHost()
    try:
        labels = Labels(WORKSPACE, "bench", 1, Role.BUILD, datetime.now(UTC))
        request = SandboxRequest(labels, await host.resolve_image(IMAGE), disk_mb=64)
        found: dict[str, float] = {}
        for name, way in (
            ("runner", _Runner(host, request)),
            ("floor", _Floor(request)),
            ("exec", _ExecPerCall(request)),
        ):
            samples = SLOW_SAMPLES if name == "exec" else SAMPLES
            figures = {**await _latency(way, samples), **await _batch(way)}
            found |= {f"{name}_{figure}": value for figure, value in figures.items()}
        await host.sweep(WORKSPACE)
    finally:
        await host.close()
    for figure in ("call_p50_ms", "busy_p50_ms", "batch_s", "batch_cpu_s"):
        about = figure.rpartition("_")[0]
        found[f"ratio_{about}_to_floor"] = found[f"runner_{figure}"] / found[f"floor_{figure}"]
        found[f"ratio_{about}_exec_to_runner"] = found[f"exec_{figure}"] / found[f"runner_{figure}"]
    return found


class _Runner:
    """What the factory does."""

    def __init__(self, host: DockerHost, request: SandboxRequest) -> None:
        self.host, self.request, self.count = host, request, 0

    @asynccontextmanager
    async def sandbox(self) -> AsyncIterator[Call]:
        sandbox = await self.host.create(self.request)
        try:
            yield lambda: self.call(sandbox)
        finally:
            await sandbox.destroy()

    async def call(self, sandbox: Sandbox) -> object:
        self.count += 1
        return await sandbox.exec(Exec(["/bin/sh", "-c", "true"], f"call-{self.count}"))


class _Floor:
    """The same container and a shell that stays open, over the bare API."""

    def __init__(self, request: SandboxRequest) -> None:
        self.options = container_options(request)

    @asynccontextmanager
    async def sandbox(self) -> AsyncIterator[Call]:
        container = json.loads(await _api("POST", "/containers/create", self.options))["Id"]
        try:
            await _api("POST", f"/containers/{container}/start")
            order = {
                "AttachStdin": True,
                "AttachStdout": True,
                "AttachStderr": True,
                "Cmd": ["/bin/sh"],
                "User": str(USER),
            }
            made = json.loads(await _api("POST", f"/containers/{container}/exec", order))["Id"]
            reader, writer = await _connect()
            _send(
                writer,
                "POST",
                f"/exec/{made}/start",
                {"Detach": False, "Tty": False},
                "Connection: Upgrade\r\nUpgrade: tcp\r\n",
            )
            await reader.readuntil(b"\r\n\r\n")
            try:
                yield lambda: self.call(reader, writer)
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
        finally:
            await _api("DELETE", f"/containers/{container}?force=1&v=1")

    async def call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> object:
        writer.write(b"/bin/sh -c true; echo $?\n")
        _, size = struct.unpack(">BxxxL", await reader.readexactly(8))
        return await reader.readexactly(size)


class _ExecPerCall:
    """The usual way: the client library in threads, one exec for each call."""

    def __init__(self, request: SandboxRequest) -> None:
        self.options = container_options(request)
        self.client = docker.APIClient(version="auto", max_pool_size=PARALLEL)

    @asynccontextmanager
    async def sandbox(self) -> AsyncIterator[Call]:
        container = (await asyncio.to_thread(self.client.create_container_from_config, self.options))["Id"]
        try:
            await asyncio.to_thread(self.client.start, container)
            yield lambda: asyncio.to_thread(self.call, container)
        finally:
            await asyncio.to_thread(self.client.remove_container, container, force=True, v=True)

    def call(self, container: str) -> object:
        made = self.client.exec_create(container, ["/bin/sh", "-c", "true"], user=str(USER))["Id"]
        self.client.exec_start(made)
        return self.client.exec_inspect(made)["ExitCode"]


Way = _Runner | _Floor | _ExecPerCall


async def _latency(way: Way, samples: int) -> dict[str, float]:
    """p50 and p95 of one call in milliseconds, alone and with `PARALLEL` sandboxes calling all the time."""
    async with way.sandbox() as call:
        alone = await _times(call, samples)
    async with contextlib.AsyncExitStack() as stack:
        calls = [await stack.enter_async_context(way.sandbox()) for _ in range(PARALLEL)]
        busy = [
            each for times in await asyncio.gather(*(_times(call, samples // 3) for call in calls)) for each in times
        ]
    return {
        "call_p50_ms": _centile(alone, 50),
        "call_p95_ms": _centile(alone, 95),
        "busy_p50_ms": _centile(busy, 50),
        "busy_p95_ms": _centile(busy, 95),
    }


async def _times(call: Call, samples: int) -> list[float]:
    await call()
    times = []
    for _ in range(samples):
        started = time.perf_counter()
        await call()
        times.append((time.perf_counter() - started) * 1000)
    return times


async def _batch(way: Way) -> dict[str, float]:
    """Wall and own CPU seconds of `WORKSTREAMS` sandboxes with `CALLS` each, `PARALLEL` at a time."""
    lanes = asyncio.Semaphore(PARALLEL)

    async def workstream() -> None:
        async with lanes, way.sandbox() as call:
            for _ in range(CALLS):
                await call()

    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(workstream() for _ in range(WORKSTREAMS)))
    return {"batch_s": time.perf_counter() - wall, "batch_cpu_s": time.process_time() - cpu}


def _centile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


async def _connect() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_unix_connection(address().removeprefix("unix://"))


def _send(
    writer: asyncio.StreamWriter, method: str, path: str, body: object, more: str = "Connection: close\r\n"
) -> None:
    content = json.dumps(body).encode() if body is not None else b""
    head = f"{method} {path} HTTP/1.1\r\nHost: engine\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {len(content)}\r\n"
    writer.write(f"{head}{more}\r\n".encode() + content)


async def _api(method: str, path: str, body: object = None) -> bytes:
    """One request, with as little as HTTP allows."""
    reader, writer = await _connect()
    _send(writer, method, path, body)
    await writer.drain()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    head, _, content = answer.partition(b"\r\n\r\n")
    if not head.split()[1].startswith(b"2"):
        raise RuntimeError(f"{method} {path}: {head.decode()} {content.decode()}")
    return content


if __name__ == "__main__":
    try:
        print(json.dumps(measure(), indent=2))
    except SandboxError as error:
        print(json.dumps({"skipped": str(error).partition("\n")[0]}))
