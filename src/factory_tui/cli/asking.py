"""What the commands about runs share: finding a run, telling the engine, and errors of both as exit codes."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

from factory_tui.cli.output import CommandFailed, Exit, settings_of
from factory_tui.config import FILE_NAME, Settings
from factory_tui.control import ControlClient, ControlError, Refused, ensure_engine
from factory_tui.control.start import EngineDidNotStart
from factory_tui.store import StoreError
from factory_tui.store.reader import Reader

Answer = TypeVar("Answer")


@contextmanager
def explained() -> Iterator[None]:
    """End the command with the words of the store or the engine: 3 when something is missing, else 2."""
    try:
        yield
    except StoreError as error:
        raise CommandFailed(error.what, error.todo, Exit.USAGE) from error
    except Refused as error:
        raise CommandFailed(error.what, error.todo, exit_of(error)) from error
    except EngineDidNotStart as error:
        code = Exit.USAGE if error.unreadable else Exit.MISSING
        raise CommandFailed(error.what, error.todo, code) from error
    except ControlError as error:
        raise CommandFailed(error.what, error.todo, Exit.MISSING) from error


def exit_of(refusal: Refused) -> Exit:
    return Exit.MISSING if refusal.missing else Exit.USAGE


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


def tell_engine(workspace: Path, settings: Settings, command: Callable[[ControlClient], Awaitable[Answer]]) -> Answer:
    """Give the engine one command, starting it when none runs; what it refuses ends the command."""

    async def told() -> Answer:
        await ensure_engine(workspace, settings)
        async with ControlClient.connect(workspace, settings) as client:
            return await command(client)

    with explained():
        return asyncio.run(told())


def require_yes(question: str) -> None:
    """Ask on a terminal, with No as the default; elsewhere demand --yes."""
    if not sys.stdin.isatty():
        raise CommandFailed("this changes what stands, and nobody can be asked here", "add --yes")
    click.confirm(question, default=False, abort=True)
