"""A question that an agent parks its run with, and the answers it proposes."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from factory_tui.model.spec import Question


class AgentQuestion(BaseModel):
    """What the spec leaves open, in the agent's words. Foreign text."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    text: Annotated[str, Field(min_length=1, max_length=500)]
    """The question itself."""
    answers: Annotated[tuple[str, ...], Field(max_length=5)] = ()
    """Proposed answers, the agent's favourite first; the operator may give another."""
    section: Question = Question.RULES
    """Where the answer belongs in the spec."""
