"""A judgement in one line for the operator."""

from collections.abc import Sequence

from factory_tui.agents.judging.count import Poll
from factory_tui.model.foreign import clean_line
from factory_tui.model.judgement import Ballot, Outcome, Vote

_LONGEST = 600
_QUOTED = 120


def reason_of(outcome: Outcome, votes: Sequence[Vote], poll: Poll) -> str:
    """How many said what, and the words of one that is against it, with what it quotes."""
    said = {each: sum(vote.ballot is each for vote in votes) for each in Ballot}
    if outcome is Outcome.UPHELD:
        return f"{said[Ballot.MEETS]} of {poll.of} votes: it meets the rubric"
    against = next((vote for vote in votes if vote.ballot is Ballot.MISSES), None)
    none = next((vote for vote in votes if vote.ballot is Ballot.NONE), None)
    if outcome is Outcome.LOWERED:
        head = f"{said[Ballot.MISSES]} of {poll.of} votes: it misses the rubric"
    else:
        counts = f"{said[Ballot.MEETS]} meets, {said[Ballot.MISSES]} misses, {said[Ballot.NONE]} no vote"
        head = f"{counts}, and {poll.quorum} of {poll.of} must agree"
    more = [head, *(_told("misses", against) if against else ()), *(_told("no vote", none) if none else ())]
    return clean_line("; ".join(more), limit=_LONGEST)


def _told(ballot: str, vote: Vote) -> tuple[str, ...]:
    quoted = f" (“{clean_line(vote.quotes[0].text, limit=_QUOTED)}”)" if vote.quotes else ""
    return (f"{ballot}: {vote.reason}{quoted}",)
