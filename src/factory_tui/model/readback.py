"""Read-back: a model tells a spec in its own words and asks what it had to guess. Advice only; it never blocks."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from factory_tui.model.money import NOTHING, MicroUsd
from factory_tui.model.spec import Question

MOST_QUESTIONS = 5


class ReadBackQuestion(BaseModel):
    """Something that the spec leaves open."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    text: Annotated[str, Field(min_length=1, max_length=500)]
    section: Question
    """The question of the spec whose answer should say it."""
    quote: Annotated[str, Field(min_length=1, max_length=500)]
    """Verbatim text of the spec that it is about."""
    line: int = 1
    """1-based line of the quote."""
    answers: Annotated[tuple[str, ...], Field(min_length=2, max_length=5)]
    impact: Annotated[int, Field(ge=1, le=5)]
    """How much a wrong guess would cost: 5 is most."""
    uncertainty: Annotated[int, Field(ge=1, le=5)]
    """How sure a reader could be without an answer: 5 is least sure."""
    answered: str = ""
    """What the operator said; empty while it is open."""


class ReadBack(BaseModel):
    """What a model made of one version of a spec."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    spec: str
    hash: str
    """Version that was read."""
    summary: str
    """The feature in the model's words, clean."""
    questions: tuple[ReadBackQuestion, ...] = ()
    """At most five, by impact × uncertainty."""
    dropped: int = 0
    """Remarks that were left out: they quoted nothing of the spec verbatim, or had not the form of one."""
    model: str = ""
    cost: MicroUsd = NOTHING
    when: datetime
    """Aware UTC."""


class ReadBackPlan(BaseModel):
    """What reading a spec back would mean now; nothing is asked of a model for it."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    spec: str
    hash: str
    """Version that the file holds."""
    model: str
    charged: bool
    """False when the twin answers: nothing is paid."""
    most: MicroUsd
    """What one call may cost at most."""
    reading: bool = False
    """A read-back of this version is under way; asking joins it."""
    recorded: bool = False
    """This version was read back before; asking gives that one, unless a fresh one is wanted."""
