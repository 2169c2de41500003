"""`scenario admit`: which scenarios can tell a finished artifact from the untouched base and from a stub build."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import click

from factory_tui.cli.asking import exit_of, explained
from factory_tui.cli.chosen import Workspace, find_spec, open_workspace
from factory_tui.cli.findings import table
from factory_tui.cli.output import CommandFailed, Exit, as_json, end, print_error, print_json, print_lines
from factory_tui.control import ControlClient, NoEngine, Refused
from factory_tui.model.admission import Admission
from factory_tui.scenarios import load_suite, scenarios_dir

_COLUMNS = ("SCENARIO", "EXPECTED", "ON BASE", "ON A STUB", "ADMITTED", "WHY NOT")


@dataclass(frozen=True)
class _Tried:
    """What came of one suite."""

    spec: str
    admissions: tuple[Admission, ...] = ()
    failed: CommandFailed | None = None
    """Why nothing could be tried."""

    @property
    def is_fine(self) -> bool:
        return bool(self.admissions) and all(each.admitted for each in self.admissions)


@click.command("admit")
@click.argument("names", metavar="[SPEC]...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every spec that has scenarios.")
@click.option("--alone", is_flag=True, help="Without the engine, also when one runs; nothing is recorded.")
@as_json
@click.pass_context
def admit(context: click.Context, names: tuple[str, ...], every: bool, alone: bool, as_json: bool) -> None:
    """Prove that each scenario of SPEC can tell a finished artifact from the untouched base and from a stub build.

    A running engine does it and records it, so that the next run need not; without one nothing is recorded.
    """
    workspace = open_workspace(context)
    if bool(names) == every:
        raise CommandFailed("which scenarios?", "name specs, or say --all")
    specs = _with_scenarios(workspace) if every else [find_spec(workspace, name).id for name in names]
    with explained():
        tried, recorded = asyncio.run(_tried(workspace, specs, alone=alone))
    if len(tried) == 1 and tried[0].failed is not None:
        raise tried[0].failed
    if as_json:
        _print_json(tried, recorded, one=len(names) == 1)
    else:
        _print(tried)
    _tell_of_nothing(tried)
    if not tried or not all(each.is_fine for each in tried):
        end(next((each.failed.code for each in tried if each.failed is not None), Exit.FINDINGS))


def _with_scenarios(workspace: Workspace) -> list[str]:
    directory = scenarios_dir(workspace.path, workspace.settings)
    return [each for each in workspace.library.specs if load_suite(directory, each)[0].scenarios]


async def _tried(workspace: Workspace, specs: Sequence[str], *, alone: bool) -> tuple[list[_Tried], bool]:
    """What came of each suite, and whether it is recorded."""
    if not alone:
        try:
            async with ControlClient.connect(workspace.path, workspace.settings) as engine:
                return [await _by_engine(engine, each) for each in specs], True
        except NoEngine:
            pass
    return [await _without_engine(workspace, each) for each in specs], False


async def _by_engine(engine: ControlClient, spec: str) -> _Tried:
    try:
        return _Tried(spec, await engine.admit(spec))
    except Refused as error:
        return _Tried(spec, failed=CommandFailed(error.what, error.todo, exit_of(error)))


async def _without_engine(workspace: Workspace, spec: str) -> _Tried:
    from factory_tui.delivery import TargetError
    from factory_tui.engine.standalone import Unusable, admit_suite
    from factory_tui.sandbox.port import SandboxError

    try:
        return _Tried(spec, tuple(await admit_suite(workspace.path, workspace.settings, spec)))
    except (Unusable, TargetError) as error:
        return _Tried(spec, failed=CommandFailed(error.what, error.todo))
    except SandboxError as error:
        what, _, todo = str(error).partition("\n")
        todo = todo or "factory-tui doctor says what is missing"
        return _Tried(spec, failed=CommandFailed(what, todo, Exit.MISSING))


def _print_json(tried: Sequence[_Tried], recorded: bool, *, one: bool) -> None:
    suites = [_suite(each) for each in tried]
    print_json({**suites[0], "recorded": recorded} if one else {"suites": suites, "recorded": recorded})


def _suite(tried: _Tried) -> dict[str, object]:
    if tried.failed is not None:
        return {"spec": tried.spec, "error": {"what": tried.failed.what, "todo": tried.failed.todo}}
    return {"spec": tried.spec, "admissions": [_admission(each) for each in tried.admissions]}


def _admission(each: Admission) -> dict[str, object]:
    return {
        "scenario": each.scenario,
        "expected": each.expected.value,
        "observed": each.observed.value,
        "on_stub": each.on_stub.value if each.on_stub is not None else None,
        "admitted": each.admitted,
        "reason": each.reason,
    }


def _print(tried: Sequence[_Tried]) -> None:
    for each in tried:
        if len(tried) > 1:
            good = sum(admission.admitted for admission in each.admissions)
            print_lines([f"{each.spec}: {good} of {len(each.admissions)} admitted"])
        if each.failed is not None:
            print_error(each.failed.what, each.failed.todo)
        elif each.admissions and (len(tried) == 1 or not each.is_fine):
            print_lines(table([_row(admission) for admission in each.admissions], _COLUMNS))


def _tell_of_nothing(tried: Sequence[_Tried]) -> None:
    """No finding can be shown where nothing could be tried."""
    if not tried:
        print_error("no spec has a scenario", "write one: factory-tui scenario new SPEC E1")
    for each in tried:
        if each.failed is None and not each.admissions:
            print_error(f"{each.spec} has no scenario", f"write one: factory-tui scenario new {each.spec} E1")


def _row(each: Admission) -> tuple[str, ...]:
    on_stub = each.on_stub.value if each.on_stub is not None else "-"
    admitted = "yes" if each.admitted else "no"
    return (each.scenario, each.expected.value, each.observed.value, on_stub, admitted, each.reason)
