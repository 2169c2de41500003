"""Observed values: what they are, when they are equal, how evidence shows them.

A value is text (output, files, bodies), a whole number (exit codes, statuses), a JSON value, or `ABSENT`.
Text is compared after normalising line endings and one trailing newline. A number is compared with text by
reading the text as a number; a JSON text never equals a JSON number, and `true` never equals 1.
"""

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Final

from pydantic import JsonValue

SHOWN = 2000
"""Characters of an expected or observed value kept in evidence."""


class Absent(Enum):
    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT
"""There is nothing to compare: no such file, no such place in the JSON."""

Observed = JsonValue | Absent


def strings_in(value: JsonValue) -> Iterator[str]:
    """Every text in a JSON value, the names of its fields included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from strings_in(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from strings_in(each)


def parse_json(text: str) -> JsonValue:
    """Text → JSON value.

    Raises:
        ValueError: not JSON (NaN and Infinity are not), or nested or written beyond what can be read.
    """
    try:
        value: JsonValue = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def same(observed: Observed, expected: JsonValue, *, strict: bool = False) -> bool:
    """Equality as scenarios mean it; see the module's first lines."""
    if observed is ABSENT:
        return False
    if isinstance(observed, str) and isinstance(expected, str):
        return normalised(observed) == normalised(expected)
    if isinstance(observed, bool) or isinstance(expected, bool):
        if isinstance(observed, str) and not strict:
            return observed.strip().lower() == str(expected).lower()
        return observed is expected
    if is_number(expected) or is_number(observed):
        number = number_in(observed, strict=strict)
        return number is not None and number == number_in(expected, strict=strict)
    return _same_json(observed, expected)


def normalised(text: str) -> str:
    """`text` with `\\n` line endings and without one trailing newline."""
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")


def lines_of(text: str) -> list[str]:
    """The lines of `text`; none when it is empty."""
    plain = normalised(text)
    return plain.split("\n") if plain or text else []


def text_of(value: str | bool | int | float) -> str:
    """Text as it is, a number or a truth value as JSON writes it."""
    return value if isinstance(value, str) else json.dumps(value)


def show(value: Observed) -> str:
    """A value as evidence shows it: text verbatim, the rest as JSON, cut to `SHOWN` characters from both ends."""
    if value is ABSENT:
        return "nothing there"
    if isinstance(value, str):
        return cut(value)
    try:
        return cut(json.dumps(value, ensure_ascii=False))
    except RecursionError:
        return "JSON nested too deeply to show"


def cut(text: str, limit: int = SHOWN) -> str:
    """At most about `limit` characters: the first and the last half, and how many are missing between.

    Lone surrogates, which JSON can smuggle in and UTF-8 cannot hold, become `?`.
    """
    text = text.encode("utf-8", errors="replace").decode("utf-8")
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters left out …\n{text[-half:]}"


def is_number(value: Observed) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def number_in(value: Observed, *, strict: bool) -> Decimal | None:
    """The finite number that `value` is or, unless strict, that its text says."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or (strict and isinstance(value, str)):
        return None
    text = str(value).strip()
    if len(text) > 400 or "_" in text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _same_json(one: Observed, other: JsonValue) -> bool:
    """Deep equality of JSON: numbers by value, `true` is not 1, text exactly."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if is_number(one) and is_number(other):
        return one == other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same_json(one[key], other[key]) for key in other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same_json, one, other))
    return type(one) is type(other) and one == other


def _refuse_constant(name: str) -> JsonValue:
    raise ValueError(f"{name} is not JSON")
