"""Read-backs in runs.db: kept by version, paid by nobody's run, and counted in the day."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from factory_tui.ledger import CapExceeded, Caps
from factory_tui.model.ids import BatchId, RunId
from factory_tui.model.money import MicroUsd
from factory_tui.model.readback import ReadBack, ReadBackQuestion
from factory_tui.model.spec import Question
from factory_tui.model.usage import Usage
from factory_tui.store.reader import Reader
from factory_tui.store.store import Store

USAGE = Usage(input=10)


def usd(micros: int) -> MicroUsd:
    return MicroUsd(micros)


def a_read_back(version: str = "h1", summary: str = "It pays out.") -> ReadBack:
    asked = ReadBackQuestion(
        text="How much?", section=Question.RULES, quote="pays out", answers=("1", "2"), impact=3, uncertainty=3
    )
    return ReadBack(
        spec="bank", hash=version, summary=summary, questions=(asked,), model="m", cost=usd(7), when=datetime.now(UTC)
    )


async def settled(store: Store, amount: int, caps: Caps | None = None) -> None:
    book = store.read_back_book("bank", caps or Caps())
    call = await book.reserve(1, "readback", "m", usd(amount))
    await book.sent(call)
    await book.settle(call, USAGE, usd(amount))


async def test_the_newest_is_read_whatever_version_it_read(store: Store, reader: Reader) -> None:
    assert reader.last_read_back("bank") is None
    await store.record_read_back(a_read_back("h1"))
    await store.record_read_back(a_read_back("h2", "It pays in."))
    read = reader.last_read_back("bank")
    assert read is not None
    assert (read.hash, read.summary) == ("h2", "It pays in.")
    first = await store.read_back_of("bank", "h1")
    assert first is not None
    assert first.summary == "It pays out."
    assert await store.read_back_of("bank", "h3") is None


async def test_one_tells_the_stream_what_it_cost_and_not_what_it_says(store: Store, reader: Reader) -> None:
    await store.record_read_back(a_read_back())
    event = reader.events()[-1]
    assert (event.type, event.spec, event.run) == ("spec.read_back", "bank", None)
    assert event.data == {"hash": "h1", "model": "m", "cost_usd": 7e-06, "questions": 1, "dropped": 0}


async def test_the_cap_of_a_run_is_that_of_all_its_tries(store: Store, reader: Reader) -> None:
    book = store.read_back_book("bank", Caps(run=usd(100)))
    lost = await book.reserve(1, "readback", "m", usd(60))
    await book.sent(lost)
    await book.presume(lost)
    with pytest.raises(CapExceeded, match="run cap"):
        await book.reserve(1, "readback", "m", usd(60))
    event = reader.events()[-1]
    assert (event.type, event.spec, event.data["cap"]) == ("limit.reached", "bank", "run")
    await settled(store, 100, Caps(run=usd(100)))  # another read-back has a cap of its own


async def test_the_day_counts_it_and_a_batch_does_not(store: Store, queued: RunId) -> None:
    caps = Caps(batch=usd(100), day=usd(150))
    await settled(store, 90, caps)
    run = store.book(queued, caps)
    await run.settle(await run.reserve(1, "build", "m", usd(60)), USAGE, usd(60))
    with pytest.raises(CapExceeded, match="day cap"):
        await store.read_back_book("bank", caps).reserve(1, "readback", "m", usd(1))


async def test_a_dear_call_is_refused(store: Store) -> None:
    with pytest.raises(CapExceeded, match="call cap"):
        await store.read_back_book("bank", Caps(call=usd(10))).reserve(1, "readback", "m", usd(11))


async def test_what_a_dead_engine_had_sent_counts_as_spent(store: Store, path: Path) -> None:
    book = store.read_back_book("bank", Caps())
    await book.sent(await book.reserve(1, "readback", "m", usd(80)))
    await book.reserve(1, "readback", "m", usd(70))
    await store.close()
    async with await Store.open(path) as again:
        assert await again.settle_orphans() == (1, 1)
        with pytest.raises(CapExceeded, match="day"):
            await again.read_back_book("bank", Caps(day=usd(100))).reserve(1, "readback", "m", usd(21))


async def test_the_report_names_what_read_backs_cost_that_day(store: Store, queued: RunId, reader: Reader) -> None:
    await settled(store, 30)
    await store.close_batch(BatchId("b1"))
    report = reader.report("f", None, None, datetime.now(UTC))
    assert report is not None
    assert {each.name: each.spent for each in report.spend} == {"batch": 0, "day": 30, "read-backs": 30}
