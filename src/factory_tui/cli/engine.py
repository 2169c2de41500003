"""`engine start|stop|status`: the process that outlives the terminal."""

import asyncio
from pathlib import Path

import click

from factory_tui.cli import run_text
from factory_tui.cli.asking import explained
from factory_tui.cli.output import CommandFailed, Exit, as_json, print_json, print_lines, settings_of, workspace_of
from factory_tui.control import ControlClient, EngineStatus, NoEngine, ensure_engine
from factory_tui.control.start import wait_until_gone

STOP_SECONDS = 120.0
"""Longest wait for an engine to bring in the work of its live runs and end."""


@click.group()
def engine() -> None:
    """The process that builds and judges; it outlives every terminal."""


@engine.command()
@as_json
@click.pass_context
def start(context: click.Context, as_json: bool) -> None:
    """Start the engine of the workspace, unless it runs; it takes up the queue."""
    workspace = workspace_of(context)
    settings = settings_of(workspace)
    with explained():
        info = asyncio.run(ensure_engine(workspace, settings))
    if as_json:
        print_json(info.model_dump(mode="json"))
    else:
        print_lines(run_text.engine_lines(info))


@engine.command()
@click.pass_context
def stop(context: click.Context) -> None:
    """Stop the engine; interrupted runs go back into the queue, their work so far is kept."""
    workspace = workspace_of(context)
    settings_of(workspace)
    try:
        with explained():
            pid, gone = asyncio.run(stop_engine(workspace))
    except CommandFailed as error:
        if isinstance(error.__cause__, NoEngine):
            print_lines(["no engine runs on this workspace"])
            return
        raise
    if not gone:
        raise CommandFailed(
            f"the engine (pid {pid}) still brings in work after {STOP_SECONDS:.0f} s",
            f"wait, or `kill {pid}`: the next start recovers",
            Exit.FINDINGS,
        )
    print_lines([f"the engine (pid {pid}) has ended"])


@engine.command()
@as_json
@click.pass_context
def status(context: click.Context, as_json: bool) -> None:
    """Whether the engine runs, and what it does. Exit code 3 when none runs."""
    workspace = workspace_of(context)
    settings_of(workspace)
    try:
        with explained():
            found = asyncio.run(_status(workspace))
    except CommandFailed as error:
        if as_json and isinstance(error.__cause__, NoEngine):
            print_json({"engine": None})
        raise
    if as_json:
        print_json({"engine": found.info.model_dump(mode="json"), **found.model_dump(mode="json", exclude={"info"})})
    else:
        print_lines(run_text.engine_lines(found.info))
        print_lines([f"work     {len(found.running)} running, {found.queued} queued, {found.held} held"])


async def stop_engine(workspace: Path) -> tuple[int, bool]:
    """Ask the engine to end and wait for it; its pid, and whether it has ended. Raises `NoEngine`."""
    async with ControlClient.connect(workspace) as client:
        pid = (await client.status()).info.pid
        await client.stop()
    return pid, await wait_until_gone(pid, STOP_SECONDS)


async def _status(workspace: Path) -> EngineStatus:
    async with ControlClient.connect(workspace) as client:
        return await client.status()
