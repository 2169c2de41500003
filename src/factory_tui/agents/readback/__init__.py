"""Read-back: a model tells a spec in the operator's words and asks what it would have to guess. Advice only."""

from factory_tui.agents.readback.ask import ReadBackAgent, ReadBackFailed
from factory_tui.agents.readback.prompt import ReadBackJob

__all__ = ["ReadBackAgent", "ReadBackFailed", "ReadBackJob"]
