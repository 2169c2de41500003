"""Which queued run goes next: by priority, then age; after its dependencies; one run per target branch at a time."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from factory_tui.engine.plant import Plant
from factory_tui.engine.workstream import Workstream
from factory_tui.model.run import FINAL, HoldReason, RunState
from factory_tui.store import StoredRun


@dataclass(frozen=True)
class Choice:
    """What to do with the queue now."""

    start: tuple[StoredRun, ...] = ()
    hold: tuple[tuple[StoredRun, str, str], ...] = ()
    """Runs whose dependency cannot ship any more, with the reason and the remedy."""


def choose(
    queued: Sequence[StoredRun],
    live: Sequence[StoredRun],
    lanes: int,
    outcomes: Mapping[str, RunState | None],
) -> Choice:
    """Pick runs to start. Pure.

    Args:
        queued: in any order.
        live: runs that a workstream is at work on.
        lanes: workstreams allowed at the same time.
        outcomes: spec id → state of its latest run (None: never run), for every dependency.
    """
    start: list[StoredRun] = []
    hold: list[tuple[StoredRun, str, str]] = []
    branches = {(each.target, each.base) for each in live}
    for run in sorted(queued, key=lambda each: (each.priority, each.queued, each.run)):
        blocker = next((spec for spec in run.depends_on if outcomes.get(spec) is not RunState.SHIPPED), None)
        if blocker is not None:
            state = outcomes.get(blocker)
            if state is None:
                hold.append((run, f"it depends on {blocker}, which has never run", f"run {blocker} first"))
            elif state in FINAL or state is RunState.HELD:
                hold.append((run, f"it depends on {blocker}, which is {state.value}", f"get {blocker} shipped"))
            continue
        if len(live) + len(start) >= lanes or (run.target, run.base) in branches:
            continue
        start.append(run)
        branches.add((run.target, run.base))
    return Choice(tuple(start), tuple(hold))


@dataclass
class _Lane:
    run: StoredRun
    stream: Workstream
    task: "asyncio.Task[None]"


@dataclass
class Scheduler:
    """Starts workstreams until it is stopped; woken, never polling."""

    plant: Plant
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
                await self._changed.wait()
            for lane in self._lanes.values():
                lane.task.cancel()

    async def stop(self) -> None:
        """Cancel every workstream; their runs go back into the queue."""
        self._stopping = True
        self.wake()

    def cancel(self, run: str) -> bool:
        """Stop one live run for the operator; False when it is not live here."""
        lane = self._lanes.get(run)
        if lane is None:
            return False
        lane.stream.cancelled_by_operator = True
        lane.task.cancel()
        return True

    async def _start_what_can(self, group: asyncio.TaskGroup) -> None:
        store = self.plant.store
        queued = [each for each in await store.queued_runs() if each.run not in self._lanes]
        live = [lane.run for lane in self._lanes.values()]
        names = {spec for each in queued for spec in each.depends_on}
        outcomes = {spec: await store.last_state(spec) for spec in names}
        choice = choose(queued, live, self.plant.settings.factory.parallel, outcomes)
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
        if not self._lanes and not await self.plant.store.queued_runs():
            for batch in await self.plant.store.open_batches():
                await self.plant.store.close_batch(batch)
