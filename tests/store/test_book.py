"""The ledger in runs.db keeps the contract of every book, and the board's cost agrees with it."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from factory_tui.ledger import Book, CapExceeded, Caps, Tally
from factory_tui.model.ids import BatchId, RunId
from factory_tui.model.money import MicroUsd
from factory_tui.model.usage import Usage
from factory_tui.store.reader import Reader
from factory_tui.store.store import Store
from tests.ledger.contract import BookContract, OpenLedgerWith


def usd(micros: int) -> MicroUsd:
    return MicroUsd(micros)


class StoreLedger:
    """Three runs of one batch; looks at the database from outside."""

    def __init__(self, store: Store, path: Path, caps: Caps) -> None:
        self._store, self._path, self._caps = store, path, caps

    def book(self, run: int) -> Book:
        return self._store.book(f"r{run}", self._caps)

    async def tally(self, run: int | None = None) -> Tally:
        with sqlite3.connect(self._path) as raw:
            rows = raw.execute(
                "SELECT state IN ('reserved', 'sent'), amount FROM call WHERE ? IS NULL OR run = ?", (run, f"r{run}")
            ).fetchall()
        raw.close()
        return Tally(
            usd(sum(amount for is_open, amount in rows if not is_open)),
            usd(sum(amount for is_open, amount in rows if is_open)),
        )


class TestStoreBook(BookContract):
    @pytest.fixture
    def open_ledger(self, store: Store, path: Path, new_run) -> OpenLedgerWith:
        async def opened(caps: Caps) -> StoreLedger:
            await store.open_batch(BatchId("b1"))
            for number in range(3):
                await store.queue_run(new_run(f"r{number}"))
            return StoreLedger(store, path, caps)

        return opened


async def test_a_call_is_counted_at_its_cost_once_it_is_settled(store: Store, queued: RunId, reader: Reader) -> None:
    book = store.book(queued, Caps(run=usd(100)))
    call = await book.reserve(1, "build", "model", usd(100))
    await book.sent(call)
    await book.settle(call, Usage(input=3), usd(40))

    assert (await store.stored_run(queued)).cost == 40
    assert reader.board()[0].cost == 40
    await book.reserve(1, "build", "model", usd(60))


@pytest.mark.parametrize(
    ("caps", "cap"),
    [
        (Caps(call=usd(10)), "call"),
        (Caps(run=usd(10)), "run"),
        (Caps(batch=usd(10)), "batch"),
        (Caps(day=usd(10)), "day"),
    ],
)
async def test_what_can_never_fit_is_refused_and_on_record(
    store: Store, queued: RunId, reader: Reader, caps: Caps, cap: str
) -> None:
    with pytest.raises(CapExceeded) as refused:
        await store.book(queued, caps).reserve(1, "build", "m", usd(11))

    assert (refused.value.cap, refused.value.wanted) == (cap, 11)
    last = reader.events()[-1]
    assert (last.type, last.run, last.data["cap"]) == ("limit.reached", queued, cap)


async def test_after_a_crash_sent_calls_are_presumed_and_reserved_ones_released(path: Path, new_run) -> None:
    crashed = await Store.open(path)
    await crashed.open_batch(BatchId("b1"))
    await crashed.queue_run(new_run())
    book = crashed.book(new_run().run, Caps())
    sent = await book.reserve(1, "build", "m", usd(30))
    await book.reserve(1, "build", "m", usd(50))
    await book.sent(sent)
    await crashed.close()

    async with await Store.open(path) as store:
        assert await store.settle_orphans() == (1, 1)
        assert await store.settle_orphans() == (0, 0)
        assert (await store.stored_run(new_run().run)).cost == 30


async def test_a_reservation_whose_caller_was_cancelled_does_not_stay(store: Store, queued: RunId, path: Path) -> None:
    ledger = StoreLedger(store, path, Caps(run=usd(100)))
    for patience in range(6):
        caller = asyncio.create_task(store.book(queued, Caps(run=usd(100))).reserve(1, "build", "m", usd(100)))
        for _ in range(patience):
            await asyncio.sleep(0)
        caller.cancel()
        await asyncio.gather(caller, return_exceptions=True)
    await store.queued_runs()

    assert (await ledger.tally()).reserved == 0
    await store.book(queued, Caps(run=usd(100))).reserve(1, "build", "m", usd(100))


async def test_the_outcome_of_a_cancelled_caller_frees_those_who_wait(store: Store, queued: RunId) -> None:
    book = store.book(queued, Caps(batch=usd(100)))
    first = await book.reserve(1, "build", "m", usd(100))
    waiting = asyncio.create_task(book.reserve(1, "build", "m", usd(100)))
    await store.queued_runs()
    closing = asyncio.create_task(book.release(first))
    await asyncio.sleep(0)
    closing.cancel()

    async with asyncio.timeout(20):
        assert (await waiting).amount == 100
