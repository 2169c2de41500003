"""`scenario` and its commands; `scenario list`."""

from pathlib import Path

import click

from factory_tui.cli.chosen import Workspace, find_spec, open_workspace
from factory_tui.cli.findings import shown_path, table, tell_unread
from factory_tui.cli.lint import lint_scenarios
from factory_tui.cli.output import print_error, print_json, print_lines
from factory_tui.cli.scenario_admit import admit
from factory_tui.cli.scenario_burn import burn
from factory_tui.cli.scenario_draft import import_feature, new
from factory_tui.cli.scenario_fetch import fetch_scenarios
from factory_tui.cli.scenario_mutate import mutate
from factory_tui.cli.scenario_show import show
from factory_tui.cli.spec import as_json
from factory_tui.model.scenario import LoadedScenario
from factory_tui.model.spec import Spec
from factory_tui.scenarios import load_suite, scenarios_dir


@click.group()
def scenario() -> None:
    """Scenarios: the hidden proof of a spec."""


scenario.add_command(lint_scenarios)
scenario.add_command(fetch_scenarios)
scenario.add_command(burn)
scenario.add_command(admit)
scenario.add_command(mutate)
scenario.add_command(new)
scenario.add_command(import_feature)
scenario.add_command(show)


def _chosen(workspace: Workspace, names: tuple[str, ...]) -> list[Spec]:
    return [find_spec(workspace, name) for name in names] or list(workspace.library.specs.values())


@scenario.command("list")
@click.argument("names", metavar="[SPEC]...", nargs=-1)
@as_json
@click.pass_context
def list_scenarios(context: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """The scenarios of specs; without names, of all."""
    workspace = open_workspace(context)
    directory = scenarios_dir(workspace.path, workspace.settings)
    suites = [(spec, *load_suite(directory, spec.id)) for spec in _chosen(workspace, names)]
    found = [each for _, suite, _ in suites for each in suite.scenarios]
    about_directories = {str(directory / spec.id) for spec, _, _ in suites}
    closed = {(each.message, each.fix) for _, _, said in suites for each in said if each.path in about_directories}
    if as_json:
        print_json({"scenarios": [_listed(each, workspace.path) for each in found]})
    elif not found and not closed:
        print_lines([f"No scenarios yet. Write one: {shown_path(directory, workspace.path)}/<spec>/<id>.yaml"])
    elif found:
        rows = [
            (
                each.spec,
                each.id,
                each.scenario.kind.value,
                each.scenario.layer.value,
                each.scenario.base.value,
                " ".join(each.scenario.covers),
                each.scenario.then,
            )
            for each in found
        ]
        print_lines(table(rows, ("SPEC", "SCENARIO", "KIND", "LAYER", "ON BASE", "COVERS", "THEN")))
    for what, todo in sorted(closed):
        print_error(f"{shown_path(directory, workspace.path)}: {what}", todo)
    for spec, suite, findings in suites:
        tell_unread(spec.id, suite, findings, workspace.path)


def _listed(each: LoadedScenario, workspace: Path) -> dict[str, object]:
    said = each.scenario
    return {
        "spec": each.spec,
        "id": each.id,
        "path": shown_path(each.path, workspace),
        "hash": each.hash,
        "covers": list(said.covers),
        "kind": said.kind.value,
        "layer": said.layer.value,
        "base": said.base.value,
        "given": said.given,
        "when": said.when,
        "then": said.then,
        "steps": len(said.steps),
        "trials": said.trials,
    }
