"""Scenarios for the screens: what their files say, what the history showed, and what the engine can try."""

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from factory_tui.config import Settings
from factory_tui.model.admission import Admission
from factory_tui.model.evidence_views import Admitted, ScenarioRow, Seen, SuiteRow
from factory_tui.model.finding import Finding
from factory_tui.model.foreign import clean_line
from factory_tui.model.holdout import Burn
from factory_tui.model.mutation import MutationReport
from factory_tui.model.scenario import Layer
from factory_tui.model.tally import Tally
from factory_tui.model.views import SpecRow
from factory_tui.report.satisfaction import gap_of, of_version, satisfaction
from factory_tui.store.reader import Reader
from factory_tui.tui.live.suites import LiveSuites, Written
from factory_tui.tui.live.told import told_of_specs
from factory_tui.tui.live.workspace import LiveWorkspace
from factory_tui.tui.source import SourceError
from factory_tui.tui.trust import by_need


class LiveProving(LiveWorkspace):
    """Implements `tui.source.proving.Proving`."""

    def __init__(self, workspace: Path, settings: Settings, *, read_only: bool = False) -> None:
        super().__init__(workspace, settings, read_only=read_only)
        self._suites = LiveSuites(workspace)
        self._past: Past | None = None
        self._taking_turns = threading.Lock()

    def scenario_file(self, spec: str, scenario: str) -> Path:
        folder = self._holdout() / spec
        other = folder / f"{scenario}.yml"
        return other if other.exists() else folder / f"{scenario}.yaml"

    def _holdout(self) -> Path:
        """The directory of the scenarios, to write in. Raises `SourceError` when it is a copy of a repository."""
        from factory_tui.scenarios import scenarios_dir
        from factory_tui.scenarios.reading.elsewhere import repository_of

        if (repository := repository_of(self._settings.factory.scenarios)) is not None:
            raise SourceError(
                f"the scenarios lie in {clean_line(repository.url)}; here is a copy of them",
                "change them there and push: the next batch brings them",
            )
        return scenarios_dir(self._workspace, self._settings)

    async def suites(self) -> tuple[SuiteRow, ...]:
        rows = await self._rows()
        return await self._ask(lambda: self._with_history(rows))

    def _with_history(self, rows: tuple[SpecRow, ...]) -> tuple[SuiteRow, ...]:
        with self._taking_turns:
            written = self._suites.of(self._settings, rows)
            past = self._past = self._past_now()
            return by_need(past.on(each, row.findings) for each, row in zip(written, rows, strict=True))

    def _past_now(self) -> "Past":
        """Read again only when somebody has written to the history since."""
        state = self._reader.state()
        known = self._past
        return known if known is not None and known.state == state else Past(self._reader, state, known)

    async def evaluations(self, spec: str, scenario: str) -> tuple[Seen, ...]:
        return tuple(await self._ask(lambda: self._reader.evaluations(spec, scenario)))

    async def admit(self, spec: str) -> tuple[Admission, ...]:
        async with self._command() as client:
            return await client.admit(spec)

    async def check_mutants(self, spec: str) -> MutationReport:
        async with self._command() as client:
            return await client.mutate(spec)

    async def burn(self, spec: str, scenario: str, reason: str) -> None:
        async with self._command() as client:
            await client.burn(spec, scenario, reason)

    async def new_scenario(self, spec: str, item: str) -> Path:
        from factory_tui.scenarios.drafting import new_scenario

        self._allowed()

        def write() -> Path:
            with told_of_specs():
                return new_scenario(self.spec_file(spec), item, self._holdout())

        path = await self._ask(write)
        self._triage.look_again()
        return path


class _Told(NamedTuple):
    """A suite with its history, and all that it was made of."""

    written: Written
    of: object
    row: SuiteRow


class Past:
    """What runs.db knows of all scenarios, read once.

    Args:
        reader: of the history.
        state: of the history before it is read.
        before: what was known until now; what did not change since is taken over as it is.
    """

    def __init__(self, reader: Reader, state: object, before: "Past | None" = None) -> None:
        self.state = state
        self._told: dict[str, _Told] = before._told if before is not None else {}
        self._tallies: dict[str, list[Tally]] = defaultdict(list)
        for each in reader.tallies():
            self._tallies[each.spec].append(each)
        self._admissions = reader.admissions()
        self._burns = reader.burns()
        self._mutations = reader.mutations()

    def on(self, written: Written, findings: tuple[Finding, ...]) -> SuiteRow:
        """The suite with its history; of each scenario what its file as it is now has shown."""
        spec, scenarios = written.row.spec, written.row.scenarios
        of = (
            findings,
            self._tallies[spec],
            [self._admissions.get((spec, each.hash)) for each in scenarios],
            [self._burn(written, each) for each in scenarios],
            self._mutations.get(spec),
        )
        known = self._told.get(spec)
        if known is None or known.written is not written or known.of != of:
            known = self._told[spec] = _Told(written, of, self._made(written, findings))
        return known.row

    def _made(self, written: Written, findings: tuple[Finding, ...]) -> SuiteRow:
        row, tallies = written.row, self._tallies[written.row.spec]
        of_files = {each.path for each in row.scenarios}
        current = {each.id: of_version(tallies, each.id, each.hash) for each in row.scenarios}
        scenarios = tuple(
            _scenario(each, current[each.id], self._admissions, self._burn(written, each), findings)
            for each in row.scenarios
        )
        all_current = [each for of_one in current.values() for each in of_one]
        return row.model_copy(
            update={
                "scenarios": scenarios,
                "findings": tuple(each for each in findings if _of_suite(each) and each.path not in of_files),
                "gate": satisfaction(each for each in all_current if each.layer is Layer.GATE),
                "reserve": satisfaction(each for each in all_current if each.layer is Layer.RESERVE),
                "gap": gap_of(all_current),
                "mutation": self._mutations.get(row.spec),
            }
        )

    def _burn(self, written: Written, row: ScenarioRow) -> Burn | None:
        return self._burns.get(written.behaviours[row.id])


def _of_suite(finding: Finding) -> bool:
    """Rules about scenarios begin with Q; what is about a scenario file has its path."""
    return finding.rule.startswith("Q") or finding.path is not None


def _scenario(
    row: ScenarioRow,
    tallies: Iterable[Tally],
    admissions: Mapping[tuple[str, str], Admission],
    burn: Burn | None,
    findings: tuple[Finding, ...],
) -> ScenarioRow:
    seen = list(tallies)
    admission = admissions.get((row.spec, row.hash))
    last = seen[-1] if seen else None
    return row.model_copy(
        update={
            "findings": tuple(each for each in findings if each.path == row.path),
            "admitted": Admitted.UNKNOWN if admission is None else Admitted.YES if admission.admitted else Admitted.NO,
            "admission": admission.reason if admission is not None else "",
            "burned": burn.why if burn is not None else "",
            "satisfaction": satisfaction(seen),
            "last": last.result if last else None,
            "last_run": last.run if last else None,
        }
    )
