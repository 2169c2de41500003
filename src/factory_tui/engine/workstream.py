"""The loop of one run, top to bottom: prepare → build → collect → evaluate → ship, or file the failure.

Read `Workstream.run_to_rest` first; the steps of one attempt are in `attempt.py`. Each step commits its intent (the
state), has its effect, then commits the outcome, so that whoever starts after a crash can tell what was begun from
what was done.
"""

import asyncio
from datetime import timedelta

from factory_tui.agents import BuildJob
from factory_tui.delivery import NotShipped, Target, TargetError, open_target
from factory_tui.engine.attempt import SALVAGE_SECONDS, Attempt, AttemptAtWork, Built, EnvironmentLost, NoVerdict
from factory_tui.engine.ground import Ground, prepare_ground
from factory_tui.engine.held import Held
from factory_tui.engine.kept import kept_for_judges
from factory_tui.engine.plant import Plant
from factory_tui.engine.remedy import remedy_of
from factory_tui.engine.resume import left_off
from factory_tui.feedback import redact
from factory_tui.model.artifact import Artifact
from factory_tui.model.evaluation import Evaluation, Feedback
from factory_tui.model.failure import Failure, FailureClass, FailureLayer
from factory_tui.model.run import FINAL, LIVE, HoldReason, IllegalTransition, RunState
from factory_tui.sandbox.port import SandboxUnavailable
from factory_tui.scenarios import scenarios_dir
from factory_tui.store import StoreDown, StoredRun


