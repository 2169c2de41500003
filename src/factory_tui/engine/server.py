"""The control socket: a 0600 socket in a 0700 directory that answers its own user and nobody else.

Nothing a client does or leaves undone blocks the engine: requests are bounded in size, the number of clients is
bounded, a follower reads from the database at its own pace, and one that does not read is dropped.
"""

import asyncio
import logging
import os
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from pydantic import BaseModel, JsonValue, ValidationError

from factory_tui.control.address import new_socket_path, publish, withdraw
from factory_tui.control.protocol import (
    REQUEST,
    REQUEST_LIMIT,
    Cancel,
    Follow,
    Hello,
    Problem,
    Request,
    Retry,
    Run,
    Stop,
    differing,
    encode,
    fingerprint,
)
from factory_tui.engine.commands import CommandRefused, EngineCommands
from factory_tui.model.event import Event
from factory_tui.store import Store, StoreError
from factory_tui.store.reader import Reader

CLIENTS_LIMIT = 64
FIRST_REQUEST_SECONDS = 10.0
"""A client that says nothing at all is sent away after this."""
SLOW_SECONDS = 20.0
"""A client that does not read is dropped after this."""
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
        unsubscribe = self._store.subscribe(self._wake)
        publish(self._workspace, path)
        try:
            yield path
        finally:
            withdraw(self._workspace, path)
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
            pass  # the client went away or does not read; there is nobody to tell
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
            await _refuse(writer, None, f"more than {CLIENTS_LIMIT} clients are connected", "close some of them")
            return
        session = _Session(self._commands, self._follow)
        patience: float | None = FIRST_REQUEST_SECONDS
        while True:
            try:
                async with asyncio.timeout(patience):
                    line = await reader.readline()
            except ValueError:
                await _refuse(writer, None, f"a request has more than {REQUEST_LIMIT} bytes", "send shorter lines")
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
                await _drain(writer)
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
                await _drain(writer)
        await asyncio.sleep(COALESCE_SECONDS)


class _Session:
    """One client's conversation."""

    def __init__(
        self, commands: EngineCommands, follow: Callable[[Follow, asyncio.StreamWriter], Awaitable[None]]
    ) -> None:
        self._commands = commands
        self._follow = follow
        self._greeted = False

    async def answer(self, line: bytes, writer: asyncio.StreamWriter) -> bool:
        """Answer one line; False when the conversation is over."""
        try:
            request = REQUEST.validate_json(line)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            where = ".".join(str(each) for each in first["loc"]) or "the line"
            await _refuse(writer, None, f"not a request: {where}: {first['msg']}", "see the protocol's description")
            return True
        if isinstance(request, Follow):
            await self._follow(request, writer)
            return False
        try:
            result = await self._carry_out(request)
        except CommandRefused as refused:
            await _refuse(writer, request.id, refused.what, refused.todo)
        except _Differs as differs:
            keys = ", ".join(differs.keys)
            await _refuse(
                writer,
                request.id,
                f"the running engine has another configuration; these keys differ: {keys}",
                "`factory-tui engine stop`, then run again; or undo the change",
                differs.keys,
            )
        except StoreError as error:
            await _refuse(writer, request.id, error.what, error.todo)
        except Exception as error:
            log.exception("the command %s failed", request.method)
            what = f"{request.method} failed inside the engine: {type(error).__name__}: {error}"
            await _refuse(writer, request.id, what, "the whole story is in .factory/engine.log")
        else:
            writer.write(encode({"id": request.id, "result": result}))
            await _drain(writer)
        return True

    async def _carry_out(self, request: Request) -> JsonValue:
        if isinstance(request, Hello):
            keys = differing(fingerprint(self._commands.settings_json()), request.params.settings)
            if keys:
                raise _Differs(keys)
            self._greeted = True
            return _json(self._commands.info())
        if isinstance(request, Stop):
            await self._commands.stop()
            return None
        if isinstance(request, Cancel):
            await self._commands.cancel(request.params.run)
            return None
        if isinstance(request, Run | Retry) and not self._greeted:
            raise CommandRefused("the client has not said which configuration it expects", "send `hello` first")
        if isinstance(request, Run):
            return _json(await self._commands.run(request.params.specs))
        if isinstance(request, Retry):
            return await self._commands.retry(request.params.run)
        return _json(await self._commands.status())


class _Differs(Exception):
    def __init__(self, keys: tuple[str, ...]) -> None:
        super().__init__(", ".join(keys))
        self.keys = keys


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


async def _refuse(
    writer: asyncio.StreamWriter, request: int | None, what: str, todo: str, keys: tuple[str, ...] = ()
) -> None:
    problem = Problem(what=what, todo=todo, keys=keys)
    writer.write(encode({"id": request, "error": problem.model_dump(mode="json")}))
    await _drain(writer)


async def _drain(writer: asyncio.StreamWriter) -> None:
    """Wait until the client has read enough. Raises `TimeoutError` when it does not."""
    async with asyncio.timeout(SLOW_SECONDS):
        await writer.drain()


def _json(model: BaseModel) -> JsonValue:
    value: JsonValue = model.model_dump(mode="json")
    return value
