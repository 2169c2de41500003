"""The ledger's door: a call is reserved, sent and settled, each committed before the next happens."""

from dataclasses import dataclass
from typing import Protocol

from factory_tui.model.money import MicroUsd
from factory_tui.model.usage import Usage


@dataclass(frozen=True, slots=True)
class Reservation:
    """Worst case of one model call."""

    call: int
    """Row id of the call in the ledger."""
    amount: MicroUsd


class CapExceeded(Exception):
    """A reservation does not fit under a cap, and waiting for others would not help.

    Attributes:
        cap: which cap (`call`, `run`, `batch`, `day`).
        limit: its value.
        spent: settled and presumed so far under that cap.
        wanted: the reservation that was refused.
    """

    def __init__(self, cap: str, limit: MicroUsd, spent: MicroUsd, wanted: MicroUsd) -> None:
        from factory_tui.model.money import show_usd

        super().__init__(
            f"the {cap} cap of {show_usd(limit)} leaves {show_usd(MicroUsd(max(0, limit - spent)))}, "
            f"and the next call may cost {show_usd(wanted)}"
        )
        self.cap, self.limit, self.spent, self.wanted = cap, limit, spent, wanted


class Book(Protocol):
    """Money of one run. `spent + reserved ≤ cap` holds at every commit, for call, run, batch and day."""

    async def reserve(self, attempt: int, role: str, model: str, amount: MicroUsd) -> Reservation:
        """Set the worst case aside. Waits while only other reservations are in the way.

        Raises:
            CapExceeded: it can never fit.
        """
        ...

    async def sent(self, reservation: Reservation) -> None:
        """The request is about to go out: from here a lost answer is presumed at the full amount."""
        ...

    async def settle(self, reservation: Reservation, usage: Usage, cost: MicroUsd) -> None:
        """The API said what it cost."""
        ...

    async def presume(self, reservation: Reservation) -> None:
        """The answer was lost: count the whole reservation as spent."""
        ...

    async def release(self, reservation: Reservation) -> None:
        """The API answered with an error that is not charged: nothing was spent."""
        ...