class Workstream:
    """One run on its way through the loop."""

    def __init__(self, run: StoredRun, plant: Plant) -> None:
        self._run, self._plant, self._store = run, plant, plant.store
        self._deadline = plant.now() + timedelta(minutes=run.run_minutes)
        self._held_before = plant.hold.total()
        self.cancelled_by_operator = False
        """Tells a cancelled task whether the operator stopped the run or the engine stops."""

    async def run_to_rest(self) -> None:
        """Take the run to a state in which it stays.

        Raises:
            StoreDown: nothing can be recorded any more.
        """
        try:
            await self._run_or_say_why_not()
        except asyncio.CancelledError:
            await self._stopped()
            raise

    async def _run_or_say_why_not(self) -> None:
        try:
            await self._run_on()
        except StoreDown:
            raise  # not this run's fault: the engine ends with it, and takes the run up again when it is started
        except Exception as error:  # noqa: BLE001 - the outermost edge of a run: it ends, the night goes on
            await self._rest_after(error)

    async def _run_on(self) -> None:
        if await self._was_held_at_the_door():
            await self._ship_again()
            return
        await self._store.move_run(self._run.run, RunState.PREPARING)
        ground = await prepare_ground(self._run, self._plant)
        attempt = await self._attempt_until_settled(ground)
        if attempt.passed:
            await self._ship(ground, attempt)
        else:
            await self._fail(attempt)

    async def _attempt_until_settled(self, ground: Ground) -> Attempt:
        """Attempts until one passes or none is left; the environment's failures are not counted."""
        before = await left_off(self._run, ground, self._plant)
        start, feedback, lost_times = before.start, before.feedback, 0
        earlier: Evaluation | None = None
        kept = await kept_for_judges(self._run, ground, self._plant)
        while True:
            number = await self._store.start_attempt(self._run.run)
            try:
                attempt = await self._attempt(ground, number, start, feedback, earlier, kept)
            except EnvironmentLost as lost:
                lost_times += 1
                await self._file_lost_environment(number, str(lost), lost_times)
                continue
            if attempt.passed or number >= self._run.attempts or not attempt.may_be_repeated:
                return attempt
            start, earlier, kept = attempt.artifact or start, attempt.evaluation, None
            feedback = _feedback(ground, attempt)
            await self._store.record_disclosure(self._run.run, number, feedback)

    async def _attempt(
        self,
        ground: Ground,
        number: int,
        start: Artifact,
        feedback: Feedback | None,
        earlier: Evaluation | None,
        kept: Built | None = None,
    ) -> Attempt:
        work = AttemptAtWork(self._run, self._plant, ground, number, earlier)
        job = BuildJob(
            spec=ground.spec,
            run=self._run.run,
            attempt=number,
            profile=ground.profile,
            context=ground.context,
            constraints=ground.standing.told,
            guardrails=ground.standing.guardrails,
            feedback=feedback,
            deadline=self._deadline + (self._plant.hold.total() - self._held_before),
            max_turns=self._run.max_turns,
            instructions=ground.instructions,
        )
        built = kept or await work.build(job, start)
        evaluation = await work.judge(built)
        return await work.conclude(built, evaluation)

    async def _ship(self, ground: Ground, attempt: Attempt) -> None:
        """Deliver what passed as the operator wants it, or hold the run with what stands in the way."""
        await self._store.move_run(self._run.run, RunState.SHIPPING, attempt=attempt.number)
        if attempt.commit is None:
            raise Held(HoldReason.DELIVERY, "the artifact changes nothing on the base", "park the spec: it is met")
        await self._deliver(ground.target, attempt.commit, ground.base.commit)

    async def _deliver(self, target: Target, commit: str, base_commit: str) -> None:
        """`merge`: advance the base by compare-and-swap; `branch`: it is on its branch; `patch`: write one."""
        handing_over = asyncio.create_task(self._hand_over(target, commit, base_commit))
        try:
            await asyncio.shield(handing_over)
        except asyncio.CancelledError:
            await asyncio.wait((handing_over,), timeout=SALVAGE_SECONDS)
            if not handing_over.done() or handing_over.exception() is not None:
                raise
            # What reached the target has shipped, whoever wanted to stop it a moment ago.
        await self._rest(RunState.SHIPPED, handing_over.result())

    async def _hand_over(self, target: Target, commit: str, base_commit: str) -> str:
        """What the operator should know about where it is."""
        on_pass = self._plant.settings.delivery.on_pass
        if on_pass == "merge":
            await _advance(target, commit, base_commit)
        if on_pass == "patch":
            patch = self._plant.workspace / ".factory" / "artifacts" / f"{self._run.spec}-{self._run.run}.patch"
            await target.write_patch(commit, base_commit, patch)
            return f"the patch is {patch}"
        return ""

    async def _state(self) -> RunState:
        """After everything that was handed to the store, also by a task that was cancelled while it waited for it."""
        return (await self._store.stored_run(self._run.run)).state

    async def _was_held_at_the_door(self) -> bool:
        """True when the run passed before and only the target would not take it."""
        return self._run.commit is not None and await self._store.passed(self._run.run)

    async def _ship_again(self) -> None:
        assert self._run.commit is not None
        assert self._run.base_commit is not None
        await self._store.move_run(self._run.run, RunState.SHIPPING)
        holdout = scenarios_dir(self._plant.workspace, self._plant.settings)
        target = await open_target(self._plant.workspace, self._run.target, self._run.base, holdout=holdout)
        await self._deliver(target, self._run.commit, self._run.base_commit)

    async def _fail(self, attempt: Attempt) -> None:
        why = attempt.report.detail
        if attempt.failures:
            why = f"{attempt.failures[0].failure_class.value}: {attempt.failures[0].cause}"
        failure_class = attempt.failures[0].failure_class if attempt.failures else None
        broken = [each.scenario for each in attempt.failures if each.scenario]
        await self._rest(RunState.FAILED, why, remedy_of(failure_class, self._run.spec, self._run.run, broken))

    async def _file_lost_environment(self, number: int, why: str, times: int) -> None:
        """Record an uncharged attempt; raise `NoVerdict` when the environment fails too often."""
        failure = Failure(failure_class=FailureClass.ENVIRONMENT, layer=FailureLayer.ENVIRONMENT, cause=why)
        await self._store.record_failures(self._run.run, number, self._run.spec, (failure,))
        await self._store.finish_attempt(self._run.run, number, None, verdict=None, charged=False)
        if times > self._plant.settings.limits.infrastructure_retries:
            raise NoVerdict(f"the environment failed {times} times; last: {why}")
        await self._store.move_run(self._run.run, RunState.PREPARING, why=f"the environment failed: {why}")

    async def _rest_after(self, error: Exception) -> None:
        """Held when the operator can mend it, else error."""
        if isinstance(error, IllegalTransition) and await self._state() in FINAL:
            return  # the operator cancelled it while it was still queued, in the moment in which it was to begin
        if isinstance(error, Held):
            await self._rest(RunState.HELD, error.why, error.remedy, error.reason)
        elif isinstance(error, SandboxUnavailable):
            what, _, todo = str(error).partition("\n")
            await self._rest(RunState.HELD, what, todo or "factory-tui doctor", HoldReason.NO_SANDBOX)
        elif isinstance(error, TargetError):
            await self._rest(RunState.HELD, error.what, error.todo, HoldReason.TARGET)
        else:
            why = str(error) if isinstance(error, NoVerdict) else f"{type(error).__name__}: {error}"
            await self._rest(RunState.ERROR, why, f"retry {self._run.run}")

    async def _stopped(self) -> None:
        """Leave a cancelled run where it belongs: cancelled by the operator, or back in the queue.

        Where it came to rest in that very moment it stays.
        """
        state = await self._state()
        if state in FINAL or (not self.cancelled_by_operator and state not in LIVE):
            return
        if self.cancelled_by_operator:
            await self._rest(RunState.CANCELLED, "cancelled by the operator", f"retry {self._run.run}")
        else:
            await self._rest(RunState.QUEUED, "the engine was stopped during the run")

    async def _rest(self, state: RunState, why: str = "", remedy: str = "", hold: HoldReason | None = None) -> None:
        await self._store.move_run(self._run.run, state, why=why, hold=hold, remedy=remedy)


async def _advance(target: Target, commit: str, base_commit: str) -> None:
    answer = await target.ship(commit, base_commit)
    if isinstance(answer, NotShipped):
        raise Held(answer.reason, answer.what, answer.remedy)


def _feedback(ground: Ground, attempt: Attempt) -> Feedback:
    if attempt.evaluation is None:
        return Feedback(rules=(), passed=0, total=0, nothing_delivered=True)
    return redact(ground.spec, attempt.evaluation, ground.standing.binding)
