"""The triage list of a workspace on disk: read again only when one of its files changed."""

import threading
import time
from pathlib import Path

from factory_tui.config import Settings
from factory_tui.model.money import NOTHING
from factory_tui.model.views import SpecRow
from factory_tui.store.reader import Reader
from factory_tui.tui.live.kept import Signature, digest, keep, recall, signature

FILES_SECONDS = 1.0
"""Files are compared with what was read at most this often, unless somebody said that one changed."""


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
        runs, costs, versions = self._reader.last_runs(), self._reader.spec_cost(), self._reader.last_versions()
        rows = []
        for row in read:
            last, (cost, count) = runs.get(row.id), costs.get(row.id, (NOTHING, 0))
            history = {"last_run": last.run, "last_state": last.state, "escaped": last.escaped} if last else {}
            history |= {"last_version": versions.get(row.id, "")} if last else {}
            rows.append(row.model_copy(update={**history, "cost": cost, "runs": count}) if last or count else row)
        return tuple(rows)

    def _read(self, settings: Settings) -> None:
        now = time.monotonic()
        if self._signature is not None and now - self._looked < FILES_SECONDS:
            return
        self._looked = now
        files = self._files(settings)
        if files != self._signature:
            self._rows = self._rows_of(files, settings)
            self._signature = files

    def _rows_of(self, files: Signature, settings: Settings) -> list[SpecRow]:
        of = digest(files, settings)
        kept = recall(self._workspace, of)
        if kept is not None:
            return kept
        from factory_tui.scenarios import triage

        rows = triage(self._workspace, settings)
        keep(self._workspace, of, rows)
        return rows

    def look_again(self) -> None:
        """Something changed: the next question compares the files whenever it comes."""
        self._looked = -FILES_SECONDS

    def is_stale(self, settings: Settings) -> bool:
        """True when a file changed since it was read."""
        return self._files(settings) != self._signature

    def watched(self, settings: Settings) -> list[Path]:
        """Folders whose files decide the triage."""
        return [self._workspace / "specs", (self._workspace / settings.factory.scenarios).absolute()]

    def _files(self, settings: Settings) -> Signature:
        return signature(self.watched(settings))
