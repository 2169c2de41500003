"""Errors that nobody handled, as interpreters and shells print them: a user should get words instead."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from factory_tui.specs.words import word_rows

AROUND = 6
"""Lines of a traceback that evidence shows."""

SHORTEST = 6
"""Characters of the shortest line that any pattern fits (`Killed`): a flood of shorter ones costs next to nothing."""


AT_ONCE = 50_000
"""Characters that are searched in one go."""


class Traceback(NamedTuple):
    """Where output shows the insides of a program."""

    name: str
    """What printed it, such as `Python traceback`."""
    quote: str
    """The line that gave it away and some of those that follow."""


def traceback_in(text: str) -> Traceback | None:
    """The first line of `text` that a runtime prints for an error nobody handled, if there is one."""
    pattern, names = _known()
    match = next((found for start, end in _pieces(text) if (found := pattern.search(text, start, end))), None)
    if match is None:
        return None
    name = next(names[key] for key, value in match.groupdict().items() if value is not None)
    return Traceback(name, "\n".join(text[match.start() :].split("\n", AROUND)[:AROUND]).strip())


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Whole lines, some at a time: a search holds the interpreter, and others must come to their turn in between."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + AT_ONCE)
        end = len(text) if end < 0 else end
        yield start, end
        start = end + 1


@cache
def _known() -> tuple[re.Pattern[str], dict[str, str]]:
    """One expression for all, with a group for each, and what the groups stand for.

    None looks beyond its line: over a flood of short ones each would look at hundreds of characters, again and again.
    """
    rows = [row.split(": ", 1) for row in word_rows("tracebacks")]
    names = {f"p{number}": name for number, (name, _) in enumerate(rows)}
    within_line = ((key, expression.replace("[^", r"[^\n")) for key, (_, expression) in zip(names, rows, strict=True))
    lines = (f"(?P<{key}>{expression})" for key, expression in within_line)
    return re.compile(f"^(?=.{{{SHORTEST}}})(?:{'|'.join(lines)})\r?$", re.MULTILINE), names
