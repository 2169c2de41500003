"""Findings on a terminal and as JSON: shared by the commands about specs and about scenarios."""

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from factory_tui.cli.output import print_error
from factory_tui.model.finding import Finding, Level
from factory_tui.model.foreign import clean_line

if TYPE_CHECKING:
    from factory_tui.model.scenario import Suite

_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.INFO: "cyan"}


@dataclass(frozen=True, slots=True)
class Told:
    """A finding and the file that it is about, as the operator would write it."""

    finding: Finding
    path: str


def told(findings: Iterable[Finding], path: str, workspace: Path) -> list[Told]:
    """Each with its file; `path` is that of the spec."""
    return [Told(each, path if each.path is None else shown_path(each.path, workspace)) for each in findings]


def shown_path(path: Path | str, workspace: Path) -> str:
    """The path as the operator would write it: relative when it is inside the workspace."""
    full = Path(path).absolute()
    return str(full.relative_to(workspace)) if full.is_relative_to(workspace) else str(full)


def tell_unread(spec: str, suite: "Suite", findings: Iterable[Finding], workspace: Path) -> None:
    """To stderr, the files of a suite that are no scenario as they are: a list that left them out would hide them."""
    read = {str(each.path) for each in suite.scenarios}
    broken = {each.path for each in findings if each.path and each.path.endswith((".yaml", ".yml"))} - read
    if broken:
        names = ", ".join(sorted(shown_path(each, workspace) for each in broken))
        print_error(f"no scenario as it is, and left out: {names}", f"factory-tui scenario lint {spec}")


def finding_json(finding: Finding, workspace: Path) -> dict[str, object]:
    """The public form; `edit` is there when a change can end it, `path` when it is about another file than the spec."""
    fixed: dict[str, object] = {
        "rule": finding.rule,
        "level": finding.level.value,
        "section": finding.section,
        "line": finding.line,
        "column": finding.column,
        "quote": finding.quote,
        "message": finding.message,
        "fix": finding.fix,
    }
    if finding.edit is not None:
        fixed["edit"] = finding.edit.model_dump(mode="json")
    return fixed if finding.path is None else {**fixed, "path": shown_path(finding.path, workspace)}


def print_findings(findings: Iterable[Finding], path: str, workspace: Path) -> None:
    """Each as `path:line:column rule level message`, what it quotes and what to do; `path` is the spec's."""
    for said in told(findings, path, workspace):
        each = said.finding
        place = f"{clean_line(said.path)}:{each.line}:{each.column}"
        echo(
            f"{styled(place, bold=True)} {each.rule} {styled(each.level.value, fg=_COLOURS[each.level])} ",
            new_line=False,
        )
        echo(clean_line(each.message))
        if each.quote:
            echo(f"    {styled('│ ' + clean_line(each.quote), dim=True)}")
        echo(f"    → {clean_line(each.fix)}")


def summary(findings: Iterable[Finding]) -> str:
    """`2 errors, 1 warning`, or `no findings`."""
    counts = dict.fromkeys(Level, 0)
    for each in findings:
        counts[each.level] += 1
    said = [f"{count} {level.value}{'s' * (count != 1)}" for level, count in counts.items() if count]
    return ", ".join(said) or "no findings"


def styled(text: str, *, fg: str | None = None, bold: bool | None = None, dim: bool | None = None) -> str:
    """`text` with colour when standard output is a terminal that may show it."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not sys.stdout.isatty():
        return text
    return click.style(text, fg=fg, bold=bold, dim=dim)


def echo(text: str, *, new_line: bool = True) -> None:
    """Text that is already clean, with the styles of `styled`."""
    print(text, end="\n" if new_line else "", flush=new_line)


def table(rows: Sequence[tuple[str, ...]], head: tuple[str, ...]) -> Iterable[str]:
    """Columns as wide as their longest cell."""
    cells = [head, *(tuple(clean_line(cell, limit=60) for cell in row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
