"""Which rule of a spec a piece of code may be about: a guess by shared words, and only ever shown as one."""

import re
from collections import Counter
from collections.abc import Sequence

from factory_tui.model.mutation import Mutant
from factory_tui.model.spec import Item

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SHORTEST = 3
# fmt: off
_PLAIN = frozenset((
    "the", "and", "for", "that", "with", "from", "not", "must", "when", "then", "than", "are", "was", "has",
    "have", "its", "into", "only", "all", "any", "one", "each", "given", "may", "can", "return", "self", "def",
    "none", "true", "false", "else", "raise", "import", "str", "int", "len", "print", "exit",
))
# fmt: on
"""Words of every rule, and words of every program."""


def nearest_rule(mutant: Mutant, rules: Sequence[Item]) -> Item | None:
    """The rule that shares the rarest words with the changed line, its function and its file; None without any.

    A word counts the less the more rules have it; the first of equal rules is taken.
    """
    said = [_words(each.text) for each in rules]
    frequency = Counter(word for words in said for word in words)
    code = _words(f"{mutant.before} {mutant.function}") | _words(mutant.path)
    scores = [sum(1 / frequency[word] for word in words & code) for words in said]
    best = max(scores, default=0.0)
    return rules[scores.index(best)] if best > 0 else None


def _words(text: str) -> set[str]:
    """Parts of names count as words, and a plural as its singular."""
    found = (each.lower() for each in _WORD.findall(text))
    return {each[:-1] if len(each) > 4 and each.endswith("s") else each for each in found if _counts(each)}


def _counts(word: str) -> bool:
    return len(word) >= _SHORTEST and word not in _PLAIN
