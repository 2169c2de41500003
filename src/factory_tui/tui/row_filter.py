"""Which rows the operator wants to see: words, and `key:value` for what a word cannot say. Pure."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Generic, NamedTuple, TypeVar

Row = TypeVar("Row")
Choice = TypeVar("Choice")

Wanted = Callable[[Row], bool]
Keys = Mapping[str, Callable[[str], Wanted[Row]]]
"""Key → what its value asks of a row."""


class RowFilter(NamedTuple, Generic[Row]):
    """What was typed, as a question to a row."""

    parts: tuple[Wanted[Row], ...] = ()
    """Every one of them has to hold."""
    inverse: bool = False
    problem: str = ""
    """Why a part of it finds nothing: a key or a value that does not exist."""

    def wanted(self, row: Row) -> bool:
        """A problem finds nothing, turned around or not; without parts everything is wanted."""
        if self.problem:
            return False
        return not self.parts or self.fits(row) is not self.inverse

    def fits(self, row: Row) -> bool:
        return all(part(row) for part in self.parts)

    def keep(self, rows: Iterable[Row]) -> list[Row]:
        return [row for row in rows if self.wanted(row)]


class NoSuchValue(ValueError):
    """What was typed after a key means nothing."""


def parse_words(
    typed: str, keys: Keys[Row], word: Callable[[str], Wanted[Row]], near: Callable[[str], str | None] = lambda _: None
) -> RowFilter[Row]:
    """Every part has to hold; a leading `!` turns the whole around.

    Args:
        typed: as in the filter's line.
        keys: what may stand before a colon.
        word: what a word without a colon asks.
        near: what was meant by a key that does not exist, other than one of `keys`.
    """
    text = typed.strip().casefold()
    parts: list[Wanted[Row]] = []
    problem = ""
    for part in text.removeprefix("!").split():
        key, colon, value = part.partition(":")
        if colon and not value:
            continue  # it is still being typed
        try:
            parts.append(_ask(key, value, keys, near) if colon else word(part))
        except NoSuchValue as error:
            problem = problem or str(error)
    return RowFilter(tuple(parts), text.startswith("!"), problem)


def _ask(key: str, value: str, keys: Keys[Row], near: Callable[[str], str | None]) -> Wanted[Row]:
    if key not in keys:
        raise NoSuchValue(f"no {key}: {_nearest(key, keys, near)}")
    return keys[key](value)


def _nearest(key: str, keys: Keys[Row], near: Callable[[str], str | None]) -> str:
    """What was meant perhaps; short, because it stands in one line of 80 cells."""
    found = next((f"{each}:" for each in get_close_matches(key, keys, 1)), None) or near(key)
    return f"did you mean {found}?" if found else "F1 tells what there is"


def one_of(key: str, value: str, choices: Mapping[str, Choice]) -> Choice:
    """The choice whose name begins like `value`. Raises `NoSuchValue`."""
    for name, choice in choices.items():
        if name.startswith(value):
            return choice
    raise NoSuchValue(f"{key}: is one of {', '.join(choices)}")
