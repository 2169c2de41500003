"""`init`: a new workspace."""

import shlex
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from factory_tui.cli.output import CommandFailed, print_lines, workspace_of
from factory_tui.config import FILE_NAME
from factory_tui.config.writing import commented
from factory_tui.model.spec import Kind
from factory_tui.specs import packaged_text, template_path

CAPS: dict[str, float] = {"call_usd": 0.5, "run_usd": 2.0, "batch_usd": 10.0, "day_usd": 20.0}
"""US dollars. What a first night may cost at most, so that a live model can be used and cannot run away."""

_EMPTY_DIRECTORIES = ("twins/anthropic", "targets")
_PASSED_OVER = frozenset({".git"})
"""What a directory may hold and still count as empty."""


@click.command()
@click.argument("directory", required=False, type=click.Path(path_type=Path))
@click.pass_context
def init(context: click.Context, directory: Path | None) -> None:
    """Create a workspace in DIR: configuration, templates, context, one example that lints clean."""
    workspace = directory.resolve() if directory is not None else workspace_of(context)
    _refuse_occupied(workspace)
    try:
        write_workspace(workspace)
    except OSError as error:
        raise CommandFailed(f"{workspace}: cannot be written: {error.strerror}", "name another directory") from None
    program = "factory-tui" if workspace == Path.cwd() else f"factory-tui -C {shlex.quote(str(directory or workspace))}"
    print_lines(
        [
            f"created a workspace in {workspace}",
            f"  {FILE_NAME}            every setting with its meaning and default",
            "  context/                what every agent should know: fill these in first",
            "  specs/count-words.md    an example; scenarios/count-words/ is its holdout",
            "next:",
            f"  {program} spec lint",
            f"  {program} spec new feature my-first-spec",
            f"  {program}    (the control room)",
            f"  {program} doctor",
        ]
    )


def _refuse_occupied(workspace: Path) -> None:
    try:
        there = sorted(each.name for each in workspace.iterdir() if each.name not in _PASSED_OVER)
    except FileNotFoundError:
        return
    except OSError as error:
        raise CommandFailed(f"{workspace}: {error.strerror}", "name a directory that is missing or empty") from None
    if FILE_NAME in there:
        raise CommandFailed(f"{workspace} is a workspace already", f"factory-tui -C {workspace} opens it")
    if there:
        raise CommandFailed(
            f"{workspace} is not empty: it holds {', '.join(there[:3])}{' …' if len(there) > 3 else ''}",
            "name a directory that is missing or empty; nothing was changed",
        )


def write_workspace(workspace: Path) -> None:
    """All files of a new workspace. Never replaces one.

    Raises:
        OSError: a file exists or cannot be written.
    """
    name = workspace.name or "factory"
    _write(workspace / FILE_NAME, commented({"factory": {"name": name}, "limits": CAPS}))
    for kind in Kind:
        _write(template_path(workspace, kind), packaged_text(kind))
    for path, text in _skeleton(resources.files("factory_tui.skeleton"), Path()):
        _write(workspace / path, text)
    for each in _EMPTY_DIRECTORIES:
        (workspace / each).mkdir(parents=True, exist_ok=True)


def _skeleton(directory: Traversable, path: Path) -> Iterator[tuple[Path, str]]:
    for each in directory.iterdir():
        if each.is_dir() and each.name != "__pycache__":
            yield from _skeleton(each, path / each.name)
        elif each.name == "gitignore":
            yield path / ".gitignore", each.read_text(encoding="utf-8")
        elif each.name.endswith((".md", ".yaml")):
            yield path / each.name, each.read_text(encoding="utf-8")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
