"""What a rule demands, in a form in which two rules that demand the same thing are equal."""

import re
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 1_000
"""Characters of a rule that are compared: a longer one says more than one thing."""

_TOKEN = re.compile(r'`[^`\n]+`|"[^"\n]*"|\d+(?:[.,]\d+)*|[^\W\d_]+(?:[-\'’][^\W\d_]+)*|\w+|[,:<>=≤≥%&+/$§#-]')
_FILLERS = frozenset({"a", "an", "the", "then", "always", "also", "shall", "must", "will"})
_MODALS = frozenset({"must", "shall"})
_NOT = frozenset({"never", "not"})
_IF = frozenset(
    {"if", "when", "whenever", "while", "unless", "until", "after", "before", "where", "once", "with", "without"}
)
SAME = {"when": "if", "whenever": "if", "which": "that"}
"""Words that are taken for another one."""

Tokens = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """A rule as a demand under conditions."""

    condition: Tokens
    """Words of the conditions, in order; empty when it holds always."""
    demand: Tokens
    """Words of the demand, in order, without `must`, `never`, articles and fillers."""
    modal: bool
    """It says `must` or `shall`, once."""
    denied: bool
    """It says `must never` or `must not`."""


def is_literal(token: str) -> bool:
    """Code, quoted text, a number, or a name with a capital inside."""
    return not token.isalpha() or token != token.casefold()


@lru_cache(maxsize=8192)
def meaning_of(text: str) -> Meaning | None:
    """What a rule's text, without its id, demands; None when it is too long or has no words."""
    if len(text) > LONGEST:
        return None
    tokens = [_plain(each) for each in _TOKEN.findall(text)]
    if not tokens:
        return None
    modals = [index for index, each in enumerate(tokens) if each in _MODALS]
    modal = modals[0] if modals else 0
    lead = _leading_condition(tokens, modal)
    condition, rest = tokens[:lead], tokens[lead:]
    trail = next((index for index, each in enumerate(rest) if index > modal - lead and each in _IF), len(rest))
    condition, rest = [*condition, *rest[trail:]], rest[:trail]
    denied = bool(modals) and modal + 1 < len(tokens) and tokens[modal + 1] in _NOT
    if denied:
        rest = [each for index, each in enumerate(rest) if index != modal + 1 - lead]
    return Meaning(_kept(condition), _kept(rest), len(modals) == 1, denied)


def _plain(token: str) -> str:
    """Words in small letters, except names in capitals."""
    if token[0] in '`"' or (token.isupper() and len(token) > 1):
        return token
    return token.casefold()


def _leading_condition(tokens: list[str], modal: int) -> int:
    """Index behind `If …,` in front of the demand; 0 when the rule does not start with a condition."""
    if not modal or tokens[0] not in _IF:
        return 0
    return next((index + 1 for index in range(modal - 1, 0, -1) if tokens[index] == ","), 0)


def _kept(tokens: list[str]) -> Tokens:
    kept = (SAME.get(each, each) for each in tokens if each not in _FILLERS)
    return tuple(each for each in kept if each not in (",", ":"))
