"""The specs that a command was asked about, and what was found in them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import click

from factory_tui.cli.findings import shown_path
from factory_tui.cli.output import CommandFailed, print_error, settings_of, workspace_of
from factory_tui.config import Settings
from factory_tui.model.finding import Finding
from factory_tui.model.ids import SpecId
from factory_tui.model.scenario import Suite
from factory_tui.model.spec import Spec
from factory_tui.model.version import Earlier
from factory_tui.scenarios import load_suite, readiness, scenarios_dir
from factory_tui.specs import SpecLibrary, SpecUnreadable, is_ready, load_specs, read_spec, specs_dir
from factory_tui.specs.reading.schema_errors import nearest


@dataclass(frozen=True, slots=True)
class Workspace:
    """What the commands about specs look at."""

    path: Path
    settings: Settings
    library: SpecLibrary


@dataclass(frozen=True, slots=True)
class Judged:
    """A spec with its suite and everything that was found."""

    spec: Spec
    suite: Suite
    findings: tuple[Finding, ...]

    @property
    def ready(self) -> bool:
        return is_ready(self.findings)


def open_workspace(context: click.Context) -> Workspace:
    """The workspace with every spec in it."""
    path = workspace_of(context)
    return Workspace(path, settings_of(path), replace(load_specs(path), earlier=earlier_rules(path)))


def earlier_rules(workspace: Path) -> Mapping[SpecId, tuple[Earlier, ...]]:
    """What earlier versions said; nothing, and a word about it, when the history cannot be read."""
    from factory_tui.store import StoreError
    from factory_tui.store.spec_history import SpecHistory

    try:
        with SpecHistory(workspace / "runs.db") as history:
            return history.earlier_rules()
    except StoreError as error:
        print_error(f"earlier versions are left out: {error.what}", error.todo)
        return {}


def judge(workspace: Workspace, found: Spec) -> Judged:
    suite, broken = load_suite(scenarios_dir(workspace.path, workspace.settings), found.id)
    return Judged(found, suite, readiness(found, workspace.library, suite, broken, workspace.settings))


def find_spec(workspace: Workspace, name: str) -> Spec:
    """The spec that an id or a path names. Ends the command when there is none, or when it cannot be read."""
    by_path = "/" in name or name.endswith(".md")
    if not by_path:
        known = next((each for each in workspace.library.specs.values() if each.id == name), None)
        if known is not None:
            return known
    path = _path_of(workspace, name, by_path=by_path)
    try:
        return read_spec(path)
    except SpecUnreadable as error:
        best = nearest(name, workspace.library.specs) if not path.exists() else None
        todo = f"did you mean {best}?" if best else error.todo
        raise CommandFailed(f"{shown_path(path, workspace.path)}: {error.what}", todo) from None


def _path_of(workspace: Workspace, name: str, *, by_path: bool) -> Path:
    if not by_path:
        return specs_dir(workspace.path) / f"{name}.md"
    given = Path(name).absolute()
    return given if given.exists() else workspace.path / name
