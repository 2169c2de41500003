"""The morning page: what a batch came to, in the order in which the operator needs it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from factory_tui.model.evaluation import Measure
from factory_tui.model.evidence_views import Gap, Satisfaction
from factory_tui.model.failure import FailureClass
from factory_tui.model.money import NOTHING, MicroUsd
from factory_tui.model.question import AgentQuestion
from factory_tui.model.run import HoldReason, RunState


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)


class Outcome(_Part):
    """One run of the batch."""

    run: str
    """Id of the run."""
    spec: str
    """Id of its spec."""
    title: str
    """Title of the spec as it was built."""
    state: RunState
    """Where the run stands."""
    attempts: int
    """Attempts made."""
    cost: MicroUsd
    """Of all its attempts."""
    seconds: float | None
    """Wall time of the run; None when it never started."""
    why: str = ""
    """Why it failed, is held or was stopped."""
    failure_class: FailureClass | None = None
    """Of the run as a whole, as it holds now."""
    failure: int | None = None
    """Number of that failure record."""
    rules: tuple[str, ...] = ()
    """Rules of the spec that were missed."""
    passed: int = 0
    """Scenarios of the last attempt that passed."""
    total: int = 0
    """Scenarios of the last attempt."""
    branch: str | None = None
    """Branch that holds the artifact."""
    commit: str | None = None
    """Commit that was shipped."""
    hold: HoldReason | None = None
    """What it waits for."""
    question: AgentQuestion | None = None
    """What the agent asks."""
    remedy: str = ""
    """What moves a stopped run."""
    escaped: str = ""
    """Why a shipped run was marked as an escaped defect."""


class Spend(_Part):
    """Money of one span against its cap."""

    name: str
    """`batch`, `day`, and `read-backs`: what of the day went to those, when there were any."""
    spent: MicroUsd
    """So far."""
    cap: MicroUsd | None
    """Null without one."""


class ClassCount(_Part):
    """Runs of the batch that failed with a class, and those of the batch before."""

    failure_class: FailureClass
    """Class of the taxonomy."""
    runs: int
    """In this batch."""
    before: int
    """In the batch before."""


class Decision(_Part):
    """One thing that waits for the operator."""

    what: str
    """Names the run, spec or amendment and what is to be decided."""
    why: str
    """Why it waits."""
    command: str
    """The command that does it, without the program's name."""
    key: str = ""
    """Screen and key that do the same, such as `2 u`."""


class Change(_Part):
    """A spec whose last outcome differs from that of an earlier batch."""

    spec: str
    """Id of the spec."""
    before: RunState | None
    """None: it never ran before."""
    after: RunState
    """Its outcome in this batch."""


class Symptom(_Part):
    """A line of the diagnosis: what the history shows, and what to do about it."""

    symptom: str
    """What the operator feels."""
    signal: str
    """The figures behind it."""
    advice: str
    """What helps."""


class EscapeRate(_Part):
    """Shipped runs that were wrong, of all that shipped, in the whole history."""

    shipped: int
    """Runs that ever shipped."""
    escaped: int
    """Those that turned out wrong."""
    low: float
    """Lower end of the interval."""
    high: float
    """Wilson 95 % interval of the rate, 0 to 1; 0 and 1 without a shipped run."""


class QualityRow(_Part):
    """One quality of what a run built, as its last attempt showed it."""

    run: str
    """Id of the run."""
    spec: str
    """Id of its spec."""
    scenario: str
    """The scenario that states it."""
    measure: Measure
    """What was found, and the limit."""


class Qualities(_Part):
    """How what was built behaves beside what it does, apart from what its scenarios say of that."""

    measured: int
    """Measures of the last attempts of this batch."""
    held: int
    """Those of them that kept to their limits."""
    missed: tuple[QualityRow, ...] = ()
    """Those that did not; the farthest beyond its limit first."""
    closest: tuple[QualityRow, ...] = ()
    """A few of those that held, the closest to its limit first."""


class Trust(_Part):
    """How far the evidence of the scenarios carries."""

    gate: Satisfaction
    """Of the scenarios that decide, in this batch."""
    reserve: Satisfaction
    """Of those that agents hear nothing about, in this batch."""
    gap: Gap | None = None
    """Gate minus reserve over the whole history; null until both were judged on one artifact."""
    flaky: tuple[str, ...] = ()
    """Scenarios of this batch whose trials disagreed, as `spec/scenario`."""


class Report(_Part):
    """Everything about one batch."""

    factory: str
    """Name of the workspace."""
    batch: str
    """Id of the batch."""
    started: datetime
    """When it was opened."""
    finished: datetime | None
    """None while it runs."""
    previous: str | None = None
    """The batch before."""
    outcomes: tuple[Outcome, ...] = ()
    """Every run of the batch, in the order of the board."""
    spend: tuple[Spend, ...] = ()
    """Money against caps."""
    cost_before: MicroUsd = NOTHING
    """Of the previous batch."""
    classes: tuple[ClassCount, ...] = ()
    """Failed runs by class."""
    decisions: tuple[Decision, ...] = ()
    """What needs the operator, most urgent first."""
    changes: tuple[Change, ...] = ()
    """Specs whose outcome is another than before."""
    diagnosis: tuple[Symptom, ...] = ()
    """What the history says about specs and agents."""
    escapes: EscapeRate
    """How often a shipped run was wrong."""
    quality: Qualities | None = None
    """Qualities of what was built; null when none was measured."""
    trust: Trust | None = None
    """Null when nothing was judged in the batch."""
    unattended: float | None = None
    """Share of the finished runs that shipped without a human touch; None without one."""

    def of(self, *states: RunState) -> tuple[Outcome, ...]:
        """The outcomes in one of these states."""
        return tuple(each for each in self.outcomes if each.state in states)
