"""The container engine's API: blocking calls in one bounded pool, its errors as ours, streams as transports."""

import asyncio
import contextlib
import os
import socket
import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import docker
import docker.errors
import docker.utils
import requests.exceptions

from factory_tui.sandbox.port import SandboxError, SandboxLost, SandboxUnavailable

Result = TypeVar("Result")

THREADS = 8
"""API calls at the same time; more only queue inside the engine."""
TIMEOUT_S = 120
"""Longest wait for one API call; creating a container on a busy machine takes seconds."""
_STREAM = struct.Struct(">BxxxL")
_STDERR = 2


def address() -> str:
    """Where the container engine is."""
    return os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"


def connect() -> docker.APIClient:
    """A client of the engine that `DOCKER_HOST` names, or of the local one.

    Raises:
        SandboxUnavailable: nobody answers, there is no permission, or the connection would be encrypted.
    """
    _refuse_encryption()
    try:
        if address().startswith("unix://"):
            with socket.socket(socket.AF_UNIX) as probe:  # the client leaks its socket when this fails
                probe.settimeout(TIMEOUT_S)
                probe.connect(address().removeprefix("unix://"))
        options = docker.utils.kwargs_from_env()
        return docker.APIClient(version="auto", timeout=TIMEOUT_S, max_pool_size=THREADS, num_pools=2, **options)
    except (docker.errors.DockerException, requests.exceptions.RequestException, OSError) as error:
        raise _unavailable(error) from None


def _refuse_encryption() -> None:
    """The bytes of a channel are read from the connection itself, which nobody would decipher then."""
    over_tls = address().startswith("tcp://") and (os.environ.get("DOCKER_TLS_VERIFY") or os.environ.get("DOCKER_TLS"))
    if over_tls or address().startswith(("https://", "ssh://")):
        raise SandboxUnavailable(
            f"{address()}: encrypted connections to a container engine are not supported\n"
            "forward its socket with `ssh -NL /tmp/engine.sock:/var/run/docker.sock HOST`, "
            "then set DOCKER_HOST=unix:///tmp/engine.sock"
        )


class ContainerEngine:
    """The engine that `DOCKER_HOST` names, or the local one. Connects at the first call."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="container-engine")
        self._connecting = asyncio.Lock()
        self._client: docker.APIClient | None = None

    async def call(self, work: Callable[[docker.APIClient], Result]) -> Result:
        """Run a blocking use of the API client in the pool.

        Raises:
            SandboxUnavailable: nobody answers, or there is no permission.
            SandboxError: the engine refused; `docker.errors.NotFound` passes as it is.
        """
        loop = asyncio.get_running_loop()
        try:
            async with self._connecting:
                if self._client is None:
                    self._client = await loop.run_in_executor(self._pool, connect)
            return await loop.run_in_executor(self._pool, work, self._client)
        except docker.errors.NotFound:
            raise
        except docker.errors.APIError as error:
            raise SandboxError(f"container engine: {error.explanation or error}") from None
        except (docker.errors.DockerException, requests.exceptions.RequestException, OSError) as error:
            raise _unavailable(error) from None

    async def open(self, container: str, argv: list[str], user: int) -> "ExecTransport":
        """Start a program in a container, attached to its streams."""

        def start(client: docker.APIClient) -> socket.socket:
            made = client.exec_create(container, argv, stdin=True, user=f"{user}:{user}", workdir="/")
            stream = client.exec_start(made["Id"], socket=True)
            response = stream._response
            raw = getattr(stream, "_sock", stream)
            if not isinstance(raw, socket.socket):
                raise OSError(f"{address()}: encrypted connections are not supported")
            # The client would reuse or close its connection when it is collected; the copy is ours alone.
            mine = socket.socket(fileno=os.dup(raw.fileno()))
            response.close()
            mine.setblocking(False)
            return mine

        opening = asyncio.ensure_future(self.call(start))
        try:
            connection = await asyncio.shield(opening)
        except asyncio.CancelledError:
            with contextlib.suppress(Exception):
                (await opening).close()  # nobody else knows of it
            raise
        except docker.errors.NotFound as error:
            raise SandboxLost(f"the sandbox is gone: {error.explanation}") from None
        return await ExecTransport.over(connection)

    async def close(self) -> None:
        if self._client is not None:
            await asyncio.get_running_loop().run_in_executor(self._pool, self._client.close)
            self._client = None
        self._pool.shutdown(wait=False)


class ExecTransport:
    """The streams of a program started with exec: stdin as it is, stdout and stderr multiplexed by the engine."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._words = b""

    @classmethod
    async def over(cls, connection: socket.socket) -> "ExecTransport":
        try:
            return cls(*await asyncio.open_connection(sock=connection, limit=1 << 20))
        except BaseException:
            connection.close()
            raise

    async def read(self) -> bytes:
        try:
            while True:
                stream, size = _STREAM.unpack(await self._reader.readexactly(_STREAM.size))
                data = await self._reader.readexactly(size)
                if stream != _STDERR:
                    return data
                self._words = (self._words + data)[-2000:]
        except asyncio.IncompleteReadError as error:
            if error.partial and not self._words:
                self._words = error.partial[-2000:]
            return b""

    async def write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    def abort(self) -> None:
        self._writer.transport.abort()

    async def close(self) -> None:
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    def last_words(self) -> str:
        return self._words.decode(errors="replace").strip()


def explain(error: Any) -> str:
    """The engine's own words in an API error."""
    return str(getattr(error, "explanation", None) or error)


def _unavailable(error: Exception) -> SandboxUnavailable:
    text = str(error)
    if "Permission denied" in text:
        todo = f"add the user to the group that owns {address()} (usually docker), then log in again"
    elif "No such file" in text or "Connection refused" in text:
        todo = 'install and start Docker, or set backend = "local" under [sandbox] in factory.toml'
    else:
        todo = "check that the engine runs and that DOCKER_HOST is right"
    return SandboxUnavailable(f"no container engine at {address()}: {_short(text)}\n{todo}")


def _short(text: str) -> str:
    """The innermost reason of the client's nested messages."""
    for known in ("Permission denied", "No such file or directory", "Connection refused"):
        if known in text:
            return known.lower()
    return text[:200]
