"""A model's answer to a read-back, taken apart. All of it is foreign: what has not the form is left out or refused.

Quotes are the anchor: a remark counts only if its words stand in the spec, so that it can be about nothing else.
"""

from dataclasses import dataclass

from pydantic import JsonValue

from factory_tui.agents.readback.prompt import FEWEST_ANSWERS, MOST_ANSWERS
from factory_tui.model.foreign import clean, clean_line
from factory_tui.model.readback import MOST_QUESTIONS, ReadBackQuestion
from factory_tui.model.spec import Question, Spec
from factory_tui.specs.reading.quotes import Quotes

LONGEST_SUMMARY = 3000
LONGEST_TEXT = 500
LONGEST_ANSWER = 300
LONGEST_QUOTE = 2000
SHORTEST_QUOTE = 3
"""Characters: less stands in every text by chance."""
LOOKED_AT = 50
"""Remarks of one answer that are looked at; five are wanted."""


class NoReadBack(Exception):
    """The answer holds no read-back. The message is a clause for the operator: `its summary is missing`."""


@dataclass(frozen=True, slots=True)
class Remarks:
    """What an answer holds after everything unusable was left out."""

    summary: str
    questions: tuple[ReadBackQuestion, ...]
    """At most five, by impact × uncertainty."""
    dropped: int
    """Remarks that quoted nothing of the spec, or had not the form of one."""


def parse_answer(given: JsonValue, spec: Spec) -> Remarks:
    """The input of the model's tool call.

    Raises:
        NoReadBack: there is no summary in it.
    """
    if not isinstance(given, dict):
        raise NoReadBack("it has not the form that was asked for")
    told = given.get("summary")
    summary = clean(told, limit=LONGEST_SUMMARY).strip() if isinstance(told, str) else ""
    if not summary:
        raise NoReadBack("its summary is missing")
    listed = given.get("questions")
    remarks = listed if isinstance(listed, list) else []
    quotes = Quotes(spec)
    read = [_question(each, quotes) for each in remarks[:LOOKED_AT]]
    usable = list({each.text: each for each in reversed(read) if each is not None}.values())[::-1]
    ranked = sorted(usable, key=lambda each: -each.impact * each.uncertainty)
    dropped = len(remarks) - sum(each is not None for each in read)
    return Remarks(summary, tuple(ranked[:MOST_QUESTIONS]), dropped)


def _question(given: JsonValue, quotes: Quotes) -> ReadBackQuestion | None:
    if not isinstance(given, dict):
        return None
    asked, quote = _line_of(given.get("question"), LONGEST_TEXT), given.get("quote")
    section, answers = _section(given.get("section")), _answers(given.get("answers"))
    impact, uncertainty = _degree(given.get("impact")), _degree(given.get("uncertainty"))
    if not asked or section is None or len(answers) < FEWEST_ANSWERS or not impact or not uncertainty:
        return None
    if not isinstance(quote, str) or not SHORTEST_QUOTE <= len(quote.strip()) <= LONGEST_QUOTE:
        return None
    line = quotes.line_of(quote, section)
    shown = clean_line(quote, limit=LONGEST_TEXT)
    if line is None or not shown:
        return None
    return ReadBackQuestion(
        text=asked,
        section=section,
        quote=shown,
        line=line,
        answers=answers,
        impact=impact,
        uncertainty=uncertainty,
    )


def _line_of(given: JsonValue, limit: int) -> str:
    return clean_line(given, limit=limit) if isinstance(given, str) else ""


def _section(given: JsonValue) -> Question | None:
    named = given.strip().upper() if isinstance(given, str) else ""
    return Question(named) if named in Question.__members__ else None


def _answers(given: JsonValue) -> tuple[str, ...]:
    """Different ones, in the model's order."""
    if not isinstance(given, list):
        return ()
    said = (_line_of(each, LONGEST_ANSWER) for each in given[:LOOKED_AT])
    return tuple(dict.fromkeys(each for each in said if each))[:MOST_ANSWERS]


def _degree(given: JsonValue) -> int:
    """1 to 5; 0 for anything else."""
    return given if isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= 5 else 0
