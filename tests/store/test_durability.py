"""What survives a kill, a full disk and a damaged file: everything that was answered, or a clear refusal."""

import asyncio
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from factory_tui.model.event import EventDraft
from factory_tui.model.ids import BatchId
from factory_tui.model.run import RunState
from factory_tui.store import database
from factory_tui.store.errors import StoreError
from factory_tui.store.reader import Reader
from factory_tui.store.store import Store

WRITER = """
import asyncio, sys
from pathlib import Path
from factory_tui.model.event import EventDraft
from factory_tui.model.ids import BatchId, RunId, SpecId
from factory_tui.store import NewRun
from factory_tui.store.store import Store

async def main():
    store = await Store.open(Path(sys.argv[1]))
    await store.open_batch(BatchId("b1"))
    await store.queue_run(NewRun(run=RunId("r1"), batch=BatchId("b1"), spec=SpecId("s"), title="t", spec_hash="h",
                                 spec_text="x", target="t", base="main"))
    async def write(name):
        number = 0
        while True:
            number += 1
            await store.record_tool_started("r1", 1, number, f"{name}-{number}", "bash", "x" * 200)
            print(f"{name}-{number}", flush=True)
    async with asyncio.TaskGroup() as group:
        for name in "abcd":
            group.create_task(write(name))

asyncio.run(main())
"""


def consistent(path: Path) -> int:
    """Asserts that the stream has no gap and that derived rows match it; the number of events."""
    with sqlite3.connect(path) as raw:
        number, low, high = raw.execute("SELECT count(*), min(seq), max(seq) FROM event").fetchone()
        tools = raw.execute("SELECT count(*) FROM tool_call").fetchone()[0]
        started = raw.execute("SELECT count(*) FROM event WHERE type = 'tool.started'").fetchone()[0]
    raw.close()
    assert (low, high) == ((1, number) if number else (None, None))
    assert tools == started
    return int(number)


