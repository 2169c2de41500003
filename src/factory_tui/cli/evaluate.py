"""`evaluate`: judge a directory, or what a run left, against a spec's suite, without an engine."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from factory_tui.cli.asking import explained, history_of, one_run
from factory_tui.cli.evaluation_text import again_json, again_lines, as_public_json, result_lines, summary
from factory_tui.cli.hang_up import removed_on_hang_up
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
from factory_tui.cli.whole_page import write_page
from factory_tui.model.binding import Binding
from factory_tui.model.evaluation import Evaluation, ScenarioResult
from factory_tui.model.run import Verdict
from factory_tui.model.spec import ID_PATTERN
from factory_tui.report.junit import JudgedSpec, render_junit
from factory_tui.store.cleaning import clean_json

if TYPE_CHECKING:
    from factory_tui.engine.again import Again
    from factory_tui.scenarios import OnResult

_EXITS = {
    Verdict.PASS: Exit.FINE,
    Verdict.FAIL: Exit.FINDINGS,
    Verdict.HELD: Exit.FINDINGS,
    Verdict.ERROR: Exit.MISSING,
}

Found = TypeVar("Found")


@click.command()
@click.argument("spec")
@click.option(
    "--artifact",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="The directory to judge; it is read, not changed.",
)
@click.option("--run", "run", metavar="RUN", help="Judge what this run left, once more, and compare with the record.")
@click.option("--attempt", metavar="N", type=click.IntRange(1), help="Of the run; its last judged one when not given.")
@click.option(
    "--base",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="The untouched base, shown to scenarios as FACTORY_BASE.",
)
@click.option(
    "--junit",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the result there as JUnit XML, as a whole or not at all.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of text.")
@click.pass_context
def evaluate(
    context: click.Context,
    spec: str,
    artifact: Path | None,
    run: str | None,
    attempt: int | None,
    base: Path | None,
    junit: Path | None,
    as_json: bool,
) -> None:
    """Judge a directory against the scenarios of SPEC: only the evaluation, no engine, nothing recorded.

    With --run the artifact, the base and the constraints are those on record, the scenarios are those of now, and it
    is said whether the verdict is the recorded one, and which input differs if it is not.

    Exit code 0: pass; 1: fail or held; 3: error, or something that is needed is missing.
    """
    if (artifact is None) == (run is None):
        raise click.UsageError("give either --artifact DIR or --run RUN")
    if artifact is not None and attempt is not None:
        raise click.UsageError("--attempt belongs to --run")
    if run is not None and base is not None:
        raise click.UsageError("--base belongs to --artifact: a run has its own")
    workspace = workspace_of(context)
    name = _spec_id(spec)
    if artifact is not None:
        evaluation = _directory(workspace, name, artifact, base, show_progress=not as_json)
        printed, lines, facts = as_public_json(evaluation), list(summary(evaluation)), {}
    else:
        assert run is not None
        with history_of(workspace) as reader:
            found = one_run(reader, run)
        again = _again(workspace, name, found, attempt, show_progress=not as_json)
        evaluation, facts = again.evaluation, {"run": found, "attempt": str(again.recorded.attempt)}
        printed, lines = again_json(again, found), [*summary(evaluation), *again_lines(again, found)]
    if as_json:
        print_json(clean_json(printed))
    else:
        print_lines(lines)
    if junit is not None:
        write_page(junit, render_junit(_judged(evaluation, facts)))
    if evaluation.verdict is Verdict.ERROR:
        print_error(f"the evaluation gave no verdict: {evaluation.reason}", "factory-tui doctor")
    end(_EXITS[evaluation.verdict])


def _judged(evaluation: Evaluation, facts: dict[str, str]) -> JudgedSpec:
    return JudgedSpec(
        spec=evaluation.spec,
        verdict=evaluation.verdict,
        reason=evaluation.reason,
        scenarios=evaluation.scenarios,
        binding=Binding.of(evaluation),
        constraints={},
        more=facts,
    )


def _directory(workspace: Path, spec: str, artifact: Path, base: Path | None, *, show_progress: bool) -> Evaluation:
    from factory_tui.engine.standalone import evaluate_directory

    settings = settings_of(workspace)
    return _judge(
        lambda landed: evaluate_directory(workspace, settings, spec, artifact, base, landed),
        show_progress=show_progress,
    )


def _again(workspace: Path, spec: str, run: str, attempt: int | None, *, show_progress: bool) -> "Again":
    from factory_tui.engine.again import evaluate_again

    settings = settings_of(workspace)
    return _judge(
        lambda landed: evaluate_again(workspace, settings, spec, run, attempt, landed), show_progress=show_progress
    )


def _judge(judging: Callable[["OnResult | None"], Awaitable[Found]], *, show_progress: bool) -> Found:
    """Run it, with every error worded for the operator."""
    from factory_tui.delivery import TargetError
    from factory_tui.engine.recorded import NotRecorded
    from factory_tui.engine.standalone import Unusable
    from factory_tui.sandbox.port import SandboxError
    from factory_tui.scenarios import DirectoryUnreadable
    from factory_tui.specs import SpecUnreadable

    async def landed(result: ScenarioResult, done: int, total: int) -> None:
        print_lines(result_lines(result, done, total))

    async def judge() -> Found:
        with removed_on_hang_up():
            return await judging(landed if show_progress else None)

    try:
        with explained():
            return asyncio.run(judge())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    except (Unusable, SpecUnreadable) as error:
        raise CommandFailed(str(error), error.todo) from None
    except (NotRecorded, TargetError) as error:
        raise CommandFailed(error.what, error.todo) from None
    except DirectoryUnreadable as error:
        what, _, todo = str(error).partition("\n")
        raise CommandFailed(what, todo) from None
    except SandboxError as error:
        what, _, todo = str(error).partition("\n")
        raise CommandFailed(what, todo or "run `factory-tui doctor`", Exit.MISSING) from None


def _spec_id(name: str) -> str:
    """The id, given as itself or as the path of its file."""
    spec = Path(name).stem if name.endswith(".md") else name
    if not re.match(ID_PATTERN, spec):
        raise CommandFailed(f"{name} is not the id of a spec", "name one that `factory-tui spec list` shows")
    return spec
