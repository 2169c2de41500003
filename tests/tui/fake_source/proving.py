"""Suites that change as the operator acts on them."""

from pathlib import Path

from factory_tui.model.admission import Admission
from factory_tui.model.evaluation import Result
from factory_tui.model.evidence_views import Admitted, ScenarioRow, Seen, SuiteRow
from factory_tui.model.ids import ScenarioId
from factory_tui.model.mutation import MutationReport
from factory_tui.tui.source import SourceError
from factory_tui.tui.trust import by_need
from tests.tui import proof

from .night import Night


class FakeProving(Night):
    """Keeps the promises of `tui.source.proving.Proving`."""

    async def suites(self) -> tuple[SuiteRow, ...]:
        self._ask()
        return by_need(self.suite_rows)

    def scenario_file(self, spec: str, scenario: str) -> Path:
        return self.directory.parent / "scenarios" / spec / f"{scenario}.yaml"

    async def evaluations(self, spec: str, scenario: str) -> tuple[Seen, ...]:
        self._ask()
        return self.seen.get((spec, scenario), ())

    async def admit(self, spec: str) -> tuple[Admission, ...]:
        self._command(f"admit {spec}")
        if self.trying is not None:
            await self.trying.wait()
        self._change_scenarios(spec, admitted=Admitted.YES, admission="")
        return tuple(
            Admission(ScenarioId(each.id), each.hash, each.base, Result.FAIL, True, "")
            for each in self._suite(spec).scenarios
        )

    async def check_mutants(self, spec: str) -> MutationReport:
        self._command(f"mutate {spec}")
        if self.trying is not None:
            await self.trying.wait()
        report = proof.MUTATION.model_copy(update={"spec": spec})
        self._change_suite(spec, mutation=report)
        return report

    async def burn(self, spec: str, scenario: str, reason: str) -> None:
        self._command(f"burn {spec}/{scenario}: {reason}")
        self._change_scenarios(spec, scenario, burned=reason)

    async def new_scenario(self, spec: str, item: str) -> Path:
        self._command(f"new scenario {spec} {item}")
        if all(each.id != item for each in self._suite(spec).items):
            raise SourceError(f"{spec} has no evaluation item {item}", "choose one of its items")
        name = f"new-{item.lower()}"
        row = proof.scenario(spec, name, "R5", admitted=Admitted.UNKNOWN, last=None, last_run=None)
        self._change_suite(spec, scenarios=(*self._suite(spec).scenarios, row))
        return self.scenario_file(spec, name)

    def _suite(self, spec: str) -> SuiteRow:
        return next(each for each in self.suite_rows if each.spec == spec)

    def _change_suite(self, spec: str, **changes: object) -> None:
        self.suite_rows = tuple(
            each.model_copy(update=changes) if each.spec == spec else each for each in self.suite_rows
        )

    def _change_scenarios(self, spec: str, scenario: str | None = None, **changes: object) -> None:
        def changed(row: ScenarioRow) -> ScenarioRow:
            return row.model_copy(update=changes) if scenario in (None, row.id) else row

        self._change_suite(spec, scenarios=tuple(map(changed, self._suite(spec).scenarios)))
