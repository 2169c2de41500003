"""What a command of the operator names, read anew, and why it cannot be had."""

import re

from factory_tui.delivery import HoldoutError
from factory_tui.engine.commands import CommandRefused
from factory_tui.engine.holdout import bring_holdout
from factory_tui.engine.plant import Plant
from factory_tui.model.spec import ID_PATTERN, FrontMatter, Spec
from factory_tui.sandbox.port import SandboxError
from factory_tui.specs import SpecUnreadable, read_spec, specs_dir


def asked_spec(name: str, plant: Plant) -> tuple[Spec, FrontMatter]:
    """The spec of that name.

    Raises:
        CommandRefused: there is no such spec, or it cannot be read.
    """
    if not re.fullmatch(ID_PATTERN, name):
        raise CommandRefused(f"{name!r} is no spec", "`factory-tui spec list` has their ids")
    try:
        spec = read_spec(specs_dir(plant.workspace) / f"{name}.md")
    except SpecUnreadable as error:
        raise CommandRefused(f"{error.path.name}: {error.what}", error.todo) from error
    if spec.front is None:
        raise CommandRefused(f"{spec.path.name}: its front matter cannot be read", f"factory-tui spec lint {name}")
    return spec, spec.front


def asked_to_prove(name: str, plant: Plant) -> tuple[Spec, FrontMatter]:
    """As `asked_spec`, with its newest scenarios brought, where they lie in a repository of their own.

    Raises:
        CommandRefused: or they cannot be had.
    """
    found = asked_spec(name, plant)
    try:
        bring_holdout(plant.workspace, plant.settings)
    except HoldoutError as error:
        raise CommandRefused(error.what, error.todo, missing=True) from error
    return found


def no_sandbox(error: SandboxError) -> CommandRefused:
    """Why there is no sandbox, as an answer to a command."""
    what, _, todo = str(error).partition("\n")
    return CommandRefused(what, todo or "factory-tui doctor says what is missing", missing=True)
