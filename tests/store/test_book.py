"""Money: `spent + reserved ≤ cap` at every commit, and nobody waits for what never comes."""

import asyncio
import random
import sqlite3
from pathlib import Path

import pytest

from factory_tui.ledger.book import CapExceeded
from factory_tui.ledger.caps import Caps
from factory_tui.model.ids import BatchId, RunId
from factory_tui.model.money import MicroUsd
from factory_tui.model.usage import Usage
from factory_tui.store.book import LedgerMisuse
from factory_tui.store.reader import Reader
from factory_tui.store.store import Store


def usd(micros: int) -> MicroUsd:
    return MicroUsd(micros)


async def test_a_call_is_counted_at_its_cost_once_it_is_settled(store: Store, queued: RunId, reader: Reader) -> None:
    book = store.book(queued, Caps(run=usd(100)))
    call = await book.reserve(1, "build", "model", usd(100))
    await book.sent(call)
    await book.settle(call, Usage(input=3), usd(40))

    assert (await store.stored_run(queued)).cost == 40
    assert reader.board()[0].cost == 40
    await book.reserve(1, "build", "model", usd(60))


async def test_a_lost_answer_counts_in_full_and_a_released_call_not_at_all(store: Store, queued: RunId) -> None:
    book = store.book(queued, Caps(run=usd(100)))
    lost, refused = await book.reserve(1, "build", "m", usd(30)), await book.reserve(1, "build", "m", usd(70))
    await book.sent(lost)
    await book.presume(lost)
    await book.release(refused)

    assert (await store.stored_run(queued)).cost == 30
    await book.reserve(1, "build", "m", usd(70))


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


async def test_a_reservation_waits_while_only_others_are_in_the_way(store: Store, new_run, queued: RunId) -> None:
    await store.queue_run(new_run("r2"))
    caps = Caps(batch=usd(100))
    first, second = store.book(queued, caps), store.book("r2", caps)
    held = await first.reserve(1, "build", "m", usd(80))
    waiting = asyncio.create_task(second.reserve(1, "build", "m", usd(50)))
    # One round through the writer: the waiting one has been looked at, and has not got it.
    await store.queued_runs()
    await store.queued_runs()
    assert not waiting.done()

    await first.sent(held)
    await first.settle(held, Usage(), usd(20))
    assert (await waiting).amount == 50


async def test_a_waiting_reservation_is_refused_when_the_money_is_really_gone(
    store: Store, new_run, queued: RunId
) -> None:
    await store.queue_run(new_run("r2"))
    caps = Caps(batch=usd(100))
    held = await store.book(queued, caps).reserve(1, "build", "m", usd(80))
    waiting = asyncio.create_task(store.book("r2", caps).reserve(1, "build", "m", usd(50)))
    await store.queued_runs()
    await store.book(queued, caps).presume(held)

    with pytest.raises(CapExceeded):
        await waiting


async def test_a_call_has_one_outcome(store: Store, queued: RunId) -> None:
    book = store.book(queued, Caps())
    call = await book.reserve(1, "build", "m", usd(5))
    await book.sent(call)
    with pytest.raises(LedgerMisuse):
        await book.sent(call)
    await book.settle(call, Usage(), usd(1))
    with pytest.raises(LedgerMisuse):
        await book.presume(call)
    assert (await store.stored_run(queued)).cost == 1


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


async def test_fifty_workers_never_pass_the_cap(store: Store, new_run, path: Path) -> None:
    await store.open_batch(BatchId("b1"))
    caps = Caps(batch=usd(2_000), run=usd(400))
    chance = random.Random(7)
    watching = sqlite3.connect(path)
    most = 0

    def watch(_: object) -> None:
        nonlocal most
        (total,) = watching.execute("SELECT coalesce(sum(amount), 0) FROM call").fetchone()
        most = max(most, total)

    async def work(number: int) -> None:
        book = store.book(f"r{number}", caps)
        try:
            for _ in range(5):
                call = await book.reserve(1, "build", "m", usd(chance.randint(1, 100)))
                await book.sent(call)
                watch(None)
                outcome = chance.random()
                if outcome < 0.7:
                    await book.settle(call, Usage(), usd(chance.randint(0, call.amount)))
                elif outcome < 0.9:
                    await book.presume(call)
                else:
                    await book.release(call)
        except CapExceeded:
            pass

    for number in range(50):
        await store.queue_run(new_run(f"r{number}"))
    await asyncio.gather(*(work(number) for number in range(50)))
    (spent,) = watching.execute("SELECT sum(amount) FROM call").fetchone()
    (kept,) = watching.execute("SELECT sum(cost) FROM run").fetchone()
    watching.close()

    assert 1_000 < most <= 2_000
    assert spent == kept
