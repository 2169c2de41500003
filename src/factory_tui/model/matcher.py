"""Matchers: what a scenario says of one observed value."""

import re
from collections.abc import Callable
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

_DURATION = re.compile(r"^(\d+(?:\.\d+)?)\s*(ms|s|m)?$")
_UNIT_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, None: 1.0}


def _seconds(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("a duration is a number of seconds or a text such as 500ms, 5s or 2m")
    if isinstance(value, str):
        match = _DURATION.match(value.strip())
        if not match:
            raise ValueError(f"{value[:40]!r} is not a duration; write 500ms, 5s or 2m")
        return float(match[1]) * _UNIT_SECONDS[match[2]]
    return value


Seconds = Annotated[
    float,
    BeforeValidator(_seconds),
    Field(gt=0, le=3600),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0, "maximum": 3600},
                {"type": "string", "pattern": _DURATION.pattern},
            ]
        }
    ),
]
"""A bounded duration, written as `500ms`, `5s`, `2m` or a number of seconds."""


_SIZE = re.compile(r"^(\d+(?:\.\d+)?)\s*(B|kB|KiB|MB|MiB|GB|GiB)?$")
_UNIT_BYTES = {None: 1, "B": 1, "kB": 10**3, "KiB": 2**10, "MB": 10**6, "MiB": 2**20, "GB": 10**9, "GiB": 2**30}


def _bytes(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("a size is a number of bytes or a text such as 10kB or 64MiB")
    if isinstance(value, str):
        match = _SIZE.match(value.strip())
        if not match:
            raise ValueError(f"{value[:40]!r} is not a size; write 500B, 10kB or 64MiB")
        return int(float(match[1]) * _UNIT_BYTES[match[2]])
    return value


Size = Annotated[
    int,
    BeforeValidator(_bytes),
    Field(ge=0, le=2**40),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": 2**40},
                {"type": "string", "pattern": _SIZE.pattern},
            ]
        }
    ),
]
"""Bytes, written as `500B`, `10kB`, `64MiB` or a number of bytes."""


Part = str | bool | int | float
"""What `contains` looks for: a number or a truth value by its text."""


class FilePart(BaseModel):
    """A part of a scenario's file: unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)


class Matcher(FilePart):
    """Conditions on one observed value; all that are given must hold."""

    equals: JsonValue = None
    """The value itself; what a bare value means."""
    contains: Part | tuple[Part, ...] | None = None
    """What occurs in the observed text or is a member of the observed list, or every one of several."""
    matches: str | None = None
    """Regular expression, searched for (not anchored)."""
    json_: Annotated[JsonValue, Field(alias="json")] = None
    """The text parses as JSON and matches: `$`-keys are JSONPath (names, indexes, `*`), else the whole value."""
    lines: JsonValue = None
    """Number of lines, a matcher on that number, or the exact list of lines."""
    lt: float | None = None
    """Less than."""
    gt: float | None = None
    """Greater than."""
    exists: bool | None = None
    """Whether there is anything at all."""
    not_: Annotated["Matcher | JsonValue", Field(alias="not")] = None
    """What must not hold."""
    any_of: tuple["Matcher | JsonValue", ...] | None = None
    """At least one of these holds."""

    @model_validator(mode="after")
    def _refuse_nothing(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("a matcher needs at least one condition")
        if self.matches is not None:
            try:
                re.compile(self.matches)
            except re.error as error:
                raise ValueError(f"matches: not a regular expression: {error}") from error
        self._read_nested()
        return self

    def _read_nested(self) -> None:
        """Values that are matchers only by their content are read when used; what is wrong with them is said now."""
        if "not_" in self.model_fields_set:
            placed(("not",), matcher_of, self.not_)
        for index, each in enumerate(self.any_of or ()):
            placed(("any_of", index), matcher_of, each)
        for path, each in under_paths(self.json_):
            placed(("json", path), matcher_of, each)
        if isinstance(self.lines, dict):
            placed(("lines",), matcher_of, self.lines)


MATCHER_WORDS = frozenset({"equals", "contains", "matches", "json", "lines", "lt", "gt", "exists", "not", "any_of"})


def _matcher(value: object) -> object:
    """A mapping made of matcher words is a matcher; anything else is compared with equals."""
    if isinstance(value, Matcher):
        return value
    if isinstance(value, dict) and value and set(value) <= MATCHER_WORDS:
        return value
    if isinstance(value, dict) and set(value) & MATCHER_WORDS:
        unknown = ", ".join(sorted(str(key) for key in set(value) - MATCHER_WORDS))
        raise ValueError(f"unknown matcher {unknown}; known: {', '.join(sorted(MATCHER_WORDS))}")
    return {"equals": value}


def matcher_of(value: object) -> Matcher:
    """The matcher that a scenario means by `value`: a bare value is `equals`.

    Raises:
        ValueError: an unknown word beside known ones, or a broken regular expression.
    """
    return Matcher.model_validate(_matcher(value))


def nested_in(matcher: Matcher) -> list[Matcher]:
    """The matchers of its `not` and `any_of`."""
    denied = [matcher.not_] if "not_" in matcher.model_fields_set else []
    return [matcher_of(each) for each in (*denied, *(matcher.any_of or ()))]


def under_paths(expected: JsonValue) -> list[tuple[str, JsonValue]]:
    """The entries of a mapping whose keys are all JSONPaths; nothing for any other value."""
    if isinstance(expected, dict) and expected and all(key.startswith("$") for key in expected):
        return list(expected.items())
    return []


_Read = TypeVar("_Read")


def placed(location: tuple[str | int, ...], read: Callable[[Any], _Read], value: object) -> _Read:
    """`read(value)`, whose errors are told as errors of the part of the file at `location`."""
    try:
        return read(value)
    except ValidationError as error:
        lines = [_error_line(location + each["loc"], dict(each)) for each in error.errors(include_url=False)]
        raise ValidationError.from_exception_data(error.title, lines) from None
    except ValueError as error:
        line = _error_line(location, {"type": "value_error", "msg": f"Value error, {error}", "input": value})
        raise ValidationError.from_exception_data("scenario", [line]) from None


def _error_line(location: tuple[str | int, ...], error: dict[str, Any]) -> InitErrorDetails:
    context = {**error.get("ctx", {}), "said": error["msg"]}
    return InitErrorDetails(
        type=PydanticCustomError(error["type"], "{said}", context), loc=location, input=error["input"]
    )


def value_matcher(value: object) -> object:
    """As `_matcher`, for output, numbers and files: none of them equals a mapping, so its keys are matcher words."""
    if isinstance(value, dict) and not set(value) & MATCHER_WORDS:
        unknown = ", ".join(sorted(map(str, value))) or "{}"
        raise ValueError(f"unknown matcher {unknown}; use {', '.join(sorted(MATCHER_WORDS))}")
    return _matcher(value)


Expected = Annotated[
    Matcher,
    BeforeValidator(value_matcher),
    WithJsonSchema({"description": "a bare value (equals) or a mapping of matchers"}),
]
"""What a scenario may write wherever a value is checked."""
