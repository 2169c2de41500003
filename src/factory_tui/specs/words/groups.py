"""Word lists that sort words into groups: a row is `group: word, two words, stem*`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from factory_tui.specs.words import word_rows

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_WORD_OF_ASCII = re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)?")
"""The same in small letters without accents: searched in half of the time."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text, prepared for looking up words in it."""

    text: str
    """In small letters, its white space as single blanks, between two blanks."""
    words: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "Words":
        small = text.casefold()
        word = _WORD_OF_ASCII if small.isascii() else _WORD
        return cls(f" {' '.join(small.split())} ", frozenset(word.findall(small)))


@dataclass(frozen=True, slots=True)
class WordGroup:
    """The words that mean one thing."""

    words: frozenset[str]
    stems: tuple[str, ...]
    """Beginnings of words."""
    phrases: tuple[str, ...]
    """What is more than a word, or less."""

    def is_in(self, said: Words) -> bool:
        """Whether the text has a word of the group."""
        if not self.words.isdisjoint(said.words) or any(each in said.text for each in self.phrases):
            return True
        return bool(self.stems) and any(each.startswith(self.stems) for each in said.words)


@cache
def word_groups(name: str) -> Mapping[str, WordGroup]:
    """The groups of `<name>.txt`, in order."""
    return MappingProxyType(
        {head: _group(words) for head, _, words in (row.partition(": ") for row in word_rows(name))}
    )


def _group(words: str) -> WordGroup:
    each = [word.strip().casefold() for word in words.split(", ")]
    stems = [word[:-1] for word in each if word.endswith("*")]
    whole = [word for word in each if not word.endswith("*")]
    return WordGroup(
        frozenset(word for word in whole if _WORD.fullmatch(word)),
        tuple(stem for stem in stems if _WORD.fullmatch(stem)),
        tuple(part for part in (*whole, *stems) if not _WORD.fullmatch(part)),
    )
