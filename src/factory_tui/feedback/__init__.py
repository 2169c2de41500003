"""What failures mean: classes for the operator, a redacted result for the agent, and what recurring ones teach."""

from factory_tui.feedback.classify import classify
from factory_tui.feedback.facts import AttemptFacts, Fault
from factory_tui.feedback.propose import propose
from factory_tui.feedback.recurring import recurring
from factory_tui.feedback.redact import redact
from factory_tui.feedback.themes import label_of

__all__ = ["AttemptFacts", "Fault", "classify", "label_of", "propose", "recurring", "redact"]
