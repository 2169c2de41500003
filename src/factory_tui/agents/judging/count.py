"""Votes → outcome. Pure: decided only when a quorum says the same, anything else is the operator's."""

from collections.abc import Sequence
from dataclasses import dataclass

from factory_tui.model.judgement import Ballot, Outcome


@dataclass(frozen=True, slots=True)
class Poll:
    """How often is asked, and how many votes must say the same."""

    of: int
    quorum: int

    @classmethod
    def agreed(cls, of: int, quorum: int | None) -> "Poll":
        """A quorum within what can be reached, and always more than half: two opposite outcomes never both have one.

        Args:
            of: votes.
            quorum: as configured; None asks for all of them.
        """
        return cls(of, of if quorum is None else max(min(quorum, of), of // 2 + 1))


def outcome_of(ballots: Sequence[Ballot], poll: Poll) -> Outcome:
    """What the votes say together."""
    if ballots.count(Ballot.MISSES) >= poll.quorum:
        return Outcome.LOWERED
    if ballots.count(Ballot.MEETS) >= poll.quorum:
        return Outcome.UPHELD
    return Outcome.INCONCLUSIVE


def is_settled(ballots: Sequence[Ballot], poll: Poll) -> bool:
    """No vote that is still out can change the outcome, so none has to be paid for."""
    if outcome_of(ballots, poll) is not Outcome.INCONCLUSIVE:
        return True
    most = max(ballots.count(Ballot.MEETS), ballots.count(Ballot.MISSES))
    return most + poll.of - len(ballots) < poll.quorum
