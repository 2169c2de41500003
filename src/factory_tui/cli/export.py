"""`export`: what is recorded of a run, for other tools."""

import json
import sys
from pathlib import Path

import click

from factory_tui.cli.asking import history_of, one_run
from factory_tui.cli.output import CommandFailed, print_lines, workspace_of
from factory_tui.cli.whole_page import write_page
from factory_tui.model.binding import Binding
from factory_tui.model.run import Verdict
from factory_tui.model.views import AttemptView, RunView
from factory_tui.report.junit import JudgedSpec, render_junit

FORMATS = ("json", "junit")


@click.command()
@click.argument("name", metavar="RUN")
@click.option("--format", "form", type=click.Choice(FORMATS), default="json", help="json when not given, as `show`.")
@click.option("--attempt", metavar="N", type=click.IntRange(1), help="For junit: the last judged one when not given.")
@click.option(
    "--to",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="Write it there, as a whole or not at all.",
)
@click.pass_context
def export(context: click.Context, name: str, form: str, attempt: int | None, to: Path | None) -> None:
    """What is recorded of RUN, for other tools: all of it as JSON, or its verdict as JUnit XML for a CI system."""
    with history_of(workspace_of(context)) as reader:
        view = reader.run(one_run(reader, name))
    assert view is not None
    text = _junit(view, attempt) if form == "junit" else json.dumps(view.model_dump(mode="json")) + "\n"
    if to is None or str(to) == "-":
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    write_page(to, text)
    print_lines([f"{to}: {view.row.run} as {form}"])


def _junit(view: RunView, number: int | None) -> str:
    judged = [each for each in view.attempts if each.binding is not None and number in (None, each.attempt)]
    if not judged:
        which = "no attempt" if number is None else f"no attempt {number}"
        raise CommandFailed(
            f"{view.row.run} has {which} that was judged", f"`factory-tui show {view.row.run}` says how far it came"
        )
    return render_junit(_judged(view, judged[-1]))


def _judged(view: RunView, attempt: AttemptView) -> JudgedSpec:
    return JudgedSpec(
        spec=view.row.spec,
        verdict=Verdict(attempt.verdict) if attempt.verdict else None,
        reason=attempt.reason,
        scenarios=attempt.scenarios,
        binding=attempt.binding or Binding(),
        constraints=dict(view.constraints),
        more={"run": view.row.run, "attempt": str(attempt.attempt)},
    )
