"""Word lists whose entries are phrases, each with what to write instead of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from factory_tui.specs.words import word_rows

_WORD = re.compile(r"[^\W_]+")
_GAP = r"(?:[ \t\xa0]{1,20}|-|[ \t]{0,20}\n[ \t]{0,20})"
"""White space or a hyphen: a phrase may go on in the next line, never in the next paragraph."""
_BEFORE = r"(?<![\w/@#$.&-])"
_AFTER = r"(?![\w/@]|[-.&]\w)"
"""What stands in a path, an address, an option or a longer word is no word of the text."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One entry of a list."""

    text: str
    """In small letters."""
    advice: str
    """What to write instead; empty for a use that is exact."""
    doubtful: bool
    """It has exact uses as well."""


@dataclass(frozen=True, slots=True)
class PhraseMatch:
    """A phrase in a text."""

    phrase: Phrase
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PhraseList:
    """The phrases of one file, found by the rarest of their words."""

    by_text: Mapping[str, Phrase]
    by_key: Mapping[str, tuple[str, ...]]
    """Longest word of a phrase → the phrases with it. A text without such a word has none of them."""
    keys: frozenset[str]
    """Those of `by_key`."""
    words: Mapping[str, frozenset[str]]
    """Phrase → its words."""
    name: str

    def keys_in(self, words: frozenset[str]) -> tuple[str, ...]:
        """Those keys of which a text with these words, in small letters, may hold a phrase."""
        return tuple(
            sorted(
                key
                for key in words & self.keys
                if any(self.by_text[text].advice and self.words[text] <= words for text in self.by_key[key])
            )
        )

    def matches(self, text: str, keys: tuple[str, ...]) -> Iterator[PhraseMatch]:
        """Phrases with one of these keys, in order; of two that start together the longer one."""
        for match in _finder(self.name, keys).finditer(text):
            phrase = self.by_text[_plain(match[0])]
            if phrase.advice:
                yield PhraseMatch(phrase, match.start(), match.end())


@cache
def phrase_list(name: str) -> PhraseList:
    """The phrases of `<name>.txt`.

    A row is `phrase, phrase → what to write instead`; `?` before it marks it as doubtful, `!` lists exact uses.
    """
    by_text: dict[str, Phrase] = {}
    for row in word_rows(name):
        mark = row[0] if row[0] in "?!" else ""
        phrases, _, advice = row.removeprefix(mark).partition("→")
        for each in phrases.split(","):
            text = each.strip()
            by_text[_plain(text)] = Phrase(text, advice.strip(), mark == "?")
    by_key: dict[str, list[str]] = {}
    for text, phrase in by_text.items():
        if phrase.advice:
            by_key.setdefault(max(_WORD.findall(text), key=len), []).append(text)
    for text, phrase in by_text.items():
        if not phrase.advice:
            for key in by_key.keys() & set(_WORD.findall(text)):
                by_key[key].append(text)
    return PhraseList(
        by_text=MappingProxyType(by_text),
        by_key=MappingProxyType({key: tuple(texts) for key, texts in by_key.items()}),
        keys=frozenset(by_key),
        words=MappingProxyType({text: frozenset(_WORD.findall(text)) for text in by_text}),
        name=name,
    )


@lru_cache(maxsize=512)
def _finder(name: str, keys: tuple[str, ...]) -> re.Pattern[str]:
    found = phrase_list(name)
    texts = sorted({text for key in keys for text in found.by_key[key]}, key=lambda each: (-len(each), each))
    ways = "|".join(_GAP.join(map(re.escape, text.split())) for text in texts)
    return re.compile(f"{_BEFORE}(?:{ways}){_AFTER}", re.IGNORECASE)


def _plain(text: str) -> str:
    """One way to write what may be written with capitals, a hyphen or a line end in it."""
    return " ".join(text.casefold().replace("-", " ").split())
