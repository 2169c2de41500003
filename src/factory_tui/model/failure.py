"""The failure taxonomy: one primary class per failure, decided on observable evidence only."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from factory_tui.model.evaluation import Evidence
from factory_tui.model.spec import Question


class FailureClass(StrEnum):
    """In order of precedence: the first that matches wins."""

    EVAL_BROKEN = "EVAL-BROKEN"
    ENVIRONMENT = "ENVIRONMENT"
    BUDGET = "BUDGET"
    STUCK = "STUCK"
    NO_DELIVERY = "NO-DELIVERY"
    SCENARIO_WRONG = "SCENARIO-WRONG"
    SPEC_CONFLICT = "SPEC-CONFLICT"
    SPEC_GAP = "SPEC-GAP"
    SPEC_AMBIGUOUS = "SPEC-AMBIGUOUS"
    REGRESSION = "REGRESSION"
    LIMIT_MISSED = "LIMIT-MISSED"
    FALSE_DONE = "FALSE-DONE"
    INCOMPLETE = "INCOMPLETE"
    DISOBEYED = "DISOBEYED"
    UNCLEAR = "UNCLEAR"


CLASS_MEANS: dict[FailureClass, str] = {
    FailureClass.EVAL_BROKEN: "The evaluation gave no valid signal. Does not count against the spec.",
    FailureClass.ENVIRONMENT: "Sandbox, dependency, network or provider failed. Does not count against the spec.",
    FailureClass.BUDGET: "Stopped by a cap on cost, time or turns.",
    FailureClass.STUCK: "The agent repeated itself until it was stopped.",
    FailureClass.NO_DELIVERY: "Ended without an effective change, or with something that does not set up.",
    FailureClass.SCENARIO_WRONG: "The scenario asserts what the spec does not state. Does not count against the spec.",
    FailureClass.SPEC_CONFLICT: "Statements or examples of the spec cannot all hold.",
    FailureClass.SPEC_GAP: "The tested behaviour is absent from the spec.",
    FailureClass.SPEC_AMBIGUOUS: "Stated, but with two readings; the agent took the other.",
    FailureClass.REGRESSION: "Behaviour that the base had, and should keep, is broken now.",
    FailureClass.LIMIT_MISSED: "The behaviour is right; a limit on time, size or cost was missed.",
    FailureClass.FALSE_DONE: "The agent claims proof that it does not have.",
    FailureClass.INCOMPLETE: "The right direction; some cases of a rule are missing.",
    FailureClass.DISOBEYED: "A clear rule was violated.",
    FailureClass.UNCLEAR: "The evidence does not decide; look at it yourself.",
}
"""One sentence for each class, for the operator."""

UNCHARGED = frozenset({FailureClass.EVAL_BROKEN, FailureClass.ENVIRONMENT})
"""Not counted as an attempt of the spec."""

NOT_THE_SPEC = UNCHARGED | {FailureClass.SCENARIO_WRONG}
"""Never counts against a spec."""


class FailureLayer(StrEnum):
    """Where the cause of a failure lies."""

    SPEC = "spec"
    SCENARIO = "scenario"
    AGENT = "agent"
    EVALUATION = "evaluation"
    ENVIRONMENT = "environment"


_LAYERS = {
    FailureClass.EVAL_BROKEN: FailureLayer.EVALUATION,
    FailureClass.ENVIRONMENT: FailureLayer.ENVIRONMENT,
    FailureClass.SCENARIO_WRONG: FailureLayer.SCENARIO,
    FailureClass.SPEC_CONFLICT: FailureLayer.SPEC,
    FailureClass.SPEC_GAP: FailureLayer.SPEC,
    FailureClass.SPEC_AMBIGUOUS: FailureLayer.SPEC,
}


def layer_of(failure_class: FailureClass) -> FailureLayer:
    """Where the cause of a failure of this class lies: with the agent, unless the class says otherwise."""
    return _LAYERS.get(failure_class, FailureLayer.AGENT)


class Qualifier(StrEnum):
    """What is wrong with what a rule asks for."""

    MISSING = "missing"
    WRONG = "wrong"
    EXTRA = "extra"


class DecidedBy(StrEnum):
    """Who gave a failure its class."""

    RULE = "rule"
    MODEL = "model"
    OPERATOR = "operator"


class Failure(BaseModel):
    """One failed run or one failed scenario of it. Append-only."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    failure_class: FailureClass
    layer: FailureLayer
    cause: str
    """One sentence for the operator: what was observed and why it has this class."""
    scenario: str | None = None
    """None for a record about the run as a whole."""
    rules: tuple[str, ...] = ()
    section: Question | None = None
    qualifier: Qualifier | None = None
    decided_by: DecidedBy = DecidedBy.RULE
    evidence: tuple[Evidence, ...] = ()
    quotes: tuple[str, ...] = ()
    """Verbatim text that can be located in the transcript or the output."""
    sentence: str = ""
    """given … when … then … of the scenario."""
    spec_line: int | None = None
    """1-based line of the first of `rules` in the spec version that was built."""
    spec_quote: str = ""
    """That rule, verbatim."""
    escaped: bool = False
    """The operator found it after the run had shipped."""


class FailureRecord(Failure):
    """A failure as stored. `failure_class` is what holds now: the operator's word, where there is one."""

    id: int
    ts: datetime
    run: str
    attempt: int
    spec: str
    batch: str = ""
    first_class: FailureClass | None = None
    """What the rule said, when the operator said otherwise."""
    reclassified: str = ""
    """The operator's reason."""
