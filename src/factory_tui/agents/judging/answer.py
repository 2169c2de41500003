"""A judge's answer, taken apart. All of it is foreign: a vote counts only with words that stand in the output."""

from collections.abc import Sequence

from pydantic import JsonValue

from factory_tui.agents.judging.exhibits import Exhibit
from factory_tui.agents.judging.prompt import CANNOT_TELL, MOST_QUOTES
from factory_tui.model.foreign import clean_line
from factory_tui.model.judgement import Ballot, Quote, Vote

LONGEST_REASON = 500
LOOKED_AT = 20
"""Quotes of one answer that are looked at."""

_BALLOTS = {"meets": Ballot.MEETS, "misses": Ballot.MISSES, CANNOT_TELL: Ballot.NONE}


def parse_vote(given: JsonValue, exhibits: Sequence[Exhibit]) -> Vote:
    """The input of the model's tool call. What has not the form is no vote, and says so."""
    if not isinstance(given, dict):
        return no_vote("the answer has not the form that was asked for")
    said = given.get("ballot")
    ballot = _BALLOTS.get(said.strip().lower()) if isinstance(said, str) else None
    if ballot is None:
        return no_vote("the answer says neither that the output meets the rubric nor that it misses it")
    reason = given.get("reason")
    why = clean_line(reason, limit=LONGEST_REASON) if isinstance(reason, str) else ""
    listed = given.get("quotes")
    asked = listed if isinstance(listed, list) else []
    quotes = _located(asked, exhibits)
    dropped = len(asked) - len(quotes)
    if ballot is Ballot.NONE:
        return Vote(ballot=ballot, reason=f"cannot tell: {why}", quotes=quotes, dropped=dropped)
    if not quotes and any(each.text.strip() for each in exhibits):
        return Vote(
            ballot=Ballot.NONE,
            reason=f"says “{ballot.value}”, and no quote of it stands in the output: {why}",
            dropped=dropped,
        )
    return Vote(ballot=ballot, reason=why, quotes=quotes, dropped=dropped)


def no_vote(why: str, *, answered: bool = True) -> Vote:
    return Vote(ballot=Ballot.NONE, reason=clean_line(why, limit=LONGEST_REASON), answered=answered)


def _located(asked: list[JsonValue], exhibits: Sequence[Exhibit]) -> tuple[Quote, ...]:
    """Those that stand in the text that they name; each once."""
    found = (_quote(each, exhibits) for each in asked[:LOOKED_AT])
    return tuple(dict.fromkeys(each for each in found if each is not None))[:MOST_QUOTES]


def _quote(given: JsonValue, exhibits: Sequence[Exhibit]) -> Quote | None:
    if not isinstance(given, dict):
        return None
    number, words = given.get("text"), given.get("words")
    if not isinstance(number, int) or isinstance(number, bool) or not isinstance(words, str):
        return None
    exhibit = next((each for each in exhibits if each.number == number), None)
    return exhibit.quote(words) if exhibit else None
