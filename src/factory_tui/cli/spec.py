"""`spec new|list|show|lint|diff|history|rules|ready|draft|park|priority|advice`."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime

import click

from factory_tui.cli.chosen import Judged, Workspace, find_spec, judge, open_workspace
from factory_tui.cli.findings import echo, finding_json, print_findings, shown_path, styled, summary
from factory_tui.cli.lint import lint_specs, linted
from factory_tui.cli.output import (
    CommandFailed,
    Exit,
    end,
    print_error,
    print_json,
    print_lines,
    settings_of,
    workspace_of,
)
from factory_tui.cli.rules import rules
from factory_tui.cli.spec_import import import_spec
from factory_tui.cli.spec_list import advice, list_specs
from factory_tui.cli.spec_priority import priority
from factory_tui.cli.spec_read_back import answer, read_back
from factory_tui.cli.spec_versions import diff, history
from factory_tui.model.foreign import clean, clean_line
from factory_tui.model.spec import Category, Kind, Spec, Status
from factory_tui.specs import (
    EditRefused,
    SpecUnreadable,
    TemplateError,
    new_spec,
    set_status,
)

as_json = click.option("--json", "as_json", is_flag=True, help="One JSON document.")


@click.group()
def spec() -> None:
    """Specs: what is wanted, and whether it can be built."""


spec.add_command(advice)
spec.add_command(answer)
spec.add_command(import_spec)
spec.add_command(diff)
spec.add_command(history)
spec.add_command(lint_specs)
spec.add_command(list_specs)
spec.add_command(priority)
spec.add_command(read_back)
spec.add_command(rules)


@spec.command("new")
@click.argument("words", metavar="[KIND] ID", nargs=-1, required=True)
@click.option("--kind", type=click.Choice([each.value for each in Kind]), help="As KIND; feature when not given.")
@click.option("--title", help="One line; made from the id when not given.")
@click.option("--category", type=click.Choice([each.value for each in Category]))
@as_json
@click.pass_context
def new(
    context: click.Context,
    words: tuple[str, ...],
    kind: str | None,
    title: str | None,
    category: str | None,
    as_json: bool,
) -> None:
    """Write a draft from the template of its kind: feature, architectural or constraint."""
    spec_id, kind = _named(words, kind)
    workspace = workspace_of(context)
    settings_of(workspace)
    try:
        path = new_spec(workspace, spec_id, Kind(kind), title=title, category=Category(category) if category else None)
    except (EditRefused, TemplateError) as error:
        raise CommandFailed(f"{shown_path(error.path, workspace)}: {error.what}", error.todo) from None
    shown = shown_path(path, workspace)
    if as_json:
        print_json({"id": spec_id, "path": shown})
    else:
        print_lines([shown, f"Answer its seven questions, then: factory-tui spec lint {spec_id}"])


def _named(words: tuple[str, ...], kind: str | None) -> tuple[str, str]:
    """Id and kind of a new spec; a kind may stand before the id."""
    kinds = [each.value for each in Kind]
    if len(words) == 2 and kind is None and words[0] in kinds:
        return words[1], words[0]
    if len(words) > 1:
        raise click.UsageError(f"one id, with one of {', '.join(kinds)} before it if you like: {' '.join(words)}")
    return words[0], kind or Kind.FEATURE.value


@spec.command("show")
@click.argument("name", metavar="SPEC")
@as_json
@click.pass_context
def show(context: click.Context, name: str, as_json: bool) -> None:
    """One spec: its orders, its text, and which evaluation and scenario covers which rule."""
    workspace = open_workspace(context)
    judged = judge(workspace, find_spec(workspace, name))
    if as_json:
        print_json(_shown(judged, workspace))
    else:
        _print_spec(judged, workspace)


def _shown(judged: Judged, workspace: Workspace) -> dict[str, object]:
    found = judged.spec
    return {
        "id": found.id,
        "path": shown_path(found.path, workspace.path),
        "hash": found.hash,
        "ready": judged.ready,
        "front": found.front.model_dump(mode="json") if found.front else None,
        "sections": [
            {"question": each.question.value, "line": each.line, "body": each.body} for each in found.sections
        ],
        "rules": [
            {
                "id": rule.id,
                "text": rule.text,
                "line": rule.line,
                "evaluation": [item.id for item in found.evaluation if rule.id in item.covers],
                "scenarios": [each.id for each in judged.suite.scenarios if rule.id in each.scenario.covers],
            }
            for rule in found.rules
        ],
        "findings": [finding_json(each, workspace.path) for each in judged.findings],
    }


def _print_spec(judged: Judged, workspace: Workspace) -> None:
    found, front = judged.spec, judged.spec.front
    title = front.title if front else "its front matter is broken"
    echo(styled(f"{clean_line(found.id)}: {clean_line(title)}", bold=True))
    state = front.status.value if front else "broken"
    print_lines([f"{state} · {summary(judged.findings)} · version {found.hash[:12]}", ""])
    print_lines([found.text.rstrip(), ""])
    rows = [
        (
            rule.id,
            ", ".join(item.id for item in found.evaluation if rule.id in item.covers) or "none",
            ", ".join(each.id for each in judged.suite.scenarios if rule.id in each.scenario.covers) or "none",
        )
        for rule in found.rules
    ]
    for rule, evaluation, scenarios in rows:
        print_lines([f"{rule:5} evaluation: {evaluation}; scenarios: {scenarios}"])
    print_findings(judged.findings, shown_path(found.path, workspace.path), workspace.path)


@spec.command("ready")
@click.argument("names", metavar="SPEC...", nargs=-1, required=True)
@as_json
@click.pass_context
def ready(context: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """Mark specs Ready; one with errors stays as it is and its findings are shown."""
    _change_status(context, names, Status.READY, as_json)


@spec.command("draft")
@click.argument("names", metavar="SPEC...", nargs=-1, required=True)
@as_json
@click.pass_context
def draft(context: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """Mark specs as drafts: they are not run."""
    _change_status(context, names, Status.DRAFT, as_json)


@spec.command("park")
@click.argument("names", metavar="SPEC...", nargs=-1, required=True)
@as_json
@click.pass_context
def park(context: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """Park specs: kept, but out of the way."""
    _change_status(context, names, Status.PARKED, as_json)


def _change_status(context: click.Context, names: tuple[str, ...], status: Status, as_json: bool) -> None:
    workspace = open_workspace(context)
    chosen = [find_spec(workspace, name) for name in dict.fromkeys(names)]
    entries = []
    refused = False
    for found in chosen:
        judged = judge(workspace, found)
        allowed = status is not Status.READY or judged.ready
        if allowed:
            _set(workspace, judged, status)
        refused = refused or not allowed
        entries.append(
            {**linted(judged, workspace), "changed": allowed, "status": _status_after(found, status, allowed)}
        )
        if not as_json:
            _say_change(workspace, judged, status, allowed=allowed)
    if as_json:
        print_json({"specs": entries})
    if refused:
        end(Exit.FINDINGS)


def _set(workspace: Workspace, judged: Judged, status: Status) -> None:
    found = judged.spec
    try:
        with _recorded(workspace, judged) if status is Status.READY else nullcontext():
            set_status(found.path, status, seen=found.text)
    except (EditRefused, SpecUnreadable) as error:
        raise CommandFailed(f"{shown_path(error.path, workspace.path)}: {error.what}", error.todo) from None


@contextmanager
def _recorded(workspace: Workspace, judged: Judged) -> Iterator[None]:
    """The version is in the history before the file says that it is Ready."""
    from factory_tui.store import StoreError
    from factory_tui.store.inbox import Inbox, version_of

    try:
        with Inbox(workspace.path).keeping(version_of(judged.spec, judged.findings, datetime.now(UTC))):
            yield
    except StoreError as error:
        raise CommandFailed(f"{judged.spec.id} stays as it is: {error.what}", error.todo) from None


def _status_after(found: Spec, status: Status, changed: bool) -> str | None:
    if changed:
        return status.value
    return found.front.status.value if found.front else None


def _say_change(workspace: Workspace, judged: Judged, status: Status, *, allowed: bool) -> None:
    if allowed:
        print_lines([f"{clean(judged.spec.id)} is {status.value}"])
        return
    print_findings(judged.findings, shown_path(judged.spec.path, workspace.path), workspace.path)
    print_error(
        f"{judged.spec.id} is not Ready: {summary(judged.findings)}",
        "mend the errors above; warnings do not stop it",
    )
