"""The triage list of a workspace on disk: read again only when one of its files changed."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from factory_tui.config import Settings
from factory_tui.model.money import NOTHING
from factory_tui.model.views import SpecRow
from factory_tui.store.reader import Reader

FILES_SECONDS = 1.0
"""Files are compared with what was read at most this often, unless somebody said that one changed."""

Signature = frozenset[tuple[str, int, int]]
"""Path, modification time and size of every file that a triage depends on."""


class LiveTriage:
    """Rows of the triage list. May be used from several threads; they take turns."""

    def __init__(self, workspace: Path, reader: Reader) -> None:
        self._workspace, self._reader = workspace, reader
        self._lock = threading.Lock()
        self._rows: list[SpecRow] = []
        self._signature: Signature | None = None
        self._looked = 0.0

    def rows(self, settings: Settings) -> tuple[SpecRow, ...]:
        """From the files, with the history of each spec from the store."""
        with self._lock:
            self._read(settings)
            read = list(self._rows)
        runs, costs = self._reader.last_runs(), self._reader.spec_cost()
        rows = []
        for row in read:
            last, (cost, count) = runs.get(row.id), costs.get(row.id, (NOTHING, 0))
            history = {"last_run": last.run, "last_state": last.state} if last else {}
            rows.append(row.model_copy(update={**history, "cost": cost, "runs": count}) if last or count else row)
        return tuple(rows)

    def _read(self, settings: Settings) -> None:
        from factory_tui.scenarios import triage

        now = time.monotonic()
        if self._signature is not None and now - self._looked < FILES_SECONDS:
            return
        self._looked = now
        signature = self._files(settings)
        if signature != self._signature:
            self._rows = triage(self._workspace, settings)
            self._signature = signature

    def look_again(self) -> None:
        """Something changed: the next question compares the files whenever it comes."""
        self._looked = -FILES_SECONDS

    def is_stale(self, settings: Settings) -> bool:
        """True when a file changed since it was read."""
        return self._files(settings) != self._signature

    def watched(self, settings: Settings) -> list[Path]:
        """Folders whose files decide the triage."""
        from factory_tui.scenarios import scenarios_dir
        from factory_tui.specs import specs_dir

        return [specs_dir(self._workspace), scenarios_dir(self._workspace, settings)]

    def _files(self, settings: Settings) -> Signature:
        return frozenset(each for folder in self.watched(settings) for each in _stats(folder))


def _stats(folder: Path) -> Iterator[tuple[str, int, int]]:
    """Path, time and size of the files below a folder; what vanishes meanwhile is left out."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        try:
            if entry.is_dir(follow_symlinks=False):
                yield from _stats(Path(entry.path))
            else:
                status = entry.stat()
                yield (entry.path, status.st_mtime_ns, status.st_size)
        except OSError:
            continue
