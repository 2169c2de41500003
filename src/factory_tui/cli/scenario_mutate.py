"""`scenario mutate`: small changes of what a spec shipped, and whether its suite notices them."""

import asyncio
import math
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import click

from factory_tui.cli.asking import explained, history_of, one_run
from factory_tui.cli.chosen import Workspace, find_spec, open_workspace
from factory_tui.cli.hang_up import removed_on_hang_up
from factory_tui.cli.output import CommandFailed, Exit, as_json, end, print_error, print_json, print_lines
from factory_tui.control import ControlClient, NoEngine
from factory_tui.model.foreign import clean_line
from factory_tui.model.mutation import Fate, MutantFate, MutationReport
from factory_tui.scenarios.mutation import EQUIVALENT, lines, told
from factory_tui.scenarios.mutation.words import place


class _Minutes(click.FloatRange):
    """`nan` lies in every range that is only compared with its bounds."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        minutes = float(super().convert(value, param, ctx))
        if math.isnan(minutes):
            self.fail(f"{value} is not in the range {self._describe_range()}.", param, ctx)
        return minutes


_GLYPHS = {Fate.CAUGHT: "✓", Fate.SURVIVED: "✗", Fate.UNTRIED: "–"}


@click.command("mutate")
@click.argument("name", metavar="SPEC")
@click.option("--run", "run", metavar="RUN", help="Change what this run left, instead of what shipped last.")
@click.option("--limit", metavar="N", type=click.IntRange(1, 1000), default=30, help="Changes to try; 30.")
@click.option("--minutes", metavar="M", type=_Minutes(0.1, 600), default=30.0, help="Longest check; 30.")
@click.option("--stop", is_flag=True, help="End the engine's check of SPEC; what it found so far is kept.")
@as_json
@click.pass_context
def mutate(
    context: click.Context, name: str, run: str | None, limit: int, minutes: float, stop: bool, as_json: bool
) -> None:
    """Change what SPEC shipped in small ways, one at a time: each change that nothing notices is a missing scenario.

    The engine does it and keeps the report when one runs. Exit code 0: every change was caught; 1: one was not, or
    not every one could be tried.
    """
    workspace = open_workspace(context)
    spec = find_spec(workspace, name).id
    if stop:
        _stop(workspace.path, spec)
        return
    chosen = _chosen(workspace.path, run)
    try:
        report = _by_engine(workspace.path, spec, chosen, limit, minutes)
    except KeyboardInterrupt:
        print(f"\nthe engine goes on; `factory-tui scenario mutate {spec} --stop` ends the check", file=sys.stderr)
        end(Exit.INTERRUPTED)
    recorded = report is not None
    report = report or _alone(workspace, spec, chosen, limit, minutes, show_progress=not as_json)
    if as_json:
        print_json({**report.model_dump(mode="json"), "recorded": recorded, "missing": _missing(report)})
    else:
        print_lines(lines(report))
    if not recorded:
        print_error(
            "nothing was recorded: no engine runs", "`factory-tui engine start`, then again, to keep the report"
        )
    if report.survived or report.untried:
        end(Exit.FINDINGS)


def _missing(report: MutationReport) -> dict[str, object]:
    return {"scenarios": [told(each) for each in report.survived], "note": EQUIVALENT if report.survived else ""}


def _chosen(workspace: Path, run: str | None) -> str | None:
    if run is None:
        return None
    with history_of(workspace) as reader:
        return one_run(reader, run)


def _stop(workspace: Path, spec: str) -> None:
    async def stopped() -> bool:
        async with ControlClient.connect(workspace) as client:
            return await client.stop_mutation(spec)

    with explained():
        if not asyncio.run(stopped()):
            raise CommandFailed(f"no mutation check of {spec} is under way", f"factory-tui scenario mutate {spec}")
    print_lines([f"the check of {spec} ends; what it found is kept"])


def _by_engine(workspace: Path, spec: str, run: str | None, limit: int, minutes: float) -> MutationReport | None:
    """The engine's report; None when no engine runs."""

    async def asked() -> MutationReport | None:
        async with AsyncExitStack() as stack:
            try:
                client = await stack.enter_async_context(ControlClient.connect(workspace))
            except NoEngine:
                return None
            print(f"the engine tries changes of {spec} …", file=sys.stderr, flush=True)
            return await client.mutate(spec, run=run, limit=limit, minutes=minutes)

    with explained():
        return asyncio.run(asked())


def _alone(
    workspace: Workspace, spec: str, run: str | None, limit: int, minutes: float, *, show_progress: bool
) -> MutationReport:
    """Without an engine, with every error worded for the operator."""
    from factory_tui.delivery import TargetError
    from factory_tui.engine.mutations import Wish
    from factory_tui.engine.mutations_alone import mutate_alone
    from factory_tui.engine.recorded import NotRecorded
    from factory_tui.engine.standalone import Unusable
    from factory_tui.sandbox.port import SandboxError
    from factory_tui.scenarios.mutation import CheckRefused
    from factory_tui.specs import SpecUnreadable

    async def landed(fate: MutantFate, done: int, total: int) -> None:
        caught = f" by {fate.caught_by}" if fate.caught_by else ""
        words = f"{_GLYPHS[fate.fate]} {fate.fate.value}{caught}: {place(fate.mutant)}, {fate.mutant.what}"
        print(f"[{done}/{total}] {clean_line(words)}", file=sys.stderr, flush=True)

    async def checked() -> MutationReport:
        with removed_on_hang_up():
            wish = Wish(spec, run, limit, minutes)
            return await mutate_alone(workspace.path, workspace.settings, wish, landed if show_progress else None)

    try:
        with explained():
            return asyncio.run(checked())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    except CheckRefused as error:
        raise CommandFailed(error.what, error.todo, Exit.MISSING if error.missing else Exit.USAGE) from None
    except (NotRecorded, TargetError, Unusable) as error:
        raise CommandFailed(error.what, error.todo) from None
    except SpecUnreadable as error:
        raise CommandFailed(str(error), error.todo) from None
    except SandboxError as error:
        what, _, todo = str(error).partition("\n")
        raise CommandFailed(what, todo or "factory-tui doctor says what is missing", Exit.MISSING) from None
