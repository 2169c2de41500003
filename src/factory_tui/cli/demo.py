"""`demo`: a real batch on a fresh copy of the bundled workspace. No key, no cost."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from factory_tui import demo as demonstration
from factory_tui.bundled import NothingBundled
from factory_tui.cli.asking import explained, history_of
from factory_tui.cli.demo_operator import cancel_the_endless_build
from factory_tui.cli.demo_text import closing_lines
from factory_tui.cli.engine import stop_engine
from factory_tui.cli.output import CommandFailed, Exit, end, print_lines, settings_of
from factory_tui.cli.runs import Follower
from factory_tui.control import ControlError, NoEngine, ensure_engine
from factory_tui.demo import Choice


@click.command()
@click.option("--headless", is_flag=True, help="Print what happens instead of opening the control room.")
@click.option(
    "--keep", metavar="DIR", type=click.Path(path_type=Path), help="Where the workspace is made; must be empty."
)
def demo(headless: bool, keep: Path | None) -> None:
    """A real batch on a fresh workspace, in the control room; without a terminal it prints what happens."""
    demonstration.without_a_live_model(os.environ)
    workspace = _make_workspace(keep)
    choice = asyncio.run(demonstration.choose(settings_of(workspace).sandbox, os.environ))
    demonstration.configure(workspace, choice)
    print_lines(_opening_lines(workspace, choice))
    finished = False
    try:
        with _ended_by_signals():
            finished = _show(workspace, choice, headless=headless or not _has_terminal())
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        end(Exit.INTERRUPTED)
    finally:
        _close(workspace)
    if not finished:
        end(Exit.FINDINGS)


def _make_workspace(keep: Path | None) -> Path:
    workspace = keep.resolve() if keep is not None else Path(tempfile.mkdtemp(prefix="factory-tui-demo-")).resolve()
    try:
        demonstration.make_workspace(workspace)
    except NothingBundled as error:
        raise CommandFailed(str(error), "install factory-tui again", Exit.MISSING) from None
    except OSError as error:
        raise CommandFailed(f"{workspace}: {error.strerror or error}", "name a missing or empty directory") from None
    return workspace


def _opening_lines(workspace: Path, choice: Choice) -> list[str]:
    lines = [f"workspace  {workspace}", "model      twin: scripted answers through the real client; no key, no cost"]
    if choice.build_image:
        return [*lines, "sandbox    containers; their image is built first, which takes a few minutes"]
    if choice.backend == "docker":
        return [*lines, "sandbox    containers"]
    return [
        *lines,
        "sandbox    embedded local sandbox, which isolates less than containers",
        f"           {choice.missing}",
    ]


def _has_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _show(workspace: Path, choice: Choice, *, headless: bool) -> bool:
    """Run the batch; True when it was seen to its end or the operator left the control room in order."""
    if not choice.build_image:
        return _run_headless(workspace) if headless else _open(workspace, None)
    # While the control room is open it shows the progress, and nothing else may write to the terminal.
    on_screen = not headless

    def tell(line: str) -> None:
        if not on_screen:
            print_lines([f"image      {line}"])

    with demonstration.image_being_built(workspace, tell) as build:
        if on_screen:
            left_in_order = _open(workspace, build.preparing)
            on_screen = False
            return left_in_order
        build.wait()
        if build.failure:
            print_lines([f"the image could not be built ({build.failure}); the local sandbox is used"])
        return _run_headless(workspace)


def _open(workspace: Path, preparing: Path | None) -> bool:
    from factory_tui.tui import run_app

    return run_app(workspace, settings_of(workspace), start_batch=True, preparing=preparing) == 0


def _run_headless(workspace: Path) -> bool:
    with history_of(workspace) as reader:
        follower = Follower(workspace, settings_of(workspace), reader, until_idle=True, as_json=False)
        asyncio.run(_run_with_an_operator(workspace, follower))
        # Failed runs are part of the demonstration; an error is the factory's own fault.
        batch = reader.batch()
        return batch is not None and batch.error == 0


async def _run_with_an_operator(workspace: Path, follower: Follower) -> None:
    await ensure_engine(workspace, settings_of(workspace))
    operator = asyncio.create_task(cancel_the_endless_build(workspace, lambda line: print_lines([line])))
    try:
        await follower.queue_and_follow(())
    finally:
        operator.cancel()
        with suppress(asyncio.CancelledError, ControlError):
            await operator


def _close(workspace: Path) -> None:
    """Stop the engine and say how it went; nothing of the demonstration keeps running."""
    try:
        with explained():
            _, gone = asyncio.run(stop_engine(workspace))
            if not gone:
                print_lines([f"the engine still brings in its work; `factory-tui -C {workspace} engine status`"])
    except CommandFailed as error:
        if not isinstance(error.__cause__, NoEngine):
            raise
    with history_of(workspace) as reader:
        settings = settings_of(workspace)
        report = reader.report(settings.factory.name, None, None, datetime.now(UTC))
        print_lines(closing_lines(_program(), workspace, report))


def _program() -> str:
    """What to type: the bare name when the shell finds it, else the path that was called."""
    called = Path(sys.argv[0])
    on_path = shutil.which(called.name)
    if on_path is not None and Path(on_path).resolve() == called.resolve():
        return called.name
    return os.path.relpath(called) if called.is_relative_to(Path.cwd()) else str(called)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """A closed terminal and a polite kill end the demonstration as ctrl-c does, so that the engine is stopped."""

    def interrupt(_: int, __: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = {each: signal.signal(each, interrupt) for each in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
