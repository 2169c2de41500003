"""The ledger in runs.db: every model call is a row that is reserved, sent, then settled or presumed, or released."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pydantic import JsonValue

from factory_tui.ledger import CapExceeded, Caps, Fit, Refuse, Reservation, Spent, Tally, Wait, fits
from factory_tui.model.event import EventDraft
from factory_tui.model.ids import RunId, SpecId
from factory_tui.model.money import MicroUsd
from factory_tui.model.usage import Usage
from factory_tui.store.runs import UnknownRun, emit_for, usd
from factory_tui.store.values import as_json, to_micros
from factory_tui.store.writer import Tx, Writer


class Freed:
    """Wakes reservations that wait for others. Ask for `next` before looking, so that no wake-up is lost."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    @property
    def next(self) -> asyncio.Event:
        return self._event

    def tell(self) -> None:
        old, self._event = self._event, asyncio.Event()
        old.set()


@dataclass(frozen=True, slots=True)
class _StoredBook(ABC):
    """Money of one payer; implements `ledger.book.Book`."""

    writer: Writer
    caps: Caps
    freed: Freed

    @abstractmethod
    def _reserve_in(self, tx: Tx, attempt: int, role: str, model: str, amount: MicroUsd) -> Reservation | Wait | Refuse:
        """Ask the caps and write the row, in one transaction."""

    async def reserve(self, attempt: int, role: str, model: str, amount: MicroUsd) -> Reservation:
        """Set the worst case aside. Waits while only other reservations are in the way.

        Raises:
            CapExceeded: it can never fit.
        """
        while True:
            freed = self.freed.next
            answer = await self._try_to_reserve(attempt, role, model, amount)
            if isinstance(answer, Reservation):
                return answer
            if isinstance(answer, Refuse):
                raise CapExceeded(answer.cap, answer.limit, answer.spent, amount)
            await freed.wait()

    async def sent(self, reservation: Reservation) -> None:
        """The request is about to go out: from here a lost answer is presumed at the full amount."""
        await self.writer.transact(lambda tx: mark_sent(tx, reservation.call))

    async def settle(self, reservation: Reservation, usage: Usage, cost: MicroUsd) -> None:
        """The API said what it cost."""
        await self._close(reservation, "settled", cost, usage)

    async def presume(self, reservation: Reservation) -> None:
        """The answer was lost: count the whole reservation as spent."""
        await self._close(reservation, "presumed", reservation.amount)

    async def release(self, reservation: Reservation) -> None:
        """The API answered with an error that is not charged: nothing was spent."""
        await self._close(reservation, "released", MicroUsd(0))

    async def _try_to_reserve(
        self, attempt: int, role: str, model: str, amount: MicroUsd
    ) -> Reservation | Wait | Refuse:
        trying = asyncio.ensure_future(
            self.writer.transact(lambda tx: self._reserve_in(tx, attempt, role, model, amount))
        )
        try:
            return await asyncio.shield(trying)
        except asyncio.CancelledError:
            # The transaction is carried out all the same, and nobody will hear of its reservation.
            answer = await trying
            if isinstance(answer, Reservation):
                await self.release(answer)
            raise

    async def _close(self, reservation: Reservation, state: str, amount: MicroUsd, usage: Usage | None = None) -> None:
        try:
            await self.writer.transact(lambda tx: close(tx, reservation.call, state, amount, usage))
        finally:
            # Also when cancelled: the writer keeps the order, so whoever looks now comes after this transaction.
            self.freed.tell()


@dataclass(frozen=True, slots=True)
class RunBook(_StoredBook):
    """Money of one run."""

    run: RunId

    def _reserve_in(self, tx: Tx, attempt: int, role: str, model: str, amount: MicroUsd) -> Reservation | Wait | Refuse:
        return reserve(tx, self.run, self.caps, attempt, role, model, amount)


@dataclass(frozen=True, slots=True)
class ReadBackBook(_StoredBook):
    """Money of one read-back, which belongs to no run and no batch: the run cap of its spec is its own cap."""

    spec: SpecId
    calls: list[int] = field(default_factory=list)
    """Its tries so far."""

    def _reserve_in(self, tx: Tx, attempt: int, role: str, model: str, amount: MicroUsd) -> Reservation | Wait | Refuse:
        answer = reserve_alone(tx, self.spec, self.calls, self.caps, role, model, amount)
        if isinstance(answer, Reservation):
            self.calls.append(answer.call)
        return answer


class LedgerMisuse(RuntimeError):
    """A call was moved along an edge that the ledger does not have."""


