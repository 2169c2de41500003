"""Regular expressions that stand in a file: how long a search could take, and searches that cannot take long."""

import re
from functools import lru_cache

FEW_STEPS = 500_000
"""Upper bound of backtracking steps of a search that a rule makes: at worst a few milliseconds."""

_QUANTIFIER = re.compile(r"[*+?{]")
_REPEATED_GROUP = re.compile(r"\)[*+{]")
_BACKREFERENCE = re.compile(r"\\[1-9]|\(\?P=")
_VERBOSE = re.compile(r"\(\?[a-zA-Z]*x")
"""Blanks and comments count for nothing then, so a quantifier need not stand beside its group."""


def steps_bound(pattern: str, length: int) -> float:
    """Upper bound of the steps a backtracking search takes, read off the pattern; infinite when unbounded.

    Each quantifier outside a repeated group chooses among at most `length + 1` ends, the search chooses its start,
    each alternative doubles the choices. Quantifier characters are counted wherever they stand, so the
    bound errs upwards.
    """
    if any(each.search(pattern) for each in (_REPEATED_GROUP, _BACKREFERENCE, _VERBOSE)):
        return float("inf")
    quantifiers = len(_QUANTIFIER.findall(pattern.replace("(?", "(")))
    choices = (length + 1.0) ** min(quantifiers + 1, 20) * 2.0 ** min(pattern.count("|"), 60)
    return choices * (len(pattern) + 1)


def accepts(pattern: str, text: str) -> bool | None:
    """Whether `pattern` is found in `text`; None when it is no pattern, or could take long."""
    if steps_bound(pattern, len(text)) > FEW_STEPS:
        return None
    compiled = _compiled(pattern)
    return None if compiled is None else compiled.search(text) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return None
