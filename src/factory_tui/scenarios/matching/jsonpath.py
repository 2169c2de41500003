"""The subset of JSONPath (RFC 9535) that scenarios use: `$`, names, quoted names, indexes and `*`."""

import re
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

_PART = re.compile(
    r"""\.(?P<name>[A-Za-z_][A-Za-z0-9_-]*)
      | \[(?P<index>-?\d{1,9})\]
      | (?P<star>\.\*|\[\*\])
      | \['(?P<single>(?:[^'\\]|\\.)*)'\]
      | \["(?P<double>(?:[^"\\]|\\.)*)"\]""",
    re.VERBOSE,
)


class BadPath(ValueError):
    """Not a path of the subset. The message says where it stops being one."""


@dataclass(frozen=True, slots=True)
class Star:
    """Every item of a list, every value of an object."""


STAR: Final = Star()

Part = str | int | Star
"""A name, an index (negative from the end), or every child."""


@dataclass(frozen=True, slots=True)
class JsonPath:
    text: str
    parts: tuple[Part, ...]

    @property
    def is_plural(self) -> bool:
        """True when the path can stand for more than one value."""
        return any(isinstance(part, Star) for part in self.parts)

    def find(self, document: JsonValue) -> list[JsonValue]:
        """Every value the path leads to, in the order of the document; empty when it leads nowhere."""
        found = [document]
        for part in self.parts:
            found = [child for each in found for child in _children(each, part)]
        return found


def parse_path(text: str) -> JsonPath:
    """`$.items[0]['a name'].*` → JsonPath.

    Raises:
        BadPath: it does not start with `$`, or something in it is not of the subset.
    """
    if not text.startswith("$"):
        raise BadPath(f"{text!r} is not a JSONPath: it starts with $, such as $.items[0].name")
    parts: list[Part] = []
    position = 1
    while position < len(text):
        match = _PART.match(text, position)
        if match is None:
            raise BadPath(
                f"{text!r} is not a JSONPath we read from character {position + 1} on: "
                "use .name, ['any name'], [0], [-1] or [*]"
            )
        parts.append(_part(match))
        position = match.end()
    return JsonPath(text, tuple(parts))


def _part(match: re.Match[str]) -> Part:
    if match["star"]:
        return STAR
    if match["index"] is not None:
        return int(match["index"])
    if match["name"] is not None:
        return match["name"]
    quoted = match["single"] if match["single"] is not None else match["double"]
    return re.sub(r"\\(.)", r"\1", quoted)


def _children(value: JsonValue, part: Part) -> list[JsonValue]:
    if isinstance(part, Star):
        if isinstance(value, dict):
            return list(value.values())
        return list(value) if isinstance(value, list) else []
    if isinstance(part, str):
        return [value[part]] if isinstance(value, dict) and part in value else []
    if isinstance(value, list) and -len(value) <= part < len(value):
        return [value[part]]
    return []
