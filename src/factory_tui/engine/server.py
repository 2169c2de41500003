"""The control socket: a 0600 socket in a 0700 directory that answers its own user and nobody else.

Nothing a client does or leaves undone blocks the engine: requests are bounded in size, the number of clients is
bounded, a follower reads from the database at its own pace, and one that does not read is dropped.
"""

import asyncio
import logging
import os
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from factory_tui.control.address import identity, new_socket_path, publish, withdraw
from factory_tui.control.protocol import REQUEST_LIMIT, Follow, encode
from factory_tui.engine.commands import EngineCommands
from factory_tui.engine.session import Session, drain, refuse
from factory_tui.model.event import Event
from factory_tui.store import Store
from factory_tui.store.reader import Reader

CLIENTS_LIMIT = 64
FIRST_REQUEST_SECONDS = 10.0
"""A client that says nothing at all is sent away after this."""
HEARTBEAT_SECONDS = 30.0
"""A follower hears a blank line this often, which is how a vanished one is noticed."""
COALESCE_SECONDS = 0.02
"""A follower's next read waits this long for more events to come together."""
EVENTS_AT_ONCE = 500

log = logging.getLogger(__name__)


class ControlServer:
    """Serves one workspace.

    Args:
        workspace: whose engine this is.
        commands: carries out what is asked.
        store: wakes followers when something was committed.
    """

    def __init__(self, workspace: Path, commands: EngineCommands, store: Store) -> None:
        self._workspace = workspace
        self._commands = commands
        self._store = store
        self._reader = Reader(workspace / "runs.db")
        self._clients: set[asyncio.Task[None]] = set()
        self._followers: set[asyncio.Event] = set()

    async def serve(self) -> None:
        """Answer until cancelled.

        Raises:
            UnsafeDirectory: the socket's directory is not private to this user.
        """
        async with self.listening():
            await asyncio.Event().wait()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Path]:
        """The socket is there within this context; clients are sent away at its end."""
        path = new_socket_path(self._workspace)
        path.unlink(missing_ok=True)  # the engine's lock is ours, so whoever left it is dead
        server = await asyncio.start_unix_server(self._connected, sock=_private_socket(path), limit=REQUEST_LIMIT)
        mine = identity(path)
        unsubscribe = self._store.subscribe(self._wake)
        publish(self._workspace, path)
        try:
            yield path
        finally:
            withdraw(self._workspace, path, mine)
            unsubscribe()
            server.close()
            for each in self._clients:
                each.cancel()
            await asyncio.gather(*self._clients, return_exceptions=True)
            self._reader.close()

    def _wake(self, event: Event) -> None:
        for each in self._followers:
            each.set()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        try:
            await self._admit(reader, writer)
        except (OSError, TimeoutError):
            # The client went away or does not read; there is nobody to tell, and a polite close would wait for it.
            writer.transport.abort()
        except asyncio.CancelledError:
            pass  # the engine ends; nothing waits for this task but `listening`
        except Exception:
            log.exception("a client of the control socket was dropped")
        finally:
            self._clients.discard(task)
            writer.transport.abort() if task.cancelling() else writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _admit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not _is_own_user(writer):
            return
        if len(self._clients) > CLIENTS_LIMIT:
            await refuse(writer, None, f"more than {CLIENTS_LIMIT} clients are connected", "close some of them")
            return
        session = Session(self._commands, self._store, self._follow)
        patience: float | None = FIRST_REQUEST_SECONDS
        while True:
            try:
                async with asyncio.timeout(patience):
                    line = await reader.readline()
            except ValueError:
                await refuse(writer, None, f"a request has more than {REQUEST_LIMIT} bytes", "send shorter lines")
                return
            if not line:
                return
            patience = None
            if line.strip() and not await session.answer(line, writer):
                return

    async def _follow(self, request: Follow, writer: asyncio.StreamWriter) -> None:
        """Stream events from the database, woken by commits, until the client is gone."""
        seq, run = request.params.after_seq, request.params.run
        changed = asyncio.Event()
        self._followers.add(changed)
        try:
            while True:
                changed.clear()
                events = await asyncio.to_thread(self._reader.events, seq, EVENTS_AT_ONCE, run)
                for event in events:
                    writer.write(encode({"id": request.id, "event": event.to_json()}))
                    await drain(writer)
                if events:
                    seq = events[-1].seq
                if len(events) < EVENTS_AT_ONCE:
                    await self._something_happened(changed, writer)
        finally:
            self._followers.discard(changed)

    async def _something_happened(self, changed: asyncio.Event, writer: asyncio.StreamWriter) -> None:
        while not changed.is_set():
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await changed.wait()
            except TimeoutError:
                writer.write(b"\n")
                await drain(writer)
        await asyncio.sleep(COALESCE_SECONDS)


def _private_socket(path: Path) -> socket.socket:
    """Bound and 0600 before anyone can connect: the directory is private, and it does not listen yet."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        path.chmod(0o600)
    except BaseException:
        listener.close()
        raise
    return listener


def _is_own_user(writer: asyncio.StreamWriter) -> bool:
    """Ask the kernel who is at the other end; whoever cannot be told is refused."""
    try:
        peer = writer.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        _, uid, _ = struct.unpack("3i", peer)
    except (OSError, AttributeError, struct.error):
        return False
    return bool(uid == os.geteuid())
