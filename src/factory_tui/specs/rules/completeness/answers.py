"""C03: WHO says what somebody tries to achieve. Judged by its form alone: a bare name, or the title once more."""

import re
from collections.abc import Iterator

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import Question
from factory_tui.specs.rules.completeness.places import finished, text_of
from factory_tui.specs.rules.rule import Example, Rule, Subject, found
from factory_tui.specs.words.groups import word_groups

_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_BEYOND_LATIN = re.compile(r"[\u0370-\u1dff\u2c00-\uffff]")
_LONG = 150
"""Characters that no title and no list of names has."""
_A_NAME = 2
"""Words beside articles: nobody says in two of them who somebody is and what they want."""


def _is_beyond_latin(text: str) -> bool:
    return not text.isascii() and _BEYOND_LATIN.search(text) is not None


def answers_say_more(subject: Subject) -> Iterator[Finding]:
    """C03: WHO is neither a bare name nor a repetition of the title, and WHAT is no repetition either."""
    yield from _what_is_possible(subject)
    yield from _who_wants_what(subject)


def _what_is_possible(subject: Subject) -> Iterator[Finding]:
    said = subject.said.get(Question.WHAT, ())
    if finished(subject, Question.WHAT) is None or not said:
        return
    if any(sample.question is Question.WHAT for sample in subject.samples):
        return
    text = text_of(said)
    if len(text) <= _LONG and not _is_beyond_latin(text) and _repeats(subject, _content(text)):
        yield found(
            subject,
            "C03",
            "WHAT says the title once more: an agent learns nothing from it about what is possible afterwards",
            "write in two or three sentences what is possible afterwards that is not possible now",
            line=said[0].line,
            quote=subject.line(said[0].line),
        )


def _who_wants_what(subject: Subject) -> Iterator[Finding]:
    section = finished(subject, Question.WHO)
    said = subject.said.get(Question.WHO, ())
    if section is None or not said or any(sample.question is Question.WHO for sample in subject.samples):
        return
    text = text_of(said)
    if _is_beyond_latin(text):
        return
    if len(text) > _LONG:
        return
    words = [_content(each.visible) for each in said]
    if _is_bare(words):
        what = "WHO names somebody, but not what they try to achieve"
    elif _repeats(subject, [word for each in words for word in each]):
        what = "WHO says the title once more instead of who wants it, and what for"
    else:
        return
    yield found(
        subject,
        "C03",
        f"{what}: an agent that does not know the aim cannot choose between two ways",
        "write who uses it, in which situation, and what they try to achieve: The clerk, who wants to …",
        line=said[0].line,
        quote=subject.line(said[0].line),
    )


def _content(text: str) -> list[str]:
    articles = word_groups("roles")["article"].words
    return [word for word in _WORD.findall(text.casefold()) if word not in articles]


def _is_bare(statements: list[list[str]]) -> bool:
    roles = word_groups("roles")
    known = roles["role"].words | roles["filler"].words
    return all(len(words) <= _A_NAME or known.issuperset(words) for words in statements)


def _repeats(subject: Subject, words: list[str]) -> bool:
    title = subject.spec.front.title if subject.spec.front is not None else ""
    return bool(title) and set(_content(title)).issuperset(words)


RULES = (
    Rule(
        "C03",
        Level.ERROR,
        "the aim decides where a spec is silent",
        answers_say_more,
        requires="WHO says what somebody tries to achieve, not only who they are; no answer only repeats the title",
        example=Example(
            Question.WHO,
            good="An editor who has a word limit and wants to know, at the terminal, whether a text keeps it.",
            bad="Users.",
        ),
    ),
)
