"""`report`: the morning page of a batch, on the terminal or into a file."""

import io
import json
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from factory_tui.cli.asking import history_of
from factory_tui.cli.findings import styled
from factory_tui.cli.output import CommandFailed, print_lines, settings_of, workspace_of
from factory_tui.cli.whole_page import write_page
from factory_tui.config import Settings
from factory_tui.model.money import from_usd
from factory_tui.model.report import Report
from factory_tui.report.text import Tone
from factory_tui.store.reader import Reader

FORMATS = ("text", "json", "md", "html")
WIDTH = 80
"""Cells of a line where no terminal is narrower."""

_NAMED = 10
"""Batches that a mistyped id is answered with."""

_COLOURS = {Tone.GOOD: "green", Tone.BAD: "red", Tone.WARN: "yellow", Tone.KEY: "cyan"}


@click.command()
@click.option("--batch", metavar="ID", help="The newest batch when not given.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="text when not given.")
@click.option("--json", "as_json", is_flag=True, help="As --format json.")
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="Write it there, as a whole or not at all.",
)
@click.pass_context
def report(context: click.Context, batch: str | None, form: str | None, as_json: bool, output: Path | None) -> None:
    """How a batch went: what waits for you, what shipped, failed and is held, what it cost, what changed."""
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"--json and --format {form} contradict each other")
    form = "json" if as_json else form or "text"
    to_terminal = output is None or str(output) == "-"
    workspace = workspace_of(context)
    settings = settings_of(workspace)
    with history_of(workspace) as reader:
        found = _report(reader, settings, batch)
    if found is None:
        print_lines(["null" if form == "json" else "nothing has run yet: `factory-tui run` begins a batch"])
        return
    text = _rendered(found, form, painted=to_terminal)
    if output is None or to_terminal:
        if form == "html" and isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # as the page says of itself, whatever the locale
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    write_page(output, text)
    print_lines([f"{output}: the report of {found.batch}"])


def _report(reader: Reader, settings: Settings, batch: str | None) -> Report | None:
    """The report; None when nothing has run. A batch that is not there ends the command."""
    cap = settings.limits.day_usd
    found = reader.report(settings.factory.name, batch, from_usd(cap) if cap is not None else None, datetime.now(UTC))
    if found is None and batch is not None:
        known = [each.batch for each in reader.batches()]
        more = f" and {len(known) - _NAMED} older ones" if len(known) > _NAMED else ""
        todo = f"there are {', '.join(known[:_NAMED])}{more}" if known else "nothing has run yet"
        raise CommandFailed(f"there is no batch {batch}", todo)
    return found


def _rendered(found: Report, form: str, *, painted: bool) -> str:
    if form == "json":
        return json.dumps(found.model_dump(mode="json"), ensure_ascii=True) + "\n"
    if form == "md":
        from factory_tui.report.markdown import render_markdown

        return render_markdown(found)
    if form == "html":
        from factory_tui.report.html import render_html

        return render_html(found)
    from factory_tui.report.text import render_text

    width = min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns) if painted and sys.stdout.isatty() else WIDTH
    return render_text(found, width, paint=_painted) if painted else render_text(found, width)


def _painted(text: str, tone: Tone) -> str:
    return styled(text, fg=_COLOURS.get(tone), bold=tone is Tone.HEAD or None, dim=tone is Tone.DIM or None)
