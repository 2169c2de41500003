"""Whether a text says what an input may be: its type, its bounds, an invalid case, and what happens then."""

import re
from collections.abc import Callable

from factory_tui.specs.words.groups import Words, word_groups

_LITERAL = re.compile(r"`[^`\n]{1,200}`|\"[^\"\n]{1,200}\"|“[^”\n]{1,200}”|'[^'\n]{1,60}'")
_RESULT_MARK = re.compile(r":(?!//)|→|->|=>|⇒|\bR\d|\b[45]\d\d\b|;")
_LEADS_TO = re.compile(r"[`\"”']\s{0,2}(?:→|->|=>|⇒)")
"""A value with an arrow behind it: what happens when that is given."""

_RULE_ID = re.compile(r"\bR\d{1,4}[a-z]?\b")
CODE_NUMBER = re.compile(
    r"\b(?:[RE]\d{1,4}|(?:exit(?: |-)?codes?|codes?|status|exits?(?: with)?|HTTP)\s{1,3}\d{1,3})\b", re.I
)
"""A number that bounds nothing: an id, or a code that a program ends with."""


def _says_type(text: str) -> bool:
    return bool(_LITERAL.search(text)) or word_groups("input_words")["type"].is_in(Words.of(text))


def _says_bounds(text: str) -> bool:
    if re.search(r"\d", CODE_NUMBER.sub("", text)) or len(_LITERAL.findall(text)) > 1:
        return True
    return "^" in text or word_groups("input_words")["bounds"].is_in(Words.of(text))


def _says_invalid(text: str) -> bool:
    if _RULE_ID.search(text) or _LEADS_TO.search(text):
        return True
    return word_groups("input_words")["invalid"].is_in(Words.of(text))


def _says_result(text: str) -> bool:
    return bool(_RESULT_MARK.search(text)) or word_groups("input_words")["result"].is_in(Words.of(text))


SAYS: dict[str, Callable[[str], bool]] = {
    "type": _says_type,
    "bounds": _says_bounds,
    "invalid": _says_invalid,
    "result": _says_result,
}
"""Aspect → whether an English text says it. `result` is what happens in the invalid case."""
