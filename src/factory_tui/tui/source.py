"""The door between the screens and the world: views to show, commands to give, news of changes.

Screens know this Protocol only. `live.LiveSource` reads files, the database and the engine; the tests bring their
own, and both pass the same contract.
"""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Flag, auto
from pathlib import Path
from typing import Protocol

from factory_tui.control.protocol import EscapeAnswer
from factory_tui.model.amendment import AmendmentRecord, RecurringGroup
from factory_tui.model.estimate import Advice
from factory_tui.model.failure import FailureClass, FailureRecord
from factory_tui.model.finding import Finding
from factory_tui.model.money import MicroUsd
from factory_tui.model.readback import ReadBack, ReadBackPlan, ReadBackQuestion
from factory_tui.model.report import Report
from factory_tui.model.spec import Kind, Question, Status
from factory_tui.model.trace import TraceRow
from factory_tui.model.version import ItemChange, VersionView
from factory_tui.model.views import (
    BatchSummary,
    EngineInfo,
    FailureGroup,
    Holding,
    LogLine,
    RunRow,
    RunView,
    SpecRow,
)
from factory_tui.report.estimate import Expected


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
    TEMPLATES = auto()


EVERYTHING = Topic.SPECS | Topic.RUNS | Topic.LOG | Topic.FAILURES | Topic.ENGINE | Topic.TEMPLATES


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
    holding: Holding | None = None
    """Set while the provider refuses calls: live rows wait, and go on by themselves."""
    paused: bool = False
    """The engine starts no further run."""


@dataclass(frozen=True, slots=True)
class AmendmentView:
    """An amendment as the operator decides on it."""

    record: AmendmentRecord
    diff: tuple[str, ...] = ()
    """Unified diff of the template file as it would change, without line ends; of what was changed, once accepted."""
    failures: tuple[FailureRecord, ...] = ()
    """The records behind it, newest first."""
    stale: str = ""
    """Why it can no longer be accepted as it is; empty otherwise."""


@dataclass(frozen=True, slots=True)
class LessonsView:
    """What recurring failures teach."""

    recurring: tuple[RecurringGroup, ...] = ()
    """Groups beyond the thresholds of `[feedback]`, largest first."""
    amendments: tuple[AmendmentView, ...] = ()
    """Proposed ones first, then the decided ones, newest first."""
    problem: str = ""
    """Why nothing can be proposed or accepted now: a template that cannot be read."""


@dataclass(frozen=True, slots=True)
class SpecText:
    """A spec file as it was read for editing."""

    text: str
    """With line ends as in the file."""
    kind: Kind
    """Whose template guides; `feature` when the front matter is broken."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Text of a spec that was typed and not saved."""

    text: str
    seen: str
    """What the file held when the typing began."""
    when: datetime
    """Aware UTC."""


@dataclass(frozen=True, slots=True)
class Exemplar:
    """A spec that shipped with its first attempt: what a good answer looks like."""

    spec: str
    title: str
    answers: Mapping[Question, str]
    """Body of each section, clean, with line ends."""


@dataclass(frozen=True, slots=True)
class ReadBackView:
    """A read-back beside the text that it is about."""

    read: ReadBack
    """With the answers that stand in the text, and the lines on which its quotes stand there."""
    current: bool
    """It read the version that the text is."""


