"""Opening runs.db: its file, its schema, and what SQLite's errors mean to an operator."""

import shutil
import sqlite3
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from factory_tui.store.errors import StaleEpoch, StoreBusy, StoreDown, StoreError
from factory_tui.store.migrations import MIGRATIONS

SCHEMA_VERSION = 4

APPLICATION_ID = 0x46_43_54_59
"""`FCTY`: tells runs.db from any other SQLite file."""

BUSY_SECONDS = 5.0

FULL_CHECK_BYTES = 128 * 1024 * 1024
"""Above this size only the tables that decisions are made on are checked at start, not the history."""

DECIDING_TABLES: Mapping[str, int] = {
    **dict.fromkeys(("run", "attempt", "call", "container", "batch", "admission", "spec_version", "meta"), 1),
    **dict.fromkeys(("question", "amendment", "escaped_defect", "hold"), 2),
    "run_constraint": 3,
}
"""Name → the schema version that has it first."""


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into a `StoreError` that says what to do."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise explain(error, path) from error


def explain(error: Exception, path: Path) -> StoreError:
    """What happened to `path`, and what the operator does about it."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    lost_table = code == sqlite3.SQLITE_ERROR and str(error).startswith("no such table")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or lost_table:
        return damaged(path, str(error))
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and not _has_room(path)):
        return StoreDown(
            f"{path}: the disk is full, so nothing more can be recorded", "free some space and start again"
        )
    if code == sqlite3.SQLITE_READONLY or isinstance(error, PermissionError):
        return StoreDown(f"{path}: cannot be written", "check the permissions of the file and of its directory")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy(
            f"{path}: another program has it locked", "close the program that has the database open for writing"
        )
    if code == sqlite3.SQLITE_CANTOPEN:
        return StoreDown(f"{path}: cannot be opened", "check that it is a file and that its directory can be written")
    if code == sqlite3.SQLITE_IOERR:
        return StoreDown(
            f"{path}: reading or writing failed: {error}", "check the disk (full, failing, a file size limit)"
        )
    return StoreError(f"{path}: {error}", "this is a fault of factory-tui; keep the file and report it")


def damaged(path: Path, detail: str) -> StoreError:
    """The refusal of a file whose structure is broken."""
    return StoreDown(
        f"{path}: the database is damaged: {detail}",
        f"restore a copy ({path.name}.v*.bak or your own backup), or move the file away to begin a new history; "
        f"`sqlite3 {path.name} .recover` saves what is readable",
    )


def _has_room(path: Path) -> bool:
    return shutil.disk_usage(path.parent).free > 1 << 20


def open_database(path: Path, migrations: Mapping[int, str] = MIGRATIONS) -> sqlite3.Connection:
    """The read-write connection: checked, migrated, WAL, synchronous=FULL, foreign keys on, autocommit.

    Raises:
        StoreError: damaged, not ours, newer than this program, not writable, locked, or no space.
    """
    with explained(path):
        if path.exists():
            refuse_irregular(path, path.stat().st_mode)
        # isolation_level=None: transactions begin and end where the writer says so, never implicitly.
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        with explained(path):
            connection.row_factory = sqlite3.Row
            check_ours(connection, path)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA wal_autocheckpoint = 2000")
            _check_integrity(connection, path)
            migrate(connection, path, migrations)
    except BaseException:
        connection.close()
        raise
    return connection


def next_epoch(connection: sqlite3.Connection, path: Path) -> int:
    """Begin a new epoch: from now on, whoever holds an older one is refused."""
    with explained(path):
        (epoch,) = connection.execute(
            "UPDATE meta SET value = value + 1 WHERE key = 'epoch' RETURNING value"
        ).fetchone()
        return int(epoch)


def check_epoch(connection: sqlite3.Connection, path: Path, epoch: int) -> None:
    """Raise `StaleEpoch` unless `epoch` is the newest. Call it inside the transaction that is to be committed."""
    (newest,) = connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
    if newest != epoch:
        raise StaleEpoch(
            f"{path}: another engine took over (epoch {newest}, this one is {epoch})", "let this engine end"
        )


def check_version(connection: sqlite3.Connection, path: Path) -> int:
    """The schema version of an existing file; 0 for one without tables.

    Raises:
        StoreError: made by something else, or by a newer factory-tui.
    """
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{path}: written by a newer factory-tui (schema {version}, this one knows {SCHEMA_VERSION})",
            "update factory-tui",
        )
    return version


def refuse_irregular(path: Path, mode: int) -> None:
    """SQLite tells of a disk that fails, or waits, when it is given a directory or a pipe."""
    if not stat.S_ISREG(mode):
        raise StoreError(f"{path}: it is not a regular file", "move it away to begin a new history")


def check_ours(connection: sqlite3.Connection, path: Path) -> None:
    """An SQLite file of someone else is refused untouched."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if application != APPLICATION_ID and tables:
        raise StoreError(f"{path}: not a database of factory-tui", "move it away, or choose another workspace")
    check_version(connection, path)


def _check_integrity(connection: sqlite3.Connection, path: Path) -> None:
    checks = ["PRAGMA quick_check(1)"]
    if path.stat().st_size > FULL_CHECK_BYTES:
        version = check_version(connection, path)
        checks = [f"PRAGMA quick_check({table})" for table, since in DECIDING_TABLES.items() if since <= version]
    for check in checks:
        answer = connection.execute(check).fetchone()[0]
        if answer != "ok":
            raise damaged(path, str(answer).splitlines()[-1])


def migrate(connection: sqlite3.Connection, path: Path, migrations: Mapping[int, str] = MIGRATIONS) -> None:
    """Bring the schema to this program's version; an existing history is copied beside the file first."""
    version = check_version(connection, path)
    if version == 0:
        schema = resources.files("factory_tui.store").joinpath("schema.sql").read_text(encoding="utf-8")
        _apply(connection, schema, SCHEMA_VERSION)
        return
    target = max(migrations, default=SCHEMA_VERSION - 1) + 1
    if version < target:
        snapshot = path.with_name(f"{path.name}.v{version}.bak")
        snapshot.unlink(missing_ok=True)
        connection.execute("VACUUM INTO ?", (str(snapshot),))
    for before in range(version, target):
        _apply(connection, migrations[before], before + 1)


def _apply(connection: sqlite3.Connection, script: str, version: int) -> None:
    """One script and its version in one transaction."""
    connection.executescript(
        f"BEGIN IMMEDIATE;\n{script}\nPRAGMA application_id = {APPLICATION_ID};\n"
        f"PRAGMA user_version = {version};\nCOMMIT;"
    )
