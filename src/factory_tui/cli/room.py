"""`factory-tui` without a command: the control room."""

import sys

import click

from factory_tui.cli.output import CommandFailed, Exit, end, settings_of, workspace_of


def open_control_room(context: click.Context, *, read_only: bool) -> None:
    """Open the control room on the workspace; needs a terminal."""
    workspace = workspace_of(context)
    settings = settings_of(workspace)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CommandFailed(
            "the control room needs a terminal",
            "use `factory-tui status` or another command here; `factory-tui --help` lists them",
        )
    from factory_tui.tui import run_app

    code = run_app(workspace, settings, read_only=read_only)
    if code:
        end(Exit(code) if code in set(Exit) else Exit.FINDINGS)
