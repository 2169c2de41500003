"""$EDITOR: the file of a spec is handed to another program, and what the validator says about it comes back."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textual.app import App, SuspendNotSupported

from factory_tui.model.finding import Finding, Level
from factory_tui.model.foreign import clean
from factory_tui.tui.source import Source, SourceError
from factory_tui.tui.words import finding_count

_TAKES_LINE = frozenset({"vi", "vim", "nvim", "nano", "emacs", "micro", "joe", "ne"})
"""Editors that know `+LINE`."""


def edit_outside(app: App[Any], path: Path, first_line: int) -> None:
    """Hand the terminal to $EDITOR until it ends. Raises `SourceError`; the file is whatever is on disk then.

    Args:
        app: gives its terminal away.
        path: the file.
        first_line: where to start, from 1, for editors that take one.
    """
    command = editor_command(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi", first_line)
    command.append(str(path))
    if shutil.which(command[0]) is None:
        raise SourceError(f"the editor {command[0]} is not installed", "set EDITOR to one that is, and open again")
    try:
        with app.suspend():
            problem = run_editor(command)
    except SuspendNotSupported:
        raise SourceError("this terminal cannot be handed to an editor", f"edit {path} elsewhere") from None
    if problem:
        raise SourceError(clean(problem), "the spec is shown as it is on disk")


async def what_is_left(source: Source, spec: str) -> str:
    """What the validator says about a file that was edited elsewhere. Raises `SourceError`."""
    return left(await source.check_spec(spec, (await source.read_spec(spec)).text))


def left(findings: Sequence[Finding]) -> str:
    """`2 errors, 1 warning left`."""
    errors = sum(each.level is Level.ERROR for each in findings)
    warnings = sum(each.level is Level.WARNING for each in findings)
    count = finding_count(errors, warnings, errors + warnings)
    return f"{count} left" if count else "no errors or warnings left"


def run_editor(command: list[str]) -> str:
    """Run it to its end and say what went wrong. Raises nothing: only then does Textual take the terminal back."""
    try:
        code = subprocess.run(command, check=False).returncode
    except OSError as error:
        return f"{command[0]} cannot be started: {error.strerror}"
    return f"{command[0]} ended with exit code {code}" if code else ""


def editor_command(editor: str, first_line: int) -> list[str]:
    """The editor as an argv list, told the line to start at where it understands that.

    Raises:
        SourceError: the variable is not a command line.
    """
    try:
        command = shlex.split(editor)
    except ValueError as error:
        raise SourceError(f"EDITOR is not a command line: {error}", "mend the quotes in EDITOR") from None
    if not command:
        raise SourceError("EDITOR is empty", "set EDITOR to an editor that is installed")
    if first_line > 1 and os.path.basename(command[0]) in _TAKES_LINE:
        command.append(f"+{first_line}")
    return command
