"""Everything the classification of a failed attempt may look at. Plain values, no I/O."""

from dataclasses import dataclass, field

from factory_tui.model.artifact import Artifact
from factory_tui.model.build import BuildReport
from factory_tui.model.evaluation import Evaluation
from factory_tui.model.finding import Finding
from factory_tui.model.spec import Spec


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of our side that ended the attempt: sandbox, provider, evaluation."""

    where: str
    """`sandbox`, `provider`, `evaluation`, `target`."""
    message: str
    """As the room that failed worded it."""


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """One attempt that did not ship, as it was observed."""

    spec: Spec
    report: BuildReport | None
    """None when the build never ran to an end (the sandbox was lost)."""
    evaluation: Evaluation | None
    """None when nothing was evaluated."""
    base: Artifact
    """The tree that the attempt (or the first attempt of the run) started from."""
    artifact: Artifact | None
    """What was collected; None when nothing could be."""
    faults: tuple[Fault, ...] = field(default=())
    findings: tuple[Finding, ...] = ()
    """What the validator and the lint of scenarios say about this spec version, waived findings included."""
    earlier: Evaluation | None = None
    """The evaluation of the attempt before, of the same run."""
