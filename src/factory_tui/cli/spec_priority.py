"""`spec priority`: what is built first."""

import click

from factory_tui.cli.chosen import find_spec, open_workspace
from factory_tui.cli.findings import shown_path
from factory_tui.cli.output import Exit, as_json, end, print_error, print_json, print_lines
from factory_tui.model.foreign import clean
from factory_tui.specs import EditRefused, SpecUnreadable, set_priority
from factory_tui.specs.writing.head import HIGHEST, LOWEST


@click.command("priority")
@click.argument("number", metavar="N", type=click.IntRange(HIGHEST, LOWEST))
@click.argument("names", metavar="SPEC...", nargs=-1, required=True)
@as_json
@click.pass_context
def priority(context: click.Context, number: int, names: tuple[str, ...], as_json: bool) -> None:
    """Give specs a priority: 0 is the highest, 4 the lowest. One that cannot be changed stays as it is."""
    workspace = open_workspace(context)
    chosen = [find_spec(workspace, name) for name in dict.fromkeys(names)]
    entries: list[dict[str, object]] = []
    for found in chosen:
        problem = ""
        try:
            set_priority(found.path, number, seen=found.text)
        except (EditRefused, SpecUnreadable) as error:
            problem = error.what
            print_error(f"{shown_path(error.path, workspace.path)}: {error.what}", error.todo)
        before = found.front.priority if found.front else None
        entries.append({"id": found.id, "priority": before if problem else number, "before": before})
        entries[-1]["refused"] = problem
        if not as_json and not problem:
            print_lines([f"{clean(found.id)} has priority {number}"])
    if as_json:
        print_json({"specs": entries})
    if any(each["refused"] for each in entries):
        end(Exit.FINDINGS)
