"""What the validator says about a spec or a scenario."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Level(StrEnum):
    """An error keeps a spec from being Ready; a warning and an info never do."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Edit(BaseModel):
    """A change of the file that would end a finding: the text from one place up to another is replaced.

    Positions are 1-based, columns in characters; the end is the first position that stays.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    """What stands there afterwards; empty removes."""


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
    edit: Edit | None = None
    """The fix as a change of the file, where it can be made without deciding anything."""
