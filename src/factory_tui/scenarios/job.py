"""What an evaluation is given."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from factory_tui.config import Gate
from factory_tui.model.artifact import Artifact
from factory_tui.model.evaluation import ScenarioResult
from factory_tui.model.scenario import Suite
from factory_tui.model.spec import Spec
from factory_tui.sandbox.port import SandboxRequest


@dataclass(frozen=True, slots=True)
class EvaluationJob:
    """One artifact to judge, and everything the verdict is bound to."""

    spec: Spec
    suite: Suite
    artifact: Artifact
    base: Artifact | None
    """The untouched base, shown to commands at the sandbox's base path; None when there is none."""
    base_commit: str | None
    gate: Gate
    request: SandboxRequest
    """The sandbox to judge in: fresh, never the one the artifact was built in."""
    constraints: tuple[Spec, ...] = ()
    """Specs whose scenarios joined the suite."""
    burned: Mapping[str, str] = field(default_factory=dict)
    """Scenario id → why it does not gate: its text reached an agent."""
    twins: Mapping[str, str] = field(default_factory=dict)
    """Twin → SHA-256 (hex) of its definition."""

    @property
    def setup(self) -> tuple[tuple[str, ...], ...]:
        """Set-up commands of the spec, then those that a constraint adds."""
        fronts = [each.front for each in (self.spec, *self.constraints) if each.front is not None]
        return tuple(dict.fromkeys(argv for front in fronts for argv in front.setup))


OnResult = Callable[[ScenarioResult, int, int], Awaitable[None]]
"""Told each scenario's result as it lands: the result, how many are done, how many there are."""
