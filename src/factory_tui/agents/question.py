"""A question at the end of an agent's last words. They are foreign: what is not exactly the form is no question."""

import re

from factory_tui.model.foreign import clean_line
from factory_tui.model.question import AgentQuestion
from factory_tui.model.spec import Question

FEWEST, MOST = 2, 5
"""Answers that have to be proposed."""
_TAIL = 16_384
"""Characters at the end that are looked at: far more than the longest question with its answers."""
_LONGEST_TEXT = 500
_LONGEST_ANSWER = 200
_ASKED = re.compile(rf"QUESTION \((?P<section>{'|'.join(Question)})\): (?P<text>\S.*\?)")
_ANSWER = re.compile(r"- (?P<text>\S.*)")


def parse_question(last_words: str) -> AgentQuestion | None:
    """The block that ends `last_words`: `QUESTION (SECTION): …?` and two to five lines `- answer`; None without one."""
    lines = _last_lines(last_words)
    answers: list[str] = []
    while lines and (answer := _ANSWER.fullmatch(lines[-1])) is not None and len(answers) <= MOST:
        answers.insert(0, clean_line(answer["text"], limit=_LONGEST_ANSWER))
        lines.pop()
    asked = _ASKED.fullmatch(lines[-1]) if lines else None
    if asked is None:
        return None
    different = tuple(dict.fromkeys(each for each in answers if each))
    text = clean_line(asked["text"], limit=_LONGEST_TEXT)
    if not text or len(answers) > MOST or len(different) < FEWEST:
        return None
    return AgentQuestion(text=text, answers=different, section=Question(asked["section"]))


def _last_lines(text: str) -> list[str]:
    """The lines of the end of `text`, without blank ones at the end and without one that is only half there."""
    tail = text[-_TAIL:]
    lines = [line.rstrip() for line in tail.replace("\r\n", "\n").rstrip().split("\n")]
    return lines[1:] if len(tail) < len(text) else lines
