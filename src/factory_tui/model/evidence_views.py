"""What the scenarios room shows: each scenario with what makes it evidence, and what it showed so far.

All text that came from outside is already cleaned of control sequences: see `model.foreign`.
"""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from factory_tui.model.evaluation import Result, ScenarioResult
from factory_tui.model.finding import Finding
from factory_tui.model.mutation import MutationReport
from factory_tui.model.scenario import Layer, OnBase, ScenarioKind


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)


class Satisfaction(_View):
    """How often what was built did what a scenario, or several, describe."""

    passed: int = 0
    """Trials that passed."""
    trials: int = 0
    """Trials that were made."""
    low: float = 0.0
    """Lower end of the 95 % interval (Wilson) of passed / trials."""
    high: float = 1.0
    """Upper end of it."""
    evaluations: int = 0
    """Artifacts that were judged."""
    flaky: int = 0
    """Evaluations in which trials of one scenario disagreed."""
    k: int = 1
    """Trials that one evaluation asks for."""
    pass_k: float | None = None
    """Chance that `k` trials of the same artifact all pass, estimated without bias; None without enough trials."""

    @property
    def share(self) -> float | None:
        return self.passed / self.trials if self.trials else None


class Gap(_View):
    """Gate minus reserve on the same artifacts: what passes where it is told about, and not beside it."""

    value: float
    """Difference of the two shares, -1 to 1."""
    low: float
    """Lower end of its 95 % interval (Newcombe)."""
    high: float
    """Upper end of it."""
    evaluations: int
    """Artifacts that both layers judged."""

    @property
    def is_overfitting(self) -> bool:
        """The gate is passed more often than the reserve, by more than chance explains."""
        return self.low > 0


class Admitted(StrEnum):
    """Whether a scenario has shown that it can fail."""

    YES = "admitted"
    NO = "refused"
    UNKNOWN = "not tried"


class Seen(_View):
    """What a scenario showed in one evaluation."""

    run: str
    attempt: int
    when: datetime | None
    result: ScenarioResult


class ScenarioRow(_View):
    """A scenario and how far it can be trusted."""

    spec: str
    id: str
    path: str
    hash: str
    covers: tuple[str, ...]
    kind: ScenarioKind
    layer: Layer
    base: OnBase
    sentence: str
    """given … when … then …"""
    findings: tuple[Finding, ...] = ()
    """What the validator says about its file."""
    admitted: Admitted = Admitted.UNKNOWN
    admission: str = ""
    """Why it was refused."""
    burned: str = ""
    """Why it gates nothing any more; empty otherwise."""
    satisfaction: Satisfaction = Satisfaction()
    """Of this version of it."""
    last: Result | None = None
    last_run: str | None = None

    @property
    def needs_me(self) -> bool:
        return bool(self.burned) or self.admitted is Admitted.NO or self.last in (Result.FLAKY, Result.ERROR)


class EvaluationItem(_View):
    """What a spec says of how one or several of its rules are shown: what a scenario can be made of."""

    id: str
    """`E2`."""
    covers: tuple[str, ...]
    """Ids of rules."""
    text: str


class SuiteRow(_View):
    """The suite of a spec."""

    spec: str
    title: str
    hash: str
    rules: tuple[tuple[str, str], ...]
    """Id and text of each rule of the spec, in its order."""
    items: tuple[EvaluationItem, ...] = ()
    """Of its EVALUATION, in order."""
    scenarios: tuple[ScenarioRow, ...]
    findings: tuple[Finding, ...] = ()
    """About the suite as a whole, and about files that could not be read."""
    gate: Satisfaction = Satisfaction()
    reserve: Satisfaction = Satisfaction()
    gap: Gap | None = None
    """None unless both layers were judged on the same artifacts."""
    mutation: MutationReport | None = None
    """The last mutation check."""

    @property
    def uncovered(self) -> tuple[str, ...]:
        """Rules that no scenario which gates covers."""
        covered = {
            rule for each in self.scenarios if each.layer is Layer.GATE and not each.burned for rule in each.covers
        }
        return tuple(rule for rule, _ in self.rules if rule not in covered)
