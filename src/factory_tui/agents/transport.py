"""HTTP for a service that may be hostile: no answer is larger than memory can bear, none is unpacked."""

from collections.abc import AsyncIterator

import httpx2

from factory_tui.agents.answer import BrokenAnswer

ANSWER_CAP = 32 << 20
"""Bytes of one answer. The longest answer of any model, 128,000 tokens with an event each, stays below 20 MB."""
UNPACKED = {"accept-encoding": "identity"}
"""Asked for with every request: a few kilobytes of gzip can unpack to gigabytes before anybody can count them."""


class BoundedTransport(httpx2.AsyncBaseTransport):
    """A transport whose answers are read up to a cap.

    Args:
        inner: does the work.
        cap: bytes of one answer's body.
    """

    def __init__(self, inner: httpx2.AsyncBaseTransport, cap: int = ANSWER_CAP) -> None:
        self._inner, self._cap = inner, cap

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        stream = response.stream
        assert isinstance(stream, httpx2.AsyncByteStream)
        packed = response.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity")
        response.stream = _BoundedStream(stream, 0 if packed else self._cap, packed)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _BoundedStream(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream, cap: int, packed: bool) -> None:
        self._inner, self._left, self._packed = inner, cap, packed

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._packed:
            raise BrokenAnswer("the model's service packed its answer, which it was asked not to do")
        async for piece in self._inner:
            self._left -= len(piece)
            if self._left < 0:
                raise BrokenAnswer("the model's service sent an answer without end")
            yield piece

    async def aclose(self) -> None:
        await self._inner.aclose()
