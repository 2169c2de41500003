"""What the commands about runs share: finding a run by name, and errors of store and engine as exit codes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from factory_tui.cli.output import CommandFailed, Exit, settings_of
from factory_tui.config import FILE_NAME
from factory_tui.control import ControlError, Refused
from factory_tui.control.start import EngineDidNotStart
from factory_tui.store import StoreError
from factory_tui.store.reader import Reader


@contextmanager
def explained() -> Iterator[None]:
    """End the command with the words of the store or the engine: 3 when something is missing, else 2."""
    try:
        yield
    except StoreError as error:
        raise CommandFailed(error.what, error.todo, Exit.USAGE) from error
    except Refused as error:
        raise CommandFailed(error.what, error.todo, Exit.MISSING if error.missing else Exit.USAGE) from error
    except EngineDidNotStart as error:
        code = Exit.USAGE if error.unreadable else Exit.MISSING
        raise CommandFailed(error.what, error.todo, code) from error
    except ControlError as error:
        raise CommandFailed(error.what, error.todo, Exit.MISSING) from error


@contextmanager
def history_of(workspace: Path) -> Iterator[Reader]:
    """The history of a workspace, which needs no engine; a directory that is no workspace ends the command."""
    path = workspace / "runs.db"
    if not os.path.lexists(path) and not (workspace / FILE_NAME).exists():
        settings_of(workspace)
    with explained(), Reader(path) as reader:
        yield reader


def one_run(reader: Reader, name: str) -> str:
    """The run that `name` means: its id, an unambiguous beginning of it, or a spec id for the newest run of it."""
    found = reader.matching_runs(name)
    if not found:
        raise CommandFailed(f"there is no run {name}", "`factory-tui status` lists the runs")
    if len(found) > 1:
        raise CommandFailed(f"{name} may be {', '.join(found)}", "give more of the id")
    return found[0]