class SpecChanged(SourceError):
    """The file on disk is not the one that was read: somebody else saved it, renamed it or deleted it.

    Args:
        what: what happened.
        todo: what to do about it.
        theirs: what the file holds now; None when it is gone.
    """

    def __init__(self, what: str, todo: str, theirs: str | None) -> None:
        super().__init__(what, todo)
        self.theirs = theirs


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

    async def lessons(self) -> LessonsView:
        """Recurring failures and the amendments they propose."""
        ...

    async def report(self, batch: str | None = None) -> Report | None:
        """Of a batch, or of the newest; None when there is none."""
        ...

    async def plan(self, among: Collection[str] | None = None) -> BatchPlan:
        """What a batch would do: of everything that is Ready, or of these specs."""
        ...

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

    # Editing

    async def read_spec(self, spec: str) -> SpecText: ...

    async def check_spec(self, spec: str, text: str) -> tuple[Finding, ...]:
        """Findings on the text as if it were saved, its scenarios included, in the order of the file."""
        ...

    async def guidance(self, kind: Kind) -> Mapping[Question, str]:
        """What the template of a kind says about each question: one paragraph, plain text."""
        ...

    async def save_spec(self, spec: str, text: str, seen: str) -> None:
        """Replace the file as a whole, if it still holds `seen` (empty: if there is none). Raises `SpecChanged`."""
        ...

    async def draft(self, spec: str) -> Draft | None:
        """What was kept of an editor that ended without saving; None when there is nothing, or nothing else."""
        ...

    async def keep_draft(self, spec: str, text: str, seen: str) -> None:
        """Keep unsaved text, so that it outlives this process."""
        ...

    async def drop_draft(self, spec: str) -> None: ...

    async def set_aside(self, spec: str, text: str, whose: str) -> str:
        """Keep a text that another one takes the place of; where, for the operator. `whose` is `mine` or `theirs`."""
        ...

    async def create_spec(self, spec: str, kind: Kind) -> None:
        """A new draft from the template of its kind."""
        ...

    async def trace(self, spec: str, text: str) -> tuple[TraceRow, ...]:
        """Rules × evaluation × scenarios of the text as if it were saved, in the order of the rules."""
        ...

    async def taken_ids(self, spec: str) -> frozenset[str]:
        """Ids that nothing new may have: of items that earlier versions had, and of rules that scenarios cover."""
        ...

    async def exemplar(self, kind: Kind, without: str) -> Exemplar | None:
        """The newest spec of a kind, not `without`, that shipped with its first attempt; None when there is none."""
        ...

    # Deciding what to build

    async def change_specs(self, changes: Sequence[SpecChange], progress: Callable[[int], None]) -> ChangedSpecs:
        """Change each spec that may be changed; the rest is told. `progress` hears how many have been dealt with."""
        ...

    async def set_priority(self, spec: str, priority: int) -> None:
        """0 is the highest, 4 the lowest."""
        ...

    async def advice(self) -> tuple[Advice, ...]:
        """Which work suits the factory, by category and agent, from what became of it."""
        ...

    async def versions(self, spec: str) -> tuple[VersionView, ...]:
        """Every version that became Ready, oldest first, with its results."""
        ...

    async def version_diff(self, spec: str, before: str, after: str) -> tuple[ItemChange, ...]:
        """What changed from one version to another (hashes), item by item; an empty hash is the file as it is now."""
        ...

    # Reading back

    async def plan_read_back(self, spec: str) -> ReadBackPlan:
        """What a read-back of the file would mean now; starts the engine, asks no model."""
        ...

    async def read_back(self, spec: str, *, fresh: bool = False) -> ReadBack:
        """Have a model tell the spec in its own words: what is recorded for its version, unless `fresh`.

        Takes up to some minutes, costs a call, starts the engine. It goes on when nobody waits for it any more.
        """
        ...

    async def last_read_back(self, spec: str, text: str | None = None) -> ReadBackView | None:
        """The newest one, whatever version it read, beside `text`; without it, beside the file."""
        ...

    async def answer_read_back(self, spec: str, question: ReadBackQuestion, answer: str) -> bool:
        """Write an answer into the file, below its section; True when that made a Ready spec a draft again."""
        ...

    async def with_answer(self, spec: str, text: str, question: ReadBackQuestion, answer: str) -> str:
        """`text` with an answer below its section. Raises `SourceError` when it has no such section."""
        ...

    # Running

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

    async def escape(self, run: str, reason: str) -> EscapeAnswer:
        """Mark a shipped run as wrong: it is reverted, filed, and a scenario is asked for."""
        ...

    async def pause(self, paused: bool) -> None:
        """Have the engine start no further run, or go on."""
        ...

    # Learning

    async def classify(self, failure: int, failure_class: FailureClass, reason: str = "") -> None:
        """The operator's class of a failure record."""
        ...

    async def propose(self) -> int:
        """Look for recurring failures now; how many new amendments there are."""
        ...

    async def accept(self, amendment: int) -> str:
        """The template version that has it, such as `feature@2`."""
        ...

    async def reject(self, amendment: int, reason: str) -> None: ...

    async def close(self) -> None: ...
