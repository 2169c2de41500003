"""What an evaluation observed: evidence, results per scenario, and the verdict of the gate."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from factory_tui.model.judgement import Judgement
from factory_tui.model.run import HoldReason, Verdict
from factory_tui.model.scenario import Layer, OnBase, ScenarioKind


class Result(StrEnum):
    """Result of one scenario or trial.

    What the artifact causes (crash, timeout, no answer) is a fail; only a fault of the harness, the
    sandbox or the scenario is an error. Trials that disagree make the scenario flaky.
    """

    PASS = "pass"
    FAIL = "fail"
    ERROR = "error"
    FLAKY = "flaky"
    INCONCLUSIVE = "inconclusive"
    """Every check held, but the judges of its rubric came to no decision: the operator decides."""


class Aspect(StrEnum):
    """What a check is about: what the artifact does, or one quality of how it does it."""

    FUNCTION = "function"
    SPEED = "speed"
    MEMORY = "memory"
    OUTPUT = "output size"
    ERRORS = "error handling"
    IDEMPOTENCE = "idempotence"
    HELP = "help text"
    CHECK = "own check"


LIMITS = frozenset({Aspect.SPEED, Aspect.MEMORY, Aspect.OUTPUT})
"""Qualities that are a number with a limit."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)


class Evidence(_Frozen):
    """One check that did not hold. Never shown to an agent."""

    step: int
    """1-based; 0 is the service or the files, before any step."""
    check: str
    """What was checked, such as `exit`, `stdout contains`, `$.code matches`, `within`."""
    expected: str
    observed: str
    """Cut to a few kilobytes; verbatim otherwise."""
    aspect: Aspect = Aspect.FUNCTION
    """Quality that was missed; `function` for what the artifact does wrong."""

    @property
    def is_limit(self) -> bool:
        """True when a limit on time, memory or size was missed and nothing else."""
        return self.check == "within" or self.aspect in LIMITS

    @property
    def is_quality(self) -> bool:
        """True when what the artifact does is right as far as this check goes."""
        return self.is_limit or self.aspect is not Aspect.FUNCTION


class Measure(_Frozen):
    """One quality as it was found, kept whether it held or not."""

    step: int
    """1-based."""
    aspect: Aspect
    """Which quality it is about; never `function`."""
    name: str
    """What was measured, such as `p95 of 20 calls`; for a check of the operator's its name."""
    holds: bool
    """False when its limit was missed, or what it asks for was not so."""
    value: float | None = None
    """In seconds for speed, in bytes for memory and output size; None for what is no number."""
    limit: float | None = None
    """In the same unit."""


class Observation(_Frozen):
    """What a step showed, kept for the judge of a rubric. Foreign text."""

    step: int
    """1-based."""
    what: str
    """`exit`, `stdout`, `stderr`, `status`, `body`, `screen`, `rows` or `file PATH`."""
    text: str
    """Its beginning; verbatim."""
    cut: str = ""
    """What is missing at its end, such as `1,234 more characters`; empty when it is whole."""


class Trial(_Frozen):
    """One pass through the steps of a scenario."""

    result: Result
    seconds: float
    evidence: tuple[Evidence, ...] = ()
    measures: tuple[Measure, ...] = ()
    observations: tuple[Observation, ...] = ()
    """Only of a scenario that has a judge."""


class ScenarioResult(_Frozen):
    """What all trials of a scenario showed together."""

    id: str
    covers: tuple[str, ...]
    kind: ScenarioKind = ScenarioKind.PRIMARY
    layer: Layer = Layer.GATE
    base: OnBase = OnBase.FAIL
    result: Result
    trials: tuple[Trial, ...]
    sentence: str = ""
    """given … when … then …, for the operator."""
    hash: str = ""
    """Of the scenario; empty in records of older versions."""
    burned: str = ""
    """Why it does not gate: its text reached an agent."""
    judgement: Judgement | None = None
    """What the judges of its rubric said; None without a rubric, and where a check had failed already."""

    @property
    def gates(self) -> bool:
        """Whether the verdict depends on it."""
        return self.layer is Layer.GATE and not self.burned

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Of the first trial that did not pass, else of the last one."""
        failed = next((trial for trial in self.trials if trial.result is not Result.PASS), None)
        shown = failed or (self.trials[-1] if self.trials else None)
        return shown.measures if shown else ()

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Evidence of the first trial that did not pass."""
        return next((trial.evidence for trial in self.trials if trial.result is not Result.PASS), ())


class Evaluation(_Frozen):
    """The verdict on one artifact and everything it is bound to."""

    spec: str
    verdict: Verdict
    reason: str = ""
    """Why the verdict is not a plain pass or fail."""
    scenarios: tuple[ScenarioResult, ...]
    spec_hash: str
    suite_hash: str
    image: str
    """Digest or id of the sandbox image; the name of the local sandbox without one."""
    hold: HoldReason | None = None
    """What a held verdict waits for."""
    twins: dict[str, str] = {}
    """Twin → SHA-256 (hex) of its definition."""
    judge: str = ""
    """Model that judged rubrics; empty without any."""
    base_commit: str | None = None
    artifact_hash: str | None = None
    setup_failed: str | None = None
    """Output of the set-up command that failed; the scenarios were not run then."""


class RuleStatus(StrEnum):
    """All that an agent is told about a rule after an attempt."""

    SATISFIED = "satisfied"
    NOT_SATISFIED = "not satisfied"
    PARTLY = "partly satisfied"


class Feedback(_Frozen):
    """Redacted result of an attempt: the only words about an evaluation that reach an agent."""

    rules: tuple[tuple[str, RuleStatus], ...]
    """Rule id and status, in the order of the spec."""
    passed: int
    """Gate scenarios that passed."""
    total: int
    set_up_failed: bool = False
    nothing_delivered: bool = False
