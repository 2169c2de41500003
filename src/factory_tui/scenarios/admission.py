"""Admission: a scenario is evidence only when it does on the untouched base what it says it does there."""

from collections.abc import Mapping
from dataclasses import dataclass

from factory_tui.model.evaluation import Result
from factory_tui.model.ids import ScenarioId
from factory_tui.model.scenario import OnBase
from factory_tui.sandbox.port import SandboxHost
from factory_tui.scenarios.job import EvaluationJob


@dataclass(frozen=True, slots=True)
class Admission:
    """What one scenario did on the untouched base."""

    scenario: ScenarioId
    scenario_hash: str
    expected: OnBase
    observed: Result
    admitted: bool
    reason: str
    """Why it was not admitted, for the operator; empty when it was."""


async def admit(job: EvaluationJob, host: SandboxHost, known: Mapping[str, Admission]) -> tuple[Admission, ...]:
    """Run the suite on the untouched base (`job.base`; an empty tree without one) in a sandbox of its own.

    Args:
        job: `artifact` is ignored.
        host: makes the sandbox.
        known: earlier admissions by scenario hash, for the same base commit and image; those are not run again.

    Raises:
        SandboxUnavailable: no sandbox can be created.
    """
    raise NotImplementedError
