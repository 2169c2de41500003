"""Running specs: the engine carries out what the operator asks for."""

from collections.abc import Collection, Sequence

from factory_tui.control import ControlClient, EscapeAnswer, NoEngine, ensure_engine
from factory_tui.model.foreign import clean_line
from factory_tui.model.spec import Status
from factory_tui.model.views import EngineInfo
from factory_tui.report.estimate import expected
from factory_tui.tui.live.told import told
from factory_tui.tui.live.workspace import LiveWorkspace, cap
from factory_tui.tui.source import BatchPlan, Queued


class LiveRunning(LiveWorkspace):
    """Implements `tui.source.running.Running`."""

    async def connect(self, *, start: bool) -> EngineInfo | None:
        with told():
            if start and not self._read_only:
                await self._read_settings()
                return await ensure_engine(self._workspace, self._settings)
            try:
                async with ControlClient.connect(self._workspace) as client:
                    return await client.hello(self._settings)
            except NoEngine:
                return None

    async def plan(self, among: Collection[str] | None = None) -> BatchPlan:
        await self._read_settings()
        wanted = [row for row in await self._rows() if among is None or row.id in among]
        limits, ready = self._settings.limits, [row for row in wanted if row.status is Status.READY]
        rows = [row for row in ready if not row.has_run_as_it_is]
        return BatchPlan(
            specs=tuple(row.id for row in rows if not row.errors),
            with_errors=tuple(row.id for row in rows if row.errors),
            unchanged=len(ready) - len(rows),
            not_ready=0 if among is None else len(wanted) - len(ready),
            parallel=self._settings.factory.parallel,
            attempts=limits.attempts,
            run_cap=cap(limits.run_usd),
            batch_cap=cap(limits.batch_usd),
            day_cap=cap(limits.day_usd),
            charged=not self._settings.model.is_twin,
            expected=expected(row.estimate for row in rows if not row.errors),
        )

    async def start_batch(self, specs: Sequence[str] = ()) -> Queued:
        async with self._command() as client:
            answer = await client.run(tuple(specs))
        return Queued(answer.runs, tuple((clean_line(spec), clean_line(why)) for spec, why in answer.refused))

    async def cancel(self, run: str) -> None:
        async with self._command() as client:
            await client.cancel(run)

    async def retry(self, run: str) -> str:
        async with self._command() as client:
            return await client.retry(run)

    async def answer(self, run: str, answer: str, question: str) -> str:
        async with self._command() as client:
            taken = await client.answer(run, answer, question)
        self._triage.look_again()
        return taken

    async def decide(self, run: str, meets: bool, reason: str) -> str:
        async with self._command() as client:
            return await client.decide(run, meets, reason)

    async def escape(self, run: str, reason: str) -> EscapeAnswer:
        async with self._command() as client:
            return await client.escape(run, reason)

    async def pause(self, paused: bool) -> None:
        async with self._command() as client:
            await (client.pause() if paused else client.resume())
