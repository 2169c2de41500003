"""What a judge is given and what it answers; who judges is not this room's business."""

from dataclasses import dataclass
from typing import Protocol

from factory_tui.model.evaluation import Observation
from factory_tui.model.judgement import Judgement


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


class Judge(Protocol):
    """Says whether an output meets a rubric."""

    @property
    def model(self) -> str: ...

    async def judge(self, case: JudgeCase) -> Judgement:
        """Never raises for what a model or its service does: that is an inconclusive judgement."""
        ...
