"""A book in memory, for tests that need a ledger and no database. It passes the contract of the real one."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from factory_tui.ledger import CapExceeded, Caps, Refuse, Reservation, Spent, Tally, Wait, fits
from factory_tui.model.money import MicroUsd
from factory_tui.model.usage import Usage


@dataclass
class Entry:
    run: int
    amount: MicroUsd
    state: str = "reserved"
    usage: Usage = field(default_factory=Usage)


@dataclass
class MemoryLedger:
    caps: Caps
    entries: dict[int, Entry] = field(default_factory=dict)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    outcomes: Counter[str] = field(default_factory=Counter)

    def book(self, run: int = 0) -> "MemoryBook":
        return MemoryBook(self, run)

    async def tally(self, run: int | None = None) -> Tally:
        return self.count(run)

    def count(self, run: int | None = None) -> Tally:
        chosen = [each for each in self.entries.values() if run is None or each.run == run]
        open_ones = sum(each.amount for each in chosen if each.state in {"reserved", "sent"})
        closed = sum(each.amount for each in chosen if each.state not in {"reserved", "sent"})
        return Tally(MicroUsd(closed), MicroUsd(open_ones))


@dataclass
class MemoryBook:
    ledger: MemoryLedger
    run: int

    async def reserve(self, attempt: int, role: str, model: str, amount: MicroUsd) -> Reservation:
        async with self.ledger.changed:
            while True:
                whole = self.ledger.count()
                answer = fits(self.ledger.caps, Spent(self.ledger.count(self.run), whole, whole), amount)
                if isinstance(answer, Refuse):
                    raise CapExceeded(answer.cap, answer.limit, answer.spent, amount)
                if not isinstance(answer, Wait):
                    number = len(self.ledger.entries) + 1
                    self.ledger.entries[number] = Entry(self.run, amount)
                    return Reservation(number, amount)
                await self.ledger.changed.wait()

    async def sent(self, reservation: Reservation) -> None:
        async with self.ledger.changed:
            self.ledger.entries[reservation.call].state = "sent"
            self.ledger.changed.notify_all()

    async def settle(self, reservation: Reservation, usage: Usage, cost: MicroUsd) -> None:
        await self._close(reservation, "settled", cost)
        self.ledger.entries[reservation.call].usage = usage

    async def presume(self, reservation: Reservation) -> None:
        await self._close(reservation, "presumed", reservation.amount)

    async def release(self, reservation: Reservation) -> None:
        await self._close(reservation, "released", MicroUsd(0))

    async def _close(self, reservation: Reservation, state: str, amount: MicroUsd) -> None:
        async with self.ledger.changed:
            entry = self.ledger.entries[reservation.call]
            if entry.state not in {"reserved", "sent"}:
                raise RuntimeError(f"call {reservation.call} already has its outcome")
            entry.state, entry.amount = state, amount
            self.ledger.outcomes[state] += 1
            self.ledger.changed.notify_all()
