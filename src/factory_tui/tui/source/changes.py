"""News of what changed."""

from dataclasses import dataclass
from enum import Flag, auto


class Topic(Flag):
    """What a change touches, so that a screen asks again only for what it shows."""

    NOTHING = 0
    SPECS = auto()
    RUNS = auto()
    LOG = auto()
    FAILURES = auto()
    ENGINE = auto()
    TEMPLATES = auto()
    EVIDENCE = auto()
    """Scenarios, and what they showed."""


EVERYTHING = ~Topic.NOTHING


@dataclass(frozen=True, slots=True)
class Change:
    """News. Several may be merged into one; what is shown is asked for afterwards."""

    topics: Topic = Topic.NOTHING
    progress: str | None = None
    """One line about a long operation, such as building the sandbox image."""
    needs_me: str | None = None
    """One line for a bell: a run waits for the operator, or the batch has finished."""
