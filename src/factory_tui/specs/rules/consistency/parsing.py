"""Whether an example is in the language that its fence names. Elisions, comments and placeholders are no faults."""

import csv
import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from factory_tui.specs.reading.yaml_nodes import NotYaml, compose

LONGEST = 20_000
"""Characters of an example that are parsed."""

MOST_OPEN = 50
"""Brackets of a YAML example that are open at once: the parser looks at all of them at every further character."""

MOST_DOCUMENTS = 50
"""Documents in one YAML example: each needs a parser of its own."""

_ELIDED = re.compile(r"…|\.\.\.|<[^<>\n]{1,80}>|\{\{|\$\{")
_COMMENT = re.compile(r"^\s*(?://|#|/\*)|\s//\s", re.MULTILINE)
_PLACEHOLDER = re.compile(r"(?<=[:\[,\s])[A-Z][A-Z0-9_]*(?=\s*[,\]}\n]|\s*$)")
_TRANSCRIPT = re.compile(r"^(?:[$>%] |HTTP/|[A-Z]{3,7} /|curl )", re.MULTILINE)
_DOCUMENT_END = re.compile(r"^---[ \t]*$", re.MULTILINE)
_WHITE = re.compile(r"[\s,]*")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an example is not in its language."""

    language: str
    what: str
    line: int
    """1 for the first line of its text."""


class _NotInLanguage(Exception):
    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.what, self.line = what, line


@lru_cache(maxsize=1024)
def trouble(info: str, text: str) -> Trouble | None:
    """What is wrong with an example in the language `info`; None for a language that is not checked here."""
    words = info.split()
    known = _LANGUAGES.get(words[0].casefold().strip("{.}")) if len(words) == 1 else None
    if known is None or len(text) > LONGEST or not text.strip():
        return None
    if _ELIDED.search(text) or _TRANSCRIPT.search(text):
        return None
    language, read = known
    try:
        read(text)
    except _NotInLanguage as error:
        return Trouble(language, error.what, error.line)
    except RecursionError:
        return None
    return None


_JSON = json.JSONDecoder(parse_int=float)
"""Numbers of any length are read in linear time."""


def _json(text: str) -> None:
    try:
        _documents(text)
    except json.JSONDecodeError as error:
        forms = (_PLACEHOLDER.sub("null", text), f"{{{text.strip().rstrip(',')}}}")
        if not _COMMENT.search(text) and not any(_is_json(each) for each in forms):
            raise _NotInLanguage(error.msg, error.lineno) from None


def _documents(text: str) -> None:
    """One value or several, as in JSON lines."""
    at = _white(text, 0)
    while at < len(text):
        _, at = _JSON.raw_decode(text, at)
        at = _white(text, at)


def _white(text: str, at: int) -> int:
    match = _WHITE.match(text, at)
    return match.end() if match else at


def _is_json(text: str) -> bool:
    try:
        _documents(text)
    except json.JSONDecodeError:
        return False
    return True


def _yaml(text: str) -> None:
    parts = _DOCUMENT_END.split(text)
    if len(parts) > MOST_DOCUMENTS or _is_deep(text):
        return
    first = 0
    for part in parts:
        try:
            compose(part)
        except NotYaml as error:
            line = first + part.count("\n", 0, error.offset or 0) + 1
            raise _NotInLanguage(error.problem, line) from None
        first += part.count("\n")


def _is_deep(text: str) -> bool:
    """Counted without regard to quotes: an example that is deep in a quoted text only is not looked at either."""
    if text.count("[") + text.count("{") <= MOST_OPEN:
        return False
    opened = accumulate(1 if each in "[{" else -1 for each in text if each in "[]{}")
    return max(opened, default=0) > MOST_OPEN


def _toml(text: str) -> None:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+)", str(error))
        raise _NotInLanguage(
            str(error).partition(" (at")[0], int(place[1]) if place else text.count("\n") + 1
        ) from None
    except ValueError:  # a number of thousands of digits
        return


def _csv(text: str) -> None:
    """Only quotes can be wrong: rows of different lengths may be meant."""
    first, _, _ = text.partition("\n")
    delimiter = max((",", ";", "\t"), key=first.count)
    try:
        list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise _NotInLanguage(str(error), 1) from None


_LANGUAGES: dict[str, tuple[str, Callable[[str], None]]] = {
    "json": ("JSON", _json),
    "jsonl": ("JSON", _json),
    "ndjson": ("JSON", _json),
    "yaml": ("YAML", _yaml),
    "yml": ("YAML", _yaml),
    "toml": ("TOML", _toml),
    "csv": ("CSV", _csv),
}
