"""A history of an older version: kept in full when it is migrated, readable as it is until then."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from factory_tui.model.failure import FailureClass
from factory_tui.model.holdout import Burn, Route, Seal
from factory_tui.model.ids import ScenarioId, SpecId
from factory_tui.model.run import RunState
from factory_tui.store import database
from factory_tui.store.database import SCHEMA_VERSION
from factory_tui.store.reader import Reader
from factory_tui.store.store import Store

HISTORIES = {version: Path(__file__).with_name(f"history_v{version}.sql") for version in (1, 2, 3)}
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(params=sorted(HISTORIES), ids=lambda version: f"schema {version}")
def version(request: pytest.FixtureRequest) -> int:
    return request.param


@pytest.fixture
def old(path: Path, version: int) -> Path:
    return made(path, version)


@pytest.fixture
def first(path: Path) -> Path:
    return made(path, 1)


@pytest.fixture
def second(path: Path) -> Path:
    return made(path, 2)


@pytest.fixture
def third(path: Path) -> Path:
    return made(path, 3)


def made(path: Path, version: int) -> Path:
    with opened(path) as raw:
        raw.executescript(HISTORIES[version].read_text())
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


def content(raw: sqlite3.Connection, version: int) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the tables that this schema has, in its columns."""
    with opened(Path(":memory:")) as then:
        then.executescript(HISTORIES[version].read_text())
        tables = [name for (name,) in then.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {table: [row[1] for row in then.execute(f"PRAGMA table_info({table})")] for table in tables}
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
        "versions": [reader.versions(spec) for spec in ("bank", "todo", "late")],
        "revisions": reader.revisions(),
        "rules": reader.earlier_rules(),
        "past": reader.past_runs(),
        "first time": reader.first_time_shipped(),
        "read back": reader.last_read_back("bank"),
        "burns": reader.burns(),
        "spent": [reader.report("night shift", batch, None, NOW).spend for batch in ("b1", "b2")],
    }


@pytest.mark.parametrize("full_check_bytes", [database.FULL_CHECK_BYTES, 0], ids=["small file", "large file"])
async def test_an_old_history_is_migrated_in_full_with_a_copy_beside_it(
    old: Path, version: int, monkeypatch: pytest.MonkeyPatch, full_check_bytes: int
) -> None:
    monkeypatch.setattr(database, "FULL_CHECK_BYTES", full_check_bytes)
    with opened(old) as raw:
        before = content(raw, version)
    await (await Store.open(old)).close()

    with opened(old) as raw:
        assert raw.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
        assert content(raw, version) == before
    with opened(old.with_name(f"runs.db.v{version}.bak")) as copy:
        assert copy.execute("PRAGMA user_version").fetchone()[0] == version
        assert content(copy, version) == before


async def test_a_migrated_schema_is_that_of_a_new_file(old: Path, tmp_path: Path) -> None:
    await (await Store.open(old)).close()
    await (await Store.open(tmp_path / "new.db")).close()

    with opened(old) as migrated, opened(tmp_path / "new.db") as new:
        assert schema(migrated) == schema(new)


async def test_the_operators_retries_of_an_old_history_are_counted(first: Path) -> None:
    await (await Store.open(first)).close()

    with opened(first) as raw:
        retried = dict(raw.execute("SELECT run, retried FROM run"))
    assert retried == {"r1": 0, "r2": 1, "r3": 0, "r4": 0}


async def test_an_old_history_goes_on_after_the_migration(first: Path) -> None:
    async with await Store.open(first) as store:
        await store.reclassify(2, FailureClass.SPEC_GAP, "the spec is silent")
        assert await store.last_state("bank") is RunState.QUEUED
        assert [each.failure_class for each in await store.failure_records()] == [
            FailureClass.INCOMPLETE,
            FailureClass.SPEC_GAP,
        ]


async def test_an_old_history_is_read_before_any_engine_has_migrated_it(old: Path, version: int) -> None:
    before = old.read_bytes()
    with Reader(old) as reader:
        seen = everything(reader)
    assert old.read_bytes() == before
    if version == 1:
        assert (seen["amendments"], seen["holding"], seen["paused"]) == ([], None, False)
    assert {each.run for each in seen["board"]} == ({"r3", "r4"} if version == 1 else {"r2", "r3", "r4"})

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


async def test_what_an_older_program_left_in_the_texts_is_kept_beside_them(second: Path) -> None:
    with Reader(second) as reader:
        one, two = reader.versions("bank")
        (todo,) = reader.versions("todo")
    assert (one.version.template, [each.rule for each in one.version.waivers]) == ("feature@2", ["C07"])
    assert [each.level.value for each in one.version.findings] == ["info"]
    assert [(each.run, each.state.value, each.attempts, each.why) for each in one.runs] == [
        ("r1", "failed", 1, "INCOMPLETE: half")
    ]
    assert [(each.run, each.state.value, each.cost, each.why) for each in two.runs] == [("r2", "shipped", 500, "")]
    assert todo.runs[0].escaped == "it loses the last line"

    await (await Store.open(second)).close()
    with opened(second) as raw:
        rows = raw.execute("SELECT spec, template, category, rules FROM spec_version ORDER BY spec, seen").fetchall()
    assert rows == [
        ("bank", "feature@2", "crud", '{"R1": "The bank must pay.", "R2": "The bank must count."}'),
        ("bank", "feature@2", "crud", '{"R1": "The bank must pay.", "R3": "The bank must never owe."}'),
        ("late", "", None, "{}"),
        ("todo", "feature@2", "docs", '{"R1": "The list must be kept."}'),
    ]


async def test_a_call_without_a_run_is_possible_after_the_migration(second: Path) -> None:
    await (await Store.open(second)).close()
    with opened(second) as raw:
        raw.execute(
            "INSERT INTO call (day, attempt, role, model, state, reserved, amount, opened) "
            "VALUES ('2026-11-21', 0, 'read-back', 'm', 'settled', 5, 5, 0)"
        )
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []


async def test_what_schema_3_knew_of_a_holdout_is_shown_as_it_was_before_and_after(third: Path) -> None:
    with Reader(third) as reader:
        told = reader.run("r1").disclosures
        assert [(each.attempt, each.feedback.passed, each.feedback.total) for each in told] == [(1, 1, 2)]
        assert reader.run("r2").constraints == (("todo", "4167"),)
        assert reader.last_read_back("bank").summary == "A bank that pays."
        assert reader.burns() == {}
    async with await Store.open(third) as store:
        assert await store.seal_of("r2") is None
        assert await store.burned(("x",)) == {}
        # Tried on the base alone: what a stub does is not known, so the scenario is tried again.
        assert await store.known_admissions(["a1", "a2"], "c0ffee", "sha256:1") == {}
        with Reader(third) as reader:
            assert reader.run("r1").disclosures == told


async def test_burns_and_seals_go_into_a_migrated_history(third: Path) -> None:
    async with await Store.open(third) as store:
        burn = Burn(SpecId("late"), ScenarioId("one"), "b1", Route.TOOL, "seen", "r4", 1)
        assert await store.record_burn(burn)
        await store.record_seal("r4", Seal(SpecId("late"), "5e41", ((ScenarioId("one"), "aa"),)))
    with Reader(third) as reader:
        assert [each.scenario for each in reader.run("r4").disclosures] == ["one"]
        assert reader.burns()["b1"].why == "seen"
