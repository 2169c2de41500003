"""runs.db as a reader holds it: opened when first asked, opened anew when it was replaced or its schema moved on."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from factory_tui.store.database import SCHEMA_VERSION, check_ours, check_version, damaged, explain, refuse_irregular
from factory_tui.store.errors import StoreError
from factory_tui.store.migrations import READ_AS_NEWEST
from factory_tui.store.snapshot import Snapshot, open_read_only


class DatabaseFile:
    """The file and the connection to it. May be used from several threads; they take turns.

    Args:
        path: of `runs.db`, which need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._version = 0
        self._opened = 0
        """How often; numbers of one connection say nothing to another."""

    def state(self) -> object:
        """Equal to the one before as long as nobody has written since."""
        with self._question() as db:
            version = db.one("PRAGMA data_version") if db else None
            return self._opened, version[0] if version else None

    def close(self) -> None:
        """Let go of the file; the next question opens it again."""
        with self._lock:
            self._disconnect()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _question(self) -> "Iterator[Snapshot | None]":
        """One consistent state of the database; None while there is none."""
        with self._lock, self._damage_explained():
            try:
                connection = self._begin()
                if connection is None:
                    yield None
                    return
                try:
                    yield Snapshot(connection)
                finally:
                    connection.execute("ROLLBACK")
            except sqlite3.Error as error:
                self._disconnect()
                raise explain(error, self._path) from error
            except StoreError:
                self._disconnect()
                raise

    @contextmanager
    def _damage_explained(self) -> Iterator[None]:
        """A row that is no longer JSON, no known state, no valid view."""
        try:
            yield
        except ValueError as error:
            raise damaged(self._path, str(error).splitlines()[0]) from error

    def _begin(self) -> sqlite3.Connection | None:
        """A read transaction on a schema that is as it was when the file was opened."""
        while (connection := self._connect()) is not None:
            connection.execute("BEGIN")
            if check_version(connection, self._path) == self._version:
                return connection
            self._disconnect()  # an engine has migrated it since
        return None

    def _connect(self) -> sqlite3.Connection | None:
        try:
            status = os.stat(self._path)
        except FileNotFoundError:
            self._disconnect()
            return None
        except OSError as error:
            raise explain(error, self._path) from error
        refuse_irregular(self._path, status.st_mode)
        identity = (status.st_dev, status.st_ino)
        if self._connection is not None and self._identity == identity:
            return self._connection
        self._disconnect()
        if status.st_size == 0:
            return None
        connection = open_read_only(self._path)
        try:
            check_ours(connection, self._path)
            version = check_version(connection, self._path)
            if version < SCHEMA_VERSION:
                connection.executescript(READ_AS_NEWEST.get(version, ""))
        except BaseException:
            connection.close()
            raise
        if version == 0:
            connection.close()
            return None
        self._connection, self._identity, self._version = connection, identity, version
        self._opened += 1
        return connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
