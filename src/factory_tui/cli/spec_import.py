"""`spec import`: a draft from a spec that was written for something else."""

from pathlib import Path

import click

from factory_tui.cli.chosen import find_spec, judge, open_workspace
from factory_tui.cli.findings import shown_path, summary
from factory_tui.cli.output import CommandFailed, print_json, print_lines
from factory_tui.model.foreign import clean_line
from factory_tui.model.spec import Category, Kind
from factory_tui.specs import EditRefused, TemplateError, guidance, new_spec
from factory_tui.specs.importing import SOURCES, ImportRefused, Source, read_source


@click.command("import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--as", "spec_id", metavar="ID", help="Id of the spec; made from the title when not given.")
@click.option(
    "--from", "source", type=click.Choice([each.value for each in SOURCES]), help="Recognised when not given."
)
@click.option(
    "--kind",
    type=click.Choice([each.value for each in Kind]),
    default=Kind.FEATURE.value,
    help="Whose template is filled; feature when not given.",
)
@click.option(
    "--category",
    type=click.Choice([each.value for each in Category]),
    help="What sort of work it is; told from the source when not given.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_context
def import_spec(
    context: click.Context,
    file: Path,
    spec_id: str | None,
    source: str | None,
    kind: str,
    category: str | None,
    as_json: bool,
) -> None:
    """Write a draft from a spec-kit spec.md, an OpenSpec change, a ticket in Markdown or a GitHub issue as JSON.

    Each piece of text is placed under the question that it answers best; what it does not answer stays empty, and
    spec lint names it. FILE may be the directory of a spec-kit feature or of an OpenSpec change.
    """
    workspace = open_workspace(context)
    try:
        read = read_source(file, Source(source) if source else None)
        name = spec_id or read.id
        if not name:
            raise CommandFailed(f"{clean_line(read.title)}: no id can be made of this title", "give one: --as ID")
        chosen = Category(category) if category else read.category
        body = read.body(guidance(workspace.path, Kind(kind)))
        path = new_spec(workspace.path, name, Kind(kind), title=read.title, category=chosen, body=body)
    except ImportRefused as error:
        raise CommandFailed(error.what, error.todo) from None
    except (EditRefused, TemplateError) as error:
        raise CommandFailed(f"{shown_path(error.path, workspace.path)}: {error.what}", error.todo) from None
    again = open_workspace(context)
    findings = judge(again, find_spec(again, name)).findings
    shown = shown_path(path, workspace.path)
    if as_json:
        print_json({"id": name, "path": shown, "from": read.source.value, "left_out": list(read.left_out)})
        return
    beside = f"; left out: {', '.join(read.left_out)} (how it is built)" if read.left_out else ""
    print_lines([shown, f"read as {read.source.value}{beside}", f"{summary(findings)}: factory-tui spec lint {name}"])
