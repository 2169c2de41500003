"""What the rooms of specs and scenarios say about a text that is being typed."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from factory_tui.config import Settings
from factory_tui.model.finding import Finding
from factory_tui.model.ids import SpecId
from factory_tui.model.trace import TraceRow
from factory_tui.model.version import Earlier
from factory_tui.store import StoreError
from factory_tui.store.reader import Reader

if TYPE_CHECKING:
    from factory_tui.model.scenario import Suite
    from factory_tui.specs import SpecLibrary

READ_AGAIN_SECONDS = 2.0
"""While a spec is edited, the files around it are read anew at most this often."""


@dataclass(frozen=True, slots=True)
class _Around:
    """What else decides about a text."""

    path: Path
    when: float
    library: "SpecLibrary"
    suite: "Suite"
    broken: tuple[Finding, ...]


class Checker:
    """Judges texts that are not saved yet. What else decides is read anew now and then, not for every key."""

    def __init__(self, workspace: Path, reader: Reader) -> None:
        self._workspace, self._reader = workspace, reader
        self._last: _Around | None = None
        self.left_out: StoreError | None = None
        """Why earlier versions did not count: a history that cannot be read keeps nobody from judging."""

    def forget(self) -> None:
        """A file changed: the next check reads everything anew."""
        self._last = None

    def check(self, path: Path, text: str, settings: Settings) -> tuple[Finding, ...]:
        """Findings in the order of the file, then those of scenario files; their texts are clean."""
        from factory_tui.scenarios import readiness
        from factory_tui.scenarios.triage import clean_finding
        from factory_tui.specs import parse

        spec = parse(path, text)
        around = self._around(path, spec.id, settings)
        library = around.library.with_spec(spec)
        found = readiness(spec, library, around.suite, around.broken, settings)
        return tuple(clean_finding(each, self._workspace) for each in found)

    def trace(self, path: Path, text: str, settings: Settings) -> tuple[TraceRow, ...]:
        """Rules × evaluation × scenarios of a text."""
        from factory_tui.scenarios import trace_rows
        from factory_tui.specs import parse

        spec = parse(path, text)
        return trace_rows(spec, self._around(path, spec.id, settings).suite)

    def taken_ids(self, path: Path, settings: Settings) -> frozenset[str]:
        """Ids that earlier versions of a spec had, and rules that its scenarios cover."""
        from factory_tui.specs import parse

        spec = path.name.removesuffix(".md")
        suite = self._around(path, SpecId(spec), settings).suite
        older = [parse(path, each.version.text) for each in self._reader.versions(spec)]
        said = {item.id for each in older for item in (*each.rules, *each.evaluation)}
        return frozenset(said.union(*(each.scenario.covers for each in suite.scenarios)))

    def _around(self, path: Path, spec: SpecId, settings: Settings) -> _Around:
        from factory_tui.scenarios import load_suite, scenarios_dir
        from factory_tui.specs import load_specs

        now, last = time.monotonic(), self._last
        if last is None or last.path != path or now - last.when > READ_AGAIN_SECONDS:
            suite, broken = load_suite(scenarios_dir(self._workspace, settings), spec)
            library = replace(load_specs(self._workspace), earlier=self._earlier())
            last = self._last = _Around(path, now, library, suite, broken)
        return last

    def _earlier(self) -> Mapping[SpecId, tuple[Earlier, ...]]:
        try:
            found = self._reader.earlier_rules()
        except StoreError as error:
            self.left_out = error
            return {}
        self.left_out = None
        return found
