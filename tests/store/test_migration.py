"""A history of an older version: kept in full when it is migrated, readable as it is until then."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from factory_tui.model.failure import FailureClass
from factory_tui.model.run import RunState
from factory_tui.store import database
from factory_tui.store.database import SCHEMA_VERSION
from factory_tui.store.reader import Reader
from factory_tui.store.store import Store

HISTORY = Path(__file__).with_name("history_v1.sql")


@pytest.fixture
def old(path: Path) -> Path:
    with opened(path) as raw:
        raw.executescript(HISTORY.read_text())
        raw.execute("PRAGMA journal_mode = WAL")
    return path


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    raw = sqlite3.connect(path)
    try:
        yield raw
        raw.commit()
    finally:
        raw.close()


def content(raw: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the tables that schema 1 has, in its columns."""
    with opened(Path(":memory:")) as first:
        first.executescript(HISTORY.read_text())
        tables = [name for (name,) in first.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {table: [row[1] for row in first.execute(f"PRAGMA table_info({table})")] for table in tables}
    chosen = {table: ", ".join(f'"{name}"' for name in names) for table, names in columns.items()}
    return {
        table: sorted(raw.execute(f"SELECT {names} FROM {table}"), key=repr)
        for table, names in chosen.items()
        if table != "meta"  # counts the openings
    }


def schema(raw: sqlite3.Connection) -> dict[str, object]:
    tables = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    indexes = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    return {
        "columns": {table: raw.execute(f"PRAGMA table_info({table})").fetchall() for table in sorted(tables)},
        "references": {table: raw.execute(f"PRAGMA foreign_key_list({table})").fetchall() for table in sorted(tables)},
        "indexes": sorted(indexes),
    }


def everything(reader: Reader) -> dict[str, object]:
    return {
        "board": reader.board(),
        "batches": reader.batches(),
        "runs": [reader.run(run) for run in ("r1", "r2", "r3", "r4")],
        "failures": reader.failures(),
        "records": reader.lessons_records(),
        "amendments": reader.amendments(),
        "holding": reader.holding(),
        "paused": reader.paused(),
    }


@pytest.mark.parametrize("full_check_bytes", [database.FULL_CHECK_BYTES, 0], ids=["small file", "large file"])
async def test_an_old_history_is_migrated_in_full_with_a_copy_beside_it(
    old: Path, monkeypatch: pytest.MonkeyPatch, full_check_bytes: int
) -> None:
    monkeypatch.setattr(database, "FULL_CHECK_BYTES", full_check_bytes)
    with opened(old) as raw:
        before = content(raw)
    await (await Store.open(old)).close()

    with opened(old) as raw:
        assert raw.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
        assert content(raw) == before
    with opened(old.with_name("runs.db.v1.bak")) as copy:
        assert copy.execute("PRAGMA user_version").fetchone()[0] == 1
        assert content(copy) == before


async def test_a_migrated_schema_is_that_of_a_new_file(old: Path, tmp_path: Path) -> None:
    await (await Store.open(old)).close()
    await (await Store.open(tmp_path / "new.db")).close()

    with opened(old) as migrated, opened(tmp_path / "new.db") as new:
        assert schema(migrated) == schema(new)


async def test_the_operators_retries_of_an_old_history_are_counted(old: Path) -> None:
    await (await Store.open(old)).close()

    with opened(old) as raw:
        retried = dict(raw.execute("SELECT run, retried FROM run"))
    assert retried == {"r1": 0, "r2": 1, "r3": 0, "r4": 0}


async def test_an_old_history_goes_on_after_the_migration(old: Path) -> None:
    async with await Store.open(old) as store:
        await store.reclassify(2, FailureClass.SPEC_GAP, "the spec is silent")
        assert await store.last_state("bank") is RunState.QUEUED
        assert [each.failure_class for each in await store.failure_records()] == [
            FailureClass.INCOMPLETE,
            FailureClass.SPEC_GAP,
        ]


async def test_an_old_history_is_read_before_any_engine_has_migrated_it(old: Path) -> None:
    before = old.read_bytes()
    with Reader(old) as reader:
        seen = everything(reader)
    assert old.read_bytes() == before
    assert (seen["amendments"], seen["holding"], seen["paused"]) == ([], None, False)
    assert {each.run for each in seen["board"]} == {"r3", "r4"}

    await (await Store.open(old)).close()
    with Reader(old) as reader:
        assert everything(reader) == seen


async def test_a_reader_that_looks_on_sees_the_migration(old: Path) -> None:
    with Reader(old) as reader:
        before = everything(reader)
        async with await Store.open(old) as store:
            assert everything(reader) == before
            await store.reclassify(1, FailureClass.SPEC_GAP, "the spec is silent")
            assert reader.failure(1).reclassified == "the spec is silent"
