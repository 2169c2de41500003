"""`spec lint` and `scenario lint`: the same findings as text for people, and in three forms for other programs."""

from enum import StrEnum
from pathlib import Path

import click

from factory_tui.cli.annotations import annotation, annotations
from factory_tui.cli.chosen import Judged, Workspace, find_spec, judge, open_workspace
from factory_tui.cli.findings import Told, finding_json, print_findings, shown_path, summary, told
from factory_tui.cli.output import Exit, as_json, end, print_error, print_json, print_lines
from factory_tui.model.finding import Finding
from factory_tui.model.spec import Spec
from factory_tui.scenarios import lint_suite, load_suite, orphans, scenarios_dir
from factory_tui.specs import SpecUnreadable, in_order, is_ready


class Form(StrEnum):
    TEXT = "text"
    """For people."""
    JSON = "json"
    """What `--json` prints."""
    SARIF = "sarif"
    """SARIF 2.1.0, for code hosts and editors."""
    GITHUB = "github"
    """Workflow commands of GitHub Actions."""


in_form = click.option(
    "--format",
    "form",
    type=click.Choice([each.value for each in Form]),
    help="text (default), json, sarif (SARIF 2.1.0) or github (annotations of GitHub Actions).",
)


def form_of(form: str | None, *, as_json: bool) -> Form:
    """What was asked for; `--json` is short for `--format json`."""
    if as_json and form not in (None, Form.JSON):
        raise click.UsageError(f"--json and --format {form} are two forms: give one")
    return Form(form) if form else Form.JSON if as_json else Form.TEXT


@click.command("lint")
@click.argument("names", metavar="[SPEC]...", nargs=-1)
@in_form
@as_json
@click.pass_context
def lint_specs(context: click.Context, names: tuple[str, ...], form: str | None, as_json: bool) -> None:
    """Say what keeps specs from being Ready, scenarios included. Without names: all of them."""
    chosen_form = form_of(form, as_json=as_json)
    workspace = open_workspace(context)
    unreadable = _unreadable_of(workspace, names)
    unread = {each.path.stem for each in unreadable}
    readable = tuple(each for each in names if each not in unread)
    judged = [judge(workspace, each) for each in _chosen(workspace, readable)] if readable or not names else []
    match chosen_form:
        case Form.TEXT:
            if judged or not unreadable:
                _print_specs(judged, workspace)
        case Form.JSON:
            entries = [linted(each, workspace) for each in judged]
            print_json({"specs": entries + [_unreadable(each, workspace) for each in unreadable]})
        case other:
            found = [each for one in judged for each in _told(one.spec, one.findings, workspace.path)]
            _print_for_programs(other, found, unreadable, workspace.path)
    _tell(unreadable, workspace)
    if not all(each.ready for each in judged):
        end(Exit.FINDINGS)


@click.command("lint")
@click.argument("names", metavar="[SPEC]...", nargs=-1)
@in_form
@as_json
@click.pass_context
def lint_scenarios(context: click.Context, names: tuple[str, ...], form: str | None, as_json: bool) -> None:
    """Say what is wrong with scenarios; without names, with all of them."""
    chosen_form = form_of(form, as_json=as_json)
    workspace = open_workspace(context)
    directory = scenarios_dir(workspace.path, workspace.settings)
    judged = [(spec, _suite_findings(directory, spec)) for spec in _chosen(workspace, names)]
    stray = () if names else orphans(directory, workspace.library)
    unreadable = () if names else workspace.library.unreadable
    everything = [*stray, *(each for _, found in judged for each in found)]
    match chosen_form:
        case Form.TEXT:
            for spec, found in judged:
                print_findings(found, shown_path(spec.path, workspace.path), workspace.path)
            print_findings(stray, "", workspace.path)
            print_lines([f"scenarios of {len(judged)} spec{'s' * (len(judged) != 1)}; {summary(everything)}"])
        case Form.JSON:
            entries = [_linted_suite(spec, found, workspace.path) for spec, found in judged]
            print_json({"specs": entries, "orphans": [finding_json(each, workspace.path) for each in stray]})
        case other:
            said = [each for spec, found in judged for each in _told(spec, found, workspace.path)]
            _print_for_programs(other, [*said, *told(stray, "", workspace.path)], unreadable, workspace.path)
    _tell(unreadable, workspace)
    if not is_ready(everything):
        end(Exit.FINDINGS)


def linted(judged: Judged, workspace: Workspace) -> dict[str, object]:
    """A spec and its findings, in the public form."""
    return {
        "id": judged.spec.id,
        "path": shown_path(judged.spec.path, workspace.path),
        "ready": judged.ready,
        "findings": [finding_json(each, workspace.path) for each in judged.findings],
    }


def _chosen(workspace: Workspace, names: tuple[str, ...]) -> list[Spec]:
    return [find_spec(workspace, name) for name in names] or list(workspace.library.specs.values())


def _unreadable_of(workspace: Workspace, names: tuple[str, ...]) -> tuple[SpecUnreadable, ...]:
    """Those of the named specs, or of all, that cannot be read; the others are judged all the same."""
    return tuple(each for each in workspace.library.unreadable if not names or each.path.stem in names)


def _told(spec: Spec, findings: tuple[Finding, ...], workspace: Path) -> list[Told]:
    return told(findings, shown_path(spec.path, workspace), workspace)


def _print_for_programs(form: Form, found: list[Told], unreadable: tuple[SpecUnreadable, ...], workspace: Path) -> None:
    if form is Form.SARIF:
        # Its rules bring their examples, which no other form of the command needs.
        from factory_tui.cli.sarif import sarif

        print_json(sarif(found, unreadable, workspace))
        return
    print_lines(annotations(found))
    print_lines(
        annotation("error", f"{each.what}\n→ {each.todo}", file=shown_path(each.path, workspace)) for each in unreadable
    )


def _tell(unreadable: tuple[SpecUnreadable, ...], workspace: Workspace) -> None:
    """Of specs that could not be judged, nor could their scenarios; the command ends with that."""
    for error in unreadable:
        print_error(f"{shown_path(error.path, workspace.path)}: {error.what}", error.todo)
    if unreadable:
        end(Exit.USAGE)


def _unreadable(error: SpecUnreadable, workspace: Workspace) -> dict[str, object]:
    """A file that cannot be read is listed too, so that a script does not take it for absent."""
    path = shown_path(error.path, workspace.path)
    return {
        "id": error.path.name.removesuffix(".md"),
        "path": path,
        "ready": False,
        "findings": [],
        "unreadable": error.what,
    }


def _print_specs(judged: list[Judged], workspace: Workspace) -> None:
    for each in judged:
        print_findings(each.findings, shown_path(each.spec.path, workspace.path), workspace.path)
    total = [finding for each in judged for finding in each.findings]
    ready = sum(each.ready for each in judged)
    print_lines([f"{len(judged)} spec{'s' * (len(judged) != 1)}, {ready} can be Ready; {summary(total)}"])


def _suite_findings(directory: Path, spec: Spec) -> tuple[Finding, ...]:
    suite, broken = load_suite(directory, spec.id)
    return in_order([*broken, *lint_suite(suite, spec)])


def _linted_suite(spec: Spec, found: tuple[Finding, ...], workspace: Path) -> dict[str, object]:
    return {
        "id": spec.id,
        "path": shown_path(spec.path, workspace),
        "ok": is_ready(found),
        "findings": [finding_json(each, workspace) for each in found],
    }
