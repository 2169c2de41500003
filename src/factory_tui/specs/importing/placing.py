"""Where a piece of foreign text belongs in a spec."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from factory_tui.model.spec import Question
from factory_tui.specs.importing.foreign import Part, trimmed, with_fences

_LABEL = re.compile(r"^(?:\*\*|__)(?P<label>[^*_\n]{2,60}?):?(?:\*\*|__)\s*:?\s*(?P<rest>.*)$")


@dataclass(frozen=True, slots=True)
class Place:
    """A question, and the `###` sub-section of its answer; an empty one is the answer itself."""

    question: Question
    subsection: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    words: tuple[str, ...]
    place: Place


def place_of(part: Part) -> Place:
    """By its own heading, else by the nearest one above it that says something, else WHAT."""
    for title in (part.title, *reversed(part.above)):
        found = _named(title)
        if found is not None:
            return found
    return Place(Question.WHAT)


def says_only_where(title: str) -> bool:
    """Whether a heading is nothing but the name of a place, such as `Acceptance criteria`."""
    small = title.casefold().strip(" :")
    return not small or any(small == word for row in _rows() for word in row.words)


def with_labels(part: Part) -> Iterator[Part]:
    """A part cut at its lines that start with a bold label which says where, such as `**Acceptance Scenarios**:`."""
    title, lines = "", list[str]()
    for line, fence in with_fences(part.body):
        found = None if fence else _LABEL.match(line)
        if found and _named(found["label"]) is not None:
            yield from _piece(part, title, lines)
            title, lines = found["label"].strip(" :"), [found["rest"]] if found["rest"] else []
        else:
            lines.append(line)
    yield from _piece(part, title, lines)


def _piece(part: Part, title: str, lines: list[str]) -> Iterator[Part]:
    """What stands below a label; without one, what the part itself says. An empty part keeps its title."""
    body = trimmed(lines)
    if not title and (body or not part.body or part.title):
        yield replace(part, body=body)
    elif title:
        yield Part(part.level + 1, title, body, (*part.above, part.title))


def _named(title: str) -> Place | None:
    small = title.casefold()
    if not small:
        return None
    starts = next((row.place for row in _rows() if any(_starts(small, word) for word in row.words)), None)
    return starts or next((row.place for row in _rows() if any(_holds(small, word) for word in row.words)), None)


def _starts(title: str, word: str) -> bool:
    return title.startswith(word) and not title[len(word) :][:1].isalpha()


def _holds(title: str, word: str) -> bool:
    return f" {word} " in f" {title} "


@cache
def _rows() -> tuple[_Row, ...]:
    text = resources.files("factory_tui.specs.importing").joinpath("headings.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["place"]
    return tuple(_Row(tuple(row["words"]), Place(Question(row["question"]), row.get("subsection", ""))) for row in rows)
