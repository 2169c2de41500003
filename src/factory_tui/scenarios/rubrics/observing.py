"""What the judge of a rubric gets to see: what the steps of one trial showed, bounded."""

from collections.abc import Iterable

from factory_tui.model.evaluation import Observation
from factory_tui.scenarios.steps.situation import Shown

EACH = 20_000
"""Characters kept of one text: several pages."""

ALTOGETHER = 100_000
"""Characters kept of one trial: about 25,000 tokens, and every vote pays for them."""


class Observer:
    """Keeps what the steps of one trial show, in their order, until there is no more room."""

    def __init__(self) -> None:
        self._room = ALTOGETHER
        self._kept: list[Observation] = []

    @property
    def observations(self) -> tuple[Observation, ...]:
        return tuple(self._kept)

    def keep(self, step: int, shown: Iterable[Shown]) -> None:
        """What one step showed; what does not fit is counted, never dropped without a word."""
        for each in shown:
            text = each.text[: min(EACH, self._room)]
            self._room -= len(text)
            self._kept.append(Observation(step=step, what=each.what, text=text, cut=_missing(each, len(text))))


def _missing(shown: Shown, kept: int) -> str:
    left = len(shown.text) - kept
    if not shown.whole:
        return (
            f"{left:,} more characters, and what the sandbox did not keep" if left else "what the sandbox did not keep"
        )
    return f"{left:,} more characters" if left else ""
