"""Reading specs back: beside the runs, never in their way. What is paid is recorded, whoever still waits for it."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from factory_tui.agents import ContextError, ReadBackAgent, ReadBackFailed, ReadBackJob, read_context
from factory_tui.config import ConfigError
from factory_tui.engine.asked import asked_spec
from factory_tui.engine.commands import CommandRefused
from factory_tui.engine.held import Held
from factory_tui.engine.holdout import refuse_holdout
from factory_tui.engine.plant import Plant
from factory_tui.ledger import Caps, UnknownModel
from factory_tui.model.money import from_usd
from factory_tui.model.readback import ReadBack, ReadBackPlan
from factory_tui.scenarios import scenarios_dir
from factory_tui.specs import guidance

log = logging.getLogger(__name__)


class ReadBacks:
    """The read-backs of an engine. Two that want the same version read share one call.

    Args:
        plant: the engine's means.
        agent: who reads.
        no_key: why there is no API key; None when there is one or none is needed.
        changed: told when one begins or ends.
    """

    def __init__(self, plant: Plant, agent: ReadBackAgent, no_key: str | None, changed: Callable[[], None]) -> None:
        self._plant, self._agent, self._no_key, self._changed = plant, agent, no_key, changed
        self._reading: dict[tuple[str, str], asyncio.Task[ReadBack]] = {}

    @property
    def under_way(self) -> bool:
        return bool(self._reading)

    async def plan(self, name: str) -> ReadBackPlan:
        """What reading a spec would mean now. Raises `CommandRefused` when it cannot be read."""
        job = await asyncio.to_thread(self._job, name)
        return ReadBackPlan(
            spec=name,
            hash=job.spec.hash,
            model=job.profile.model,
            charged=not self._plant.settings.model.is_twin,
            most=self._agent.most(job),
            reading=(name, job.spec.hash) in self._reading,
            recorded=await self._plant.store.read_back_of(name, job.spec.hash) is not None,
        )

    async def read(self, name: str, *, fresh: bool) -> ReadBack:
        """The read-back of a spec as its file is now: the recorded one, or one that is asked for.

        Args:
            name: the spec.
            fresh: ask although this version was read before.

        Raises:
            CommandRefused: it cannot be had.
        """
        job = await asyncio.to_thread(self._job, name)
        key = (name, job.spec.hash)
        if key not in self._reading:
            self._reading[key] = asyncio.create_task(self._read(job, fresh), name=f"read-back of {name}")
            self._reading[key].add_done_callback(lambda task: self._ended(key, task))
            self._changed()
        return await asyncio.shield(self._reading[key])

    async def close(self) -> None:
        """End what is under way; a call that was sent is presumed."""
        tasks = tuple(self._reading.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self, job: ReadBackJob, fresh: bool) -> ReadBack:
        recorded = None if fresh else await self._plant.store.read_back_of(job.spec.id, job.spec.hash)
        if recorded is not None:
            return recorded
        await self._require_means(job)
        read = await self._asked(job)
        await self._plant.store.record_read_back(read)
        return read

    async def _asked(self, job: ReadBackJob) -> ReadBack:
        limits, front = self._plant.settings.limits, job.spec.front
        assert front is not None
        caps = Caps(
            call=from_usd(limits.call_usd) if limits.call_usd is not None else None,
            run=self._plant.settings.run_cap(front),
            day=from_usd(limits.day_usd) if limits.day_usd is not None else None,
        )
        try:
            return await self._agent.read(job, self._plant.store.read_back_book(job.spec.id, caps))
        except ReadBackFailed as failed:
            raise CommandRefused(failed.what, failed.todo, missing=True) from failed

    def _ended(self, key: tuple[str, str], task: "asyncio.Task[ReadBack]") -> None:
        del self._reading[key]
        self._changed()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("the read-back of %s failed: %s", key[0], error)  # whoever asked may be gone

    def _job(self, name: str) -> ReadBackJob:
        """Everything that the model will see, once it is sure that nothing of the holdout is in it."""
        workspace, settings = self._plant.workspace, self._plant.settings
        spec, front = asked_spec(name, self._plant)
        try:
            profile = settings.profiles[settings.profile_name(front)]
            job = ReadBackJob(spec, profile, guidance(workspace, front.kind), read_context(workspace))
            self._agent.most(job)
            refuse_holdout(job.texts(), scenarios_dir(workspace, settings))
        except (ConfigError, ContextError) as error:
            what, _, todo = str(error).partition("\n")
            raise CommandRefused(what, todo or f"mend `agent` in {spec.path.name}") from error
        except ReadBackFailed as failed:
            raise CommandRefused(failed.what, failed.todo) from failed
        except UnknownModel as error:
            what, _, todo = str(error).partition("\n")
            raise CommandRefused(what, todo, missing=True) from error
        except Held as held:
            raise CommandRefused(held.why, "remove it there, then read the spec back") from held
        return job

    async def _require_means(self, job: ReadBackJob) -> None:
        """What would stop the call, said before it: a hold is not waited out for somebody who looks at a screen."""
        settings, front = self._plant.settings, job.spec.front
        holding = await self._plant.store.holding()
        if holding is not None:
            until = f"after {_clock(holding.until)}" if holding.until else "when it is over"
            raise CommandRefused(
                f"the provider refuses calls now: {holding.why}", f"read it back {until}", missing=True
            )
        if settings.model.is_twin:
            return
        if self._no_key is not None:
            what, _, todo = self._no_key.partition("\n")
            raise CommandRefused(what, f"{todo}; then `factory-tui engine stop` and start again", missing=True)
        limits = settings.limits
        capped = front is not None and settings.run_cap(front) is not None
        if not capped and limits.call_usd is None and limits.day_usd is None:
            raise CommandRefused(
                "a live model without a cap could spend without end",
                f"set `day_usd` in [limits] of factory.toml, or budget_usd in {job.spec.path.name}",
                missing=True,
            )


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone():%d %b %H:%M}"
