"""`evaluate`: judge a directory against a spec's suite, without an engine."""

import asyncio
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from factory_tui.cli.output import (
    CommandFailed,
    Exit,
    end,
    print_error,
    print_json,
    print_lines,
    settings_of,
    workspace_of,
)
from factory_tui.cli.quality_text import place, quality_lines
from factory_tui.config import Settings
from factory_tui.model.evaluation import Evaluation, Result, ScenarioResult
from factory_tui.model.run import Verdict
from factory_tui.model.scenario import Layer
from factory_tui.model.spec import ID_PATTERN

_EXITS = {
    Verdict.PASS: Exit.FINE,
    Verdict.FAIL: Exit.FINDINGS,
    Verdict.HELD: Exit.FINDINGS,
    Verdict.ERROR: Exit.MISSING,
}
_GLYPHS = {Result.PASS: "✓", Result.FAIL: "✗", Result.ERROR: "!", Result.FLAKY: "~"}
_SHOWN_LINES = 12
"""Lines of an expected or observed value in the text output; `--json` has it all."""


@click.command()
@click.argument("spec")
@click.option(
    "--artifact",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="The directory to judge; it is read, not changed.",
)
@click.option(
    "--base",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="The untouched base, shown to scenarios as FACTORY_BASE.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of text.")
@click.pass_context
def evaluate(context: click.Context, spec: str, artifact: Path, base: Path | None, as_json: bool) -> None:
    """Judge a directory against the scenarios of SPEC: only the evaluation, no engine, nothing recorded.

    Exit code 0: pass; 1: fail or held; 3: error, or something that is needed is missing.
    """
    workspace = workspace_of(context)
    settings = settings_of(workspace)
    evaluation = _run(workspace, settings, _spec_id(spec), artifact, base, show_progress=not as_json)
    if as_json:
        print_json(as_public_json(evaluation))
    else:
        print_lines(_summary(evaluation))
    if evaluation.verdict is Verdict.ERROR:
        print_error(f"the evaluation gave no verdict: {evaluation.reason}", "factory-tui doctor")
    end(_EXITS[evaluation.verdict])


def as_public_json(evaluation: Evaluation) -> dict[str, Any]:
    """The evaluation in the form of the command line contract."""
    return {
        "spec": evaluation.spec,
        "verdict": evaluation.verdict.value,
        "reason": evaluation.reason,
        "scenarios": [_scenario_json(each) for each in evaluation.scenarios],
        "setup_failed": evaluation.setup_failed,
        "spec_hash": evaluation.spec_hash,
        "suite_hash": evaluation.suite_hash,
        "image": evaluation.image,
    }


def _scenario_json(result: ScenarioResult) -> dict[str, Any]:
    return {
        "id": result.id,
        "result": result.result.value,
        "layer": result.layer.value,
        "covers": list(result.covers),
        "trials": [{"result": each.result.value, "seconds": each.seconds} for each in result.trials],
        "evidence": [each.model_dump() for each in result.evidence],
        "measures": [each.model_dump() for each in result.measures],
    }


def _run(
    workspace: Path, settings: Settings, spec: str, artifact: Path, base: Path | None, *, show_progress: bool
) -> Evaluation:
    """Run it, with every error worded for the operator."""
    from factory_tui.engine.standalone import Unusable, evaluate_directory
    from factory_tui.sandbox.port import SandboxError
    from factory_tui.scenarios import DirectoryUnreadable
    from factory_tui.specs import SpecUnreadable
    from factory_tui.store import StoreError

    async def landed(result: ScenarioResult, done: int, total: int) -> None:
        print_lines(_result_lines(result, done, total))

    async def judge() -> Evaluation:
        with _removed_on_hang_up():
            on_result = landed if show_progress else None
            return await evaluate_directory(workspace, settings, spec, artifact, base, on_result)

    try:
        return asyncio.run(judge())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    except StoreError as error:
        raise CommandFailed(error.what, error.todo) from None
    except (Unusable, SpecUnreadable) as error:
        raise CommandFailed(str(error), error.todo) from None
    except DirectoryUnreadable as error:
        what, _, todo = str(error).partition("\n")
        raise CommandFailed(what, todo) from None
    except SandboxError as error:
        what, _, todo = str(error).partition("\n")
        raise CommandFailed(what, todo or "run `factory-tui doctor`", Exit.MISSING) from None


@contextmanager
def _removed_on_hang_up() -> Iterator[None]:
    """A closed terminal or a TERM ends the command like Ctrl-C, so that its sandbox is removed."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    numbers = (signal.SIGTERM, signal.SIGHUP)
    for number in numbers:
        loop.add_signal_handler(number, lambda: task.cancel() if task else None)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


def _spec_id(name: str) -> str:
    """The id, given as itself or as the path of its file."""
    spec = Path(name).stem if name.endswith(".md") else name
    if not re.match(ID_PATTERN, spec):
        raise CommandFailed(f"{name} is not the id of a spec", "name one that `factory-tui spec list` shows")
    return spec


def _result_lines(result: ScenarioResult, done: int, total: int) -> Iterator[str]:
    seconds = sum(trial.seconds for trial in result.trials)
    note = "" if result.layer is Layer.GATE else "  (reserve: does not count)"
    yield f"[{done}/{total}] {_GLYPHS[result.result]} {result.result.value:<5} {result.id}  {seconds:.1f} s{note}"
    if result.result is Result.PASS:
        return
    yield f"      {result.sentence}"
    for each in result.evidence:
        yield f"      {place(each)}: {each.check}"
        yield from _value("expected", each.expected)
        yield from _value("observed", each.observed)


def _value(name: str, text: str) -> Iterator[str]:
    lines = text.splitlines() or ["(empty)"]
    yield f"        {name}: {lines[0]}"
    yield from (f"                  {line}" for line in lines[1:_SHOWN_LINES])
    if len(lines) > _SHOWN_LINES:
        yield f"                  … {len(lines) - _SHOWN_LINES} more lines; --json has them"


def _summary(evaluation: Evaluation) -> Iterator[str]:
    passed = sum(each.result is Result.PASS for each in evaluation.scenarios)
    yield f"{evaluation.verdict.value}: {passed} of {len(evaluation.scenarios)} scenarios passed"
    if evaluation.reason:
        yield f"  {evaluation.reason}"
    if evaluation.setup_failed:
        yield from (f"  {line}" for line in evaluation.setup_failed.splitlines()[1:])
    yield from (f"  {line}" for line in quality_lines(evaluation.scenarios))
    yield f"  spec {evaluation.spec_hash[:12]} · suite {evaluation.suite_hash[:12]} · image {evaluation.image}"
