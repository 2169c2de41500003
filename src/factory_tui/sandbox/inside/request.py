"""One HTTP request made from inside the sandbox, with one deadline for all of it."""

from __future__ import annotations

import time
from typing import IO, Any


class DeadlineReader:
    """Stands in for a socket in http.client, so that slow answers end at one deadline for all reads together."""

    def __init__(self, connection: Any, deadline: float) -> None:
        self.connection, self.deadline = connection, deadline

    def sendall(self, data: bytes) -> None:
        self._allow()
        self.connection.sendall(data)

    def makefile(self, *_args: Any, **_options: Any) -> IO[bytes]:
        import io

        reader = self

        class Raw(io.RawIOBase):
            def readable(self) -> bool:
                return True

            def readinto(self, buffer: Any) -> int:
                reader._allow()
                count: int = reader.connection.recv_into(buffer)
                return count

        return io.BufferedReader(Raw())

    def close(self) -> None:
        """Nothing: http.client lets go of the socket before the body of a closing answer is read."""

    def _allow(self) -> None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self.connection.settimeout(left)


def request(order: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    """One HTTP request; redirects are not followed, no proxy is used."""
    import http.client
    import socket
    import urllib.parse

    started = time.monotonic()
    answer: dict[str, Any] = {"status": 0, "headers": []}
    content = b""
    try:
        url = urllib.parse.urlsplit(order["url"])
        if url.scheme != "http" or not url.hostname:
            raise ValueError(f"not an http:// address: {order['url']}")
        deadline = started + order["timeout"]
        raw = socket.create_connection((url.hostname, url.port or 80), timeout=order["timeout"])
        try:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = http.client.HTTPConnection(url.hostname, url.port or 80)
            connection.sock = DeadlineReader(raw, deadline)
            path = (url.path or "/") + (f"?{url.query}" if url.query else "")
            headers = {"Connection": "close", **order["headers"]}
            connection.request(order["method"], path, body or None, headers)
            response = connection.getresponse()
            while len(content) < order["cap"]:
                piece = response.read1(min(1 << 16, order["cap"] - len(content)))
                if not piece:
                    break
                content += piece
            answer["status"], answer["headers"] = response.status, response.getheaders()
        finally:
            raw.close()
    except (OSError, ValueError, http.client.HTTPException) as error:
        timed_out = isinstance(error, (TimeoutError, socket.timeout))
        answer["failed"] = "timed out" if timed_out else f"{type(error).__name__}: {error}"
        content = b""
    answer["seconds"] = time.monotonic() - started
    return answer, content
