"""The versions of a workspace's templates: the one that holds, those before it, and how a new one is written."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from factory_tui.model.amendment import Amendment, Ask
from factory_tui.model.spec import Kind
from factory_tui.specs.errors import TemplateError
from factory_tui.specs.templates.amending import amended
from factory_tui.specs.templates.template import (
    Template,
    own_text,
    packaged_text,
    parse_template,
    parse_version,
    same_ask,
    template_path,
)
from factory_tui.whole_file import file_beside, sync_directory

HISTORY = "history"


@dataclass(frozen=True, slots=True)
class TemplateVersion:
    """One version of the template of a kind, as the workspace keeps it."""

    kind: Kind
    version: int
    ask: Ask | None
    """What it asks that the version before did not; None for the first, or when nobody noted it."""
    current: bool
    text: str | None
    """None when its file is missing or cannot be read."""
    problem: str = ""
    """Why the file is no use."""

    @property
    def name(self) -> str:
        """`feature@1`."""
        return f"{self.kind}@{self.version}"


def accept_amendment(workspace: Path, amendment: Amendment, number: int) -> str:
    """Make an amendment part of the workspace's template: its next version, such as `feature@2`.

    The version that held is kept in `history/` before the new one takes its place. A template that has this amendment
    already is left alone, so that it can be accepted again after a crash.

    Raises:
        TemplateError: the template cannot be used, asks this already for another reason, or changed meanwhile, or a
            file cannot be written.
    """
    kind = amendment.template
    path = template_path(workspace, kind)
    _refuse_leaving(workspace, path)
    own = own_text(path)
    text = packaged_text(kind) if own is None else own
    before = parse_template(kind, text, path)
    known = _version_with(before, amendment, number)
    if known is not None:
        return known
    after = amended(text, kind, amendment, number)
    try:
        _keep(path, before, text)
        _replace(path, own, after)
    except OSError as error:
        raise TemplateError(path, f"it cannot be written: {error.strerror}", "check permissions and space") from None
    return f"{kind}@{before.version + 1}"


def version_with(workspace: Path, amendment: Amendment, number: int) -> str | None:
    """The version that brought an amendment, when the workspace's template has it: `feature@2`.

    Raises:
        TemplateError: the template cannot be used.
    """
    path = template_path(workspace, amendment.template)
    text = own_text(path)
    return None if text is None else _version_with(parse_template(amendment.template, text, path), amendment, number)


def _version_with(template: Template, amendment: Amendment, number: int) -> str | None:
    own = (each for each in template.asks if each.amendment == number)
    known = next((each for each in own if same_ask(each, amendment.ask)), None)
    return None if known is None else f"{template.kind}@{known.since}"


def history_path(path: Path, kind: Kind, version: int) -> Path:
    """Where a version is kept that the template at `path` no longer is."""
    return path.parent / HISTORY / f"{kind}@{version}.md"


def _refuse_leaving(workspace: Path, path: Path) -> None:
    """Neither the template nor its history is a link to somewhere else."""
    for each in (path, path.parent / HISTORY):
        try:
            inside = each.resolve().is_relative_to(workspace.resolve())
        except (OSError, RuntimeError):
            inside = False
        if not inside:
            raise TemplateError(each, "it is a link that leaves the workspace", "replace the link by a file")


def _keep(path: Path, before: Template, text: str) -> None:
    """Write the version that held into the history. A file that is there already must say the same."""
    kept = history_path(path, before.kind, before.version)
    latest = max(_kept_versions(path, before.kind), default=0)
    if latest > before.version:
        what = f"the history has {before.kind}@{latest} already: the template was set back to {before.name}"
        todo = f"write `template: {before.kind}@{latest + 1}` into it, so that no version means two things"
        raise TemplateError(path, what, todo)
    if kept.is_symlink():
        raise TemplateError(
            kept, "it is a link, and would be written through", "move it out of the way, and accept again"
        )
    kept.parent.mkdir(parents=True, exist_ok=True)
    _write(kept, text, over=None, mode=0o644)
    if own_text(kept) != text:
        what = f"it holds another {before.name} than the template"
        raise TemplateError(kept, what, "move it out of the way, and accept again")


def _kept_versions(path: Path, kind: Kind) -> Iterator[int]:
    for each in (path.parent / HISTORY).glob(f"{kind}@*.md"):
        version = parse_version(each.stem)
        if version is not None:
            yield version[1]


def _replace(path: Path, own: str | None, after: str) -> None:
    mode = 0o644 if own is None else path.stat().st_mode & 0o7777
    _write(path, after, over=own, mode=mode)
    if own_text(path) != after:
        raise TemplateError(path, "it changed while the amendment was being accepted", "look at it, and accept again")


def _write(path: Path, text: str, *, over: str | None, mode: int) -> None:
    """Put `text` into place as a whole, if the file still is what it was: `over`, or not there at all."""
    real = path.resolve()
    with file_beside(real, text.encode("utf-8"), mode, synced=True) as new:
        if over is None:
            try:
                os.link(new, real)
            except FileExistsError:
                return
        elif own_text(real) == over:
            new.replace(real)
        sync_directory(real.parent)


def template_history(workspace: Path, kind: Kind) -> tuple[TemplateVersion, ...]:
    """Every version of the template of a kind, oldest first; the last one holds.

    A version whose file is missing or broken is listed with its problem.

    Raises:
        TemplateError: the template that holds cannot be used.
    """
    path = template_path(workspace, kind)
    own = own_text(path)
    text = packaged_text(kind) if own is None else own
    now = parse_template(kind, text, path)
    brought = {each.since: each for each in now.asks}
    earlier = [_earlier(path, kind, number, brought.get(number)) for number in range(1, now.version)]
    return (*earlier, TemplateVersion(kind, now.version, brought.get(now.version), True, text))


def _earlier(path: Path, kind: Kind, version: int, ask: Ask | None) -> TemplateVersion:
    kept = history_path(path, kind, version)
    try:
        text = own_text(kept)
        if text is None:
            return TemplateVersion(kind, version, ask, False, None, f"{HISTORY}/{kept.name} is missing")
        found = parse_template(kind, text, kept)
    except TemplateError as error:
        return TemplateVersion(kind, version, ask, False, None, error.what)
    problem = "" if found.version == version else f"{HISTORY}/{kept.name} holds {found.name}"
    own = next((each for each in found.asks if each.since == version), None)
    return TemplateVersion(kind, version, ask or own, False, text, problem)
