"""One question to an SQLite file of a sandbox. The file is hostile: a short-lived process of its own reads it.

It is a fork of the runner, so it is as closed to the commands as the runner is, from its first moment on, and what it
answers cannot be forged by what they left running. It holds no channel: a file that crashes SQLite, or worse, spoils
one answer. The engine never opens the file.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import math
import os
import re
import resource
import select
import signal
import time
from typing import Any

from factory_tui.sandbox.inside.command import STARTING
from factory_tui.sandbox.inside.tree import is_plain

ASKING: set[int] = set()
"""Processes that ask at this moment; nobody else buries them."""

MEMORY = 256 << 20
"""Bytes that one may take beyond what the runner has."""

SPARE = 1 << 16
"""Bytes of an answer beside its rows."""

_OF_THE_SCHEMA = re.compile(r"no such (?:table|column)")
"""What an empty database lacks, and the artifact's may have."""

_FUNCTION = re.compile(r"(?:no such function: |number of arguments to function |use function: )(\w+)")

_PRAGMAS = frozenset(
    {
        "application_id", "collation_list", "data_version", "database_list", "encoding", "foreign_key_check",
        "foreign_key_list", "freelist_count", "index_info", "index_list", "index_xinfo", "integrity_check",
        "journal_mode", "page_count", "page_size", "quick_check", "schema_version", "table_info", "table_list",
        "table_xinfo", "user_version",
    }
)  # fmt: skip
"""Those that a query may ask for as tables (`pragma_table_info`)."""

_TAKE_ARGUMENTS = re.compile(r"_(?:check|list|x?info)$")
"""Of the rest an argument would be a value to set."""


class Faulty(Exception):
    """The question itself is wrong, whatever the file holds."""


def ready() -> None:
    """Load what asking needs, here and now: a fork of a process with threads must not load anything.

    Raises:
        ImportError: this Python has no SQLite.
    """
    for name in ("shutil", "sqlite3", "tempfile", "urllib.parse"):
        importlib.import_module(name)


def ask(order: dict[str, Any]) -> bytes:
    """The answer as JSON: `columns`, `rows`, `seconds`, `more`; or `missing`; or `failed`, with `faulty` for whose.

    Raises:
        OSError: there is no room for one more process.
    """
    here, there = os.pipe()
    try:
        with STARTING:
            pid = os.fork()
            if pid == 0:
                _be_asked(order, there)
            ASKING.add(pid)
    except OSError:
        os.close(here)
        raise
    finally:
        os.close(there)
    try:
        return _heard(here, order["timeout"], order["cap"] + SPARE)
    finally:
        os.close(here)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
        ASKING.discard(pid)


def _heard(here: int, timeout_s: float, cap: int) -> bytes:
    """What the process says until it is silent; only a whole answer is one."""
    deadline = time.monotonic() + timeout_s
    said = b""
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([here], [], [], left)[0]:
            return _failed(f"no answer within {timeout_s:g} s")
        piece = os.read(here, 1 << 16)
        if not piece:
            break
        said += piece
        if len(said) > cap:
            return _failed("an answer beyond every cap")
    try:
        json.loads(said)
    except ValueError:
        return _failed("SQLite crashed or was killed while it read the file")
    return said


def _failed(why: str, *, faulty: bool = False) -> bytes:
    return json.dumps({"failed": why, "faulty": faulty}).encode()


def _be_asked(order: dict[str, Any], there: int) -> None:
    """The life of the process."""
    answer = _failed("the question could not be asked")
    try:
        for name in os.listdir("/proc/self/fd"):
            if int(name) not in (2, there):
                with contextlib.suppress(OSError):
                    os.close(int(name))
        os.open(os.devnull, os.O_RDWR)
        with open("/proc/self/statm") as file:
            own = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (own + MEMORY, own + MEMORY))
        answer = json.dumps(_answer(order), ensure_ascii=False).encode("utf-8", errors="replace")
    except Faulty as fault:
        answer = _failed(str(fault), faulty=True)
    except MemoryError:
        answer = _failed("out of memory")
    except Exception as error:  # noqa: BLE001 - whatever a hostile file makes of it is told to the engine
        answer = _failed(f"{type(error).__name__}: {error}"[:2000])
    finally:
        view = memoryview(answer)
        with contextlib.suppress(OSError):
            while view:
                view = view[os.write(there, view) :]
        os._exit(0)


