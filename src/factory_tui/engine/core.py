"""The engine as its clients see it: a handful of commands over the queue."""

from factory_tui.engine.commands import CommandRefused, RunAnswer
from factory_tui.engine.intake import queue_spec_again, take_in
from factory_tui.engine.plant import Plant
from factory_tui.engine.preflight import Missing, VerifyModel, preflight
from factory_tui.engine.scheduler import Scheduler
from factory_tui.ledger import PriceList
from factory_tui.model.event import EventDraft
from factory_tui.model.run import FINAL, HoldReason, RunState
from factory_tui.model.views import EngineInfo
from factory_tui.specs import load_specs
from factory_tui.store import StoredRun

_NEEDS_ANOTHER_RUN = frozenset({HoldReason.BASE_MOVED, HoldReason.SPEC_NOT_READY})
"""Holds that no retry of the same run can end: its base is gone, or its text was never valid."""


class Engine:
    """Carries out what a client asks for."""

    def __init__(
        self,
        plant: Plant,
        scheduler: Scheduler,
        info: EngineInfo,
        prices: PriceList,
        no_key: str | None,
        verify_model: VerifyModel,
    ) -> None:
        self._plant, self._scheduler, self._info = plant, scheduler, info
        self._prices, self._no_key, self._verify_model = prices, no_key, verify_model

    def info(self) -> EngineInfo:
        return self._info

    def settings_json(self) -> str:
        """The effective configuration, to be compared with a client's."""
        return self._plant.settings.model_dump_json()

    async def run(self, specs: tuple[str, ...]) -> RunAnswer:
        """Queue the named specs, or every Ready one."""
        await self._require_means()
        intake = await take_in(specs, self._plant)
        self._scheduler.wake()
        return RunAnswer(batch=intake.batch, runs=intake.runs, refused=intake.refused)

    async def cancel(self, run: str) -> None:
        """End a run for the operator; its work so far is kept."""
        stored = await self._find(run)
        if stored.state in FINAL:
            raise CommandRefused(f"{run} has already ended as {stored.state.value}", "nothing is left to cancel")
        if self._scheduler.cancel(run):
            return
        await self._plant.store.move_run(
            run, RunState.CANCELLED, why="cancelled by the operator", remedy=f"retry {run}"
        )
        self._scheduler.wake()

    async def retry(self, run: str) -> str:
        """Take a stopped run on: the same run when it was held, a new one when it had ended. The run's id."""
        stored = await self._find(run)
        if stored.state is not RunState.HELD and stored.state not in FINAL:
            raise CommandRefused(f"{run} is {stored.state.value}", "wait until it stops, or cancel it")
        await self._require_means()
        try:
            taken = await self._take_on(stored)
        except LookupError as error:
            raise CommandRefused(str(error), "put the spec back, then retry") from error
        self._scheduler.wake()
        return taken

    async def stop(self) -> None:
        """Stop working; interrupted runs go back into the queue."""
        self.request_stop()

    def request_stop(self) -> None:
        """As `stop`, from a signal handler."""
        self._scheduler.stop()

    async def say_goodbye(self) -> None:
        """The last event of this engine."""
        await self._plant.store.emit(EventDraft(type="engine.stopped"))

    async def _find(self, run: str) -> StoredRun:
        try:
            return await self._plant.store.stored_run(run)
        except LookupError as error:
            raise CommandRefused(str(error), "`factory-tui status` lists the runs") from error

    async def _take_on(self, stored: StoredRun) -> str:
        spec = load_specs(self._plant.workspace).specs.get(stored.spec)
        unchanged = spec is not None and spec.hash == stored.spec_hash
        stays = stored.state is RunState.HELD and stored.hold not in _NEEDS_ANOTHER_RUN
        if stays and unchanged:
            await self._plant.store.move_run(stored.run, RunState.QUEUED, why="retried by the operator")
            return stored.run
        return await queue_spec_again(stored.spec, self._plant)

    async def _require_means(self) -> None:
        try:
            await preflight(self._plant.settings, self._plant.host, self._prices, self._no_key, self._verify_model)
        except Missing as error:
            raise CommandRefused(error.what, error.todo, missing=True) from error
