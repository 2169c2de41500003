"""What a failed attempt means: its classes for the operator, its redacted result for the agent."""

from factory_tui.feedback.classify import classify
from factory_tui.feedback.facts import AttemptFacts, Fault
from factory_tui.feedback.redact import redact

__all__ = ["AttemptFacts", "Fault", "classify", "redact"]
