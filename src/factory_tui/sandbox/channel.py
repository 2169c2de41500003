"""The engine's end of the channel to a runner: many calls at once over one pair of byte streams."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from factory_tui.sandbox.inside.frames import LENGTHS, MAX_HEADER, frames
from factory_tui.sandbox.port import SandboxError, SandboxLost

Header = dict[str, Any]
"""The JSON header of a frame; stays inside this room."""

MAX_BODY = 4 << 20
MAX_ANSWER = 64 << 20
"""Bytes of one answer: far above every cap a caller may set, far below what would hurt the engine."""


class Transport(Protocol):
    """Bytes to and from a runner, however it was started."""

    async def read(self) -> bytes:
        """Some bytes of its output; empty at the end."""
        ...

    async def write(self, data: bytes) -> None: ...

    def abort(self) -> None:
        """Drop the streams at once, so that nobody waits to write to a reader that has stopped."""
        ...

    async def close(self) -> None: ...

    def last_words(self) -> str:
        """What the runner printed to stderr at the end, for the operator."""
        ...


@dataclass(slots=True)
class _Call:
    answer: asyncio.Future[Header]
    body: bytearray = field(default_factory=bytearray)
    sink: Callable[[bytes], None] | None = None


class Channel:
    """Sends requests and hands each answer to its caller.

    Args:
        patience_s: with a call open and nothing heard for this long the runner is taken for stopped: the channel is
            lost. It is pinged a few times within that, so a long silent command does not count as silence.
    """

    def __init__(self, transport: Transport, patience_s: float = 30.0) -> None:
        self._transport = transport
        self._patience_s = patience_s
        self._numbers = itertools.count(1)
        self._calls: dict[int, _Call] = {}
        self._writing = asyncio.Lock()
        self._lost: SandboxLost | None = None
        self._heard = 0.0
        self._reader = asyncio.create_task(self._read())
        self._pinger = asyncio.create_task(self._ping())
        self._busy = asyncio.Event()

    @property
    def lost(self) -> bool:
        """Whether it is gone, so that nothing can be asked of the runner any more."""
        return self._lost is not None

    async def call(
        self,
        op: str,
        header: Mapping[str, Any] | None = None,
        body: bytes = b"",
        sink: Callable[[bytes], None] | None = None,
    ) -> tuple[Header, bytes]:
        """One request and its answer.

        Args:
            sink: takes the pieces of a streamed answer as they come; what it raises ends the call.

        Raises:
            SandboxLost: the channel is gone, before or during the call.
            OSError: the operation failed inside with that error.
            SandboxError: it failed otherwise.
        """
        number = next(self._numbers)
        call = _Call(asyncio.get_running_loop().create_future(), sink=sink)
        self._calls[number] = call
        try:
            if len(self._calls) == 1:
                self._heard = asyncio.get_running_loop().time()
                self._busy.set()
            await self._send({"n": number, "op": op, **(header or {})}, body)
            answer = await call.answer
        finally:
            del self._calls[number]
            if not self._calls:
                self._busy.clear()
        if answer.get("ok"):
            return answer, bytes(call.body)
        if "errno" in answer:
            raise OSError(int(answer["errno"]), str(answer["error"]))
        raise SandboxError(f"sandbox: {op}: {answer.get('error', 'no reason given')}")

    async def post(self, op: str, header: Mapping[str, Any] | None = None) -> None:
        """A request whose answer nobody waits for; does nothing when the channel is gone."""
        with contextlib.suppress(SandboxLost):
            await self._send({"n": 0, "op": op, **(header or {})}, b"")

    async def close(self) -> None:
        """Close the streams; calls still open end with `SandboxLost`. Idempotent."""
        self._lose("the sandbox was closed")
        for task in (self._reader, self._pinger):
            if task is not asyncio.current_task():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        await self._transport.close()

    async def _send(self, header: Header, body: bytes) -> None:
        # One lock around the whole message: the pieces of two messages may mix, the bytes of two pieces must not.
        async with self._writing:
            if self._lost is not None:
                raise self._lost
            try:
                for piece in frames(header, body):
                    await self._transport.write(piece)
            except (OSError, RuntimeError) as error:
                self._lose(f"the channel broke: {error}")
        if self._lost is not None:
            raise self._lost

    async def _read(self) -> None:
        buffer = bytearray()
        reason = "the channel was closed from inside"
        try:
            while data := await self._transport.read():
                self._heard = asyncio.get_running_loop().time()
                buffer += data
                self._take(buffer)
        except OSError as error:
            reason = f"the channel broke: {error}"
        except (ValueError, KeyError, TypeError) as error:
            reason = f"the channel carried something else than answers: {error}"
        words = self._transport.last_words()
        self._lose(f"{reason} (runner: {words})" if words else reason)

    def _take(self, buffer: bytearray) -> None:
        """Deliver the complete frames at the start of `buffer`, and remove them."""
        position = 0
        while len(buffer) - position >= LENGTHS.size:
            head, body = LENGTHS.unpack_from(buffer, position)
            if head > MAX_HEADER or body > MAX_BODY:
                raise ValueError("a frame beyond the limits")
            start = position + LENGTHS.size
            end = start + head + body
            if len(buffer) < end:
                break
            header = json.loads(bytes(buffer[start : start + head]))
            self._deliver(header, bytes(buffer[start + head : end]))
            position = end
        del buffer[:position]

    def _deliver(self, header: Header, body: bytes) -> None:
        call = self._calls.get(int(header["n"]))
        if call is None or call.answer.done():
            return
        if call.sink is not None and body:
            try:
                call.sink(body)
            except Exception as error:  # noqa: BLE001 - whatever the sink says goes to its caller
                call.answer.set_exception(error)
                return
        else:
            call.body += body
            if len(call.body) > MAX_ANSWER:
                raise ValueError("an answer beyond the limits")
        if not header.get("more"):
            call.answer.set_result(header)

    async def _ping(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._busy.wait()
            await asyncio.sleep(self._patience_s / 4)
            silent = loop.time() - self._heard
            if not self._calls:
                continue
            if silent > self._patience_s:
                self._lose(f"the runner has not answered for {silent:.0f} s (stopped, or the sandbox is overloaded)")
                self._transport.abort()
                return
            if silent > self._patience_s / 4 and not self._writing.locked():
                await self.post("hello")

    def _lose(self, why: str) -> None:
        if self._lost is None:
            self._lost = SandboxLost(f"the sandbox is gone: {why}")
        for call in self._calls.values():
            if not call.answer.done():
                call.answer.set_exception(SandboxLost(str(self._lost)))
