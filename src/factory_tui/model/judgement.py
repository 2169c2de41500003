"""Judgement: what a model says about the rubric of a scenario. It may lower a result, never raise it."""

from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from factory_tui.model.money import NOTHING, MicroUsd


class Ballot(StrEnum):
    """What one vote says."""

    MEETS = "meets"
    MISSES = "misses"
    NONE = "none"
    """No vote: the call failed, its answer had not the form, it could not tell, or no quote stands in the output."""


class Outcome(StrEnum):
    """What the votes say together."""

    UPHELD = "upheld"
    LOWERED = "lowered"
    INCONCLUSIVE = "inconclusive"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)


class Quote(_Frozen):
    """Words of the output, found there verbatim."""

    step: int
    what: str
    """As in an `Observation`."""
    text: str


class Vote(_Frozen):
    """One answer of a model."""

    ballot: Ballot
    reason: str
    """Clean, one line; for no vote what went wrong."""
    quotes: tuple[Quote, ...] = ()
    dropped: int = 0
    """Quotes that do not stand in the output."""
    cost: MicroUsd = NOTHING
    answered: bool = True
    """False when there was no answer: such a vote can be asked for again."""


class Judgement(_Frozen):
    """All votes on one scenario's output."""

    outcome: Outcome
    reason: str
    """One line for the operator."""
    votes: tuple[Vote, ...]
    quorum: int
    """Votes that must say the same for a decision."""
    model: str
    recorded: bool = False
    """It was given earlier, on the same rubric and the same output."""


OPERATOR = "operator"
"""Stands where the model's name does when the operator ruled."""


class JudgementKey(NamedTuple):
    """What a judgement belongs to: the same key means the same rubric, the same output, the same question."""

    scenario_hash: str
    output_hash: str
    """SHA-256 (hex) of all that a judge is asked; of the artifact where the operator ruled."""
    model: str
    """`OPERATOR` for the operator's."""
