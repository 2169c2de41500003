"""What the engine hands to the store and gets back: a run as a row."""

from dataclasses import dataclass
from datetime import datetime

from factory_tui.model.ids import BatchId, RunId, SpecId
from factory_tui.model.money import MicroUsd
from factory_tui.model.run import HoldReason, RunState


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """A run as it is queued: everything that is fixed from then on."""

    run: RunId
    batch: BatchId
    spec: SpecId
    title: str
    spec_hash: str
    spec_text: str
    """The file as it was when the run was queued; the run is built and judged against this text."""
    target: str
    base: str
    priority: int = 2
    depends_on: tuple[SpecId, ...] = ()
    profile: str = "default"
    model: str = ""
    attempts: int = 1
    """Attempts allowed."""
    cap: MicroUsd | None = None
    run_minutes: float = 60
    max_turns: int = 60
    findings_json: str = "[]"
    """The validator's findings on this version, as JSON."""


@dataclass(frozen=True, slots=True)
class NotReady:
    """Why a run is held as soon as it is queued."""

    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The operator's answer to the question that a run is held with."""

    run: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun(NewRun):
    """A run with what has become of it."""

    state: RunState
    attempt: int
    """The current or last attempt, 1-based; 0 before the first."""
    infrastructure_retries: int
    """Attempts that were not charged since the run was queued."""
    why: str
    hold: HoldReason | None
    remedy: str
    cost: MicroUsd
    """Settled and presumed so far."""
    base_commit: str | None
    image: str | None
    suite_hash: str | None
    artifact_hash: str | None
    commit: str | None
    branch: str | None
    queued: datetime
    started: datetime | None
    finished: datetime | None
    escaped: str | None = None
    """Why the operator marked it as an escaped defect; None when nobody did."""


BINDINGS = frozenset({"base_commit", "image", "suite_hash", "artifact_hash", "commit", "branch", "twins"})
"""What a verdict is bound to: filled in as a run goes along."""
