"""Runs that change as the engine would change them."""

from collections.abc import Collection, Sequence

from factory_tui.control.protocol import EscapeAnswer
from factory_tui.model.money import from_usd
from factory_tui.model.run import HoldReason, RunState
from factory_tui.model.spec import Status
from factory_tui.model.views import EngineInfo, RunRow
from factory_tui.report.estimate import expected
from factory_tui.tui.source import BatchPlan, Queued, SourceError
from tests.tui import sample

from .night import Night


class FakeRunning(Night):
    """Keeps the promises of `tui.source.running.Running`."""

    async def connect(self, *, start: bool) -> EngineInfo | None:
        if self.engine_error is not None:
            raise self.engine_error
        return self.engine

    async def plan(self, among: Collection[str] | None = None) -> BatchPlan:
        self._ask()
        wanted = [row for row in self.spec_rows if among is None or row.id in among]
        rows = [row for row in wanted if row.status is Status.READY and not row.errors]
        return BatchPlan(
            specs=tuple(row.id for row in rows), parallel=3, attempts=2, run_cap=from_usd("2.00"),
            batch_cap=self.batch_cap, day_cap=None, charged=self.batch_cap is not None,
            not_ready=0 if among is None else sum(row.status is not Status.READY for row in wanted),
            expected=expected(row.estimate for row in rows),
        )  # fmt: skip

    async def start_batch(self, specs: Sequence[str] = ()) -> Queued:
        specs = specs or (await self.plan()).specs
        self._command(f"run {' '.join(specs)}")
        self.rows = tuple(sample.run(spec, RunState.QUEUED) for spec in specs)
        return Queued(tuple(row.run for row in self.rows))

    async def cancel(self, run: str) -> None:
        self._command(f"cancel {run}")

    async def retry(self, run: str) -> str:
        self._command(f"retry {run}")
        return run

    async def answer(self, run: str, answer: str, question: str) -> str:
        self._command(f"answer {run}: {answer}")
        row = self._row(run)
        if row.question is None:
            raise SourceError(f"{run} asks nothing (it is {row.state})", "`factory-tui status` shows what waits")
        self._change(row, state=RunState.QUEUED, question=None, hold=None, why="", remedy="")
        return run

    async def decide(self, run: str, meets: bool, reason: str) -> str:
        self._command(f"decide {run} {'meets' if meets else 'misses'}: {reason}")
        row = self._row(run)
        if row.hold is not HoldReason.JUDGE:
            raise SourceError(
                f"{run} waits for no decision (it is {row.state})", "`factory-tui status` shows what waits"
            )
        self._change(row, state=RunState.QUEUED, hold=None, why="", remedy="")
        return run

    async def escape(self, run: str, reason: str) -> EscapeAnswer:
        self._command(f"escape {run}: {reason}")
        row = self._row(run)
        if row.escaped:
            raise SourceError(f"{run} was marked before: {row.escaped}", "`factory-tui failures show 99` has it")
        self._change(row, escaped=reason)
        return EscapeAnswer(failure=99, reverted="5c7e22fba2be")

    async def pause(self, paused: bool) -> None:
        self._command("pause" if paused else "resume")
        self.paused = paused

    def _row(self, run: str) -> RunRow:
        row = next((each for each in self.rows if each.run == run), None)
        if row is None:
            raise SourceError(f"there is no run {run}", "`factory-tui status` lists them")
        return row

    def _change(self, row: RunRow, **changes: object) -> None:
        changed = row.model_copy(update=changes)
        self.rows = tuple(changed if each is row else each for each in self.rows)
