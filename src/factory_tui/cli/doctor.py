"""`doctor`: what works here and what does not, each with the fix."""

import asyncio
from pathlib import Path

import click

from factory_tui.cli.output import Exit, end, print_json, print_lines, workspace_of
from factory_tui.health import Check, Grade, examine

_MARKS = {Grade.OK: "ok  ", Grade.WARN: "warn", Grade.FAIL: "FAIL"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """What works here and what does not, each with the fix. Exit code 3 when something needed is missing."""
    checks = asyncio.run(_examine(workspace_of(context), quiet=as_json))
    ready = all(each.grade is not Grade.FAIL for each in checks)
    if as_json:
        rows = [{"name": each.name, "grade": each.grade, "found": each.found, "fix": each.fix} for each in checks]
        print_json({"ready": ready, "checks": rows})
    else:
        print_lines([_summary(checks)])
    if not ready:
        end(Exit.MISSING)


async def _examine(workspace: Path, quiet: bool) -> list[Check]:
    checks = []
    async for check in examine(workspace):
        checks.append(check)
        if not quiet:
            print_lines(_lines(check))
    return checks


def _lines(check: Check) -> list[str]:
    lines = [f"{_MARKS[check.grade]}  {check.name:<16}  {check.found}"]
    if check.grade is not Grade.OK:
        lines.append(f"{'':24}→ {check.fix}")
    return lines


def _summary(checks: list[Check]) -> str:
    failed = [each.name for each in checks if each.grade is Grade.FAIL]
    if failed:
        return f"missing: {', '.join(failed)}"
    warned = sum(each.grade is Grade.WARN for each in checks)
    return "ready" if not warned else f"ready, with {warned} warning{'s' if warned > 1 else ''}"