def reserve(
    tx: Tx, run: RunId, caps: Caps, attempt: int, role: str, model: str, amount: MicroUsd
) -> Reservation | Wait | Refuse:
    """The caps are asked in the transaction that writes the row, so `spent + reserved ≤ cap` holds at its commit."""
    row = tx.one("SELECT batch FROM run WHERE run = ?", run)
    if row is None:
        raise UnknownRun(f"there is no run {run}")
    batch, day = row["batch"], tx.now.date().isoformat()
    spent = Spent(run=_tally(tx, "run = ?", run), batch=_tally(tx, "batch = ?", batch), day=_tally(tx, "day = ?", day))
    answer = fits(caps, spent, amount)
    if isinstance(answer, Refuse):
        emit_for(tx, run, "limit.reached", _reached(answer, amount), attempt)
    if not isinstance(answer, Fit):
        return answer
    return _insert(tx, run, batch, attempt, role, model, amount)


def reserve_alone(
    tx: Tx, spec: SpecId, earlier: Sequence[int], caps: Caps, role: str, model: str, amount: MicroUsd
) -> Reservation | Wait | Refuse:
    """As `reserve`, for a call without a run; `earlier` are those that its own cap covers too."""
    marks = ", ".join("?" * len(earlier))
    spent = Spent(run=_tally(tx, f"id IN ({marks})", *earlier), day=_tally(tx, "day = ?", tx.now.date().isoformat()))
    answer = fits(replace(caps, batch=None), spent, amount)
    if isinstance(answer, Refuse):
        tx.emit(EventDraft(type="limit.reached", spec=spec, data=_reached(answer, amount)))
    if not isinstance(answer, Fit):
        return answer
    return _insert(tx, None, None, 0, role, model, amount)


def _reached(refused: Refuse, wanted: MicroUsd) -> dict[str, JsonValue]:
    return {
        "cap": refused.cap,
        "limit_usd": usd(refused.limit),
        "spent_usd": usd(refused.spent),
        "wanted_usd": usd(wanted),
    }


def _insert(
    tx: Tx, run: RunId | None, batch: str | None, attempt: int, role: str, model: str, amount: MicroUsd
) -> Reservation:
    number = tx.run(
        "INSERT INTO call (run, batch, day, attempt, role, model, state, reserved, amount, opened) "
        "VALUES (?, ?, ?, ?, ?, ?, 'reserved', ?, ?, ?)",
        run,
        batch,
        tx.now.date().isoformat(),
        attempt,
        role,
        model,
        amount,
        amount,
        to_micros(tx.now),
    ).lastrowid
    assert number is not None
    return Reservation(number, amount)


def mark_sent(tx: Tx, call: int) -> None:
    changed = tx.run("UPDATE call SET state = 'sent' WHERE id = ? AND state = 'reserved'", call).rowcount
    if not changed:
        raise LedgerMisuse(f"call {call} is not reserved, so it must not be sent")


def close(tx: Tx, call: int, state: str, amount: MicroUsd, usage: Usage | None = None) -> None:
    """Give an open call its outcome, once."""
    row = tx.one(
        "UPDATE call SET state = ?, amount = ?, usage = ?, closed = ? WHERE id = ? AND state IN ('reserved', 'sent') "
        "RETURNING run",
        state,
        amount,
        as_json(usage) if usage else None,
        to_micros(tx.now),
        call,
    )
    if row is None:
        raise LedgerMisuse(f"call {call} already has its outcome")
    tx.run("UPDATE run SET cost = cost + ? WHERE run = ?", amount, row["run"])


def settle_orphans(tx: Tx) -> tuple[int, int]:
    """After a crash: what was sent is presumed at full reservation, what was not is released."""
    orphans = tx.all("SELECT id, state, reserved FROM call WHERE state IN ('reserved', 'sent') ORDER BY id")
    sent = [row for row in orphans if row["state"] == "sent"]
    for row in orphans:
        if row["state"] == "sent":
            close(tx, row["id"], "presumed", MicroUsd(row["reserved"]))
        else:
            close(tx, row["id"], "released", MicroUsd(0))
    return len(sent), len(orphans) - len(sent)


def _tally(tx: Tx, scope: str, *values: str | int) -> Tally:
    rows = tx.all(
        f"SELECT state IN ('reserved', 'sent') AS open, sum(amount) FROM call WHERE {scope} GROUP BY 1", *values
    )
    sums = {bool(row["open"]): MicroUsd(row[1]) for row in rows}
    return Tally(spent=sums.get(False, MicroUsd(0)), reserved=sums.get(True, MicroUsd(0)))
