"""Which specs the operator wants to see. Pure."""

from collections.abc import Callable, Container
from difflib import get_close_matches

from factory_tui.model.spec import Category, Kind
from factory_tui.model.views import SpecRow
from factory_tui.tui.look import STATUSES
from factory_tui.tui.row_filter import NoSuchValue, RowFilter, one_of, parse_words
from factory_tui.tui.row_filter import Wanted as Asked

Wanted = Asked[SpecRow]
SpecFilter = RowFilter[SpecRow]


def parse_filter(
    typed: str, *, marked: Container[object] = frozenset(), waiting: Container[object] = frozenset()
) -> SpecFilter:
    """See `row_filter.parse_words`.

    Args:
        typed: as in the filter's line.
        marked: ids for `is:marked`.
        waiting: ids for `is:waiting`.
    """

    def state(value: str) -> Wanted:
        ids = one_of("is", value, {"marked": marked, "waiting": waiting})
        return lambda row: row.id in ids

    return parse_words(typed, {**_KEYS, "is": state}, _word, _thing)


def _word(word: str) -> Wanted:
    return lambda row: word in _haystack(row)


def _thing(key: str) -> str | None:
    """`errors:` was `has:errors` perhaps."""
    return next((f"has:{each}" for each in get_close_matches(key, _HAS, 1)), None)


def _haystack(row: SpecRow) -> str:
    words = (row.id, row.title, row.status or "broken", row.kind, row.category, row.last_state)
    return " ".join(word for word in words if word).casefold()


def _state(value: str) -> Wanted:
    status = one_of("state", value, {word: status for status, (_, word, _) in STATUSES.items()})
    return lambda row: row.status is status


def _kind(value: str) -> Wanted:
    kind = one_of("kind", value, {each.value: each for each in Kind})
    return lambda row: row.kind is kind


def _category(value: str) -> Wanted:
    category = one_of("category", value, {each.value: each for each in Category})
    return lambda row: row.category is category


def _priority(value: str) -> Wanted:
    low, dash, high = value.partition("-")
    if not low.isdecimal() or (dash and high and not high.isdecimal()):
        raise NoSuchValue("write prio:0, or prio:0-1")
    first = int(low[:3])
    last = int(high[:3]) if high else first
    return lambda row: first <= row.priority <= last


def _rule(value: str) -> Wanted:
    return lambda row: any(each.rule.casefold().startswith(value) for each in row.findings)


def _last(value: str) -> Wanted:
    return lambda row: ("escaped" if row.escaped else row.last_state or "none").startswith(value)


def _agent(value: str) -> Wanted:
    return lambda row: row.agent.casefold().startswith(value)


def _dependency(value: str) -> Wanted:
    return lambda row: any(value in each.casefold() for each in row.depends_on)


def _has(value: str) -> Wanted:
    return one_of("has", value, _HAS)


_HAS: dict[str, Wanted] = {
    "errors": lambda row: row.errors > 0,
    "warnings": lambda row: row.warnings > 0,
    "findings": lambda row: bool(row.findings),
    "runs": lambda row: row.runs > 0,
    "history": lambda row: row.estimate.n > 0,
    "dependencies": lambda row: bool(row.depends_on),
    "unsaved": lambda row: row.unsaved,
}

_KEYS: dict[str, Callable[[str], Wanted]] = {
    "state": _state,
    "kind": _kind,
    "category": _category,
    "cat": _category,
    "prio": _priority,
    "has": _has,
    "rule": _rule,
    "last": _last,
    "agent": _agent,
    "needs": _dependency,
}
