"""A tally: how the trials of one scenario went in one evaluation. What satisfaction is counted from."""

from dataclasses import dataclass
from datetime import datetime

from factory_tui.model.evaluation import Result
from factory_tui.model.scenario import Layer


@dataclass(frozen=True, slots=True)
class Tally:
    """One scenario on one artifact."""

    spec: str
    """Whose suite it is in; of a constraint's scenario the constraint."""
    scenario: str
    hash: str
    """Of the scenario; empty where an older version did not record it."""
    layer: Layer
    result: Result
    passed: int
    """Trials that passed."""
    trials: int
    run: str
    attempt: int
    when: datetime | None
    """Aware UTC; None while the attempt goes on."""

    @property
    def artifact(self) -> tuple[str, int]:
        """Which artifact was judged: every attempt leaves one."""
        return self.run, self.attempt
