"""The one writer: a task that is never cancelled, owning the one connection that writes to runs.db.

A caller hands over a whole transaction as a function and awaits its result. The function runs on the connection's
thread in one go, so no other task can see or commit half of it, and a caller that is cancelled while waiting leaves
a whole transaction or none. Transactions that wait together are committed together (one sync of the disk), each
inside a savepoint of its own, so that one that fails takes nothing else with it.
"""

import asyncio
import json
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

import aiosqlite

from factory_tui.model.event import Event, EventDraft
from factory_tui.store.database import check_epoch, explain, next_epoch, open_database
from factory_tui.store.errors import StoreBusy, StoreError
from factory_tui.store.values import Value, askable, storable, to_micros

T = TypeVar("T")
Listener = Callable[[Event], None]
"""Told every event after it is committed, in order. Must return at once."""

GROUP_LIMIT = 256
"""Transactions in one commit."""

log = logging.getLogger(__name__)


class Tx:
    """A transaction in progress. Lives on the connection's thread; never leaves the function it was given to."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.now = datetime.now(UTC)
        self.events: list[Event] = []

    def run(self, sql: str, *values: Value) -> sqlite3.Cursor:
        """Execute one statement."""
        try:
            return self._connection.execute(sql, values)
        except UnicodeEncodeError:
            return self._connection.execute(sql, tuple(storable(each) for each in values))

    def one(self, sql: str, *values: Value) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self.run(sql, *map(askable, values)).fetchone()
        return row

    def all(self, sql: str, *values: Value) -> list[sqlite3.Row]:
        return self.run(sql, *map(askable, values)).fetchall()

    def emit(self, draft: EventDraft) -> Event:
        """Append to the event stream. The highest `seq` plus one: rows are never removed, so there is no gap."""
        data = json.dumps(draft.data, separators=(",", ":"))
        cursor = self.run(
            "INSERT INTO event (ts, type, batch, run, attempt, spec, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
            to_micros(self.now),
            draft.type,
            draft.batch,
            draft.run,
            draft.attempt,
            draft.spec,
            data,
        )
        assert cursor.lastrowid is not None
        event = Event.model_construct(
            seq=cursor.lastrowid,
            ts=self.now,
            type=draft.type,
            batch=draft.batch,
            run=draft.run,
            attempt=draft.attempt,
            spec=draft.spec,
            data=draft.data,
        )
        self.events.append(event)
        return event


Transaction = Callable[[Tx], T]


@dataclass(frozen=True, slots=True)
class _Job(Generic[T]):
    transaction: Transaction[T]
    done: "asyncio.Future[T]"


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of a group: per job a value or an exception, and the events that were committed."""

    results: list[Any]
    events: list[Event]


class Connection(aiosqlite.Connection):
    """An aiosqlite connection that can run a whole function on its thread.

    One hop for a group of transactions; as aiosqlite does it, every statement of theirs would be a hop, and a hop
    costs about 30 µs of processor time, several times what the statement itself does (`hop_us` of the benchmark).
    """

    stopped: "asyncio.Future[Any] | None" = None
    """Done when the thread has ended."""

    def stop(self) -> "asyncio.Future[Any] | None":
        self.stopped = super().stop()
        return self.stopped

    async def on_thread(self, function: Callable[[sqlite3.Connection], T]) -> T:
        result: T = await self._execute(function, self._conn)  # type: ignore[no-untyped-call]
        return result


