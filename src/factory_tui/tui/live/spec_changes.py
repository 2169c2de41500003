"""Changing what spec files say of themselves, one or hundreds: their status and their priority."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from factory_tui.config import Settings
from factory_tui.model.foreign import clean
from factory_tui.model.ids import SpecId
from factory_tui.model.spec import Status
from factory_tui.store import StoreError
from factory_tui.store.spec_history import SpecHistory
from factory_tui.tui.source import ChangedSpecs, RefusedChange, SpecChange

if TYPE_CHECKING:
    from factory_tui.specs import SpecLibrary

AT_ONCE = 10
"""Specs between two signs of life: to judge one and to make it last on a disk takes some ten milliseconds."""


async def change_specs(
    workspace: Path,
    settings: Settings,
    history: SpecHistory,
    changes: Sequence[SpecChange],
    progress: Callable[[int], None],
) -> ChangedSpecs:
    """Change each spec that may be changed. The others, and why, are told.

    Args:
        workspace: its `specs/` are changed.
        settings: what decides Ready.
        history: what earlier versions said decides too.
        changes: at most one of each spec.
        progress: is told, on the caller's loop, how many have been dealt with.
    """
    library = None
    if any(each.status is Status.READY for each in changes):
        library = await asyncio.to_thread(_load, workspace, history)
    done: list[str] = []
    refused: list[RefusedChange] = []
    for first in range(0, len(changes), AT_ONCE):
        some = changes[first : first + AT_ONCE]
        for each, refusal in zip(
            some, await asyncio.to_thread(_change, workspace, settings, library, some), strict=True
        ):
            if refusal is None:
                done.append(each.spec)
            else:
                refused.append(refusal)
        progress(first + len(some))
    return ChangedSpecs(tuple(done), tuple(refused))


def _load(workspace: Path, history: SpecHistory) -> "SpecLibrary":
    from factory_tui.specs import load_specs

    try:
        earlier = history.earlier_rules()
    except StoreError:  # every view of the history tells it; nothing else is kept from being judged
        earlier = {}
    return replace(load_specs(workspace), earlier=earlier)


def _change(
    workspace: Path, settings: Settings, library: "SpecLibrary | None", changes: Sequence[SpecChange]
) -> list[RefusedChange | None]:
    from factory_tui.specs import EditRefused, SpecUnreadable

    results: list[RefusedChange | None] = []
    for each in changes:
        try:
            results.append(_change_one(workspace, settings, library, each))
        except (EditRefused, SpecUnreadable) as error:
            results.append(RefusedChange(each.spec, clean(f"{error.path.name}: {error.what}"), clean(error.todo)))
        except StoreError as error:
            results.append(RefusedChange(each.spec, clean(error.what), clean(error.todo)))
    return results


def _change_one(
    workspace: Path, settings: Settings, library: "SpecLibrary | None", change: SpecChange
) -> RefusedChange | None:
    from factory_tui.specs import set_priority, set_status, specs_dir

    path = specs_dir(workspace) / f"{change.spec}.md"
    if change.priority is not None:
        set_priority(path, change.priority)
    if change.status is Status.READY and library is not None:
        return _make_ready(workspace, settings, library, change.spec)
    if change.status is not None:
        set_status(path, change.status)
    return None


def _make_ready(workspace: Path, settings: Settings, library: "SpecLibrary", spec: str) -> RefusedChange | None:
    """As Ready, if nothing stands against it in the text that was judged; its version is in the history before."""
    from factory_tui.scenarios import load_suite, readiness, scenarios_dir
    from factory_tui.specs import is_ready, set_status
    from factory_tui.store.inbox import Inbox, version_of

    found = library.specs.get(SpecId(spec))
    if found is None:
        return RefusedChange(spec, f"{spec} cannot be Ready: its file cannot be read", "e opens it in the editor")
    suite, broken = load_suite(scenarios_dir(workspace, settings), found.id)
    findings = readiness(found, library, suite, broken, settings)
    if not is_ready(findings):
        first = next(each for each in findings if each.level == "error")
        return RefusedChange(spec, f"{spec} cannot be Ready: {first.rule} {clean(first.message)}", clean(first.fix))
    with Inbox(workspace).keeping(version_of(found, findings, datetime.now(UTC))):
        set_status(found.path, Status.READY, seen=found.text)
    return None
