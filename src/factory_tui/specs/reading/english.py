"""Which sections of a spec are English: words mean something else in another language."""

import re

from factory_tui.model.spec import Question, Spec
from factory_tui.specs.reading.lines import split_lines
from factory_tui.specs.words import word_list

_WORD = re.compile(r"[^\W_]+")
_BEYOND_LATIN = re.compile(r"[^\x00-\u036f]")
_SHARE = 5
"""A text with a letter of another script for each five words is not English; in one of Latin script words tell."""


def english_sections(spec: Spec, words: frozenset[str]) -> frozenset[Question]:
    """The questions that are answered in English, as far as their function words tell.

    Args:
        spec: the spec.
        words: all words of its prose in small letters.
    """
    questions = {section.question for section in spec.sections}
    if words.isdisjoint(word_list("foreign_words")) and not _is_beyond_latin(spec.prose, len(words)):
        return frozenset(questions)
    lines = split_lines(spec.prose)
    return frozenset(
        section.question
        for section in spec.sections
        if is_english("\n".join(lines[section.body_line - 1 : section.last_line]))
    )


def is_english(text: str) -> bool:
    """True as well for a text with too few words to tell, as long as its letters are Latin."""
    words = _WORD.findall(text.casefold())
    english, foreign = word_list("english_words"), word_list("foreign_words")
    ours = sum(word in english for word in words)
    theirs = sum(word in foreign for word in words)
    return ours >= theirs and not _is_beyond_latin(text, len(words))


def _is_beyond_latin(text: str, words: int) -> bool:
    if text.isascii():
        return False
    return sum(map(str.isalpha, _BEYOND_LATIN.findall(text))) * _SHARE > words
