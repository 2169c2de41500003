"""Regular expressions of a scenario over text of an artifact, without letting that text stall the engine.

Python's matcher backtracks while holding the interpreter, so neither a thread nor a timer can stop it. A search
that could take long is done by a short-lived process with a deadline; the rest, nearly all, is done here.
"""

import json
import re
import subprocess
import sys

from factory_tui.specs.reading.patterns import steps_bound

DEADLINE_S = 2.0
"""Longest a search may take; a search that needs longer is undecided, and the check fails."""

INLINE_STEPS = 3_000_000
"""Upper bound of backtracking steps for a search in this process: under a tenth of a second."""

_SEARCH = """
import json, re, sys
pattern, text = json.load(sys.stdin)
sys.stdout.write("1" if re.search(pattern, text) else "0")
"""


class Undecided(Exception):
    """The search did not end in time. Neither a match nor the lack of one may be concluded."""


def found(pattern: str, text: str) -> bool:
    """Whether `pattern` (already known to compile) is found anywhere in `text`.

    Raises:
        Undecided: not known after `DEADLINE_S`.
    """
    if steps_bound(pattern, len(text)) <= INLINE_STEPS:
        return re.search(pattern, text) is not None
    return _found_by_process(pattern, text)


def _found_by_process(pattern: str, text: str) -> bool:
    command = [sys.executable, "-I", "-S", "-c", _SEARCH]
    try:
        done = subprocess.run(
            command, input=json.dumps([pattern, text]), capture_output=True, timeout=DEADLINE_S, text=True, check=True
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise Undecided from error
    return done.stdout == "1"
