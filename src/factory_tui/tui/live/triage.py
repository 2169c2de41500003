"""The triage list of a workspace on disk: read again only when one of its files changed."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from factory_tui.config import Settings
from factory_tui.model.ids import SpecId
from factory_tui.model.run import FINAL
from factory_tui.model.version import Earlier
from factory_tui.model.views import RunRow, SpecRow
from factory_tui.report.estimate import Estimates
from factory_tui.report.spec_rows import SpecsPast
from factory_tui.store import StoreError
from factory_tui.store.reader import Reader
from factory_tui.tui.live.drafts import Drafts
from factory_tui.tui.live.kept import Signature, digest, keep, recall, signature

FILES_SECONDS = 1.0
"""Files are compared with what was read at most this often, unless somebody said that one changed."""


class LiveTriage:
    """Rows of the triage list. May be used from several threads; they take turns."""

    def __init__(self, workspace: Path, reader: Reader) -> None:
        self._workspace, self._reader = workspace, reader
        self._lock = threading.Lock()
        self._drafts = Drafts(workspace)
        self._estimates: tuple[frozenset[tuple[str, bool, str]], Estimates] | None = None
        """With the last runs that they were made after."""
        self._rows: list[SpecRow] = []
        self._signature: Signature | None = None
        self._settings: Settings | None = None
        self._looked = 0.0
        self._still = 0
        """Changes of many files that are under way."""

    def rows(self, settings: Settings) -> tuple[SpecRow, ...]:
        """From the files, with the history of each spec from the store; without, when it cannot be read: the board
        tells why."""
        with self._lock:
            self._read(settings)
            read = list(self._rows)
        try:
            past = self._past()
        except StoreError:
            past = SpecsPast()
        return tuple(past.on(read, self._drafts.names()))

    def _past(self) -> SpecsPast:
        reader = self._reader
        runs = reader.last_runs()
        return SpecsPast(
            runs, reader.last_versions(), reader.spec_cost(), reader.revisions(), self._estimates_after(runs)
        )

    def _estimates_after(self, runs: Mapping[str, RunRow]) -> Estimates:
        """The history of all runs is read again only when one of them came to its end, or escaped since."""
        ended = frozenset((row.run, row.state in FINAL, row.escaped) for row in runs.values())
        known = self._estimates
        if known is None or known[0] != ended:
            known = self._estimates = (ended, Estimates(self._reader.past_runs()))
        return known[1]

    def _read(self, settings: Settings) -> None:
        now = time.monotonic()
        if self._signature is not None and (self._still or now - self._looked < FILES_SECONDS):
            return
        self._looked = now
        files = self._files(settings)
        if files != self._signature or settings != self._settings:
            self._rows = self._rows_of(files, settings)
            self._signature, self._settings = files, settings

    def _rows_of(self, files: Signature, settings: Settings) -> list[SpecRow]:
        earlier: Mapping[SpecId, tuple[Earlier, ...]] = {}
        try:
            of = digest(files, settings, self._reader.version_names())
            kept = recall(self._workspace, of)
            if kept is not None:
                return kept
            earlier = self._reader.earlier_rules()
        except StoreError:
            of = ""
        from factory_tui.scenarios import triage

        rows = triage(self._workspace, settings, earlier)
        if of:
            keep(self._workspace, of, rows)
        return rows

    @contextmanager
    def holding_still(self) -> Iterator[None]:
        """While many files are changed: rows stay as they were, and are read again once, at the end."""
        self._still += 1
        try:
            yield
        finally:
            self._still -= 1
            self.look_again()

    def look_again(self) -> None:
        """Something changed: the next question compares the files whenever it comes."""
        self._looked = -FILES_SECONDS

    def is_stale(self, settings: Settings) -> bool:
        """True when a file changed since it was read."""
        return self._files(settings) != self._signature

    def watched(self, settings: Settings) -> list[Path]:
        """Folders whose files decide the triage."""
        scenarios = (self._workspace / settings.factory.scenarios).absolute()
        return [self._workspace / "specs", scenarios, self._workspace / "context"]

    def _files(self, settings: Settings) -> Signature:
        return signature(self.watched(settings))
