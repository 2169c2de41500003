"""Errors that nobody handled, as interpreters and shells print them: a user should get words instead."""

import re
from functools import cache
from typing import NamedTuple

from factory_tui.specs.words import word_rows

AROUND = 6
"""Lines of a traceback that evidence shows."""

SHORTEST = 6
"""Characters of the shortest line that any pattern fits (`Killed`): a flood of shorter ones costs next to nothing."""


class Traceback(NamedTuple):
    """Where output shows the insides of a program."""

    name: str
    """What printed it, such as `Python traceback`."""
    quote: str
    """The line that gave it away and some of those that follow."""


def traceback_in(text: str) -> Traceback | None:
    """The first line of `text` that a runtime prints for an error nobody handled, if there is one."""
    pattern, names = _known()
    match = pattern.search(text)
    if match is None:
        return None
    name = next(names[key] for key, value in match.groupdict().items() if value is not None)
    return Traceback(name, "\n".join(text[match.start() :].split("\n", AROUND)[:AROUND]).strip())


@cache
def _known() -> tuple[re.Pattern[str], dict[str, str]]:
    """One expression for all, with a group for each, and what the groups stand for."""
    rows = [row.split(": ", 1) for row in word_rows("tracebacks")]
    names = {f"p{number}": name for number, (name, _) in enumerate(rows)}
    lines = (f"(?P<{key}>{expression})" for key, (_, expression) in zip(names, rows, strict=True))
    return re.compile(f"^(?=.{{{SHORTEST}}})(?:{'|'.join(lines)})\r?$", re.MULTILINE), names
