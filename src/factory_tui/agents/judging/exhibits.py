"""What a judge reads of an output, and where a quote of it stands. Foreign text throughout.

A judge reads what the operator would read: escape sequences and invisible characters, in which a message to a model
could hide, are gone before.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from factory_tui.model.evaluation import Observation
from factory_tui.model.foreign import clean, clean_line
from factory_tui.model.judgement import Quote

SHORTEST_QUOTE = 3
"""Characters: less stands in every text by chance. Shorter only where it is the whole text, such as an exit code."""
LONGEST_QUOTE = 2000
_LONGEST_LABEL = 200


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One text that a step showed, as a judge sees it."""

    number: int
    """1-based; by it a judge says where a quote is from."""
    step: int
    what: str
    text: str

    def quote(self, words: str) -> Quote | None:
        """The quote, if it stands here word for word; only blanks at the ends of lines do not count."""
        wanted = _even(words).strip("\n")
        own = _even(self.text)
        long_enough = len(wanted.strip()) >= SHORTEST_QUOTE or (wanted.strip() and wanted == own.strip("\n"))
        if not long_enough or len(wanted) > LONGEST_QUOTE or wanted not in own:
            return None
        return Quote(step=self.step, what=self.what, text=wanted)


def exhibits_of(observations: Sequence[Observation]) -> tuple[Exhibit, ...]:
    """Every observation, numbered in its order; empty ones too, because that a stream is empty can be the point."""
    return tuple(
        Exhibit(number, each.step, clean_line(each.what, limit=_LONGEST_LABEL), clean(each.text))
        for number, each in enumerate(observations, start=1)
    )


def _even(text: str) -> str:
    return "\n".join(line.rstrip() for line in clean(text).split("\n"))
