"""How every command speaks: results to stdout, errors to stderr (what happened, what to do), fixed exit codes."""

import json
import sys
from collections.abc import Iterable
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from factory_tui.model.foreign import clean, clean_line

if TYPE_CHECKING:
    from factory_tui.config import Settings


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
"""For a command whose whole result is one JSON document then."""


_LONGEST = 4000
"""Characters of an error."""


class Exit(IntEnum):
    """The exit codes of the command line contract."""

    FINE = 0
    FINDINGS = 1
    """Findings, or a verdict that is not a pass."""
    USAGE = 2
    """Wrong usage or an unreadable file."""
    MISSING = 3
    """Something the command needs is missing: engine, container engine, key."""
    INTERRUPTED = 130


class CommandFailed(Exception):
    """Ends a command with an error for the operator.

    Args:
        what: what happened, and where.
        todo: what to do about it.
        code: exit code.
    """

    def __init__(self, what: str, todo: str, code: Exit = Exit.USAGE) -> None:
        super().__init__(what)
        self.what, self.todo, self.code = what, todo, code


def print_error(what: str, todo: str = "") -> None:
    """One line what, one line what to do, to stderr.

    A file's name may hold line ends: what follows one could be a command to the machinery that runs this, `::error::…`.
    """
    print(f"factory-tui: {clean_line(what, limit=_LONGEST)}", file=sys.stderr)
    if todo:
        print(f"  → {clean_line(todo, limit=_LONGEST)}", file=sys.stderr)


def end(code: Exit) -> NoReturn:
    """Leave the command with an exit code."""
    raise click.exceptions.Exit(int(code))


def print_json(value: Any) -> None:
    """One JSON document on one line. Escapes all but ASCII, so that no control sequence can reach a terminal."""
    print(json.dumps(value, ensure_ascii=True, default=str), flush=True)


def print_lines(lines: Iterable[str]) -> None:
    """Text for people; every line is cleaned of control sequences."""
    for line in lines:
        print(clean(line), flush=True)


def is_number(word: str) -> bool:
    """Whether a word counts something here. Longer rows of digits are names: Python refuses to count that far."""
    return word.isdecimal() and len(word) <= 20


def workspace_of(context: click.Context) -> Path:
    """The workspace that `-C` names, else the current directory; absolute."""
    return Path(context.find_root().params.get("directory") or ".").resolve()


def settings_of(workspace: Path) -> "Settings":
    """Settings of the workspace; a broken configuration ends the command with exit code 2."""
    # The settings take longer to import than all the rest of a command that does without them.
    from factory_tui import config

    try:
        return config.load(workspace)
    except config.ConfigError as error:
        what, _, todo = str(error).partition("\n")
        raise CommandFailed(what, todo or f"mend {config.FILE_NAME}") from None
