"""What can be told of an SQL text without a database: that it asks one question, and of which variables."""

import re
from dataclasses import dataclass
from itertools import pairwise

from factory_tui.specs.words import word_list

_TOKEN = re.compile(
    r"""(?P<space>\s+ | --[^\n]* | /\*.*?(?:\*/|\Z))
      | (?P<quoted>'(?:[^']|'')*'? | "(?:[^"]|"")*"? | `(?:[^`]|``)*`? | \[[^\]]*\]?)
      | :(?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<other>\?\d* | [@$#][A-Za-z_0-9]+)
      | (?P<word>[^\W\d]\w*)
      | (?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
"""Lexical structure of SQLite ("SQL As Understood By SQLite", tokens): linear, whatever the text is."""

_WORDS = word_list("of_a_query")

_QUESTIONS = frozenset({"select", "values", "with"})
_CHANGES = frozenset({"insert", "update", "delete", "replace"})


@dataclass(frozen=True, slots=True)
class SqlFault:
    """Why a text is not one question."""

    what: str
    todo: str
    quote: str


def names_in(text: str) -> list[str]:
    """The names of `:name` parameters, in the order in which they occur first."""
    return list(dict.fromkeys(match["name"] for match in _TOKEN.finditer(text) if match["name"]))


def texts_in(text: str) -> list[str]:
    """What stands between single quotation marks."""
    return [match[0].strip("'").replace("''", "'") for match in _TOKEN.finditer(text) if match[0].startswith("'")]


def names_of_schema(text: str) -> list[str]:
    """Tables and columns that a query names.

    In doubt none: it is no question, asks for SQLite's own tables, or makes some (WITH).
    """
    if fault_of(text) is not None:
        return []
    tokens = [match for match in _TOKEN.finditer(text) if match["space"] is None]
    words = [(match["word"] or "").lower() for match in tokens]
    if "with" in words or any(word.startswith(("sqlite_", "pragma_")) for word in words):
        return []
    own = {after for word, after in pairwise(words) if word == "as"}
    names = [
        match[0]
        for index, match in enumerate(tokens)
        if match["word"] and words[index] not in _WORDS | own and not _is_called(tokens[index + 1 :])
    ]
    names += [match[0][1:-1] for match in tokens if match[0][0] in '"`[']
    return list(dict.fromkeys(names))


def fault_of(text: str) -> SqlFault | None:
    """Why `text` cannot be asked; None when nothing is wrong that shows without a database."""
    tokens = [match for match in _TOKEN.finditer(text) if match["space"] is None]
    if not tokens or (tokens[0]["word"] or "").lower() not in _QUESTIONS:
        first = tokens[0][0] if tokens else text
        return SqlFault("the query does not ask anything", "write one SELECT", first)
    depth = 0
    for index, token in enumerate(tokens):
        if token["other"] is not None:
            return SqlFault(f"{token[0]} is no parameter that can be filled", "write :name", token[0])
        if token["sign"] == ";" and index + 1 < len(tokens):
            return SqlFault("the query is several statements", "give each a step of its own", text.strip())
        depth += {"(": 1, ")": -1}.get(token["sign"] or "", 0)
        if depth == 0 and (token["word"] or "").lower() in _CHANGES and not _is_called(tokens[index + 1 :]):
            return SqlFault(
                f"the query changes the database: {token[0]}", "write one SELECT; changes belong to run steps", token[0]
            )
    return None


def is_ordered(text: str) -> bool:
    """Whether the rows come in an order that the query states."""
    words = [(match["word"] or "").lower() for match in _TOKEN.finditer(text) if match["space"] is None]
    return any(pair == ("order", "by") for pair in pairwise(words))


def _is_called(after: "list[re.Match[str]]") -> bool:
    """`replace(…)` is a function."""
    return bool(after) and after[0]["sign"] == "("
