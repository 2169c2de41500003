"""What a judge is given."""

from dataclasses import dataclass

from factory_tui.model.evaluation import Observation


@dataclass(frozen=True, slots=True)
class JudgeCase:
    """One scenario whose checks all held. There is no field for a transcript of an agent, and must never be one."""

    spec: str
    scenario: str
    scenario_hash: str
    rubric: str
    sentence: str
    """given … when … then …"""
    rules: tuple[str, ...]
    """Text of the rules that it covers."""
    observations: tuple[Observation, ...]
    """What the steps showed. Foreign text: whoever wrote the artifact wrote it."""
    votes: int | None = None
    """How many the scenario asks for; None takes the setting."""
    artifact: str = ""
    """SHA-256 (hex) of what was evaluated: the operator rules on one artifact."""
