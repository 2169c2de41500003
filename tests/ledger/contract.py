"""What every `Book` must keep, whatever it is written in. A test class inherits `BookContract` and opens its own."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Protocol

import pytest

from factory_tui.ledger import Book, CapExceeded, Caps, Reservation, Tally
from factory_tui.model.money import MicroUsd
from factory_tui.model.usage import Usage

USAGE = Usage(input=10, output=20)


class OpenLedger(Protocol):
    """A ledger with one batch of runs, all under the same caps, and a way to look at it."""

    def book(self, run: int) -> Book: ...

    async def tally(self, run: int | None = None) -> Tally:
        """Of one run, or of the whole batch."""
        ...


OpenLedgerWith = Callable[[Caps], Awaitable[OpenLedger]]
"""The fixture `open_ledger`: runs 0, 1 and 2 exist."""


def usd(amount: int) -> MicroUsd:
    return MicroUsd(amount)


async def reserve(book: Book, amount: int):
    return await book.reserve(1, "build", "claude-sonnet-4-5", usd(amount))


async def settled_into_waiting(task: asyncio.Task) -> None:
    """Give `task` every chance to finish; it must still wait afterwards."""
    for _ in range(50):
        await asyncio.sleep(0)
    assert not task.done()


class BookContract:
    async def test_a_settled_call_counts_what_it_cost(self, open_ledger: OpenLedgerWith) -> None:
        ledger = await open_ledger(Caps(run=usd(100)))
        book = ledger.book(0)
        reservation = await reserve(book, 80)
        assert await ledger.tally(0) == Tally(usd(0), usd(80))
        await book.sent(reservation)
        await book.settle(reservation, USAGE, usd(30))
        assert await ledger.tally(0) == Tally(usd(30), usd(0))

    async def test_a_lost_answer_counts_in_full(self, open_ledger: OpenLedgerWith) -> None:
        ledger = await open_ledger(Caps(run=usd(100)))
        reservation = await reserve(ledger.book(0), 80)
        await ledger.book(0).sent(reservation)
        await ledger.book(0).presume(reservation)
        assert await ledger.tally(0) == Tally(usd(80), usd(0))

    async def test_a_released_call_counts_nothing(self, open_ledger: OpenLedgerWith) -> None:
        ledger = await open_ledger(Caps(run=usd(100)))
        reservation = await reserve(ledger.book(0), 80)
        await ledger.book(0).sent(reservation)
        await ledger.book(0).release(reservation)
        assert await ledger.tally(0) == Tally()

    @pytest.mark.parametrize("cap", ["call", "run", "batch", "day"])
    async def test_what_can_never_fit_is_refused_by_name(self, open_ledger: OpenLedgerWith, cap: str) -> None:
        ledger = await open_ledger(Caps(**{cap: usd(100)}))
        with pytest.raises(CapExceeded) as refused:
            await reserve(ledger.book(0), 101)
        assert (refused.value.cap, refused.value.limit, refused.value.wanted) == (cap, 100, 101)
        assert await ledger.tally() == Tally()

    async def test_a_call_that_fills_the_cap_exactly_fits(self, open_ledger: OpenLedgerWith) -> None:
        ledger = await open_ledger(Caps(call=usd(100), run=usd(100), batch=usd(100), day=usd(100)))
        assert (await reserve(ledger.book(0), 100)).amount == 100

    async def test_runs_share_the_cap_of_their_batch(self, open_ledger: OpenLedgerWith) -> None:
        ledger = await open_ledger(Caps(batch=usd(100)))
        first = await reserve(ledger.book(0), 60)
        await ledger.book(0).presume(first)
        with pytest.raises(CapExceeded, match="batch"):
            await reserve(ledger.book(1), 60)

    async def test_a_call_waits_while_only_reservations_are_in_the_way(self, open_ledger: OpenLedgerWith) -> None:
        ledger = await open_ledger(Caps(batch=usd(100)))
        first = await reserve(ledger.book(0), 60)
        async with asyncio.timeout(20):
            waiting = asyncio.create_task(reserve(ledger.book(1), 60))
            await settled_into_waiting(waiting)
            await ledger.book(0).settle(first, USAGE, usd(10))
            await waiting
        assert await ledger.tally() == Tally(usd(10), usd(60))

    async def test_a_waiting_call_is_refused_when_the_money_is_gone(self, open_ledger: OpenLedgerWith) -> None:
        ledger = await open_ledger(Caps(batch=usd(100)))
        first = await reserve(ledger.book(0), 60)
        async with asyncio.timeout(20):
            waiting = asyncio.create_task(reserve(ledger.book(1), 60))
            await settled_into_waiting(waiting)
            await ledger.book(0).presume(first)
            with pytest.raises(CapExceeded, match="batch"):
                await waiting

    async def test_a_cancelled_wait_leaves_nothing_reserved(self, open_ledger: OpenLedgerWith) -> None:
        ledger = await open_ledger(Caps(batch=usd(100)))
        first = await reserve(ledger.book(0), 60)
        waiting = asyncio.create_task(reserve(ledger.book(1), 60))
        await settled_into_waiting(waiting)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await ledger.book(0).release(first)
        assert await ledger.tally() == Tally()

    async def test_a_reservation_cancelled_at_any_moment_is_not_left_behind(self, open_ledger: OpenLedgerWith) -> None:
        ledger = await open_ledger(Caps(run=usd(100)))
        for moments in range(60):
            task = asyncio.create_task(reserve(ledger.book(0), 80))
            for _ in range(moments):
                await asyncio.sleep(0)
            task.cancel()
            answer = (await asyncio.gather(task, return_exceptions=True))[0]
            if isinstance(answer, Reservation):
                await ledger.book(0).release(answer)
            assert (await ledger.tally(0)).reserved == 0

    async def test_a_call_has_one_outcome(self, open_ledger: OpenLedgerWith) -> None:
        ledger = await open_ledger(Caps(run=usd(100)))
        reservation = await reserve(ledger.book(0), 80)
        await ledger.book(0).settle(reservation, USAGE, usd(30))
        with pytest.raises(RuntimeError):
            await ledger.book(0).presume(reservation)
        assert await ledger.tally(0) == Tally(usd(30), usd(0))

    async def test_without_caps_everything_fits(self, open_ledger: OpenLedgerWith) -> None:
        ledger = await open_ledger(Caps())
        assert (await reserve(ledger.book(0), 10**12)).amount == 10**12

    async def test_no_interleaving_goes_over_a_cap(self, open_ledger: OpenLedgerWith) -> None:
        ledger = await open_ledger(Caps(call=usd(60), run=usd(400), batch=usd(700)))
        chance = random.Random(7)
        over: list[Tally] = []

        async def worker(run: int) -> None:
            book = ledger.book(run)
            for _ in range(12):
                amount = chance.randint(1, 60)
                try:
                    reservation = await reserve(book, amount)
                except CapExceeded:
                    return
                await look(run)
                await book.sent(reservation)
                outcome = chance.choice(("settle", "presume", "release"))
                if outcome == "settle":
                    await book.settle(reservation, USAGE, usd(chance.randint(0, amount)))
                else:
                    await getattr(book, outcome)(reservation)
                await look(run)

        async def look(run: int) -> None:
            for limit, tally in ((400, await ledger.tally(run)), (700, await ledger.tally())):
                if tally.spent + tally.reserved > limit:
                    over.append(tally)

        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            for number in range(20):
                group.create_task(worker(number % 3))
        assert over == []
        assert (await ledger.tally()).reserved == 0
        assert (await ledger.tally()).spent > 0
