"""What screens and listings show. Read from the store or from files; widgets know these and nothing deeper.

All text that came from outside (agent, spec, scenario, file names) is already cleaned of control
sequences: see `model.foreign`.
"""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from factory_tui.model.binding import Binding
from factory_tui.model.estimate import Estimate
from factory_tui.model.evaluation import Feedback, ScenarioResult
from factory_tui.model.failure import FailureClass, FailureRecord
from factory_tui.model.finding import Finding
from factory_tui.model.money import NOTHING, MicroUsd
from factory_tui.model.question import AgentQuestion
from factory_tui.model.run import HoldReason, RunState
from factory_tui.model.spec import Category, Kind, Status


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)


class SpecRow(_View):
    """A line of the triage list."""

    id: str
    title: str
    status: Status | None
    """None when the front matter is broken."""
    kind: Kind | None
    category: Category | None
    priority: int = 2
    errors: int
    warnings: int
    findings: tuple[Finding, ...]
    scenarios: int
    rules: int
    covered_rules: int
    """Rules with at least one scenario."""
    version: str = ""
    """Content hash of the file; a run is bound to one."""
    last_version: str = ""
    """Of the last run."""
    last_run: str | None = None
    last_state: RunState | None = None
    escaped: str = ""
    """Why the last run, which shipped, was marked as an escaped defect."""
    cost: MicroUsd = NOTHING
    """Of all runs of this spec."""
    runs: int = 0
    revisions: int = 0
    """Versions that became Ready so far."""
    depends_on: tuple[str, ...] = ()
    """Specs that have to ship first."""
    agent: str = ""
    """Profile that would build it."""
    template: str = ""
    """Template version that it was written against."""
    estimate: Estimate = Estimate(n=0)
    """What a run would cost and take, and its chance to ship, from history."""
    unsaved: bool = False
    """Text was typed in the control room and not saved."""

    @property
    def has_run_as_it_is(self) -> bool:
        """Nothing changed since its last run: a batch of everything that is Ready leaves it out."""
        return self.last_run is not None and bool(self.version) and self.version == self.last_version


class RunRow(_View):
    """A workstream as the board shows it."""

    run: str
    batch: str
    spec: str
    title: str
    state: RunState
    attempt: int
    attempts: int
    """Allowed attempts."""
    queued: datetime
    started: datetime | None = None
    finished: datetime | None = None
    turns: int = 0
    max_turns: int = 0
    cost: MicroUsd = NOTHING
    cap: MicroUsd | None = None
    scenarios_passed: int = 0
    scenarios_done: int = 0
    scenarios_total: int = 0
    last_action: str = ""
    """Last tool call or stage, one line."""
    why: str = ""
    """Why the run is not running: the hold reason, the failure class, what it waits for."""
    hold: HoldReason | None = None
    remedy: str = ""
    """What moves a stopped run, in words (key or command)."""
    branch: str | None = None
    awaits: tuple[str, ...] = ()
    """Specs that still have to ship before this queued run starts."""
    usual_seconds: float | None = None
    """Median wall time of finished runs of the same spec, if any."""
    question: AgentQuestion | None = None
    """What the agent asks, while the run is held with it."""
    escaped: str = ""
    """Why the operator marked a shipped run as an escaped defect."""

    @property
    def needs_me(self) -> bool:
        return self.state in (RunState.HELD, RunState.ERROR)


class BatchSummary(_View):
    """A batch in numbers."""

    batch: str
    started: datetime
    finished: datetime | None
    queued: int
    running: int
    shipped: int
    failed: int
    held: int
    cancelled: int
    error: int
    cost: MicroUsd
    cap: MicroUsd | None


class LogLine(_View):
    """One line of a run's live log, made of one event or of one line of a tool's output."""

    seq: int
    ts: datetime
    kind: str
    """Event type, or `output` for a tool's output."""
    text: str


class AttemptView(_View):
    """One attempt of a run."""

    attempt: int
    started: datetime
    finished: datetime | None
    end: str | None
    """How the agent's work ended: done, budget, stuck, turns, deadline, provider, cancelled, error."""
    verdict: str | None
    cost: MicroUsd
    turns: int
    scenarios: tuple[ScenarioResult, ...]
    binding: Binding | None = None
    """What its verdict is bound to; None when nothing was judged."""
    reason: str = ""
    """Why the verdict is no plain pass."""


class Disclosure(_View):
    """Words about an evaluation, or of a scenario, that reached an agent: feedback, or a burn."""

    ts: datetime
    attempt: int | None
    """After which, or in which; None outside of any."""
    feedback: Feedback | None = None
    """What an agent was told between two attempts."""
    scenario: str = ""
    """Burned scenario."""
    route: str = ""
    """How it reached the agent."""
    why: str = ""


class RunView(_View):
    """Everything about one run, for `show` and the run screen."""

    row: RunRow
    spec_hash: str
    suite_hash: str | None
    base_commit: str | None
    artifact_hash: str | None
    image: str | None
    commit: str | None
    attempts: tuple[AttemptView, ...]
    failures: tuple[FailureRecord, ...]
    constraints: tuple[tuple[str, str], ...] = ()
    """Constraint specs that it was built and judged under, each with its version."""
    twins: dict[str, str] = {}
    """Twins that it was built and judged with, each with the SHA-256 of its definition."""
    disclosures: tuple[Disclosure, ...] = ()
    """All that an agent was told of its evaluation, and every scenario that it got to see; oldest first."""


class FailureGroup(_View):
    """A class of the taxonomy with its records, for the tree."""

    failure_class: FailureClass
    count: int
    specs: int
    records: tuple[FailureRecord, ...]
    share: float = 0.0
    """Part of all records, 0 to 1."""
    this_batch: int = 0
    """Records of the newest batch."""
    last_batch: int | None = 0
    """Records of the batch before it, which makes the trend; None when there was none."""


class Holding(_View):
    """The provider refuses calls for a while; every workstream waits, and goes on by itself."""

    since: datetime
    until: datetime | None
    """None when the provider does not say; the engine asks again from time to time."""
    why: str


class EngineInfo(_View):
    """The engine of a workspace, as it introduces itself."""

    pid: int
    epoch: int
    started: datetime
    workspace: str
    sandbox: str
    """One line: backend and what it does not give."""
    unsafe: bool
    model: str
    """`twin`, or the host of the API."""
    version: str
