"""YAML with the place of every key and value, safe and bounded, as JSON-like data.

YAML 1.2 (`on` and `yes` are text). Only null, booleans, numbers, text, lists and mappings are constructed, so no tag
can make an object. What a document expands to is bounded, which stops alias bombs.
"""

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

from factory_tui.specs.reading.lines import line_ends
from factory_tui.specs.reading.yaml_nodes import Node, NotYaml, compose

MAX_CHARACTERS = 1_000_000
"""Of one document. A scenario carries its fixtures in it, so this is generous."""

MAX_NODES = 50_000
"""Values a document may expand to, aliases followed."""

MAX_DEPTH = 60

_LONGEST_QUOTE = 120

_TAG = "tag:yaml.org,2002:"
_TEXT_TAGS = frozenset({_TAG + name for name in ("str", "timestamp", "value", "merge")})

Location = tuple[int | str, ...]
"""Keys and indexes from the root to a value."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file; line and column are 1-based, the column counts characters."""

    line: int
    column: int
    quote: str = ""
    """The line from this place on, cut."""


@dataclass(frozen=True, slots=True)
class YamlProblem(Exception):
    """Something in the document that cannot be used."""

    what: str
    todo: str
    mark: Mark


@dataclass(slots=True)
class MarkedYaml:
    """A document's data and where each part of it stands."""

    value: object
    keys: dict[Location, Mark] = field(default_factory=dict)
    """Place of the key (in a mapping) or of the item (in a list)."""
    spans: dict[Location, tuple[int, int]] = field(default_factory=dict)
    """Character offsets, start and end, of each value."""
    problems: list[YamlProblem] = field(default_factory=list)
    """Duplicate keys and values that have no place in JSON."""
    flow: bool = False
    """The document is written as `{…}`."""

    def mark(self, location: Location) -> Mark:
        """Place of the longest part of `location` that exists in the document."""
        for length in range(len(location), 0, -1):
            if location[:length] in self.keys:
                return self.keys[location[:length]]
        return Mark(1, 1)


class Text:
    """A text whose character offsets can be told as lines and columns."""

    def __init__(self, text: str, first_line: int = 1) -> None:
        self.text = text
        self._first_line = first_line
        self._starts = [0, *line_ends(text)]

    def mark(self, offset: int) -> Mark:
        offset = max(0, min(offset, len(self.text)))
        row = bisect_right(self._starts, offset) - 1
        after = self._starts[row + 1] if row + 1 < len(self._starts) else len(self.text)
        quote = self.text[offset : min(after, offset + _LONGEST_QUOTE)].rstrip()
        return Mark(self._first_line + row, offset - self._starts[row] + 1, quote)


def read_yaml(text: str, first_line: int = 1) -> MarkedYaml:
    """The one document in `text`; lines are counted from `first_line`.

    Raises:
        YamlProblem: not YAML, more than one document, too large, too deep, or an alias bomb.
    """
    place = Text(text, first_line)
    if len(text) > MAX_CHARACTERS:
        raise YamlProblem(
            f"it has {len(text):,} characters; the most is {MAX_CHARACTERS:,}",
            "make it smaller; generate large fixtures in a step",
            Mark(first_line, 1),
        )
    try:
        node = compose(text)
    except RecursionError:
        raise YamlProblem("it is nested too deeply", "flatten it", Mark(first_line, 1)) from None
    except NotYaml as error:
        raise _explain(error, place) from None
    reader = _Reader(place)
    if node is None:
        return MarkedYaml(None)
    value = reader.construct(node, (), 0)
    return MarkedYaml(value, reader.keys, reader.spans, reader.problems, flow=bool(getattr(node, "flow_style", False)))


