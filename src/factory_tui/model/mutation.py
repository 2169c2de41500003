"""Mutation check: does the suite notice small changes of what shipped? Each unnoticed one is a missing scenario."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Fate(StrEnum):
    """What became of a mutant."""

    CAUGHT = "caught"
    SURVIVED = "survived"
    """Every gate scenario passed: nothing would notice this change."""
    UNTRIED = "untried"
    """The time or the number of mutants was over, or the evaluation itself broke."""


class Operator(StrEnum):
    """Which kind of change a mutant is."""

    BOUND = "bound"
    EQUALITY = "equality"
    MEMBERSHIP = "membership"
    ARITHMETIC = "arithmetic"
    CONNECTIVE = "connective"
    NEGATION = "negated condition"
    OFF_BY_ONE = "off by one"
    TRUTH = "truth value"
    TEXT = "emptied text"
    LIMITS = "swapped limits"
    STATEMENT = "removed statement"
    RETURN = "lost result"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)


class Mutant(_Frozen):
    """One small change of one line."""

    path: str
    line: int
    """1-based."""
    what: str
    """The kind of change in words, such as `> becomes >=`."""
    before: str
    """The line, without the spaces around it."""
    after: str
    operator: Operator = Operator.STATEMENT
    function: str = ""
    """Name of the function around it, as far as one can be told."""


class MutantFate(_Frozen):
    """A mutant and what the suite said."""

    mutant: Mutant
    fate: Fate
    caught_by: str | None = None
    """The scenario that noticed it; `set-up` when the set-up commands did."""
    why: str = ""
    """Of one that was not tried: why."""
    nearest_rule: str = ""
    """Id of the rule whose words are nearest to the code around it: a guess, empty when no word is shared."""
    nearest_text: str = ""
    """What that rule says."""


class MutationReport(_Frozen):
    """The result of one mutation check."""

    spec: str
    run: str
    """Whose shipped artifact was changed."""
    suite_hash: str
    fates: tuple[MutantFate, ...]
    candidates: int
    """Mutants that there could have been; of more than were asked for a spread was taken."""
    seconds: float
    when: datetime
    """Aware UTC."""
    left_out: tuple[str, ...] = ()
    """Scenarios that took no part: reserve, burned, and those that measure time."""

    @property
    def caught(self) -> int:
        return sum(each.fate is Fate.CAUGHT for each in self.fates)

    @property
    def survived(self) -> tuple[MutantFate, ...]:
        return tuple(each for each in self.fates if each.fate is Fate.SURVIVED)

    @property
    def untried(self) -> int:
        return sum(each.fate is Fate.UNTRIED for each in self.fates)
