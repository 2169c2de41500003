"""Read-only access to runs.db: a connection that cannot write, and one consistent state of the database."""

import os
import sqlite3
from functools import partial
from pathlib import Path
from urllib.parse import quote

from factory_tui.store.values import Value, askable


class Snapshot:
    """A read transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def one(self, sql: str, *values: Value) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._connection.execute(sql, [askable(each) for each in values]).fetchone()
        return row

    def all(self, sql: str, *values: Value) -> list[sqlite3.Row]:
        return self._connection.execute(sql, [askable(each) for each in values]).fetchall()


def open_read_only(path: Path) -> sqlite3.Connection:
    """`mode=ro`; in a directory that this user cannot write, `immutable` when no engine has the file open."""
    uri = f"file:{quote(str(path))}?mode=ro"
    unwritable = not os.access(path.parent, os.W_OK) and not path.with_name(f"{path.name}-wal").exists()
    connection = sqlite3.connect(
        uri + ("&immutable=1" if unwritable else ""),
        uri=True,
        timeout=2.0,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.row_factory = sqlite3.Row
    # A damaged file may hold text that is not UTF-8.
    connection.text_factory = partial(str, encoding="utf-8", errors="replace")
    return connection
