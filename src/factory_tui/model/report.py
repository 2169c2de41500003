"""The morning page: what a batch came to, in the order in which the operator needs it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from factory_tui.model.failure import FailureClass
from factory_tui.model.money import NOTHING, MicroUsd
from factory_tui.model.question import AgentQuestion
from factory_tui.model.run import HoldReason, RunState


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)


class Outcome(_Part):
    """One run of the batch."""

    run: str
    spec: str
    title: str
    state: RunState
    attempts: int
    """Attempts made."""
    cost: MicroUsd
    seconds: float | None
    """Wall time of the run; None when it never started."""
    why: str = ""
    failure_class: FailureClass | None = None
    """Of the run as a whole, as it holds now."""
    failure: int | None = None
    """Number of that failure record."""
    rules: tuple[str, ...] = ()
    passed: int = 0
    """Scenarios of the last attempt that passed."""
    total: int = 0
    branch: str | None = None
    commit: str | None = None
    hold: HoldReason | None = None
    question: AgentQuestion | None = None
    remedy: str = ""
    """What moves a stopped run."""
    escaped: str = ""
    """Why a shipped run was marked as an escaped defect."""


class Spend(_Part):
    """Money of one span against its cap."""

    name: str
    """`batch`, `day`."""
    spent: MicroUsd
    cap: MicroUsd | None


class ClassCount(_Part):
    """Runs of the batch that failed with a class, and those of the batch before."""

    failure_class: FailureClass
    runs: int
    before: int


class Decision(_Part):
    """One thing that waits for the operator."""

    what: str
    """Names the run, spec or amendment and what is to be decided."""
    why: str
    command: str
    """The command that does it, without the program's name."""
    key: str = ""
    """Screen and key that do the same, such as `2 u`."""


class Change(_Part):
    """A spec whose last outcome differs from that of an earlier batch."""

    spec: str
    before: RunState | None
    """None: it never ran before."""
    after: RunState


class Symptom(_Part):
    """A line of the diagnosis: what the history shows, and what to do about it."""

    symptom: str
    signal: str
    """The figures behind it."""
    advice: str


class EscapeRate(_Part):
    """Shipped runs that were wrong, of all that shipped, in the whole history."""

    shipped: int
    escaped: int
    low: float
    high: float
    """Wilson 95 % interval of the rate, 0 to 1; 0 and 1 without a shipped run."""


class Report(_Part):
    """Everything about one batch."""

    factory: str
    batch: str
    started: datetime
    finished: datetime | None
    """None while it runs."""
    previous: str | None = None
    """The batch before."""
    outcomes: tuple[Outcome, ...] = ()
    """Every run of the batch, in the order of the board."""
    spend: tuple[Spend, ...] = ()
    cost_before: MicroUsd = NOTHING
    """Of the previous batch."""
    classes: tuple[ClassCount, ...] = ()
    decisions: tuple[Decision, ...] = ()
    """What needs the operator, most urgent first."""
    changes: tuple[Change, ...] = ()
    diagnosis: tuple[Symptom, ...] = ()
    escapes: EscapeRate
    unattended: float | None = None
    """Share of the finished runs that shipped without a human touch; None without one."""

    def of(self, *states: RunState) -> tuple[Outcome, ...]:
        """The outcomes in one of these states."""
        return tuple(each for each in self.outcomes if each.state in states)
