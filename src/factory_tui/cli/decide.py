"""`decide`: the operator's word on a rubric that the judges could not decide."""

from collections.abc import Iterator

import click

from factory_tui.cli.asking import history_of, one_run, tell_engine
from factory_tui.cli.judgement_text import judgement_lines
from factory_tui.cli.output import CommandFailed, as_json, print_json, print_lines, settings_of, workspace_of
from factory_tui.model.evaluation import Result, ScenarioResult
from factory_tui.model.foreign import clean, clean_line
from factory_tui.model.run import HoldReason
from factory_tui.model.views import RunView

_SHOWN_LINES = 20
"""Lines of each text of the output."""


@click.command()
@click.argument("name", metavar="RUN")
@click.argument("ballot", metavar="[meets|misses]", required=False, type=click.Choice(["meets", "misses"]))
@click.option("--reason", default="", help="Why; it is kept with the judgement.")
@click.option("--scenario", default="", help="Only this one; without, every scenario that is undecided.")
@as_json
@click.pass_context
def decide(context: click.Context, name: str, ballot: str | None, reason: str, scenario: str, as_json: bool) -> None:
    """Decide a rubric that the judges of held RUN could not decide; without a decision show their votes.

    The artifact is judged again with your word in it; nothing is built again, and nobody is paid again.
    """
    workspace = workspace_of(context)
    settings = settings_of(workspace)
    with history_of(workspace) as reader:
        view = reader.run(one_run(reader, name))
    assert view is not None
    if ballot is None:
        _show(view, as_json)
        return
    if not reason.strip():
        raise CommandFailed("a decision needs its reason", f'factory-tui decide {view.row.run} {ballot} --reason "…"')
    taken = tell_engine(
        workspace, settings, lambda engine: engine.decide(view.row.run, ballot == "meets", reason, scenario)
    )
    if as_json:
        print_json({"run": taken, "ballot": ballot})
    else:
        print_lines([f"{taken} is queued again: its artifact is judged with your decision, and not built again"])


def _show(view: RunView, as_json: bool) -> None:
    if view.row.hold is not HoldReason.JUDGE:
        raise CommandFailed(f"{view.row.run} waits for no decision", "`factory-tui status` shows what waits")
    judged = [each for each in view.attempts if each.scenarios]
    results = judged[-1].scenarios if judged else ()
    undecided = [each for each in results if each.gates and each.result is Result.INCONCLUSIVE]
    if as_json:
        listed = [
            {
                "id": each.id,
                "judgement": each.judgement.model_dump(mode="json") if each.judgement else None,
                "output": [seen.model_dump() for seen in each.trials[-1].observations],
            }
            for each in undecided
        ]
        print_json({"run": view.row.run, "undecided": listed})
    else:
        print_lines(line for each in undecided for line in _lines(each))
        print_lines([f'→ factory-tui decide {view.row.run} meets|misses --reason "…"'])


def _lines(result: ScenarioResult) -> Iterator[str]:
    yield f"{result.id}: {clean_line(result.sentence)}"
    yield from (f"  {each}" for each in judgement_lines(result))
    shown = result.trials[-1].observations if result.trials else ()
    for each in shown:
        yield f"  step {each.step} {clean_line(each.what)}:"
        lines = clean(each.text).splitlines()
        yield from (f"    {line}" for line in lines[:_SHOWN_LINES])
        if len(lines) > _SHOWN_LINES:
            yield f"    … {len(lines) - _SHOWN_LINES} more lines; --json has them"
