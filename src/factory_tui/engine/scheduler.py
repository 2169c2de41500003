"""Lanes: starts a workstream for each run that the queue lets go, and stops them."""

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from factory_tui.engine.lessons import Lessons
from factory_tui.engine.plant import Plant
from factory_tui.engine.queue import choose
from factory_tui.engine.workstream import Workstream
from factory_tui.model.run import HoldReason, RunState
from factory_tui.store import StoreDown, StoredRun

log = logging.getLogger(__name__)


@dataclass
class _Lane:
    run: StoredRun
    stream: Workstream
    task: "asyncio.Task[None]"
    at_rest: bool = False
    """The run is where it stays: there is nothing left to cancel."""
    _cancelled: bool = False

    def cancel(self) -> None:
        """After the task's first step: one that is cancelled before it never learns of it.

        Once: a second time would break into what the first one brings to safety.
        """
        if not self._cancelled and not self.at_rest:
            self._cancelled = True
            asyncio.get_running_loop().call_soon(self.task.cancel)


@dataclass
class Scheduler:
    """Starts workstreams until it is stopped; woken, never polling."""

    plant: Plant
    lessons: Lessons
    paused: bool = False
    """No run is started; those that run go on."""
    queueing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while runs are queued: of two viewers the second sees what the first did, and no batch closes meanwhile."""
    occupied: Callable[[], bool] = lambda: False
    """Something besides runs goes on, so the engine is not idle."""
    _lanes: dict[str, _Lane] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: bool = False

    def wake(self) -> None:
        """Something was queued, or a lane is free."""
        self._changed.set()

    @property
    def running(self) -> Collection[str]:
        return self._lanes.keys()

    async def serve(self) -> None:
        """Run the queue until `stop`; workstreams end before this returns."""
        async with asyncio.TaskGroup() as group:
            while not self._stopping:
                self._changed.clear()
                await self._start_what_can(group)
                await self._close_batches()
                await self._wait_for_change()
            for lane in self._lanes.values():
                lane.cancel()

    def stop(self) -> None:
        """Cancel every workstream; their runs go back into the queue."""
        self._stopping = True
        self.wake()

    def pause(self, paused: bool) -> None:
        """Start no run, or start them again."""
        self.paused = paused
        self.wake()

    def cancel(self, run: str) -> bool:
        """Stop one live run for the operator; False when it is not live here."""
        lane = self._lanes.get(run)
        if lane is None or lane.at_rest:
            return False
        lane.stream.cancelled_by_operator = True
        lane.cancel()
        return True

    async def _wait_for_change(self) -> None:
        """Sleep until woken; with nothing to do, at most `factory.idle_exit_minutes`, then stop."""
        minutes = self.plant.settings.factory.idle_exit_minutes
        idle = minutes > 0 and not self._lanes and not self.occupied() and not await self.plant.store.queued_runs()
        try:
            async with asyncio.timeout(minutes * 60 if idle else None):
                await self._changed.wait()
        except TimeoutError:
            self.stop()

    async def _start_what_can(self, group: asyncio.TaskGroup) -> None:
        store = self.plant.store
        queued = [each for each in await store.queued_runs() if each.run not in self._lanes]
        live = [lane.run for lane in self._lanes.values()]
        names = {spec for each in queued for spec in each.depends_on}
        outcomes = {spec: await store.last_state(spec) for spec in names}
        lanes = 0 if self.paused else self.plant.settings.factory.parallel
        choice = choose(queued, live, lanes, outcomes)
        for run, why, remedy in choice.hold:
            await store.move_run(run.run, RunState.HELD, why=why, remedy=remedy, hold=HoldReason.DEPENDENCY)
            self.wake()
        for run in choice.start:
            stream = Workstream(run, self.plant)
            task = group.create_task(self._run_lane(run, stream), name=f"run {run.run}")
            self._lanes[run.run] = _Lane(run, stream, task)

    async def _run_lane(self, run: StoredRun, stream: Workstream) -> None:
        try:
            await stream.run_to_rest()
            self._lanes[run.run].at_rest = True
            await self._release_dependents(run)
        finally:
            del self._lanes[run.run]
            self.wake()

    async def _release_dependents(self, run: StoredRun) -> None:
        """A shipped spec frees the runs that were held only because of it."""
        store = self.plant.store
        if await store.last_state(run.spec) is RunState.SHIPPED:
            for held in await store.held_for_dependency(run.spec):
                await store.move_run(held.run, RunState.QUEUED, why=f"{run.spec} has shipped")

    async def _close_batches(self) -> None:
        """When nothing is left to do: learn from the batch, then call it finished."""
        if await self._something_to_do() or not await self.plant.store.open_batches():
            return
        await self._learn()
        async with self.queueing:
            if await self._something_to_do():
                return  # queued while the lessons were drawn: the batch goes on
            for batch in await self.plant.store.open_batches():
                await self.plant.store.close_batch(batch)

    async def _something_to_do(self) -> bool:
        return bool(self._lanes or await self.plant.store.queued_runs())

    async def _learn(self) -> None:
        try:
            await self.lessons.propose()
        except StoreDown:
            raise
        except Exception:
            # A lesson that cannot be drawn must not keep a night from ending: `template propose` tries again.
            log.exception("looking for recurring failures failed")
