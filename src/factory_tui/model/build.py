"""What an agent did in one attempt."""

from dataclasses import dataclass
from enum import StrEnum

from factory_tui.model.money import MicroUsd
from factory_tui.model.question import AgentQuestion
from factory_tui.model.usage import Usage


class BuildEnd(StrEnum):
    """How an agent's work on an attempt ended. Only `done` is the agent's own claim."""

    DONE = "done"
    BUDGET = "budget"
    TURNS = "turns"
    DEADLINE = "deadline"
    STUCK = "stuck"
    PROVIDER = "provider"
    """The model's service refused or broke; says nothing about the spec."""
    PROVIDER_HOLD = "provider-hold"
    """An account-level limit or a rejected key: the same would happen to every run."""
    QUESTION = "question"
    """The agent asks the operator what the spec leaves open."""
    REFUSED = "refused"
    """The model declined (`stop_reason: refusal`)."""


@dataclass(frozen=True, slots=True)
class ToolUse:
    """One tool call as the transcript has it, for classification and the log."""

    turn: int
    name: str
    summary: str
    """One line: the command, or the file and what was done to it. Foreign text."""
    observation: str
    """What the tool answered, cut. Foreign text."""
    ok: bool


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What an agent did in one attempt, and why it ended."""

    end: BuildEnd
    detail: str
    """One sentence for the operator."""
    turns: int
    usage: Usage
    cost: MicroUsd
    final_text: str
    """The agent's last words: what it claims. Foreign text."""
    tools: tuple[ToolUse, ...]
    question: AgentQuestion | None = None
    """With `BuildEnd.QUESTION` only."""
