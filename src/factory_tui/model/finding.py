"""What the validator says about a spec or a scenario."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Level(StrEnum):
    """An error keeps a spec from being Ready; a warning and an info never do."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Finding(BaseModel):
    """One thing that a rule found, with the place, the reason and the fix."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    rule: str
    """Rule id, such as `C09`."""
    level: Level
    section: str | None = None
    """One of the seven questions, `front matter`, or None for the whole file."""
    line: int = 1
    """1-based."""
    column: int = 1
    """1-based, in characters."""
    quote: str = ""
    """Verbatim text of the file that the finding is about; empty when something is absent."""
    message: str
    """What is wrong and why it matters, in one sentence."""
    fix: str
    """What to write instead."""
    path: str | None = None
    """The file, when it is not the spec itself (a scenario)."""
