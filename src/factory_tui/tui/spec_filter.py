"""Which specs the operator wants to see: words, and `key:value` for what a word cannot say. Pure."""

from collections.abc import Callable, Container, Iterable, Mapping
from difflib import get_close_matches
from typing import NamedTuple, TypeVar

from factory_tui.model.spec import Category, Kind
from factory_tui.model.views import SpecRow
from factory_tui.tui.look import STATUSES

Wanted = Callable[[SpecRow], bool]
Choice = TypeVar("Choice")


class SpecFilter(NamedTuple):
    """What was typed, as a question to a row."""

    wanted: Wanted
    problem: str = ""
    """Why a part of it finds nothing: a key or a value that does not exist."""

    def keep(self, rows: Iterable[SpecRow]) -> list[SpecRow]:
        return [row for row in rows if self.wanted(row)]


class NoSuchValue(ValueError):
    """What was typed after a key means nothing."""


def parse_filter(
    typed: str, *, marked: Container[object] = frozenset(), waiting: Container[object] = frozenset()
) -> SpecFilter:
    """Every part has to hold; a leading `!` turns the whole around.

    Args:
        typed: as in the filter's line.
        marked: ids for `is:marked`.
        waiting: ids for `is:waiting`.
    """
    text = typed.strip().casefold()
    inverse = text.startswith("!")
    parts, problem = [], ""
    for part in text.removeprefix("!").split():
        try:
            parts.append(_part(part, marked, waiting))
        except NoSuchValue as error:
            problem = problem or str(error)
            parts.append(_nothing)
    if not parts:
        return SpecFilter(lambda row: True)
    if problem:
        return SpecFilter(_nothing, problem)
    return SpecFilter(lambda row: all(part(row) for part in parts) is not inverse)


def _nothing(row: SpecRow) -> bool:
    return False


def _part(part: str, marked: Container[object], waiting: Container[object]) -> Wanted:
    key, colon, value = part.partition(":")
    if not colon:
        return lambda row: part in _haystack(row)
    if not value:
        return lambda row: True  # it is still being typed
    if key == "is":
        ids = _one_of("is", value, {"marked": marked, "waiting": waiting})
        return lambda row: row.id in ids
    make = _KEYS.get(key)
    if make is None:
        raise NoSuchValue(f"no {key}: {_nearest(key)}")
    return make(value)


def _nearest(key: str) -> str:
    """What was meant perhaps; short, because it stands in one line of 80 cells."""
    near = [f"{each}:" for each in get_close_matches(key, (*_KEYS, "is"), 1)]
    near = near or [f"has:{each}" for each in get_close_matches(key, _HAS, 1)]
    return f"did you mean {near[0]}?" if near else "F1 tells what there is"


def _haystack(row: SpecRow) -> str:
    words = (row.id, row.title, row.status or "broken", row.kind, row.category, row.last_state)
    return " ".join(word for word in words if word).casefold()


def _state(value: str) -> Wanted:
    status = _one_of("state", value, {word: status for status, (_, word, _) in STATUSES.items()})
    return lambda row: row.status is status


def _kind(value: str) -> Wanted:
    kind = _one_of("kind", value, {each.value: each for each in Kind})
    return lambda row: row.kind is kind


def _category(value: str) -> Wanted:
    category = _one_of("category", value, {each.value: each for each in Category})
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
    return _one_of("has", value, _HAS)


def _one_of(key: str, value: str, choices: Mapping[str, Choice]) -> Choice:
    """The choice whose name begins like `value`."""
    for name, choice in choices.items():
        if name.startswith(value):
            return choice
    raise NoSuchValue(f"{key}: is one of {', '.join(choices)}")


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
