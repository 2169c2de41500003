"""The door between the screens and the world: views to show, commands to give, news of changes.

Screens know this Protocol only. `live.LiveSource` reads files, the database and the engine; the tests bring their
own, and both pass the same contract.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from enum import Flag, auto
from pathlib import Path
from typing import Protocol

from factory_tui.model.money import MicroUsd
from factory_tui.model.spec import Status
from factory_tui.model.views import BatchSummary, EngineInfo, FailureGroup, LogLine, RunRow, RunView, SpecRow


class SourceError(Exception):
    """Something the operator asked for did not work.

    Args:
        what: what happened, and where.
        todo: what to do about it.
    """

    def __init__(self, what: str, todo: str = "") -> None:
        super().__init__(what)
        self.what, self.todo = what, todo


class Topic(Flag):
    """What a change touches, so that a screen asks again only for what it shows."""

    NOTHING = 0
    SPECS = auto()
    RUNS = auto()
    LOG = auto()
    FAILURES = auto()
    ENGINE = auto()


EVERYTHING = Topic.SPECS | Topic.RUNS | Topic.LOG | Topic.FAILURES | Topic.ENGINE


@dataclass(frozen=True, slots=True)
class Change:
    """News. Several may be merged into one; what is shown is asked for afterwards."""

    topics: Topic = Topic.NOTHING
    progress: str | None = None
    """One line about a long operation, such as building the sandbox image."""
    needs_me: str | None = None
    """One line for a bell: a run waits for the operator, or the batch has finished."""


@dataclass(frozen=True, slots=True)
class BoardView:
    rows: tuple[RunRow, ...] = ()
    batch: BatchSummary | None = None


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """What `run all Ready specs` would do, for the question before it."""

    specs: tuple[str, ...]
    parallel: int
    attempts: int
    run_cap: MicroUsd | None
    """The lowest cap that holds for every run; a spec's own budget may be lower still."""
    batch_cap: MicroUsd | None
    day_cap: MicroUsd | None
    charged: bool
    """False when the twin answers: nothing is paid."""
    with_errors: tuple[str, ...] = ()
    """Ready specs that are queued and held at once, for their errors."""


@dataclass(frozen=True, slots=True)
class Queued:
    """What the engine took and what it refused."""

    runs: tuple[str, ...]
    refused: tuple[tuple[str, str], ...] = field(default=())
    """Spec and reason."""


class Source(Protocol):
    """Views and commands. Every method may raise `SourceError`; texts in views are clean."""

    @property
    def name(self) -> str:
        """Name of the factory, for the top line."""
        ...

    @property
    def read_only(self) -> bool: ...

    async def specs(self) -> tuple[SpecRow, ...]: ...

    async def board(self) -> BoardView: ...

    async def run(self, run: str) -> RunView | None:
        """None when there is no such run."""
        ...

    async def log(self, run: str, after: int) -> tuple[LogLine, ...]:
        """The next lines after sequence number `after`, oldest first; empty at the end."""
        ...

    async def failures(self) -> tuple[FailureGroup, ...]: ...

    async def plan(self) -> BatchPlan: ...

    async def connect(self, *, start: bool) -> EngineInfo | None:
        """The engine, or None when none runs; with `start` it is started first, unless read-only."""
        ...

    def changes(self) -> AsyncIterator[Change]:
        """News without end; survives an engine that goes away and comes back."""
        ...

    async def set_status(self, spec: str, status: Status) -> None:
        """Raises `SourceError` with the first finding when the spec cannot be Ready."""
        ...

    def spec_file(self, spec: str) -> Path: ...

    async def start_batch(self) -> Queued:
        """Queue every Ready spec whose version has no outcome yet; the engine is started when none runs."""
        ...

    async def cancel(self, run: str) -> None: ...

    async def retry(self, run: str) -> str:
        """The run that takes it up again: the same one when it was held, else a new one."""
        ...

    async def close(self) -> None: ...
