"""`spec history` and `spec diff`: what a spec said each time it became Ready, what came of it, and what changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

import click

from factory_tui.cli.chosen import Workspace, find_spec, open_workspace
from factory_tui.cli.findings import echo, styled, summary
from factory_tui.cli.output import (
    CommandFailed,
    as_json,
    is_number,
    print_json,
    print_lines,
    settings_of,
    workspace_of,
)
from factory_tui.model.foreign import clean, clean_line
from factory_tui.model.money import show_usd
from factory_tui.model.spec import Spec
from factory_tui.model.version import ItemChange, VersionRun, VersionView
from factory_tui.specs import SpecLibrary, differences, parse, specs_dir

FILE = "file"

_SHORTEST_PREFIX = 4
_SHORT = 12
_COLOURS = {"added": "green", "removed": "red", "changed": "yellow", "moved": "cyan"}
_SIGNS = {"added": "+", "removed": "-", "changed": "~", "moved": ">"}


@click.command("history")
@click.argument("name", metavar="SPEC")
@as_json
@click.pass_context
def history(context: click.Context, name: str, as_json: bool) -> None:
    """Every version that became Ready, newest first: when, what the validator said, and what its runs came to."""
    known = _known(context, name)
    if as_json:
        versions = [_as_json(each) for each in known.versions]
        print_json({"spec": known.spec, "file": known.file.hash if known.file else None, "versions": versions})
        return
    if not known.versions:
        print_lines(
            [f"{known.spec} has no version yet: `spec ready` records one, and so does a run of the file as it is"]
        )
    for view in reversed(known.versions):
        _print_version(view)
    if known.versions and known.file is not None and not any(each.current for each in known.versions):
        print_lines([f"The file says something else than every version: factory-tui spec diff {known.spec}"])


@click.command("diff")
@click.argument("name", metavar="SPEC")
@click.argument("before", metavar="[A]", required=False)
@click.argument("after", metavar="[B]", required=False)
@as_json
@click.pass_context
def diff(context: click.Context, name: str, before: str | None, after: str | None, as_json: bool) -> None:
    """What changed from A to B, item by item: numbers or hashes of versions, or `file`.

    Without A and B: from the newest version to the file; without B: from A to the file.
    """
    known = _known(context, name)
    old = known.named(before) if before is not None else known.newest()
    new = known.named(after if after is not None else FILE)
    changes = differences(old.spec, new.spec)
    if as_json:
        ends = {"before": old.as_json(), "after": new.as_json()}
        print_json({"spec": known.spec, **ends, "changes": [each.model_dump(mode="json") for each in changes]})
        return
    echo(styled(f"{known.spec}: {old.name} → {new.name}", bold=True))
    if not changes:
        print_lines([_why_nothing(old, new)])
    for section, group in groupby(changes, key=lambda each: each.section):
        echo(styled(section or "before the first heading", bold=True))
        for change in group:
            _print_change(change)


@dataclass(frozen=True, slots=True)
class _End:
    """One side of a comparison."""

    spec: Spec
    hash: str
    number: int | None
    """None for the file."""

    @property
    def name(self) -> str:
        return FILE if self.number is None else f"version {self.number} ({self.hash[:_SHORT]})"

    def as_json(self) -> dict[str, object]:
        return {"number": self.number, "hash": self.hash}


@dataclass(frozen=True, slots=True)
class _Known:
    """A spec with its versions, oldest first, and its file where there is one. All texts are clean."""

    spec: str
    versions: Sequence[VersionView]
    file: Spec | None

    def newest(self) -> _End:
        if not self.versions:
            raise CommandFailed(
                f"{self.spec} has no version yet", f"`factory-tui spec ready {self.spec}` records the first one"
            )
        return _end(self.versions[-1])

    def named(self, word: str) -> _End:
        """The version that a word of the command line means."""
        if word == FILE:
            if self.file is None:
                raise CommandFailed(f"{self.spec} has no file any more", "name two versions")
            return _End(_clean(self.file), self.file.hash, None)
        found = [each for each in self.versions if is_number(word) and each.number == int(word)]
        if not found and len(word) >= _SHORTEST_PREFIX:
            found = [each for each in self.versions if each.version.hash.startswith(word.lower())]
        if len(found) != 1:
            what = "several versions" if found else "no version"
            raise CommandFailed(
                f"{self.spec}: {clean_line(word)} names {what}", f"`factory-tui spec history {self.spec}` lists them"
            )
        return _end(found[0])


def _end(view: VersionView) -> _End:
    version = view.version
    return _End(parse(Path(f"{version.spec}.md"), version.text), version.hash, view.number)


def _clean(spec: Spec) -> Spec:
    """As the versions are: a text is compared with what was cleaned before."""
    return parse(spec.path, clean(spec.text))


def _known(context: click.Context, name: str) -> _Known:
    """Ends the command when there is neither a file nor a version."""
    from factory_tui.store import StoreError
    from factory_tui.store.spec_history import SpecHistory

    spec, file, workspace = name, None, workspace_of(context)
    is_there = (specs_dir(workspace) / f"{name}.md").exists()
    try:
        with SpecHistory(workspace / "runs.db") as past:
            versions = past.versions(name)
            if is_there or not versions:
                alone = Workspace(workspace, settings_of(workspace), SpecLibrary())
                file = find_spec(alone if is_there else open_workspace(context), name)
                spec, versions = file.id, past.versions(file.id)
    except StoreError as error:
        raise CommandFailed(error.what, error.todo) from None
    of = file.hash if file else ""
    marked = [each.model_copy(update={"current": each.version.hash == of}) for each in versions]
    return _Known(clean_line(spec), marked, file)


def _as_json(view: VersionView) -> dict[str, object]:
    return view.model_dump(mode="json", exclude={"version": {"text": True}})


def _print_version(view: VersionView) -> None:
    version = view.version
    waivers = f", {len(version.waivers)} waiver{'s' * (len(version.waivers) != 1)}" if version.waivers else ""
    said = f"{_time(version.when)}  {version.hash[:_SHORT]}  {version.template}  {summary(version.findings)}{waivers}"
    echo(
        f"{styled(f'{view.number:>3}', bold=True)}  {said}{styled('  ← the file', fg='green') if view.current else ''}"
    )
    for waiver in version.waivers:
        echo(f"       {waiver.rule} waived: {waiver.reason or 'without a reason'}")
    for run in view.runs:
        echo(f"       {_result(run)}")
    if not view.runs:
        echo("       never ran")


def _result(run: VersionRun) -> str:
    attempts = f"{run.attempts or 'no'} attempt{'s' * (run.attempts > 1)}"
    ended = "escaped" if run.escaped else run.state.value
    why = run.escaped or run.why
    return f"{run.run}  {ended}, {attempts}, {show_usd(run.cost)}{f': {why}' if why else ''}"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def _why_nothing(old: _End, new: _End) -> str:
    if old.hash == new.hash:
        return "Nothing: they are one version."
    return "Nothing but white space, or the order of the front matter."


def _print_change(change: ItemChange) -> None:
    colour, sign = _COLOURS[change.what], _SIGNS[change.what]
    name = change.item or "text"
    if change.what == "moved":
        from_where = f", was {change.before}" if change.before not in ("", change.item) else ", stands elsewhere"
        echo(styled(f"  {sign} {name}{from_where}", fg=colour))
        return
    echo(styled(f"  {sign} {name}", fg=colour))
    for mark, tone, text in (("-", "red", change.before), ("+", "green", change.after)):
        for line in text.split("\n") if text else ():
            echo(styled(f"      {mark} {line}", fg=tone))
