"""The command line: a table of commands, each imported only when it is called, so that `--version` stays fast."""

import gc
import importlib
import io
import os
import sys
from typing import Any

import click

from factory_tui import __version__
from factory_tui.cli.output import CommandFailed, Exit, print_error

COMMANDS = {
    "init": "factory_tui.cli.init:init",
    "demo": "factory_tui.cli.demo:demo",
    "doctor": "factory_tui.cli.doctor:doctor",
    "spec": "factory_tui.cli.spec:spec",
    "scenario": "factory_tui.cli.scenario:scenario",
    "run": "factory_tui.cli.runs:run",
    "status": "factory_tui.cli.runs:status",
    "logs": "factory_tui.cli.runs:logs",
    "show": "factory_tui.cli.runs:show",
    "cancel": "factory_tui.cli.steering:cancel",
    "retry": "factory_tui.cli.steering:retry",
    "answer": "factory_tui.cli.steering:answer",
    "decide": "factory_tui.cli.decide:decide",
    "escape": "factory_tui.cli.steering:escape",
    "pause": "factory_tui.cli.steering:pause",
    "resume": "factory_tui.cli.steering:resume",
    "engine": "factory_tui.cli.engine:engine",
    "evaluate": "factory_tui.cli.evaluate:evaluate",
    "export": "factory_tui.cli.export:export",
    "failures": "factory_tui.cli.failures:failures",
    "template": "factory_tui.cli.template:template",
    "report": "factory_tui.cli.report:report",
    "image": "factory_tui.cli.image:image",
    "schema": "factory_tui.cli.schema:schema",
    "lsp": "factory_tui.cli.lsp:lsp",
}
"""Name → where its click command lives."""

LATER = frozenset({"prune", "template effect"})
"""Commands of the contract that this version does not have yet: said so, instead of called unknown."""


class LazyCommands(click.Group):
    """A group that imports a command when it is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        where = COMMANDS.get(cmd_name)
        if where is None:
            return None
        module, _, name = where.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        end_of_imports()
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from rapidfuzz import process

            best = process.extractOne(args[0], list(COMMANDS), score_cutoff=60)
            if best:
                raise click.UsageError(f"{error.message} Did you mean {best[0]!r}?", ctx) from None
            raise


@click.group(cls=LazyCommands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="factory-tui")
@click.option("-C", "directory", metavar="DIR", help="Workspace; the current directory when not given.")
@click.option("--read-only", is_flag=True, help="Look, but send no command to the engine.")
@click.pass_context
def cli(context: click.Context, directory: str | None, read_only: bool) -> None:
    """The control room of a dark software factory. Without a command it opens on the workspace."""
    if context.invoked_subcommand is None:
        from factory_tui.cli.room import open_control_room

        open_control_room(context, read_only=read_only)


def end_of_imports() -> None:
    """Collect garbage again, but never look through what was imported: it stays, and there is much of it."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def main() -> None:
    """Entry point of `factory-tui` and `factory`."""
    gc.disable()
    _make_printable()
    try:
        code = cli.main(standalone_mode=False)
    except CommandFailed as error:
        print_error(error.what, error.todo)
        sys.exit(int(error.code))
    except click.exceptions.Abort:
        sys.exit(int(Exit.INTERRUPTED))
    except KeyboardInterrupt:
        sys.exit(int(Exit.INTERRUPTED))
    except click.UsageError as error:
        _explain_usage(error)
        sys.exit(int(Exit.USAGE))
    except click.ClickException as error:
        print_error(error.format_message())
        sys.exit(int(Exit.USAGE))
    except SystemExit:  # only click's own, when nobody reads on: `| head -1`
        sys.exit(int(Exit.FINE))
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(int(Exit.FINE))
    except OSError as error:  # a path that no command foresaw: too long, behind a closed directory, a vanished one
        what = error.strerror or str(error)
        print_error(
            f"{os.fsdecode(error.filename)}: {what}" if error.filename else what, "check the name and the permissions"
        )
        sys.exit(int(Exit.USAGE))
    sys.exit(code if isinstance(code, int) else 0)


def _make_printable() -> None:
    """What a locale has no letter for is printed as a question mark; to a closed stream nothing is printed."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _explain_usage(error: click.UsageError) -> None:
    context = error.ctx
    words = "factory-tui" if context is None or context.parent is None else f"factory-tui {_words(context)}"
    tried = f"{_words(context)} {_unknown(error)}".strip() if context is not None else ""
    if tried in LATER:
        print_error(f"{tried}: not in this version yet", f"`{words} --help` lists what there is")
    else:
        print_error(" ".join(error.format_message().split()), f"`{words} --help` shows how it is used")


def _words(context: click.Context) -> str:
    """The command without the program: `spec lint`."""
    names: list[str] = []
    while context.parent is not None:
        names.insert(0, context.info_name or "")
        context = context.parent
    return " ".join(names)


def _unknown(error: click.UsageError) -> str:
    """The word that no command has, as click tells it."""
    return error.message.partition("No such command '")[2].partition("'")[0]
