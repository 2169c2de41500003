"""Mutation checks that the operator asks for: one at a time, beside the runs, recorded whoever still waits for it."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from factory_tui.delivery import TargetError
from factory_tui.engine.asked import asked_to_prove, no_sandbox
from factory_tui.engine.burned import burned_in
from factory_tui.engine.commands import CommandRefused
from factory_tui.engine.ground import load_sealed_suite, standing_of
from factory_tui.engine.held import Held
from factory_tui.engine.plant import TTL_MARGIN, Plant
from factory_tui.engine.recorded import NotRecorded, what_is_left
from factory_tui.model.binding import BoundRun
from factory_tui.model.mutation import MutationReport
from factory_tui.model.spec import FrontMatter, Spec
from factory_tui.sandbox.port import Role, SandboxError, SandboxRequest
from factory_tui.scenarios import EvaluationJob
from factory_tui.scenarios.mutation import CheckRefused, MutationOrder, check_mutants
from factory_tui.store.reader import Reader

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the operator asks for."""

    spec: str
    run: str | None
    """Whose artifact; None takes the last that shipped."""
    limit: int
    minutes: float


@dataclass(slots=True)
class _UnderWay:
    wish: Wish
    task: "asyncio.Task[MutationReport]"
    stop: asyncio.Event = field(default_factory=asyncio.Event)


class Mutations:
    """The mutation check of an engine.

    Args:
        plant: the engine's means.
        changed: told when one begins or ends.
    """

    def __init__(self, plant: Plant, changed: Callable[[], None]) -> None:
        self._plant, self._changed = plant, changed
        self._now: _UnderWay | None = None

    @property
    def under_way(self) -> bool:
        return self._now is not None

    async def check(self, wish: Wish) -> MutationReport:
        """Try small changes of what shipped; the same wish joins the check that is under way.

        Raises:
            CommandRefused: another one is under way, or there is nothing that could be checked.
        """
        self._refuse_another(wish)
        found = await asyncio.to_thread(self._find, wish) if self._now is None else None
        self._refuse_another(wish)  # it may have begun meanwhile
        if self._now is None and found is not None:
            stop = asyncio.Event()
            task = asyncio.create_task(self._check(*found, wish, stop), name=f"mutants of {wish.spec}")
            self._now = _UnderWay(wish, task, stop)
            task.add_done_callback(self._ended)
            self._changed()
        assert self._now is not None
        return await asyncio.shield(self._now.task)

    def _refuse_another(self, wish: Wish) -> None:
        if self._now is not None and self._now.wish != wish:
            other = self._now.wish.spec
            raise CommandRefused(
                f"a mutation check of {other} is under way, and there is one at a time",
                f"wait for it, or end it: `factory-tui scenario mutate {other} --stop`",
            )

    def stop(self, spec: str) -> bool:
        """End the check of a spec and keep what it found so far; False when there is none."""
        if self._now is None or self._now.wish.spec != spec:
            return False
        self._now.stop.set()
        return True

    async def close(self) -> None:
        """End what is under way and remove its sandboxes; nothing is recorded."""
        if self._now is not None:
            task = self._now.task
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _check(
        self, spec: Spec, front: FrontMatter, bound: BoundRun, wish: Wish, stop: asyncio.Event
    ) -> MutationReport:
        plant = self._plant
        try:
            job = await self._job(spec, front, bound, wish)
            order = MutationOrder(job, bound.run, wish.limit, wish.minutes, stop)
            report = await check_mutants(order, plant.host, plant.now, spare=plant.spare)
        except (CheckRefused, NotRecorded, TargetError) as error:
            raise CommandRefused(error.what, error.todo, getattr(error, "missing", False)) from error
        except Held as held:
            raise CommandRefused(held.why, held.remedy) from held
        except SandboxError as error:
            raise no_sandbox(error) from error
        await plant.store.record_mutation(report)
        return report

    async def _job(self, spec: Spec, front: FrontMatter, bound: BoundRun, wish: Wish) -> EvaluationJob:
        plant = self._plant
        standing = await standing_of(spec, plant)
        suite = load_sealed_suite(plant, spec, standing)
        left = await what_is_left(plant.workspace, plant.settings, bound)
        image = await plant.host.resolve_image(plant.settings.sandbox.image)
        return EvaluationJob(
            spec=spec,
            suite=suite,
            artifact=left.artifact,
            base=left.base,
            base_commit=left.base_commit,
            gate=plant.settings.gate,
            request=lasting(plant.sandbox_request(bound.run, 0, Role.PROOF, image, front), wish.minutes, plant.now()),
            constraints=standing.binding,
            burned=await burned_in(suite, plant),
        )

    def _find(self, wish: Wish) -> tuple[Spec, FrontMatter, BoundRun]:
        """Everything that can be wrong with a wish at once, before it takes its turn."""
        spec, front = asked_to_prove(wish.spec, self._plant)
        try:
            return spec, front, find_run(self._plant.workspace / "runs.db", wish)
        except NotRecorded as error:
            raise CommandRefused(error.what, error.todo) from error

    def _ended(self, task: "asyncio.Task[MutationReport]") -> None:
        ended, self._now = self._now, None
        self._changed()
        if not task.cancelled() and (error := task.exception()) is not None:
            spec = ended.wish.spec if ended else "a spec"
            log.warning("the mutation check of %s failed: %s", spec, error)  # whoever asked may be gone


def find_run(path: Path, wish: Wish) -> BoundRun:
    """The run whose artifact is to be changed. Raises `NotRecorded`."""
    with Reader(path) as reader:
        name = wish.run or reader.last_shipped(wish.spec)
        bound = reader.bound_run(name) if name is not None else None
    if name is None:
        raise NotRecorded(
            f"{wish.spec} has not shipped, so there is nothing to change",
            f"`factory-tui run {wish.spec}`, or name a run with --run",
        )
    if bound is None:
        raise NotRecorded(f"there is no run {name}", "`factory-tui status` lists the runs")
    if bound.spec != wish.spec:
        raise NotRecorded(f"{name} is a run of {bound.spec}, not of {wish.spec}", f"name {bound.spec}, or another run")
    return bound


def lasting(request: SandboxRequest, minutes: float, now: datetime) -> SandboxRequest:
    """The sandbox outlives the check."""
    life = timedelta(minutes=minutes) + TTL_MARGIN
    return replace(request, ttl_s=life.total_seconds(), labels=replace(request.labels, expires=now + life))
