"""The engine as its clients see it: a handful of commands over the queue."""

import asyncio

from factory_tui.agents import ReadBackAgent
from factory_tui.control.protocol import EscapeAnswer, RunAnswer
from factory_tui.delivery import HoldoutError
from factory_tui.engine.admissions import Admissions
from factory_tui.engine.answers import answer_question
from factory_tui.engine.burned import burn_by_hand
from factory_tui.engine.commands import CommandRefused
from factory_tui.engine.escapes import Escapes
from factory_tui.engine.holdout import bring_holdout
from factory_tui.engine.intake import queue_spec_again, take_in
from factory_tui.engine.lessons import Lessons
from factory_tui.engine.mutations import Mutations, Wish
from factory_tui.engine.plant import Plant
from factory_tui.engine.preflight import Missing, VerifyModel, preflight
from factory_tui.engine.readbacks import ReadBacks
from factory_tui.engine.rulings import rule
from factory_tui.engine.scheduler import Scheduler
from factory_tui.engine.seal import sealed_now
from factory_tui.ledger import PriceList
from factory_tui.model.admission import Admission
from factory_tui.model.event import EventDraft
from factory_tui.model.failure import FailureClass
from factory_tui.model.holdout import Seal
from factory_tui.model.mutation import MutationReport
from factory_tui.model.readback import ReadBack, ReadBackPlan
from factory_tui.model.run import AT_REST, FINAL, HoldReason, IllegalTransition, RunState
from factory_tui.model.spec import Status
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
        lessons: Lessons,
        info: EngineInfo,
        prices: PriceList,
        no_key: str | None,
        verify_model: VerifyModel,
        spec_reader: ReadBackAgent,
    ) -> None:
        self._plant, self._scheduler, self._lessons, self._info = plant, scheduler, lessons, info
        self._prices, self._no_key, self._verify_model = prices, no_key, verify_model
        self._escapes = Escapes(plant)
        self._read_backs = ReadBacks(plant, spec_reader, no_key, scheduler.wake)
        self._admissions = Admissions(plant, scheduler.wake)
        self._mutations = Mutations(plant, scheduler.wake)
        beside = (self._read_backs, self._admissions, self._mutations)
        scheduler.occupied = lambda: any(each.under_way for each in beside)

    def info(self) -> EngineInfo:
        return self._info

    def settings_json(self) -> str:
        """The effective configuration, to be compared with a client's."""
        return self._plant.settings.model_dump_json()

    async def run(self, specs: tuple[str, ...]) -> RunAnswer:
        """Queue the named specs, or every Ready one."""
        await self._require_means()
        async with self._scheduler.queueing:
            intake = await take_in(specs, self._plant)
        self._scheduler.wake()
        return RunAnswer(batch=intake.batch, runs=intake.runs, refused=intake.refused)

    async def cancel(self, run: str) -> None:
        """End a run for the operator; its work so far is kept."""
        stored = await self._find(run)
        if stored.state in FINAL:
            raise _ended(stored)
        if self._scheduler.cancel(run):
            return
        try:
            await self._plant.store.move_run(
                run, RunState.CANCELLED, why="cancelled by the operator", remedy=f"retry {run}"
            )
        except IllegalTransition:  # it ended since it was looked at, or another viewer was faster
            raise _ended(await self._find(run)) from None
        self._scheduler.wake()

    async def retry(self, run: str) -> str:
        """Take a stopped run on: the same run when it was held, a new one when it had ended. The run's id."""
        await self._find(run)
        await self._require_means()
        async with self._scheduler.queueing:
            stored = await self._find(run)
            if stored.state not in AT_REST:
                raise CommandRefused(f"{run} is {stored.state.value}", "wait until it stops, or cancel it")
            try:
                taken = await self._take_on(stored)
            except LookupError as error:
                raise CommandRefused(str(error), "put the spec back, then retry") from error
        self._scheduler.wake()
        return taken

    async def answer(self, run: str, answer: str, question: str) -> str:
        """Write the answer to a held run's question into its spec and run it again; the run's id."""
        await self._find(run)
        await self._require_means()
        async with self._scheduler.queueing:
            taken = await answer_question(await self._find(run), answer, question, self._plant)
        self._scheduler.wake()
        return taken

    async def decide(self, run: str, meets: bool, reason: str, scenario: str) -> str:
        """Rule on what the judges of a held run could not decide, and have it judged again; the run's id."""
        await self._find(run)
        await self._require_means()
        async with self._scheduler.queueing:
            stored = await self._find(run)
            spec = load_specs(self._plant.workspace).specs.get(stored.spec)
            if spec is None or spec.hash != stored.spec_hash:
                raise CommandRefused(f"{stored.spec} changed since {run} built it", f"retry {run} builds it anew")
            await rule(stored, meets, reason, scenario, self._plant)
            taken = await self._take_on(stored)
        self._scheduler.wake()
        return taken

    async def escape(self, run: str, reason: str) -> EscapeAnswer:
        """Mark a shipped run as wrong."""
        return await self._escapes.mark(await self._find(run), reason)

    async def read_back(self, spec: str, fresh: bool) -> ReadBack:
        """Have a model tell a spec in its own words, beside whatever runs."""
        return await self._read_backs.read(spec, fresh=fresh)

    async def plan_read_back(self, spec: str) -> ReadBackPlan:
        return await self._read_backs.plan(spec)

    async def admit(self, spec: str) -> tuple[Admission, ...]:
        """Try the scenarios of a spec on its base and on a stub build, beside whatever runs, and record it."""
        return await self._admissions.try_suite(spec)

    async def burn(self, spec: str, scenario: str, reason: str) -> bool:
        """Say that the text of a scenario is known to agents; False when it was burned before."""
        return await burn_by_hand(spec, scenario, reason, self._plant)

    async def mutate(self, spec: str, run: str | None, limit: int, minutes: float) -> MutationReport:
        """Change what a spec shipped in small ways and see whether its suite notices, beside whatever runs."""
        return await self._mutations.check(Wish(spec, run, limit, minutes))

    async def stop_mutation(self, spec: str) -> bool:
        return self._mutations.stop(spec)

    async def classify(self, failure: int, failure_class: FailureClass, reason: str) -> None:
        await self._lessons.classify(failure, failure_class, reason)

    async def propose(self) -> tuple[int, ...]:
        return await self._lessons.propose()

    async def accept(self, amendment: int) -> str:
        return await self._lessons.accept(amendment)

    async def reject(self, amendment: int, reason: str) -> None:
        await self._lessons.reject(amendment, reason)

    async def pause(self) -> None:
        """Start no further run, also after a new start of the engine; those that run go on."""
        await self._plant.store.set_paused(True)
        self._scheduler.pause(True)

    async def resume(self) -> None:
        await self._plant.store.set_paused(False)
        self._scheduler.pause(False)

    def paused(self) -> bool:
        return self._scheduler.paused

    async def stop(self) -> None:
        """Stop working; interrupted runs go back into the queue."""
        self.request_stop()

    def request_stop(self) -> None:
        """As `stop`, from a signal handler."""
        self._scheduler.stop()

    async def say_goodbye(self) -> None:
        """End what goes on beside the runs, then say the last event of this engine."""
        await self._read_backs.close()
        await self._admissions.close()
        await self._mutations.close()
        await self._plant.store.emit(EventDraft(type="engine.stopped"))

    async def _find(self, run: str) -> StoredRun:
        try:
            return await self._plant.store.stored_run(run)
        except LookupError as error:
            raise CommandRefused(str(error), "`factory-tui status` lists the runs") from error

    async def _take_on(self, stored: StoredRun) -> str:
        newest = await self._plant.store.last_run_of(stored.spec)
        if newest is not None and newest.run != stored.run and newest.state not in AT_REST:
            raise CommandRefused(f"{stored.spec} is {newest.state.value} already, as {newest.run}", "follow that run")
        spec = load_specs(self._plant.workspace).specs.get(stored.spec)
        if spec is not None and spec.front is not None and spec.front.status is not Status.READY:
            raise CommandRefused(
                f"{stored.spec} is {spec.front.status.value}, and a retry would run it",
                f"`factory-tui spec ready {stored.spec}` (r on screen 1), then retry",
            )
        unchanged = spec is not None and spec.hash == stored.spec_hash
        if unchanged and stored.state is RunState.SHIPPED and not stored.escaped:
            raise CommandRefused(
                f"{stored.run} has shipped, and {stored.spec} still asks for the same",
                "change the spec and run it; or mark what shipped as an escaped defect (E) first",
            )
        stays = stored.state is RunState.HELD and stored.hold not in _NEEDS_ANOTHER_RUN
        if stays and unchanged:
            if spec is not None and spec.front is not None:
                await self._plant.store.recap(stored.run, self._plant.settings.run_cap(spec.front))
            why, seal = "retried by the operator", await self._new_seal(stored)
            await self._plant.store.move_run(stored.run, RunState.QUEUED, why=why, seal=seal)
            return stored.run
        return await queue_spec_again(stored.spec, self._plant)

    async def _new_seal(self, stored: StoredRun) -> Seal | None:
        """None for what has been judged already and only has to be delivered."""
        if await self._plant.store.passed(stored.run):
            return None
        return await asyncio.to_thread(sealed_now, stored.spec, self._plant)

    async def _require_means(self) -> None:
        try:
            await preflight(self._plant.settings, self._plant.host, self._prices, self._no_key, self._verify_model)
        except Missing as error:
            raise CommandRefused(error.what, error.todo, missing=True) from error
        try:
            await asyncio.to_thread(bring_holdout, self._plant.workspace, self._plant.settings)
        except HoldoutError as error:
            raise CommandRefused(error.what, error.todo, missing=True) from error


def _ended(stored: StoredRun) -> CommandRefused:
    return CommandRefused(f"{stored.run} has already ended as {stored.state.value}", "nothing is left to cancel")
