"""A container engine at a TCP address: every connection is handed on to the engine's socket of this machine.

All that a program gets that way is the engine's API: no directory of its own and no route into a container.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator

SOCKET = "/var/run/docker.sock"


@contextlib.contextmanager
def relayed() -> Iterator[str]:
    """The address, as `DOCKER_HOST` wants it."""
    relay = Relay()
    try:
        yield relay.address
    finally:
        relay.close()


class Relay:
    """Accepts until it is closed; then no connection and no thread of it is left."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self._server.getsockname()[1]}"

    def close(self) -> None:
        for each in (self._server, *self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._server.close()

    def _start(self, work: object, *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._server.accept()
                far = socket.socket(socket.AF_UNIX)
                self._open |= {near, far}
                far.connect(SOCKET)
                self._start(self._carry, near, far)

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        there = threading.Thread(target=_copy, args=(near, far), daemon=True)
        there.start()
        _copy(far, near)
        there.join()
        for each in (near, far):
            self._open.discard(each)
            each.close()


def _copy(here: socket.socket, there: socket.socket) -> None:
    """One direction, until its end; the other goes on, as it must for a program whose input was closed."""
    with contextlib.suppress(OSError):
        while data := here.recv(1 << 16):
            there.sendall(data)
    with contextlib.suppress(OSError):
        there.shutdown(socket.SHUT_WR)
