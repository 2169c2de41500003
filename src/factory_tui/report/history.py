"""What a report is made from: facts about a batch as the history has them. Text in here is already clean."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from factory_tui.model.amendment import AmendmentRecord
from factory_tui.model.failure import FailureClass
from factory_tui.model.money import NOTHING, MicroUsd
from factory_tui.model.report import QualityRow, Spend
from factory_tui.model.run import RunState
from factory_tui.model.spec import Question
from factory_tui.model.tally import Tally
from factory_tui.model.views import RunRow


@dataclass(frozen=True, slots=True)
class FailureFacts:
    """A failure record of a run's last attempt, with the class that holds now."""

    number: int
    failure_class: FailureClass
    is_of_run: bool
    """About the run as a whole, not about one of its scenarios."""
    rules: tuple[str, ...]
    section: Question | None
    cause: str = ""
    """Of a record about the run as a whole."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A run and how it ended."""

    row: RunRow
    commit: str | None = None
    failures: tuple[FailureFacts, ...] = ()
    """Of the last attempt, oldest first; of a shipped run only what escaped."""
    touched: bool = False
    """A human retried it, answered its question, classified its failure, or ran its spec anew."""

    @property
    def failure(self) -> FailureFacts | None:
        """The record about the run as a whole."""
        return next((each for each in reversed(self.failures) if each.is_of_run), None)


@dataclass(frozen=True, slots=True)
class Passed:
    """Scenarios of one layer that passed in the last attempts of shipped runs."""

    passed: int = 0
    total: int = 0

    @property
    def rate(self) -> float:
        return self.passed / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Earlier:
    """The batch before."""

    batch: str
    cost: MicroUsd = NOTHING
    shipped: int = 0
    classes: Mapping[FailureClass, int] = field(default_factory=dict)
    """Runs that failed, by class."""


@dataclass(frozen=True, slots=True)
class Escaped:
    """A run marked as an escaped defect whose suite has not changed since."""

    run: str
    spec: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything about one batch, and what of the rest it is compared with."""

    batch: str
    started: datetime
    finished: datetime | None
    runs: tuple[RunFacts, ...] = ()
    """In the order of the board."""
    spend: tuple[Spend, ...] = ()
    earlier: Earlier | None = None
    outcomes_before: Mapping[str, RunState] = field(default_factory=dict)
    """Spec → its newest outcome in earlier batches."""
    left_over: tuple[RunRow, ...] = ()
    """Held runs of earlier batches; empty unless this batch is the newest."""
    proposed: tuple[AmendmentRecord, ...] = ()
    """Amendments that wait; empty unless this batch is the newest."""
    uncovered: tuple[Escaped, ...] = ()
    """Escaped defects that no scenario catches yet; empty unless this batch is the newest."""
    shipped_ever: int = 0
    escaped_ever: int = 0
    measures: tuple[QualityRow, ...] = ()
    """Of the last attempts of its runs."""
    tallies: tuple[Tally, ...] = ()
    """Of every evaluation there was, oldest first."""
    gate: Passed = Passed()
    reserve: Passed = Passed()
    versions: Mapping[str, int] = field(default_factory=dict)
    """Spec → how many of its versions ran up to the first that shipped, which was in this batch or is yet to come."""


def newest_of_each_spec(rows: Iterable[RunRow]) -> dict[str, RunRow]:
    """Spec → the last of its runs, whatever the order of the rows."""
    return {row.spec: row for row in sorted(rows, key=lambda each: (each.queued, each.run))}
