"""What an evaluation observed: evidence, results per scenario, and the verdict of the gate."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from factory_tui.model.run import Verdict
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

    @property
    def is_limit(self) -> bool:
        """True when a non-functional limit was missed and nothing else."""
        return self.check == "within"


class Trial(_Frozen):
    """One pass through the steps of a scenario."""

    result: Result
    seconds: float
    evidence: tuple[Evidence, ...] = ()


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
