"""HTTP/1.1 on 127.0.0.1 with keep-alive: h11 keeps the protocol, asyncio the sockets."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import h11

from factory_tui.twins.messages.api import BODY_CAP, Ending, HttpReply, HttpRequest, MessagesApi
from factory_tui.twins.messages.errors import ApiError

_READ = 64 * 1024
_IDLE_S = 600.0


@asynccontextmanager
async def serving(api: MessagesApi, port: int = 0) -> AsyncIterator[int]:
    """Serve until the block ends; yields the port. Connections still open then are cut."""
    open_connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_connections.add(task)
        try:
            await _Connection(api, reader, writer).serve()
        except (ConnectionError, TimeoutError, asyncio.CancelledError):
            pass  # the client went away, was idle for too long, or we are closing: nobody is left to be told
        finally:
            open_connections.discard(task)
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", port, backlog=512)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tuple(open_connections):
            task.cancel()
        await asyncio.gather(*open_connections, return_exceptions=True)


class _Connection:
    def __init__(self, api: MessagesApi, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._api, self._reader, self._writer = api, reader, writer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=64 * 1024)

    async def serve(self) -> None:
        """Requests one after the other until either side closes."""
        while True:
            try:
                request = await self._request()
                if request is None:
                    return
                reply = self._api.answer(request)
            except (h11.RemoteProtocolError, ApiError) as error:
                await self._refuse(error)
                return
            if not await self._send(reply):
                return
            if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
                return
            self._http.start_next_cycle()

    async def _event(self) -> h11.Event | type[h11.PAUSED]:
        while True:
            event = self._http.next_event()
            if event is not h11.NEED_DATA:
                assert not isinstance(event, type) or event is h11.PAUSED
                return event
            if self._http.they_are_waiting_for_100_continue:
                self._writer.write(self._http.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
            async with asyncio.timeout(_IDLE_S):
                self._http.receive_data(await self._reader.read(_READ))

    async def _request(self) -> HttpRequest | None:
        """The next request, or None when the client has closed."""
        head = await self._event()
        if not isinstance(head, h11.Request):
            return None
        body = bytearray()
        while True:
            event = await self._event()
            if isinstance(event, h11.Data):
                body += event.data
                if len(body) > BODY_CAP:
                    raise ApiError("request_too_large", "Request exceeds the maximum size")
            elif isinstance(event, h11.EndOfMessage):
                break
            else:
                return None
        return HttpRequest(
            method=head.method.decode("ascii"),
            path=head.target.decode("ascii").split("?", 1)[0],
            headers={name.decode("ascii").lower(): value.decode("latin-1") for name, value in head.headers},
            body=bytes(body),
        )

    async def _send(self, reply: HttpReply) -> bool:
        """False when the connection is over."""
        if reply.ending is Ending.HANG:
            while await self._reader.read(_READ):  # until the client has had enough
                pass
            return False
        if reply.ending is Ending.RESET:
            self._reset()
            return False
        # h11 frames a body of unknown length in chunks, as the API does when it streams
        self._write(h11.Response(status_code=reply.status, headers=_headers(reply.headers)))
        for position, piece in enumerate(reply.pieces):
            if position == 1 and reply.pause_s:
                await self._writer.drain()
                await asyncio.sleep(reply.pause_s)
            if piece:
                self._write(h11.Data(data=piece))
        self._write(h11.EndOfMessage())
        await self._writer.drain()
        return True

    def _write(self, event: h11.Event) -> None:
        self._writer.write(self._http.send(event) or b"")

    def _reset(self) -> None:
        """RST instead of FIN: with a linger time of zero the kernel throws the connection away."""
        raw: socket.socket | None = self._writer.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    async def _refuse(self, error: Exception) -> None:
        """An answer to what was no acceptable HTTP; the connection cannot be used any more."""
        if self._http.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            return
        refusal = error if isinstance(error, ApiError) else ApiError("invalid_request_error", f"Bad request: {error}")
        content = json.dumps(refusal.body("req_unread")).encode()
        headers = [("content-type", "application/json"), ("connection", "close")]
        self._write(h11.Response(status_code=refusal.status, headers=_headers(tuple(headers))))
        self._write(h11.Data(data=content))
        self._write(h11.EndOfMessage())
        await self._writer.drain()


def _headers(pairs: tuple[tuple[str, str], ...]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("ascii"), value.encode("latin-1", errors="replace")) for name, value in pairs]
