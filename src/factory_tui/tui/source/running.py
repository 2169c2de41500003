"""Running specs: the engine, its batches, and the runs that wait for the operator."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from factory_tui.control.protocol import EscapeAnswer
from factory_tui.model.money import MicroUsd
from factory_tui.model.views import EngineInfo
from factory_tui.report.estimate import Expected


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
    unchanged: int = 0
    """Ready specs that are left out: nothing changed since their last run."""
    not_ready: int = 0
    """Of the specs that were asked for: left out."""
    expected: Expected | None = None
    """What the specs would come to, as far as there is history."""


@dataclass(frozen=True, slots=True)
class Queued:
    """What the engine took and what it refused."""

    runs: tuple[str, ...]
    refused: tuple[tuple[str, str], ...] = field(default=())
    """Spec and reason."""


class Running(Protocol):
    """What the engine carries out."""

    async def connect(self, *, start: bool) -> EngineInfo | None:
        """The engine, or None when none runs; with `start` it is started first, unless read-only."""
        ...

    async def plan(self, among: Collection[str] | None = None) -> BatchPlan:
        """What a batch would do: of everything that is Ready, or of these specs."""
        ...

    async def start_batch(self, specs: Sequence[str] = ()) -> Queued:
        """Queue these specs, or every Ready one whose version has no outcome yet; starts an engine when none runs."""
        ...

    async def cancel(self, run: str) -> None: ...

    async def retry(self, run: str) -> str:
        """The run that takes it up again: the same one when it was held, else a new one."""
        ...

    async def answer(self, run: str, answer: str, question: str) -> str:
        """Write the answer to a held run's question into its spec, if it still asks that; the run that takes it up."""
        ...

    async def decide(self, run: str, meets: bool, reason: str) -> str:
        """Rule on the rubrics that the judges of a held run could not decide; the run that is judged again."""
        ...

    async def escape(self, run: str, reason: str) -> EscapeAnswer:
        """Mark a shipped run as wrong: it is reverted, filed, and a scenario is asked for."""
        ...

    async def pause(self, paused: bool) -> None:
        """Have the engine start no further run, or go on."""
        ...
