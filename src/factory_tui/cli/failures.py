"""`failures list|show|classify|recurring`: what specs keep missing, with the evidence."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import click

from factory_tui.cli import run_text
from factory_tui.cli.asking import history_of, tell_engine
from factory_tui.cli.output import CommandFailed, as_json, print_json, print_lines, settings_of, workspace_of
from factory_tui.cli.quality_text import place
from factory_tui.feedback import recurring
from factory_tui.model.amendment import RecurringGroup
from factory_tui.model.failure import FailureClass, FailureRecord
from factory_tui.model.views import FailureGroup

_CLASSES = [each.value for each in FailureClass]


@click.group()
def failures() -> None:
    """Failure records by class of the taxonomy."""


@failures.command("list")
@as_json
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
@as_json
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


@failures.command()
@click.argument("number", type=click.IntRange(min=1))
@click.argument("failure_class", metavar="CLASS", type=click.Choice(_CLASSES, case_sensitive=False))
@click.option("--reason", default="", help="Why it is this class.")
@click.pass_context
def classify(context: click.Context, number: int, failure_class: str, reason: str) -> None:
    """Give failure record NUMBER another CLASS; what the rule said stays on record."""
    workspace = workspace_of(context)
    settings = settings_of(workspace)
    given = FailureClass(failure_class)
    tell_engine(workspace, settings, lambda engine: engine.classify(number, given, reason))
    print_lines([f"#{number} is {failure_class} now"])


@failures.command("recurring")
@as_json
@click.pass_context
def list_recurring(context: click.Context, as_json: bool) -> None:
    """Failures of one class, section and cause that came again: what the templates should ask."""
    workspace = workspace_of(context)
    settings = settings_of(workspace).feedback
    with history_of(workspace) as reader:
        now = datetime.now(UTC)
        groups = recurring(reader.lessons_records(now - timedelta(days=settings.window_days)), settings, now)
    if as_json:
        print_json({"recurring": [{"key": group.key, **group.model_dump(mode="json")} for group in groups]})
    elif groups:
        print_lines(_recurring_lines(groups))
    else:
        print_lines(
            [
                f"nothing recurs: {settings.min_failures} records in {settings.min_specs} specs within "
                f"{settings.window_days} days make a group"
            ]
        )


def _recurring_lines(groups: Sequence[RecurringGroup]) -> Iterator[str]:
    for group in groups:
        where = f" in {group.section.value}" if group.section else ""
        theme = f", {group.theme}" if group.theme else ""
        count = "1 record" if len(group.records) == 1 else f"{len(group.records)} records"
        yield f"{group.failure_class.value}{where}{theme}: {count} in {', '.join(group.specs)}"
        yield f"  latest  {run_text.plain(group.cause)}"
        yield f"  records {', '.join(f'#{number}' for number in group.records)}"


def _list_lines(groups: list[FailureGroup]) -> Iterator[str]:
    for group in groups:
        specs = "1 spec" if group.specs == 1 else f"{group.specs} specs"
        yield f"{group.failure_class.value}: {group.count} in {specs}, {group.share:.0%}{_trend(group)}"
        for record in group.records:
            where = f" {record.scenario}" if record.scenario else ""
            yield f"  #{record.id} {record.spec} {record.run}{where}: {run_text.plain(record.cause)}"
        if group.count > len(group.records):
            yield f"  … and {group.count - len(group.records)} older ones"


def _trend(group: FailureGroup) -> str:
    """This batch against the one before."""
    before = "there is none before" if group.last_batch is None else f"the one before {group.last_batch}"
    return f"; this batch {group.this_batch}, {before}"


def _record_lines(record: FailureRecord) -> Iterator[str]:
    yield f"#{record.id} {record.failure_class.value}: {run_text.plain(record.cause)}"
    facts = {
        "run": f"{record.run}, attempt {record.attempt}",
        "spec": record.spec,
        "scenario": record.scenario,
        "sentence": run_text.plain(record.sentence),
        "rules": ", ".join(record.rules),
        "section": record.section.value if record.section else None,
        "layer": record.layer.value,
        "qualifier": record.qualifier.value if record.qualifier else None,
        "decided by": record.decided_by.value,
        "at first": record.first_class.value if record.first_class else None,
        "because": run_text.plain(record.reclassified),
    }
    yield from (f"  {name:<11} {value}" for name, value in facts.items() if value)
    if record.spec_line is not None:
        yield f"  spec line {record.spec_line}: {run_text.plain(record.spec_quote)}"
    for each in record.evidence:
        yield f"  {place(each)}, {each.check}"
        yield f"    expected  {run_text.plain(each.expected)}"
        yield f"    observed  {run_text.plain(each.observed)}"
    for quote in record.quotes:
        yield f"  “{run_text.plain(quote)}”"
