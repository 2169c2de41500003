"""`template show|history|propose|accept|reject`: what recurring failures add to the templates."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from pydantic import JsonValue

from factory_tui.cli import run_text
from factory_tui.cli.asking import history_of, require_yes, tell_engine
from factory_tui.cli.findings import shown_path
from factory_tui.cli.output import CommandFailed, as_json, is_number, print_json, print_lines, settings_of, workspace_of
from factory_tui.model.amendment import NOT_REPLAYED, AmendmentRecord, AmendmentState
from factory_tui.model.failure import FailureRecord
from factory_tui.model.spec import Kind
from factory_tui.specs import TemplateError, TemplateVersion, amendment_diff, template_history, template_text
from factory_tui.store.reader import Reader


@click.group()
def template() -> None:
    """Templates of specs, and the amendments that recurring failures propose."""


@template.command()
@click.argument("what", metavar="[KIND|NUMBER]", required=False)
@as_json
@click.pass_context
def show(context: click.Context, what: str | None, as_json: bool) -> None:
    """The amendments; with NUMBER one of them with its diff and failures; with KIND the text of a template."""
    workspace = workspace_of(context)
    if what is not None and not is_number(what):
        settings_of(workspace)
        _show_template(workspace, what, as_json)
        return
    with history_of(workspace) as reader:
        if what is None:
            records = reader.amendments()
            if as_json:
                print_json({"amendments": [each.model_dump(mode="json") for each in records]})
            else:
                print_lines(_list_lines(records))
            return
        record = one_amendment(reader, int(what))
        failures = [found for number in record.group.records if (found := reader.failure(number))]
    diff = _diff(workspace, record)
    if as_json:
        print_json({**record.model_dump(mode="json"), "diff": diff, "replayed": False})
    else:
        print_lines(_amendment_lines(record, diff, failures))


def _show_template(workspace: Path, kind: str, as_json: bool) -> None:
    if kind not in [each.value for each in Kind]:
        raise CommandFailed(f"there is no template {kind}", f"one of {', '.join(each.value for each in Kind)}")
    with _readable(workspace):
        text = template_text(workspace, Kind(kind))
    if as_json:
        print_json({"kind": kind, "text": text})
    else:
        print_lines(text.splitlines())


@template.command()
@click.argument("kind", type=click.Choice([each.value for each in Kind]), required=False)
@as_json
@click.pass_context
def history(context: click.Context, kind: str | None, as_json: bool) -> None:
    """Every version of the templates and what each one added."""
    workspace = workspace_of(context)
    settings_of(workspace)
    kinds = [Kind(kind)] if kind else list(Kind)
    with _readable(workspace):
        versions = {each: template_history(workspace, each) for each in kinds}
    if as_json:
        print_json({each.value: [_version_json(version) for version in found] for each, found in versions.items()})
        return
    for found in versions.values():
        print_lines(_version_line(version) for version in found)


def _version_json(version: TemplateVersion) -> dict[str, JsonValue]:
    return {
        "template": version.name,
        "current": version.current,
        "ask": version.ask.model_dump(mode="json") if version.ask else None,
        "problem": version.problem,
    }


def _version_line(version: TemplateVersion) -> str:
    ask = version.ask
    if ask is None:
        what = "the first version" if version.version == 1 else "nobody noted what it adds"
    else:
        by = f" (amendment {ask.amendment})" if ask.amendment else ""
        what = f"{ask.section.value}, {ask.subsection}: {ask.label or 'a section of its own'}{by}"
    current = "  ← current" if version.current else ""
    return f"{version.name:<18} {run_text.plain(version.problem or what)}{current}"


@template.command()
@as_json
@click.pass_context
def propose(context: click.Context, as_json: bool) -> None:
    """Look for recurring failures now, and propose an amendment for each group that has none."""
    workspace = workspace_of(context)
    settings = settings_of(workspace)
    numbers = tell_engine(workspace, settings, lambda engine: engine.propose())
    if as_json:
        print_json({"proposed": list(numbers)})
        return
    if not numbers:
        feedback = settings.feedback
        print_lines(
            [
                f"nothing new recurs: {feedback.min_failures} records in {feedback.min_specs} specs within "
                f"{feedback.window_days} days make a group (`factory-tui failures recurring`)"
            ]
        )
        return
    with history_of(workspace) as reader:
        print_lines(_list_lines([each for each in reader.amendments() if each.id in numbers]))


@template.command()
@click.argument("number", type=click.IntRange(min=1))
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
@click.pass_context
def accept(context: click.Context, number: int, yes: bool, as_json: bool) -> None:
    """Write the next version of the template with amendment NUMBER; shows the diff and asks first."""
    workspace = workspace_of(context)
    settings = settings_of(workspace)
    with history_of(workspace) as reader:
        record = one_amendment(reader, number)
    if not yes and record.state is AmendmentState.PROPOSED:  # of a decided one the engine says so
        print_lines(_diff(workspace, record))
        require_yes(f"Make this the next {record.amendment.template.value} template? It is {NOT_REPLAYED}.")
    version = tell_engine(workspace, settings, lambda engine: engine.accept(number))
    if as_json:
        print_json({"amendment": number, "template": version})
    else:
        print_lines([f"amendment {number} is part of {version} now; specs written before it get a finding (T01)"])


@template.command()
@click.argument("number", type=click.IntRange(min=1))
@click.option("--reason", required=True, help="Why the template should not ask this.")
@as_json
@click.pass_context
def reject(context: click.Context, number: int, reason: str, as_json: bool) -> None:
    """Close amendment NUMBER; the template stays as it is."""
    workspace = workspace_of(context)
    settings = settings_of(workspace)
    if not reason.strip():
        raise CommandFailed("a rejection needs a reason", "say why the template should not ask this")
    tell_engine(workspace, settings, lambda engine: engine.reject(number, reason))
    if as_json:
        print_json({"amendment": number, "rejected": reason})
    else:
        print_lines([f"amendment {number} is rejected"])


def one_amendment(reader: Reader, number: int) -> AmendmentRecord:
    """Ends the command when there is no such amendment."""
    found = next((each for each in reader.amendments() if each.id == number), None)
    if found is None:
        raise CommandFailed(f"there is no amendment {number}", "`factory-tui template show` lists them")
    return found


def _list_lines(records: list[AmendmentRecord]) -> Iterator[str]:
    if not records:
        yield "no amendments yet: failures that recur propose them when a batch ends"
    for record in records:
        amendment, group = record.amendment, record.group
        after = f" in {record.template_after}" if record.template_after else ""
        label = f" ({NOT_REPLAYED})" if record.state is AmendmentState.PROPOSED else ""
        yield f"#{record.id} {record.state.value}{after}{label}: {amendment.kind.value} for {amendment.template.value}"
        yield f"   adds  {run_text.plain(amendment.line)}"
        yield f"   why   {run_text.plain(amendment.why)} ({len(group.records)} records in {', '.join(group.specs)})"
        if record.reason:
            yield f"   rejected because {run_text.plain(record.reason)}"
        if record.state is AmendmentState.PROPOSED:
            yield f"   → factory-tui template accept {record.id}, or template reject {record.id} --reason …"


def _amendment_lines(record: AmendmentRecord, diff: list[str], failures: list[FailureRecord]) -> Iterator[str]:
    yield from _list_lines([record])
    yield ""
    yield from diff
    yield ""
    yield "failures behind it"
    for each in failures:
        where = f" {each.scenario}" if each.scenario else ""
        yield f"  #{each.id} {each.spec} {each.run}{where}: {run_text.plain(each.cause)}"


def _diff(workspace: Path, record: AmendmentRecord) -> list[str]:
    with _readable(workspace):
        return list(amendment_diff(workspace, record))


@contextmanager
def _readable(workspace: Path) -> Iterator[None]:
    """End the command with the words of a template that cannot be used."""
    try:
        yield
    except TemplateError as error:
        raise CommandFailed(f"{shown_path(error.path, workspace)}: {error.what}", error.todo) from None
