"""Facts → failures."""
from factory_tui.feedback.facts import AttemptFacts
from factory_tui.model.failure import Failure


def classify(facts: AttemptFacts) -> tuple[Failure, ...]:
    """One record for the run and one per failed scenario."""
    raise NotImplementedError
