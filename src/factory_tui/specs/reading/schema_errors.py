"""pydantic's errors, told to the author of a YAML file: which line, what is wrong, what to write."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from factory_tui.model.scenario import MOMENT
from factory_tui.model.step import TERMINAL_SIZE, VARIABLE
from factory_tui.specs.reading.marked_yaml import Location, Mark, MarkedYaml, YamlProblem, has_key

KnownKeys = Callable[[Location], Iterable[str]]
"""The keys that a mapping at a location may have."""

_TYPES = {
    "string_type": ("is not text", "write text, in quotes if it looks like a number"),
    "int_type": ("is not a whole number", "write a whole number such as 2"),
    "int_from_float": ("is not a whole number", "write a whole number such as 2"),
    "int_parsing": ("is not a whole number", "write a whole number such as 2, without quotes"),
    "float_type": ("is not a number", "write a number such as 2.00, without quotes"),
    "float_parsing": ("is not a number", "write a number such as 2.00, without quotes"),
    "finite_number": ("is not a finite number", "write a number such as 2.00"),
    "bool_type": ("is neither true nor false", "write true or false"),
    "bool_parsing": ("is neither true nor false", "write true or false"),
    "tuple_type": ("is not a list", "write a list: [one, two]"),
    "list_type": ("is not a list", "write a list: [one, two]"),
    "dict_type": ("is not a mapping", "write keys and values: {key: value}"),
    "model_type": ("is not a mapping", "write keys and values: {key: value}"),
    "model_attributes_type": ("is not a mapping", "write keys and values: {key: value}"),
    "missing": ("is missing", "add it"),
    "too_short": ("is empty", "give at least one"),
    "string_too_short": ("is empty", "write what it is"),
}
"""Type of a pydantic error → what to say, what to do."""

_OF_AN_ID = (
    "has characters that an id cannot have",
    "use a lower case letter, then lower case letters, digits and dashes",
)

_PATTERNS = {
    MOMENT: ("is no date with a time", "write a local time such as 2026-03-01 09:00"),
    TERMINAL_SIZE: ("is no size of a terminal", "write columns and rows such as 80x24"),
    VARIABLE: ("is no name of a variable", "use a lower case letter, then lower case letters, digits and _"),
}
"""Pattern that a text does not match, unless it is that of an id → what to say, what to do."""


def nearest(word: str, known: Iterable[str], cutoff: float = 55) -> str | None:
    """The known word that `word` most likely stands for."""
    from rapidfuzz import process

    found = process.extractOne(word, list(known), processor=str.lower, score_cutoff=cutoff)
    return str(found[0]) if found else None


def explain(error: ValidationError, document: MarkedYaml, known: KnownKeys) -> list[YamlProblem]:
    """One problem for each place in `document` that `error` names, in the order of the file."""
    found: dict[Location, YamlProblem] = {}
    errors = [dict(each) for each in error.errors(include_url=False) if not _counts_good_ones(dict(each))]
    for each in _likeliest(errors, document.value):
        location = locate(each["loc"], document.value)
        found.setdefault(location, _explain_one(each, location, document, known))
    return sorted(found.values(), key=lambda each: (each.mark.line, each.mark.column, each.what))


def _counts_good_ones(error: dict[str, Any]) -> bool:
    """A list whose only entry is broken is not empty: pydantic counts the entries that are left."""
    return error["type"] == "too_short" and bool(error.get("input"))


def _likeliest(errors: list[dict[str, Any]], value: object) -> list[dict[str, Any]]:
    """Of the alternatives of a union, only the one that the author most likely meant.

    pydantic reports every member that did not fit. One that the value is not even of the type of was not meant.
    """
    unions: dict[Location, dict[str, list[dict[str, Any]]]] = {}
    kept = []
    for each in errors:
        reported: tuple[int | str, ...] = each["loc"]
        at = len(_present(reported, value))
        is_missing = at == len(reported) - 1 and each["type"] in ("missing", "extra_forbidden")
        if at == len(reported) or is_missing:
            kept.append(each)
        else:
            unions.setdefault(reported[:at], {}).setdefault(str(reported[at]), []).append(each)
    for at_union, members in unions.items():
        wrong_type = {
            name: any(len(each["loc"]) == len(at_union) + 1 and str(each["type"]).endswith("_type") for each in found)
            for name, found in members.items()
        }
        best = min(members, key=lambda name: wrong_type[name])
        kept += members[best]
    return kept


def _present(reported: Location, value: object) -> Location:
    """The longest beginning of a location that is in the file."""
    for index, part in enumerate(reported):
        if not has_key(value, part):
            return reported[:index]
        value = value[part]  # type: ignore[index]
    return reported


def locate(reported: tuple[int | str, ...], value: object) -> Location:
    """The part of pydantic's location that is in the file: names of union members and validators are left out.

    The last part is kept although it is absent from the file when it is the name of a missing key.
    """
    location: list[int | str] = []
    for index, part in enumerate(reported):
        if has_key(value, part):
            location.append(part)
            value = value[part]  # type: ignore[index]
        elif index == len(reported) - 1 and isinstance(value, Mapping) and re.fullmatch(r"[a-z][a-z0-9_]*", str(part)):
            location.append(part)
    return tuple(location)


def shown(location: Location) -> str:
    """`steps[0].expect.exit`, counted from 0 as in the file's data."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _explain_one(each: dict[str, Any], location: Location, document: MarkedYaml, known: KnownKeys) -> YamlProblem:
    kind = str(each["type"])
    name = shown(location) or "the file"
    mark = document.mark(location)
    if kind == "extra_forbidden":
        return _unknown_key(location, mark, name, tuple(known(location[:-1])))
    if kind in ("enum", "literal_error"):
        return _unknown_value(each, mark, name)
    if kind == "missing":
        return YamlProblem(
            f"{name} is missing", f"add a line `{location[-1] if location else name}: …`", Mark(mark.line, mark.column)
        )
    if kind in _TYPES:
        what, todo = _TYPES[kind]
        given = _given(each.get("input"))
        return YamlProblem(f"{name} {what}{given}", todo, mark)
    if kind == "string_pattern_mismatch":
        what, todo = _PATTERNS.get(str(each.get("ctx", {}).get("pattern")), _OF_AN_ID)
        return YamlProblem(f"{name} {what}{_given(each.get('input')) if what not in _OF_AN_ID else ''}", todo, mark)
    if kind in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        bound = re.sub(r"^Input should be ", "", str(each["msg"]))
        return YamlProblem(f"{name} is out of bounds{_given(each.get('input'))}", f"write a number {bound}", mark)
    if kind in ("string_too_long", "too_long"):
        most = each.get("ctx", {}).get("max_length", "")
        return YamlProblem(f"{name} is too long", f"write at most {most} characters or entries", mark)
    what, _, todo = str(each["msg"]).removeprefix("Value error, ").partition("; ")
    return YamlProblem(what if what.startswith(name) else f"{name}: {what}", todo or "mend the value", mark)


def _given(value: object) -> str:
    if value is None:
        return " (it is empty)"
    if isinstance(value, bool):
        return f": {str(value).lower()}"
    if isinstance(value, int | float):
        return f": {value}"
    return f": {value[:40]!r}" if isinstance(value, str) else ""


def _unknown_key(location: Location, mark: Mark, name: str, known: tuple[str, ...]) -> YamlProblem:
    best = nearest(str(location[-1]), known)
    todo = f"write {best}" if best else f"known keys: {', '.join(known)}"
    return YamlProblem(f"there is no key {name}", todo, mark)


def _unknown_value(each: dict[str, Any], mark: Mark, name: str) -> YamlProblem:
    allowed = re.findall(r"'([^']*)'", str(each.get("ctx", {}).get("expected", "")))
    given = each.get("input")
    best = nearest(given, allowed) if isinstance(given, str) else None
    choices = ", ".join(allowed)
    todo = f"write {best} (one of {choices})" if best else f"write one of {choices}"
    said = _given(given).removeprefix(": ") or "that"
    return YamlProblem(f"{name} cannot be {said.strip()}", todo, mark)
