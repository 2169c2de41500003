"""`failures list|show`: what specs keep missing, with the evidence."""

from collections.abc import Iterator

import click

from factory_tui.cli import run_text
from factory_tui.cli.asking import history_of
from factory_tui.cli.output import CommandFailed, print_json, print_lines, workspace_of
from factory_tui.model.failure import FailureRecord
from factory_tui.model.views import FailureGroup


@click.group()
def failures() -> None:
    """Failure records by class of the taxonomy."""


@failures.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def list_failures(context: click.Context, as_json: bool) -> None:
    """Every class with its newest records."""
    with history_of(workspace_of(context)) as reader:
        groups = reader.failures()
    if as_json:
        print_json({"groups": [group.model_dump(mode="json") for group in groups]})
    elif groups:
        print_lines(_list_lines(groups))
    else:
        print_lines(["no failures on record"])


@failures.command()
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def show(context: click.Context, number: int, as_json: bool) -> None:
    """One failure record with its evidence."""
    with history_of(workspace_of(context)) as reader:
        record = reader.failure(number)
    if record is None:
        raise CommandFailed(f"there is no failure record {number}", "`factory-tui failures list` numbers them")
    if as_json:
        print_json(record.model_dump(mode="json"))
    else:
        print_lines(_record_lines(record))


def _list_lines(groups: list[FailureGroup]) -> Iterator[str]:
    for group in groups:
        specs = "1 spec" if group.specs == 1 else f"{group.specs} specs"
        yield f"{group.failure_class.value}: {group.count} in {specs}"
        for record in group.records:
            where = f" {record.scenario}" if record.scenario else ""
            yield f"  #{record.id} {record.spec} {record.run}{where}: {run_text.plain(record.cause)}"
        if group.count > len(group.records):
            yield f"  … and {group.count - len(group.records)} older ones"


def _record_lines(record: FailureRecord) -> Iterator[str]:
    yield f"#{record.id} {record.failure_class.value}: {run_text.plain(record.cause)}"
    facts = {
        "run": f"{record.run}, attempt {record.attempt}",
        "spec": record.spec,
        "scenario": record.scenario,
        "rules": ", ".join(record.rules),
        "section": record.section.value if record.section else None,
        "layer": record.layer.value,
        "qualifier": record.qualifier.value if record.qualifier else None,
        "decided by": record.decided_by.value,
    }
    yield from (f"  {name:<11} {value}" for name, value in facts.items() if value)
    for each in record.evidence:
        yield f"  step {each.step}, {each.check}"
        yield f"    expected  {run_text.plain(each.expected)}"
        yield f"    observed  {run_text.plain(each.observed)}"
    for quote in record.quotes:
        yield f"  “{run_text.plain(quote)}”"
