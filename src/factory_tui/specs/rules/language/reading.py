"""L13 and L14: remarks about how a spec reads. They are infos: half of them or more are fine as they stand."""

import re
from collections.abc import Iterator
from itertools import chain, islice

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import Kind, Question
from factory_tui.specs.reading.statements import Statement
from factory_tui.specs.rules.language.shown import rules
from factory_tui.specs.rules.language.wording import finding, hits, judged
from factory_tui.specs.rules.rule import Example, Rule, Subject, found
from factory_tui.specs.words import word_list

_MOST = 3
_BODY = re.compile(
    r"[\s|*+>\d.)\[\]xX_`-]{0,24}?[RE]\d{1,4}[a-z]?\b(?:\s?\([^()\n]{0,200}\))?[*_`]{0,3}[\s:.)|*_-]{0,8}"
)
_PRONOUN = re.compile(
    r"(?:(?:if|when|where|while|whenever|after|before)\s)?(?P<what>it|this|that|they|these|those|he|she)\s"
    r"(?:must|shall|should|will|is|are|was|has|have|does|do|happens|occurs|fails|holds|succeeds|ends)\b",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    r"(?<!\bthat )(?<!\bwhich )\b(?:must|shall)\s(?:(?:always|never|not|also|then)\s)?"
    r"be\s(?P<what>[a-z]{4,12})\b(?!\sby\b)",
    re.IGNORECASE,
)


def inside_words(subject: Subject) -> Iterator[Finding]:
    """L13: WHAT tells what a user can do, not what the program is made of."""
    yield from islice(_inside_words(subject), _MOST)


def _inside_words(subject: Subject) -> Iterator[Finding]:
    """A spec of a structure names the parts and the products that it is made of."""
    front = subject.spec.front
    is_structure = front is not None and front.kind is not Kind.FEATURE
    what = frozenset({Question.WHAT})
    for hit in chain(
        hits(subject, "inside_words", what), () if is_structure else hits(subject, "structure_words", what)
    ):
        yield finding(
            subject,
            "L13",
            hit,
            f"“{hit.quote}” is seen from inside of the program only: WHAT tells what is possible for a user",
            hit.phrase.advice,
            Level.INFO,
        )


def standing_alone(subject: Subject) -> Iterator[Finding]:
    """L14: a rule is read alone, so it names who acts and what it speaks of."""
    yield from islice(_standing_alone(subject, not subject.words.isdisjoint(word_list("passive_verbs"))), _MOST)


def _standing_alone(subject: Subject, has_passive: bool) -> Iterator[Finding]:
    for statement in judged(subject, frozenset({Question.RULES})):
        body = _BODY.match(statement.prose) if statement.id else None
        if body is None:
            continue
        pronoun = _PRONOUN.match(statement.prose, body.end())
        if pronoun is not None:
            yield _found(
                subject,
                statement,
                pronoun,
                f"“{pronoun['what']}” points to another item: a rule is read and judged alone",
                "name the thing",
            )
            continue
        may_be_passive = has_passive and " be " in statement.prose
        passive = _PASSIVE.search(statement.prose, body.end()) if may_be_passive else None
        if passive is not None and passive["what"].casefold() in word_list("passive_verbs"):
            yield _found(
                subject,
                statement,
                passive,
                f"“{passive['what']}” does not say who acts, and how it is seen",
                "name the part that acts, and what can be observed then",
            )


def _found(subject: Subject, statement: Statement, match: re.Match[str], message: str, fix: str) -> Finding:
    line, column = statement.place(match.start("what"))
    return found(subject, "L14", message, fix, line=line, column=column, quote=match["what"], level=Level.INFO)


RULES = (
    Rule(
        "L13",
        Level.INFO,
        "what is asked for is not how it is built",
        inside_words,
        requires="what a user can do in WHAT, not how it is built",
        example=Example(
            Question.WHAT,
            "A command `count-words` that prints how many words a text file holds.",
            "A command `count-words` whose base class reads a text file with a regular expression.",
        ),
    ),
    Rule(
        "L14",
        Level.INFO,
        "a rule is read alone",
        standing_alone,
        requires="rules that name who acts and what they speak of",
        example=Example(
            Question.RULES,
            rules("`count-words` must print the number of words in FILE."),
            rules("It must print the number of words in FILE."),
        ),
    ),
)