def _explain(error: NotYaml, place: Text) -> YamlProblem:
    problem, context = error.problem, error.context
    mark = place.mark(error.offset or 0)
    if problem.startswith("but found another document"):
        return YamlProblem("it holds more than one YAML document", "keep one document a file", mark)
    if "found undefined alias" in problem or "undefined alias" in context:
        todo = "write the text in quotes if * is meant as a character"
    elif "\\t" in problem or "tab" in problem:
        todo = "indent with spaces, not tabs"
    elif "mapping values are not allowed" in problem:
        todo = "put text that contains ': ' in quotes"
    elif "special characters" in problem:
        problem, todo = "it contains a control character", "remove it, or write it as an escape in double quotes"
    else:
        todo = "mend the line; put text with special characters in quotes"
    said = f"{context}, {problem}" if context and context != "None" else problem
    return YamlProblem(f"it is not valid YAML: {said}", todo, mark)


class _Reader:
    def __init__(self, place: Text) -> None:
        self._place = place
        self._nodes = 0
        self.keys: dict[Location, Mark] = {}
        self.spans: dict[Location, tuple[int, int]] = {}
        self.problems: list[YamlProblem] = []

    def construct(self, node: Node, location: Location, depth: int) -> object:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise self._problem(
                node, f"it expands to more than {MAX_NODES:,} values", "write less, or fewer aliases (*name)"
            )
        if depth > MAX_DEPTH:
            raise self._problem(
                node, f"it is nested more than {MAX_DEPTH} deep", "flatten it; an alias may contain itself"
            )
        self.spans[location] = (node.start_mark.index, node.end_mark.index)
        if node.id == "mapping":
            return self._mapping(node, location, depth)
        if node.id == "sequence":
            return self._sequence(node, location, depth)
        return self._scalar(node)

    def _problem(self, node: Node, what: str, todo: str) -> YamlProblem:
        return YamlProblem(what, todo, self._place.mark(node.start_mark.index))

    def _mapping(self, node: Node, location: Location, depth: int) -> dict[str, object]:
        self._refuse_tag(node, "map")
        found: dict[str, object] = {}
        for key_node, value_node in node.value:
            mark = self._place.mark(key_node.start_mark.index)
            if key_node.id != "scalar":
                self.problems.append(
                    YamlProblem("a key is not plain text", "write a plain word before the colon", mark)
                )
                continue
            key = str(key_node.value)
            if key in found:
                self.problems.append(
                    YamlProblem(f"the key {key} is given twice", "keep one of the two; the first was read", mark)
                )
                continue
            self.keys[(*location, key)] = mark
            found[key] = self.construct(value_node, (*location, key), depth + 1)
        return found

    def _sequence(self, node: Node, location: Location, depth: int) -> list[object]:
        self._refuse_tag(node, "seq")
        found = []
        for index, each in enumerate(node.value):
            self.keys[(*location, index)] = self._place.mark(each.start_mark.index)
            found.append(self.construct(each, (*location, index), depth + 1))
        return found

    def _refuse_tag(self, node: Node, name: str) -> None:
        if str(node.tag) != _TAG + name:
            self.problems.append(self._problem(node, f"the tag {node.tag} is not allowed", "remove the tag"))

    def _scalar(self, node: Node) -> object:
        tag, text = str(node.tag), str(node.value)
        if tag == _TAG + "null":
            return None
        if tag == _TAG + "bool" and text.lower() in ("true", "false"):
            return text.lower() == "true"
        if tag in (_TAG + "int", _TAG + "float"):
            number = _number(text, whole=tag.endswith("int"))
            if number is None:
                self.problems.append(
                    self._problem(node, f"{text[:40]} is not a usable number", "write a finite number")
                )
            return number
        if tag not in _TEXT_TAGS and tag != _TAG + "bool":
            self.problems.append(self._problem(node, f"the tag {tag} is not allowed", "remove the tag, use plain text"))
        return text


def _number(text: str, *, whole: bool) -> int | float | None:
    digits = text.replace("_", "").strip()
    if len(digits) > 64:
        return None
    try:
        if not whole:
            number = float(digits)
            return number if math.isfinite(number) else None
        if digits.lstrip("+-")[:2].lower() in ("0x", "0o", "0b"):
            return int(digits, 0)
        return int(digits, 10)
    except ValueError:
        return None


def has_key(value: object, key: int | str) -> bool:
    """True when `value` is a mapping or list that has an entry at `key`."""
    if isinstance(value, Mapping):
        return key in value
    return isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value)
