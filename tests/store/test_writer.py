"""The writer: whole transactions, events without gaps, whatever happens to the callers."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from factory_tui.model.event import Event, EventDraft
from factory_tui.model.ids import RunId
from factory_tui.model.run import RunState
from factory_tui.store.errors import StaleEpoch, StoreError
from factory_tui.store.reader import Reader
from factory_tui.store.store import Store
from factory_tui.store.writer import Tx, Writer


def note(text: str) -> EventDraft:
    return EventDraft(type="image.progress", data={"text": text})


def stored_texts(path: Path) -> list[tuple[int, str]]:
    with sqlite3.connect(path) as raw:
        rows = raw.execute("SELECT seq, json_extract(data, '$.text') FROM event ORDER BY seq").fetchall()
    raw.close()
    return [(seq, text) for seq, text in rows]


async def test_events_of_many_callers_have_no_gaps(store: Store, path: Path) -> None:
    events = await asyncio.gather(*(store.emit(note(str(number))) for number in range(500)))

    assert sorted(event.seq for event in events) == list(range(1, 501))
    assert [seq for seq, _ in stored_texts(path)] == list(range(1, 501))


async def test_what_is_answered_is_on_disk(store: Store, path: Path) -> None:
    event = await store.emit(note("kept"))

    assert stored_texts(path) == [(event.seq, "kept")]


async def test_a_transaction_that_fails_leaves_nothing_and_takes_nothing_with_it(path: Path) -> None:
    writer = await Writer.open(path)

    def half(tx: Tx) -> None:
        tx.emit(note("half"))
        raise LookupError("on purpose")

    outcomes = await asyncio.gather(
        writer.transact(lambda tx: tx.emit(note("before"))),
        writer.transact(half),
        writer.transact(lambda tx: tx.emit(note("after"))),
        return_exceptions=True,
    )
    await writer.close()

    assert isinstance(outcomes[1], LookupError)
    assert stored_texts(path) == [(1, "before"), (2, "after")]


async def test_a_broken_statement_fails_its_own_caller_only(path: Path) -> None:
    writer = await Writer.open(path)
    outcomes = await asyncio.gather(
        writer.transact(lambda tx: tx.emit(note("before"))),
        writer.transact(lambda tx: tx.run("SELECT nonsense FROM nowhere")),
        writer.transact(lambda tx: tx.emit(note("after"))),
        return_exceptions=True,
    )
    await writer.close()

    assert isinstance(outcomes[1], StoreError)
    assert [text for _, text in stored_texts(path)] == ["before", "after"]


async def test_a_cancelled_caller_leaves_a_whole_transaction(path: Path) -> None:
    writer = await Writer.open(path)
    reached = asyncio.Event()
    loop = asyncio.get_running_loop()

    def two_events(tx: Tx) -> None:
        tx.emit(note("first"))
        loop.call_soon_threadsafe(reached.set)
        tx.emit(note("second"))

    caller = asyncio.create_task(writer.transact(two_events))
    await reached.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await writer.transact(lambda tx: tx.emit(note("third")))
    await writer.close()

    assert [text for _, text in stored_texts(path)] == ["first", "second", "third"]


async def test_closing_carries_out_what_was_handed_over(path: Path) -> None:
    writer = await Writer.open(path)
    waiting = [asyncio.create_task(writer.transact(lambda tx: tx.emit(note("late")))) for _ in range(20)]
    await asyncio.sleep(0)
    await writer.close()

    assert [event.seq for event in await asyncio.gather(*waiting)] == list(range(1, 21))
    with pytest.raises(StoreError, match="closed"):
        await writer.transact(lambda tx: None)


async def test_listeners_hear_committed_events_in_order_even_if_one_fails(store: Store, path: Path) -> None:
    heard: list[int] = []

    def deaf(event: Event) -> None:
        raise RuntimeError("on purpose")

    def hears(event: Event) -> None:
        assert stored_texts(path)[event.seq - 1][0] == event.seq
        heard.append(event.seq)

    store.subscribe(deaf)
    unsubscribe = store.subscribe(hears)
    await asyncio.gather(*(store.emit(note("x")) for _ in range(50)))
    unsubscribe()
    await store.emit(note("not heard"))

    assert heard == list(range(1, 51))


async def test_text_that_is_not_unicode_is_kept_readable(store: Store, queued: RunId, reader: Reader) -> None:
    await store.move_run(queued, RunState.HELD, why="name \udcff")

    assert reader.board()[0].why == "name ?"
    assert reader.events()[-1].data["why"] == "name \ufffd"


async def test_an_older_epoch_is_refused(path: Path) -> None:
    old = await Store.open(path)
    await old.emit(note("mine"))
    new = await Store.open(path)

    assert new.epoch == old.epoch + 1
    with pytest.raises(StaleEpoch):
        await old.emit(note("too late"))
    await new.emit(note("next"))
    await old.close()
    await new.close()

    assert [text for _, text in stored_texts(path)] == ["mine", "next"]