class Writer:
    """Owns the connection and the task. Make one with `Writer.open`."""

    def __init__(self, path: Path, connection: Connection, epoch: int) -> None:
        self._path = path
        self._connection = connection
        self.epoch = epoch
        self._jobs: asyncio.Queue[_Job[Any] | None] = asyncio.Queue()
        self._listeners: list[Listener] = []
        self._closed = False
        self._task = asyncio.create_task(self._write_until_closed(), name="store writer")

    @classmethod
    async def open(cls, path: Path) -> "Writer":
        """Open, check and migrate the database, and begin a new epoch.

        Raises:
            StoreError: the database cannot be used.
        """
        connection = Connection(partial(open_database, path), iter_chunk_size=64)
        try:
            await connection
        except BaseException:
            if connection.stopped is not None:
                await connection.stopped  # its thread must not outlive the event loop
            raise
        try:
            epoch = await connection.on_thread(lambda raw: next_epoch(raw, path))
        except BaseException:
            await connection.close()
            raise
        return cls(path, connection, epoch)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event after its commit; the answer ends the subscription."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    async def transact(self, transaction: Transaction[T]) -> T:
        """Run `transaction` and commit it; its result once it is on disk.

        When the caller is cancelled while it waits, the transaction is carried out all the same.

        Raises:
            StoreError: it could not be committed; nothing of it was kept.
            Exception: what `transaction` raised; nothing of it was kept.
        """
        if self._closed:
            raise StoreError(f"{self._path}: the store is closed", "start the engine again")
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put_nowait(_Job(transaction, done))
        return await asyncio.shield(done)

    async def close(self) -> None:
        """Carry out what was handed over, then close the database."""
        if not self._closed:
            self._closed = True
            self._jobs.put_nowait(None)
        await asyncio.shield(self._task)

    async def _write_until_closed(self) -> None:
        try:
            closing = False
            while not closing:
                group = [await self._jobs.get()]
                while len(group) < GROUP_LIMIT and not self._jobs.empty():
                    group.append(self._jobs.get_nowait())
                closing = None in group
                await self._commit([job for job in group if job is not None])
        finally:
            await self._connection.close()

    async def _commit(self, group: list[_Job[Any]]) -> None:
        if not group:
            return
        try:
            outcome = await self._when_unlocked(group)
        except Exception as error:  # noqa: BLE001 - whatever it was, it belongs to the callers, and the writer goes on
            if len(group) > 1:
                for job in group:
                    await self._commit([job])
                return
            outcome = _Outcome([error], [])
        for event in outcome.events:
            self._tell(event)
        for job, result in zip(group, outcome.results, strict=True):
            if isinstance(result, BaseException):
                job.done.set_exception(result)
                job.done.exception()  # a cancelled caller does not look; that is no error
            else:
                job.done.set_result(result)

    async def _when_unlocked(self, group: list[_Job[Any]]) -> _Outcome:
        """A lock that another program holds passes, so it is waited for: no run is lost because somebody looks."""
        said = False
        while True:
            try:
                return await self._connection.on_thread(lambda raw: self._run_group(raw, group))
            except StoreBusy as busy:
                if self._closed:
                    raise
                if not said:
                    log.warning("%s; %s. Waiting until it lets go", busy.what, busy.todo)
                    said = True

    def _tell(self, event: Event) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception:
                log.exception("a listener of the event stream failed")

    def _run_group(self, connection: sqlite3.Connection, group: list[_Job[Any]]) -> _Outcome:
        """On the connection's thread: all transactions of the group, one commit."""
        try:
            connection.execute("BEGIN IMMEDIATE")
            check_epoch(connection, self._path, self.epoch)
            outcome = _Outcome([], [])
            for job in group:
                _run_one(connection, job, outcome)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            _roll_back(connection)
            raise explain(error, self._path) from error
        except BaseException:
            _roll_back(connection)
            raise
        return outcome


def _run_one(connection: sqlite3.Connection, job: _Job[Any], outcome: _Outcome) -> None:
    tx = Tx(connection)
    connection.execute("SAVEPOINT one")
    try:
        result = job.transaction(tx)
    except sqlite3.IntegrityError as error:
        result = error  # a constraint of this transaction alone; any other database error ends the whole group
    except sqlite3.Error:
        raise
    except Exception as error:  # noqa: BLE001 - it is the caller's, and is raised there
        result = error
    else:
        outcome.events.extend(tx.events)
        outcome.results.append(result)
        connection.execute("RELEASE one")
        return
    connection.execute("ROLLBACK TO one")
    connection.execute("RELEASE one")
    outcome.results.append(result)


def _roll_back(connection: sqlite3.Connection) -> None:
    """SQLite may have rolled back by itself (full disk); a rollback without a transaction is an error to ignore."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")
