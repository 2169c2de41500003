"""YAML text → nodes with their places: YAML 1.2 as ruamel.yaml reads it, twenty times as fast for ordinary documents.

libyaml reads what both parsers understand alike. All else goes to ruamel.yaml, which also says what is wrong. See
`docs/decisions/0012-two-yaml-parsers.md`; a property test holds the two together.
"""

import re
from collections.abc import Iterator
from typing import Any, Protocol

import yaml

try:
    from yaml.cyaml import CParser
except ImportError:  # PyYAML was built without libyaml
    CParser = None

MOST_DEPTH = 100
"""Deeper documents go to ruamel.yaml. Also bounds the recursion here."""

_CAREFUL = re.compile(
    "[^\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"  # tabs, other line ends, BOM
    "|^%"  # directives
    r"|[|>][-+0-9]* *(?:#|\n *\n)",  # a block that starts with a comment or an empty line
    re.MULTILINE,
)

_TAG = "tag:yaml.org,2002:"
_PLAIN = {
    "bool": r"true|True|TRUE|false|False|FALSE",
    "float": r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+"
    r"|[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
    "int": r"[-+]?0b[01_]+|[-+]?0o?[0-7_]+|[-+]?[0-9_]+|[-+]?0x[0-9a-fA-F_]+",
    "null": r"~|null|Null|NULL",
}
"""What a plain scalar is by the schema of YAML 1.2, as ruamel.yaml has it; the first that fits, else text."""

_KINDS = tuple((_TAG + name, re.compile(pattern)) for name, pattern in _PLAIN.items())
_MAY_BE_OTHER = frozenset("-+.0123456789tTfFnN~")
"""First characters of plain scalars that are not text."""


class NotYaml(Exception):
    """The text is not one YAML document.

    Args:
        problem: in the parser's words.
        context: what it was reading; may be empty.
        offset: in characters; None when the parser cannot tell.
    """

    def __init__(self, problem: str, context: str = "", offset: int | None = None) -> None:
        super().__init__(problem)
        self.problem, self.context, self.offset = problem, context, offset


class Place(Protocol):
    index: int


class Node(Protocol):
    """A node of either library."""

    id: str
    """`scalar`, `sequence` or `mapping`."""
    tag: Any
    value: Any
    start_mark: Place
    end_mark: Place


def compose(text: str) -> Node | None:
    """The root of the one document in `text`; None when it is empty.

    Raises:
        NotYaml: not YAML, or more than one document.
        RecursionError: nested too deeply.
    """
    return compose_ordinary(text) or compose_any(text)


def compose_any(text: str) -> Node | None:
    """As `compose`, by ruamel.yaml."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    parser = YAML(typ="safe", pure=True)
    parser.composer.warn_double_anchors = False  # YAML 1.2 allows them; the warning would reach the terminal
    try:
        node: Node | None = parser.compose(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error).strip()
        if hasattr(error, "character"):
            problem = "special characters are not allowed"
        offset = mark.index if mark is not None else getattr(error, "position", None)
        raise NotYaml(problem, str(getattr(error, "context", None) or ""), offset) from None
    except (ValueError, OverflowError, IndexError, KeyError, TypeError, AttributeError, AssertionError) as error:
        # The scanner meets hostile escapes and directives with plain Python errors.
        raise NotYaml(str(error)) from None
    return node


def compose_ordinary(text: str) -> Node | None:
    """The root by libyaml; None for a document that is in any way out of the ordinary."""
    if CParser is None or _CAREFUL.search(text):
        return None
    try:
        events = _events(CParser(text))
        root = next(events)
        if not isinstance(root, yaml.MappingStartEvent):
            return None
        node = _node(root, events, 0)
        return node if isinstance(next(events, None), yaml.StreamEndEvent) else None
    except (yaml.YAMLError, _Extraordinary):
        return None


class _Extraordinary(Exception):
    pass


def _events(parser: Any) -> Iterator[yaml.Event]:
    """Events of the content, and the end of the stream."""
    while True:
        event = parser.get_event()
        if event is None:
            return
        if not isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent | yaml.DocumentEndEvent):
            yield event


def _node(event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
    if isinstance(event, yaml.AliasEvent) or event.anchor or event.tag or depth > MOST_DEPTH:
        raise _Extraordinary
    node: Node
    if isinstance(event, yaml.ScalarEvent):
        if not event.value and event.implicit[0]:
            raise _Extraordinary  # nothing at all: the two disagree about where it stands
        tag = _tag(event.value) if event.implicit[0] else f"{_TAG}str"
        node = yaml.ScalarNode(tag, event.value, event.start_mark, event.end_mark)
        return node
    children = []
    while not isinstance(child := next(events), yaml.CollectionEndEvent):
        children.append(_node(child, events, depth + 1))
    if isinstance(event, yaml.MappingStartEvent):
        pairs = list(zip(children[::2], children[1::2], strict=True))
        node = yaml.MappingNode(f"{_TAG}map", pairs, event.start_mark, child.end_mark, event.flow_style)
    else:
        node = yaml.SequenceNode(f"{_TAG}seq", children, event.start_mark, child.end_mark, event.flow_style)
    return node


def _tag(text: str) -> str:
    """Of a plain scalar."""
    if text[0] in _MAY_BE_OTHER:
        for tag, pattern in _KINDS:
            if pattern.fullmatch(text):
                return tag
    return f"{_TAG}str"
