"""L01, L05 and L06: words that everybody reads with a value of their own."""

import re
from collections.abc import Iterator

from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import Question
from factory_tui.specs.rules.language.anchor import is_anchored
from factory_tui.specs.rules.language.shown import constraints
from factory_tui.specs.rules.language.wording import BUILT_FROM, Hit, finding, hits
from factory_tui.specs.rules.rule import Example, Rule, Subject

_CONDITION = re.compile(
    r"(?:\b(?:if|when|whenever|while|where|given|unless|whether)\b[^.;:,|\n]{0,200}"
    r"|\b(?:one|each|any|all|first|last|none) of (?:the )?)$",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"\b(?:than|compared|relative|whichever|versus|vs|baseline|over|as (?:on|in|before|today))\b", re.IGNORECASE
)
_OF_SOME = re.compile(r"\s+of\b", re.IGNORECASE)


def subjective_words(subject: Subject) -> Iterator[Finding]:
    """L01: no word whose measure is in the eye of the reader."""
    for hit in hits(subject, "subjective_words"):
        yield finding(
            subject,
            "L01",
            hit,
            f"“{hit.quote}” means something else to each reader: nobody can prove that it holds",
            hit.phrase.advice,
            _level(subject, hit),
        )


def vague_quantities(subject: Subject) -> Iterator[Finding]:
    """L05: no quantity without a bound; in a condition any quantity is meant, so there it is exact."""
    for hit in hits(subject, "vague_quantities", BUILT_FROM | {Question.INPUTS}, _is_asked_for):
        yield finding(
            subject,
            "L05",
            hit,
            f"“{hit.quote}” has no bound: one reader takes it for three, another one for a thousand",
            hit.phrase.advice,
            _level(subject, hit),
        )


def comparatives(subject: Subject) -> Iterator[Finding]:
    """L06: what is better or faster is so than something."""
    for hit in hits(subject, "comparatives", means=_has_no_reference):
        yield finding(
            subject,
            "L06",
            hit,
            f"“{hit.quote}” compares with nothing: it holds or not, depending on what the reader thinks of",
            hit.phrase.advice,
            Level.WARNING,
        )


def _level(subject: Subject, hit: Hit) -> Level:
    """An error where it can be proven that nothing in the item says what the word means."""
    is_proven = not hit.phrase.doubtful and hit.statement.question in BUILT_FROM
    return Level.ERROR if is_proven and not is_anchored(subject, hit.statement) else Level.WARNING


def _is_asked_for(hit: Hit) -> bool:
    return _CONDITION.search(hit.before) is None


def _has_no_reference(hit: Hit) -> bool:
    sentence = hit.before.rpartition(".")[2], hit.after.partition(".")[0]
    return not any(map(_REFERENCE.search, sentence)) and _OF_SOME.match(hit.after) is None


RULES = (
    Rule(
        "L01",
        Level.ERROR,
        "what has no measure cannot be judged",
        subjective_words,
        requires="no subjective word; an error in an item without number, choice, example or glossary term",
        example=Example(
            Question.CONSTRAINTS,
            constraints("at most 2 seconds for a file of 10000000 bytes."),
            constraints("it ends quickly."),
        ),
    ),
    Rule(
        "L05",
        Level.ERROR,
        "a quantity without a bound is met by any number, or by none",
        vague_quantities,
        requires="no quantity without a bound; an error in an item without number, choice, example or glossary term",
        example=Example(
            Question.CONSTRAINTS,
            constraints(security="the program reads one file."),
            constraints(security="the program reads a few of the files."),
        ),
    ),
    Rule(
        "L06",
        Level.WARNING,
        "a comparison with nothing cannot fail",
        comparatives,
        requires="a comparison says with what",
        example=Example(
            Question.CONSTRAINTS,
            constraints("at most 2 seconds for a file of 10000000 bytes, faster than the base."),
            constraints("at most 2 seconds for a file of 10000000 bytes, and faster."),
        ),
    ),
)
