"""May a call be paid? Pure: the store asks inside the transaction that writes the reservation."""

from dataclasses import dataclass
from typing import Literal

from factory_tui.model.money import NOTHING, MicroUsd

CapName = Literal["call", "run", "batch", "day"]


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that may be spent; None is no cap of its own."""

    call: MicroUsd | None = None
    run: MicroUsd | None = None
    batch: MicroUsd | None = None
    day: MicroUsd | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """Money of one run, batch or day."""

    spent: MicroUsd = NOTHING
    """Settled and presumed."""
    reserved: MicroUsd = NOTHING
    """Set aside for calls without an outcome yet."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What counts against each cap now."""

    run: Tally = Tally()
    batch: Tally = Tally()
    day: Tally = Tally()


@dataclass(frozen=True, slots=True)
class Fit:
    """The reservation fits under every cap."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Only other reservations are in the way: when they settle lower, it may fit."""

    cap: CapName


@dataclass(frozen=True, slots=True)
class Refuse:
    """It can never fit."""

    cap: CapName
    limit: MicroUsd
    spent: MicroUsd


def fits(caps: Caps, spent: Spent, wanted: MicroUsd) -> Fit | Wait | Refuse:
    """Whether `wanted` may be reserved so that `spent + reserved ≤ cap` holds for call, run, batch and day."""
    if caps.call is not None and wanted > caps.call:
        return Refuse("call", caps.call, NOTHING)
    scopes: tuple[tuple[CapName, MicroUsd | None, Tally], ...] = (
        ("run", caps.run, spent.run),
        ("batch", caps.batch, spent.batch),
        ("day", caps.day, spent.day),
    )
    waits: Wait | None = None
    for name, limit, tally in scopes:
        if limit is None or tally.spent + tally.reserved + wanted <= limit:
            continue
        if tally.spent + wanted > limit:
            return Refuse(name, limit, tally.spent)
        waits = waits or Wait(name)
    return waits or Fit()
