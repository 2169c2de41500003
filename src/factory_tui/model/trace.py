"""The trace matrix: each rule, the evaluation items that name it, and the scenarios that prove it."""

from pydantic import BaseModel, ConfigDict


class TraceRow(BaseModel):
    """One rule of a spec."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    rule: str
    text: str
    """Clean, one line."""
    line: int
    evaluation: tuple[str, ...] = ()
    """Ids of evaluation items."""
    scenarios: tuple[str, ...] = ()
    """Ids of gate scenarios."""
    reserve: tuple[str, ...] = ()
    """Ids of reserve scenarios."""
