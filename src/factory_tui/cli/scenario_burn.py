"""`scenario burn`: say that agents know a scenario."""

import click

from factory_tui.cli.asking import tell_engine
from factory_tui.cli.chosen import find_spec, open_workspace
from factory_tui.cli.output import print_lines


@click.command("burn")
@click.argument("spec")
@click.argument("scenario")
@click.option("--reason", required=True, help="Who knows it, or how it got out.")
@click.pass_context
def burn(context: click.Context, spec: str, scenario: str, reason: str) -> None:
    """Say that agents know SCENARIO of SPEC: it gates nothing until what it does is written anew.

    The engine records it, and is started when it does not run.
    """
    workspace = open_workspace(context)
    found = find_spec(workspace, spec)
    fresh = tell_engine(workspace.path, workspace.settings, lambda engine: engine.burn(str(found.id), scenario, reason))
    was = "is burned" if fresh else "was burned before"
    print_lines([f"{scenario} {was}: it gates nothing until its steps, files or inputs are others"])
