"""Whether an item says something that can be checked besides its vague words."""

import re

from factory_tui.specs.reading.statements import Statement
from factory_tui.specs.rules.rule import Subject
from factory_tui.specs.words import word_rows

_NAMES = re.compile(r"\b[RE]\d{1,4}[a-z]?\b|^\s*\d{1,9}[.)](?=\s)")
"""Ids of items, and the number of a list's item: they tell nothing of what it says."""
_MODAL = re.compile(r"\b(?:must|shall)\b", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W_]+")
_EXAMPLE = re.compile(r"\b(?:for example|for instance|e\.g\.|one of|either)", re.IGNORECASE)
_LONGEST_TERM = 4
_LONGEST_ITEM = 10_000


def is_anchored(subject: Subject, statement: Statement) -> bool:
    """It has a number, a choice of values, code, quoted text, an example or a term of the glossary.

    Code before its `must` names who acts or in which case, and tells nothing of what is to be done.
    """
    prose, visible = statement.prose[:_LONGEST_ITEM], statement.visible[:_LONGEST_ITEM]
    modal = _MODAL.search(prose)
    start = modal.end() if modal else 0
    return (
        visible[start:] != prose[start:]
        or _DIGIT.search(_NAMES.sub("", prose)) is not None
        or _EXAMPLE.search(prose) is not None
        or _has_known_word(subject, prose.casefold())
    )


def _has_known_word(subject: Subject, text: str) -> bool:
    words = _WORD.findall(text)
    if not _number_words().isdisjoint(words):
        return True
    terms = subject.glossary.terms
    return bool(terms) and any(
        " ".join(words[start : start + length]) in terms
        for length in range(1, _LONGEST_TERM + 1)
        for start in range(len(words) - length + 1)
    )


def _number_words() -> frozenset[str]:
    """`one` is more often a pronoun."""
    return (frozenset(row.split()[0] for row in word_rows("number_words")) | {"once", "twice"}) - {"one", "a", "an"}
