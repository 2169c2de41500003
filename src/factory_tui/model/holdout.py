"""What became of the holdout's secrecy: seals, burns, and what was disclosed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from factory_tui.model.ids import ScenarioId, SpecId


class Route(StrEnum):
    """How a scenario's text reached an agent."""

    PROMPT = "prompt"
    """In what it was told before it began."""
    TOOL = "tool"
    """In the output of a tool."""
    ANSWER = "answer"
    """In an answer of the operator's."""
    OPERATOR = "operator"
    """The operator says so."""


@dataclass(frozen=True, slots=True)
class Burn:
    """A scenario whose text reached an agent. It gates nothing until its behaviour is written anew."""

    spec: SpecId
    scenario: ScenarioId
    behaviour: str
    """SHA-256 (hex) of what it does and expects; comments, ids and sentences are not in it."""
    route: Route
    why: str
    """One clean line: what of it was seen where."""
    run: str | None = None
    attempt: int | None = None
    ts: datetime | None = None
    """Aware UTC; None before it is recorded."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A suite as it was when its spec was queued: what came later does not judge this run."""

    spec: SpecId
    suite_hash: str
    scenarios: tuple[tuple[ScenarioId, str], ...]
    """Id and hash of each."""
