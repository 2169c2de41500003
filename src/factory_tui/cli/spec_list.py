"""`spec list` and `spec advice`: what there is to build, what it would take, and which work suits the factory."""

from pathlib import Path

import click

from factory_tui.cli.findings import table
from factory_tui.cli.output import as_json, print_error, print_json, print_lines, settings_of, workspace_of
from factory_tui.config import Settings
from factory_tui.model.estimate import Advice
from factory_tui.model.money import show_usd
from factory_tui.model.views import SpecRow
from factory_tui.report.advice import advise
from factory_tui.report.dependencies import Dependencies, Place
from factory_tui.report.estimate import Estimates
from factory_tui.report.estimate_words import brief
from factory_tui.report.spec_rows import SpecsPast
from factory_tui.scenarios import triage

_HEAD = (
    "SPEC", "STATUS", "KIND", "CATEGORY", "PRIO", "FINDINGS", "COVERED", "LAST", "COST", "REV", "ESTIMATE", "TITLE",
)  # fmt: skip


@click.command("list")
@click.option("--order", "by_order", is_flag=True, help="In the order of building: what waits for nothing comes first.")
@as_json
@click.pass_context
def list_specs(context: click.Context, by_order: bool, as_json: bool) -> None:
    """Every spec with its state, findings, coverage, history, and what a run would cost, take and come to."""
    workspace = workspace_of(context)
    rows = _with_history(workspace, settings_of(workspace))
    if by_order:
        _print_order(rows, as_json=as_json)
    elif as_json:
        print_json({"specs": [row.model_dump(mode="json", exclude={"findings", "unsaved"}) for row in rows]})
    elif not rows:
        print_lines(["No specs yet. Write one: factory-tui spec new ID"])
    else:
        print_lines(table([_cells(row) for row in rows], _HEAD))


def _with_history(workspace: Path, settings: Settings) -> list[SpecRow]:
    from factory_tui.store import StoreError
    from factory_tui.store.reader import Reader

    try:
        with Reader(workspace / "runs.db") as reader:
            rows = triage(workspace, settings, reader.earlier_rules())
            return SpecsPast(
                reader.last_runs(),
                reader.last_versions(),
                reader.spec_cost(),
                reader.revisions(),
                Estimates(reader.past_runs()),
            ).on(rows)
    except StoreError as error:
        print_error(f"the history is left out: {error.what}", error.todo)
        return triage(workspace, settings)


def _cells(row: SpecRow) -> tuple[str, ...]:
    errors = f"{row.errors} error{'s' * (row.errors != 1)}"
    warnings = f"{row.warnings} warning{'s' * (row.warnings != 1)}"
    return (
        row.id,
        row.status.value if row.status else "broken",
        row.kind.value if row.kind else "-",
        row.category.value if row.category else "-",
        str(row.priority),
        errors if row.errors else warnings if row.warnings else "none",
        f"{row.covered_rules}/{row.rules}",
        "escaped" if row.escaped else row.last_state.value if row.last_state else "-",
        show_usd(row.cost) if row.runs else "-",
        str(row.revisions),
        brief(row.estimate),
        row.title,
    )


def _print_order(rows: list[SpecRow], *, as_json: bool) -> None:
    waits = Dependencies(rows)
    places = waits.order()
    if as_json:
        print_json({"order": [_place_json(each, waits) for each in places]})
    elif not places:
        print_lines(["Nothing is left to build."])
    else:
        head = ("STEP", "SPEC", "STANDS", "WAITS FOR")
        print_lines(table([_place_cells(each, waits) for each in places], head))


def _place_json(place: Place, waits: Dependencies) -> dict[str, object]:
    return {
        "step": place.step,
        "spec": place.spec,
        "standing": place.standing.value,
        "waits_for": list(waits.awaited(place.spec)),
        "why_never": place.why_never,
    }


def _place_cells(place: Place, waits: Dependencies) -> tuple[str, ...]:
    step = "never" if place.step is None else str(place.step)
    return step, place.spec, place.standing.value, place.why_never or ", ".join(waits.awaited(place.spec)) or "-"


@click.command("advice")
@as_json
@click.pass_context
def advice(context: click.Context, as_json: bool) -> None:
    """Which work suits the factory, by category and agent, from what became of it."""
    from factory_tui.cli.asking import history_of

    with history_of(workspace_of(context)) as reader:
        found = advise(reader.past_runs())
    if as_json:
        print_json({"advice": [each.model_dump(mode="json") for each in found]})
        return
    rows = [_advice_cells(each) for each in found]
    print_lines(table(rows, ("CATEGORY", "AGENT", "ADVICE", "ESTIMATE")))
    for each in found:
        if each.estimate.n:
            print_lines(["", f"{each.category.value}, {each.agent}: {each.word}", f"  {each.why}"])


def _advice_cells(each: Advice) -> tuple[str, ...]:
    return each.category.value, each.agent or "-", each.word, brief(each.estimate)
