"""`factory-tui image`: the image sandboxes are made from."""

import sys
import time

import click

from factory_tui import config
from factory_tui.cli.output import CommandFailed, Exit, print_json, print_lines, settings_of, workspace_of
from factory_tui.model.foreign import clean


@click.group()
def image() -> None:
    """The image sandboxes are made from."""


@image.command()
@click.option("--bootstrap", is_flag=True, help="Make it from Debian packages (as root): needs no image registry.")
@click.option("--name", metavar="NAME", help="Name of the image; the workspace's `sandbox.image` when not given.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of text.")
@click.pass_context
def build(context: click.Context, bootstrap: bool, name: str | None, as_json: bool) -> None:
    """Build the image, or reuse the one that was built from the same recipe."""
    from factory_tui.sandbox.image import make
    from factory_tui.sandbox.port import SandboxError, SandboxUnavailable

    workspace = workspace_of(context)
    if name is None:
        configured = (workspace / config.FILE_NAME).exists()
        name = (settings_of(workspace) if configured else config.Settings()).sandbox.image
    started = time.monotonic()
    try:
        built = make(name, bootstrap, lambda line: print(clean(line), file=sys.stderr, flush=True))
    except SandboxError as error:
        what, _, todo = str(error).partition("\n")
        code = Exit.MISSING if isinstance(error, SandboxUnavailable) else Exit.FINDINGS
        raise CommandFailed(what, todo, code) from None
    seconds = round(time.monotonic() - started, 1)
    if as_json:
        print_json({"id": built.id, "name": name, "tag": built.tag, "reused": built.reused, "seconds": seconds})
    else:
        print_lines([built.id])
