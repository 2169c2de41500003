"""What judges said about a rubric, as lines of plain text. Pure."""

from collections.abc import Iterator

from factory_tui.model.evaluation import ScenarioResult
from factory_tui.model.foreign import clean_line
from factory_tui.model.judgement import Outcome, Vote

_SHOWN = 300


def judgement_lines(result: ScenarioResult) -> Iterator[str]:
    """Nothing without a judgement; the votes where they did not uphold the result."""
    judgement = result.judgement
    if judgement is None:
        return
    again = " (given earlier, on the same output)" if judgement.recorded else ""
    yield f"judges: {judgement.outcome.value}: {clean_line(judgement.reason, limit=2 * _SHOWN)}{again}"
    if judgement.outcome is not Outcome.UPHELD:
        for number, vote in enumerate(judgement.votes, start=1):
            yield from vote_lines(number, vote)


def vote_lines(number: int, vote: Vote) -> Iterator[str]:
    """One vote with the words that it rests on."""
    dropped = f" ({vote.dropped} quotes do not stand in the output)" if vote.dropped else ""
    yield f"  vote {number}: {vote.ballot.value} · {clean_line(vote.reason, limit=_SHOWN)}{dropped}"
    for quote in vote.quotes:
        yield f"    step {quote.step} {clean_line(quote.what)}: “{clean_line(quote.text, limit=_SHOWN)}”"