@pytest.mark.parametrize("acknowledged", [1, 37, 200])
async def test_kill_9_loses_no_event_that_was_answered(path: Path, acknowledged: int) -> None:
    child = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    answered = [child.stdout.readline().strip() for _ in range(acknowledged)]
    child.send_signal(signal.SIGKILL)
    answered += [line.strip() for line in child.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    child.stdout.close()
    child.wait()

    store = await Store.open(path)
    await store.close()
    kept = {event.data["call"] for event in Reader(path).events(limit=100_000) if event.type == "tool.started"}
    assert set(answered) <= kept
    assert consistent(path) == len(kept) + 2


async def opens(path: Path) -> bool:
    """False when the store was refused, in words for the operator."""
    try:
        store = await Store.open(path)
    except StoreError as error:
        return not (error.what and error.todo)
    await store.close()
    return True


async def filled(path: Path, new_run, events: int = 300) -> None:
    async with await Store.open(path) as store:
        await store.open_batch(BatchId("b1"))
        await store.queue_run(new_run())
        await asyncio.gather(
            *(
                store.record_tool_started(new_run().run, 1, number, f"c{number}", "bash", "x" * 300)
                for number in range(events)
            )
        )


def crashed_copy(path: Path, to: Path) -> Path:
    """The files as a crash leaves them: the database and a write-ahead log that nobody has folded in."""
    copy = to / "runs.db"
    for suffix in ("", "-wal"):
        source = path.with_name(path.name + suffix)
        copy.with_name(copy.name + suffix).write_bytes(source.read_bytes())
    return copy


@pytest.mark.parametrize("share", [0.0, 0.3, 0.77, 0.999])
async def test_a_truncated_write_ahead_log_leaves_a_whole_prefix(path: Path, new_run, share: float) -> None:
    store = await Store.open(path)
    await store.open_batch(BatchId("b1"))
    await store.queue_run(new_run())
    for number in range(60):
        await store.record_tool_started(new_run().run, 1, number, f"c{number}", "bash", "x" * 300)
    elsewhere = path.parent / "crashed"
    elsewhere.mkdir()
    copy = crashed_copy(path, elsewhere)
    await store.close()
    log = copy.with_name("runs.db-wal")
    os.truncate(log, int(log.stat().st_size * share))

    await (await Store.open(copy)).close()
    assert consistent(copy) == pytest.approx(62 * share, abs=12)


@pytest.mark.parametrize("full_check_bytes", [database.FULL_CHECK_BYTES, 0], ids=["small file", "large file"])
async def test_a_damaged_page_is_refused_with_what_to_do(
    path: Path, new_run, monkeypatch: pytest.MonkeyPatch, full_check_bytes: int
) -> None:
    await filled(path, new_run)
    monkeypatch.setattr(database, "FULL_CHECK_BYTES", full_check_bytes)
    content = bytearray(path.read_bytes())
    for page in range(4096, len(content), 4096):
        content[page : page + 12] = b"\xff" * 12
    path.write_bytes(content)

    with pytest.raises(StoreError, match="damaged"):
        await Store.open(path)
    assert path.read_bytes() == bytes(content)
    with pytest.raises(StoreError):
        Reader(path).board()


@pytest.mark.parametrize("position", range(0, 100, 7))
async def test_a_flipped_byte_in_the_header_is_refused_or_harmless(path: Path, new_run, position: int) -> None:
    await filled(path, new_run, events=20)
    content = bytearray(path.read_bytes())
    content[position] ^= 0xFF
    path.write_bytes(content)

    if await opens(path):
        assert consistent(path) == 22


@pytest.mark.parametrize("content", [b"not a database at all, just text" * 200, b"SQLite format 3\0" + b"\0" * 5000])
async def test_a_file_that_is_no_database_is_refused_untouched(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with pytest.raises(StoreError):
        await Store.open(path)
    assert path.read_bytes() == content
    with pytest.raises(StoreError):
        Reader(path).board()


async def test_a_database_of_another_program_is_refused_untouched(path: Path) -> None:
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE theirs (x)")
    raw.close()
    before = path.read_bytes()

    with pytest.raises(StoreError, match="not a database of factory-tui"):
        await Store.open(path)
    assert path.read_bytes() == before


async def test_a_newer_schema_is_refused(path: Path) -> None:
    await (await Store.open(path)).close()
    with sqlite3.connect(path) as raw:
        raw.execute(f"PRAGMA user_version = {database.SCHEMA_VERSION + 1}")
    raw.close()

    with pytest.raises(StoreError, match="newer factory-tui"):
        await Store.open(path)
    with pytest.raises(StoreError, match="newer factory-tui"):
        Reader(path).board()


async def test_a_locked_database_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    await (await Store.open(path)).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreError, match="locked"):
        await Store.open(path)
    other.close()


async def test_a_lock_that_passes_costs_nothing_but_time(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.01)
    store = await Store.open(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    write = asyncio.create_task(store.emit(EventDraft(type="engine.stopped")))
    async with asyncio.timeout(30):
        while "another program has it locked" not in caplog.text:  # noqa: ASYNC110 - said by the writer's own task
            await asyncio.sleep(0.01)
        assert not write.done()
        other.execute("COMMIT")
        await write
    other.close()
    await store.close()
    assert consistent(path) == 1


async def test_a_directory_in_its_place_is_refused(path: Path) -> None:
    path.mkdir()

    with pytest.raises(StoreError):
        await Store.open(path)


async def test_a_schema_change_keeps_a_copy_of_the_history(path: Path, new_run) -> None:
    await filled(path, new_run, events=5)
    step = {database.SCHEMA_VERSION: "ALTER TABLE run ADD COLUMN mood TEXT NOT NULL DEFAULT 'fine';"}
    connection = database.open_database(path, step)

    assert connection.execute("SELECT mood FROM run").fetchone()[0] == "fine"
    assert connection.execute("PRAGMA user_version").fetchone()[0] == database.SCHEMA_VERSION + 1
    connection.close()
    copy = path.with_name(f"runs.db.v{database.SCHEMA_VERSION}.bak")
    assert consistent(copy) == 7


async def test_a_schema_change_that_fails_changes_nothing(path: Path, new_run) -> None:
    await filled(path, new_run, events=5)
    step = {database.SCHEMA_VERSION: "ALTER TABLE run ADD COLUMN mood TEXT; INSERT INTO nowhere VALUES (1);"}

    with pytest.raises(StoreError):
        database.open_database(path, step)
    store = await Store.open(path)
    await store.close()
    assert consistent(path) == 7


FULL_DISK = """
import asyncio, resource, sys
from pathlib import Path
from factory_tui.model.event import EventDraft
from factory_tui.store.errors import StoreError
from factory_tui.store.store import Store

async def main():
    store = await Store.open(Path(sys.argv[1]))
    kept = 0
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))
    try:
        while True:
            await store.emit(EventDraft(type="image.progress", data={"text": "x" * 2000}))
            kept += 1
    except StoreError as error:
        print(kept, error.what, sep="|")
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await store.emit(EventDraft(type="image.progress", data={"text": "room again"}))
    await store.close()

asyncio.run(main())
"""


async def test_a_full_disk_is_said_clearly_and_writing_goes_on_when_there_is_room(path: Path) -> None:
    if resource.getrlimit(resource.RLIMIT_FSIZE)[1] != resource.RLIM_INFINITY:
        pytest.skip("this process may not raise its file size limit again")
    child = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", FULL_DISK, str(path)], capture_output=True, text=True, timeout=60
    )
    assert child.returncode == 0, child.stderr
    kept, what = child.stdout.strip().split("|")

    assert int(kept) > 20
    assert str(path) in what
    events = Reader(path).events(limit=100_000)
    assert [event.seq for event in events] == list(range(1, int(kept) + 2))
    assert events[-1].data["text"] == "room again"


async def test_a_reader_finds_what_a_killed_engine_left(path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    last = [child.stdout.readline().strip() for _ in range(50)][-1]
    child.kill()
    child.stdout.close()
    child.wait()

    with Reader(path) as reader:
        assert last in {event.data.get("call") for event in reader.events(limit=100_000)}
        assert reader.board()[0].state is RunState.QUEUED


async def test_the_epoch_grows_with_every_opening(path: Path) -> None:
    epochs = []
    for _ in range(3):
        async with await Store.open(path) as store:
            epochs.append(store.epoch)
            await store.emit(EventDraft(type="engine.stopped"))
    assert epochs == [1, 2, 3]


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: os.mkfifo(path)], ids=["directory", "pipe"])
async def test_what_is_no_file_is_named_as_that(path: Path, make) -> None:
    make(path)
    with pytest.raises(StoreError, match="not a regular file"), Reader(path) as reader:
        reader.board()
    with pytest.raises(StoreError, match="not a regular file"):
        async with await Store.open(path):
            pass


@pytest.mark.parametrize("version", [0, 1, 2])
def test_a_reader_refuses_the_database_of_another_program(path: Path, version: int) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
        other.execute(f"PRAGMA user_version = {version}")
    other.close()
    with pytest.raises(StoreError, match="not a database of factory-tui"), Reader(path) as reader:
        reader.board()
