"""Deciding what to build: the status and the priority of specs, one or hundreds, and what suits the factory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from factory_tui.model.estimate import Advice
from factory_tui.model.spec import Status


@dataclass(frozen=True, slots=True)
class SpecChange:
    """What a spec file is to say of itself from now on; None leaves it as it is."""

    spec: str
    status: Status | None = None
    priority: int | None = None
    """0 is the highest, 4 the lowest."""


@dataclass(frozen=True, slots=True)
class RefusedChange:
    """A spec that stayed as it was."""

    spec: str
    what: str
    todo: str = ""


@dataclass(frozen=True, slots=True)
class ChangedSpecs:
    """What became of specs that were to be changed together."""

    done: tuple[str, ...] = ()
    refused: tuple[RefusedChange, ...] = ()


class Deciding(Protocol):
    """What spec files say of themselves."""

    async def set_status(self, spec: str, status: Status) -> None:
        """Raises `SourceError` with the first finding when the spec cannot be Ready."""
        ...

    async def set_priority(self, spec: str, priority: int) -> None:
        """0 is the highest, 4 the lowest."""
        ...

    async def change_specs(self, changes: Sequence[SpecChange], progress: Callable[[int], None]) -> ChangedSpecs:
        """Change each spec that may be changed; the rest is told. `progress` hears how many have been dealt with."""
        ...

    async def advice(self) -> tuple[Advice, ...]:
        """Which work suits the factory, by category and agent, from what became of it."""
        ...
