"""Admission: proof that a scenario can tell a finished artifact from the untouched base and from a stub."""

from dataclasses import dataclass

from factory_tui.model.evaluation import Result
from factory_tui.model.ids import ScenarioId
from factory_tui.model.scenario import OnBase


@dataclass(frozen=True, slots=True)
class Admission:
    """What a scenario did on the untouched base, and whether it is evidence because of that."""

    scenario: ScenarioId
    scenario_hash: str
    expected: OnBase
    observed: Result
    """On the untouched base."""
    admitted: bool
    reason: str
    """Why it is not admitted; empty otherwise."""
    on_stub: Result | None = None
    """On a stub build, whose programs do nothing; None when the base had settled it already."""
