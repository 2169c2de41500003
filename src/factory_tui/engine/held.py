"""A run that stops for the operator."""

from factory_tui.model.run import HoldReason


class Held(Exception):
    """Ends the work on a run until the operator acts.

    Args:
        reason: which kind of decision is needed.
        why: what happened, in one sentence.
        remedy: what moves the run on.
    """

    def __init__(self, reason: HoldReason, why: str, remedy: str) -> None:
        super().__init__(why)
        self.reason, self.why, self.remedy = reason, why, remedy
