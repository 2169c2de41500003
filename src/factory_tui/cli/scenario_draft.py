"""`scenario new` and `scenario import`: files to be completed, never over one that exists."""

from pathlib import Path

import click

from factory_tui.cli.chosen import Workspace, find_spec, open_workspace
from factory_tui.cli.findings import shown_path
from factory_tui.cli.output import CommandFailed, as_json, print_json, print_lines
from factory_tui.model.foreign import clean_line
from factory_tui.scenarios import scenarios_dir
from factory_tui.scenarios.drafting import DraftRefused, new_scenario, write_draft
from factory_tui.scenarios.reading.elsewhere import repository_of


@click.command("new")
@click.argument("name", metavar="SPEC")
@click.argument("item", metavar="ITEM")
@as_json
@click.pass_context
def new(context: click.Context, name: str, item: str, as_json: bool) -> None:
    """Write the scenario that an evaluation item of SPEC asks for, such as E2: sentence, rules, kind.

    Its steps are left to you: until they are written, scenario lint finds the file incomplete and the spec is not
    ready.
    """
    workspace = open_workspace(context)
    spec = find_spec(workspace, name)
    try:
        path = new_scenario(spec.path, item, _holdout(workspace))
    except DraftRefused as error:
        raise _failed(error, workspace) from None
    shown = shown_path(path, workspace.path)
    if as_json:
        print_json({"spec": spec.id, "id": path.stem, "path": shown})
    else:
        print_lines([shown, f"Write its steps, then: factory-tui scenario lint {spec.id}"])


@click.command("import")
@click.argument("file", metavar="FILE.feature", type=click.Path(path_type=Path))
@click.option("--spec", "name", metavar="SPEC", help="Whose scenarios they are; the one named as the file otherwise.")
@as_json
@click.pass_context
def import_feature(context: click.Context, file: Path, name: str | None, as_json: bool) -> None:
    """Write a scenario to be completed for each scenario of a Gherkin file, for each row of examples one.

    Sentences are kept; tags such as @R2, @negative and @reserve become rules, kind and layer. The steps are left to
    you. A scenario whose file exists is left as it is.
    """
    from factory_tui.scenarios.drafting.feature import FeatureRefused, read_feature

    workspace = open_workspace(context)
    try:
        found = read_feature(file)
    except FeatureRefused as error:
        raise CommandFailed(f"{clean_line(str(file))}: {error.what}", error.todo) from None
    spec = find_spec(workspace, name or file.name.partition(".")[0])
    holdout = _holdout(workspace)
    written: list[str] = []
    kept: list[str] = []
    for each in found.drafts:
        if (holdout / spec.id / f"{each.id}.yaml").exists():
            kept.append(each.id)
            continue
        try:
            written.append(shown_path(write_draft(holdout / spec.id, each), workspace.path))
        except DraftRefused as error:
            raise _failed(error, workspace) from None
    if as_json:
        print_json({"spec": spec.id, "written": written, "kept": kept, "left_out": list(found.left_out)})
        return
    said = [*written, f"{len(written)} written of {len(found.drafts)} in “{found.name}”"]
    said += [f"left as it is, since it exists: {each}" for each in kept]
    said += [f"left out: {'; '.join(found.left_out)}"] if found.left_out else []
    said += [f"Write their steps, then: factory-tui scenario lint {spec.id}"] if written else []
    print_lines(said)


def _holdout(workspace: Workspace) -> Path:
    """The directory of the scenarios, to write in."""
    repository = repository_of(workspace.settings.factory.scenarios)
    if repository is not None:
        raise CommandFailed(
            f"the scenarios lie in {clean_line(repository.url)}; here is a copy of them",
            "write them there and push: the next batch brings them",
        )
    return scenarios_dir(workspace.path, workspace.settings)


def _failed(error: DraftRefused, workspace: Workspace) -> CommandFailed:
    return CommandFailed(f"{shown_path(error.path, workspace.path)}: {error.what}", error.todo)