def _answer(order: dict[str, Any]) -> dict[str, Any]:
    import sqlite3

    _refuse_faulty(order)
    try:
        handle = os.open(order["path"], os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        return {"missing": error.strerror}
    try:
        if not is_plain(handle):
            return {"missing": "not a regular file"}
    finally:
        os.close(handle)
    try:
        return _rows(order, order["path"], "ro")
    except (sqlite3.Error, sqlite3.Warning) as error:
        if not os.path.exists(order["path"] + "-journal"):
            raise _whose(error, order["query"], order["path"]) from error
    return _rolled_back(order)


def _rolled_back(order: dict[str, Any]) -> dict[str, Any]:
    """A program died in the middle of a write. Whoever opens the file next undoes it; here a copy is opened."""
    import shutil
    import sqlite3
    import tempfile

    with tempfile.TemporaryDirectory(dir=order["tmp"]) as folder:
        copy = os.path.join(folder, "copy")
        for suffix in ("", "-journal"):
            shutil.copyfile(order["path"] + suffix, copy + suffix)
        try:
            return _rows(order, copy, "rw")
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise _whose(error, order["query"], copy) from error


def _whose(error: Exception, query: str, path: str) -> Exception:
    """The schema and the data are the artifact's; a function is the question's if the question alone names it.

    A view that calls `count(1, 2)` fails as a question that does so.
    """
    import sqlite3

    if isinstance(error, (sqlite3.Warning, sqlite3.ProgrammingError)):  # several statements, nothing for a parameter
        return Faulty(str(error))
    function = _FUNCTION.search(str(error))
    if function is None:
        return error
    named = re.compile(rf"\b{re.escape(function[1])}\b", re.I)
    if named.search(query) and not named.search(_schema(path, function[1])):
        return Faulty(str(error))
    return error


def _schema(path: str, otherwise: str) -> str:
    """The text of the schema; `otherwise` when it cannot be read."""
    import sqlite3

    try:
        connection = _opened(path, "ro", 1.0)
        return "\n".join(str(sql) for (sql,) in connection.execute("SELECT sql FROM sqlite_master"))
    except (sqlite3.Error, sqlite3.Warning):
        return otherwise


def _refuse_faulty(order: dict[str, Any]) -> None:
    """On an empty database a question fails for its tables at most; what else is wrong with it is its own fault."""
    import sqlite3

    empty = sqlite3.connect(":memory:", isolation_level=None)
    empty.set_authorizer(_only_reading)
    try:
        empty.execute(f"EXPLAIN {order['query']}", order["parameters"]).close()
    except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError) as error:
        if not _OF_THE_SCHEMA.match(str(error)):
            raise Faulty(str(error)) from error
    finally:
        empty.close()


def _opened(path: str, mode: str, patience: float) -> Any:
    """A connection on which a hostile file can do as little as SQLite allows."""
    import sqlite3
    import urllib.parse

    place = f"file:{urllib.parse.quote(os.fsencode(path))}?mode={mode}"
    connection = sqlite3.connect(place, uri=True, isolation_level=None, timeout=patience)
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    for pragma in ("query_only=1", "trusted_schema=0", "cell_size_check=1", "mmap_size=0", "temp_store=2"):
        connection.execute(f"PRAGMA {pragma}").close()
    return connection


def _rows(order: dict[str, Any], path: str, mode: str) -> dict[str, Any]:
    started = time.monotonic()
    connection = _opened(path, mode, max(0.1, order["timeout"] - 0.5))
    connection.set_authorizer(_only_reading)
    cursor = connection.execute(order["query"], order["parameters"])
    if cursor.description is None:
        raise Faulty("it gives no rows")
    rows: list[list[Any]] = []
    size = 0
    more = False
    for row in cursor:
        told = [_told(value) for value in row]
        size += len(json.dumps(told, ensure_ascii=False).encode("utf-8", errors="replace"))
        more = len(rows) >= order["rows"] or size > order["cap"]
        if more:
            break
        rows.append(told)
    columns = [column[0] for column in cursor.description]
    return {"columns": columns, "rows": rows, "seconds": time.monotonic() - started, "more": more}


def _told(value: Any) -> Any:
    """A value as JSON has it: bytes by their hexadecimal digits, an infinite number by its name."""
    if isinstance(value, bytes):
        return {"blob": value.hex()}
    if isinstance(value, float) and not math.isfinite(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def _only_reading(action: int, name: str | None, value: str | None, *_where: object) -> int:
    import sqlite3

    if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE):
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and (value or "").lower() not in ("load_extension", "fts3_tokenizer"):
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_UPDATE and name == "sqlite_master":  # so SQLite makes its own tables known to itself
        return sqlite3.SQLITE_OK
    pragma = (name or "").lower()
    if action == sqlite3.SQLITE_PRAGMA and pragma in _PRAGMAS and (not value or _TAKE_ARGUMENTS.search(pragma)):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY
