"""News for the screens, made of events, and merged while nobody looks."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

from factory_tui.config import FILE_NAME
from factory_tui.model.event import Event
from factory_tui.model.foreign import clean_line
from factory_tui.tui.source import Change, Topic

_BY_FAMILY = {
    "run": Topic.RUNS | Topic.LOG,
    "attempt": Topic.RUNS | Topic.LOG,
    "turn": Topic.RUNS | Topic.LOG,
    "tool": Topic.RUNS | Topic.LOG,
    "scenario": Topic.RUNS | Topic.LOG,
    "suite": Topic.EVIDENCE,
    "limit": Topic.RUNS | Topic.LOG,
    "hold": Topic.RUNS | Topic.LOG,
    "disclosure": Topic.LOG,
    "container": Topic.LOG,
    "failure": Topic.FAILURES | Topic.RUNS | Topic.LOG,
    "amendment": Topic.FAILURES | Topic.TEMPLATES | Topic.SPECS,
    "batch": Topic.RUNS,
    "engine": Topic.ENGINE | Topic.RUNS,
    "spec": Topic.SPECS,
}
"""First word of an event's type → what it touches. Unknown families touch nothing."""

_MORE = {
    "run.escaped": Topic.FAILURES,
    "run.answered": Topic.SPECS,
    "attempt.finished": Topic.EVIDENCE,
    "scenario.burned": Topic.EVIDENCE,
    "batch.started": Topic.FAILURES,
    "batch.finished": Topic.FAILURES,
}
"""What an event touches beyond its family."""

_AFTER_PREPARING = frozenset({"run.preparing", "run.building", "run.held", "run.error", "engine.stopped"})


def change_of(event: Event) -> Change:
    """What an event means for the screens."""
    if event.type == "image.progress":
        text = event.data.get("text") or event.data.get("line") or ""
        return Change(progress=clean_line(str(text)))
    topics = _BY_FAMILY.get(event.type.partition(".")[0], Topic.NOTHING) | _MORE.get(event.type, Topic.NOTHING)
    progress = "" if event.type in _AFTER_PREPARING else None
    return Change(topics, progress, _call(event))


def change_of_files(paths: Iterable[Path], workspace: Path) -> Change:
    """What changed files mean for the screens. A configuration decides findings, thresholds and caps."""
    topics = Topic.NOTHING
    for path in paths:
        topics |= Topic.SPECS | Topic.EVIDENCE
        if path == workspace / FILE_NAME:
            topics |= Topic.RUNS | Topic.FAILURES
        elif path.is_relative_to(workspace / "specs" / "_templates"):
            topics |= Topic.TEMPLATES | Topic.FAILURES
    return Change(topics)


def _call(event: Event) -> str | None:
    if event.type in ("run.held", "run.error"):
        return f"{clean_line(event.spec or event.run or 'a run')} needs you"
    return "the batch has finished" if event.type == "batch.finished" else None


class News:
    """Changes that have not been taken yet, as one. A slow reader costs nothing."""

    def __init__(self) -> None:
        self._waiting = Change()
        self._there = asyncio.Event()

    def add(self, change: Change) -> None:
        """Merge a change into what waits; of texts the newest stays."""
        before = self._waiting
        self._waiting = Change(
            before.topics | change.topics,
            before.progress if change.progress is None else change.progress,
            change.needs_me or before.needs_me,
        )
        if self._waiting != Change():
            self._there.set()

    async def take(self) -> Change:
        """Wait for a change; what has been merged until now."""
        await self._there.wait()
        self._there.clear()
        taken, self._waiting = self._waiting, Change()
        return taken
