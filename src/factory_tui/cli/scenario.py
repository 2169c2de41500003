"""`scenario list|lint|admit`."""

import asyncio
from pathlib import Path

import click

from factory_tui.cli.chosen import Workspace, find_spec, open_workspace
from factory_tui.cli.findings import shown_path, table
from factory_tui.cli.lint import lint_scenarios
from factory_tui.cli.output import CommandFailed, Exit, end, print_json, print_lines
from factory_tui.cli.scenario_burn import burn
from factory_tui.cli.scenario_fetch import fetch_scenarios
from factory_tui.cli.spec import as_json
from factory_tui.model.admission import Admission
from factory_tui.model.scenario import LoadedScenario
from factory_tui.model.spec import Spec
from factory_tui.scenarios import load_suite, scenarios_dir


@click.group()
def scenario() -> None:
    """Scenarios: the hidden proof of a spec."""


scenario.add_command(lint_scenarios)
scenario.add_command(fetch_scenarios)
scenario.add_command(burn)


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
    found = [each for spec in _chosen(workspace, names) for each in load_suite(directory, spec.id)[0].scenarios]
    if as_json:
        print_json({"scenarios": [_listed(each, workspace.path) for each in found]})
    elif not found:
        print_lines([f"No scenarios yet. Write one: {shown_path(directory, workspace.path)}/<spec>/<id>.yaml"])
    else:
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


@scenario.command("admit")
@click.argument("name", metavar="SPEC")
@as_json
@click.pass_context
def admit(context: click.Context, name: str, as_json: bool) -> None:
    """Prove on the untouched base that each scenario of a spec can tell a finished artifact from it."""
    workspace = open_workspace(context)
    spec = find_spec(workspace, name)
    admissions = asyncio.run(_admit(workspace, spec))
    if as_json:
        print_json({"spec": spec.id, "admissions": [_admission(each) for each in admissions]})
    else:
        rows = [
            (each.scenario, each.expected.value, each.observed.value, "yes" if each.admitted else "no", each.reason)
            for each in admissions
        ]
        print_lines(table(rows, ("SCENARIO", "EXPECTED", "OBSERVED", "ADMITTED", "WHY NOT")))
    if not admissions or not all(each.admitted for each in admissions):
        end(Exit.FINDINGS)


async def _admit(workspace: Workspace, spec: Spec) -> list[Admission]:
    from factory_tui.delivery import TargetError
    from factory_tui.engine.standalone import Unusable, admit_suite
    from factory_tui.sandbox.port import SandboxError

    try:
        return await admit_suite(workspace.path, workspace.settings, spec.id)
    except (Unusable, TargetError) as error:
        raise CommandFailed(error.what, error.todo) from None
    except SandboxError as error:
        what, _, todo = str(error).partition("\n")
        raise CommandFailed(what, todo or "factory-tui doctor says what is missing", Exit.MISSING) from None


def _admission(each: Admission) -> dict[str, object]:
    return {
        "scenario": each.scenario,
        "expected": each.expected.value,
        "observed": each.observed.value,
        "admitted": each.admitted,
        "reason": each.reason,
    }
