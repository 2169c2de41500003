"""The loop of one run, top to bottom: prepare → build → collect → evaluate → ship, or file the failure.

Read `Workstream.run_to_rest` first. Each step commits its intent (the state), has its effect, then commits the
outcome, so that whoever starts after a crash can tell what was begun from what was done.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from factory_tui.agents.port import BuildJob
from factory_tui.delivery import NotShipped, TargetError, open_target
from factory_tui.engine.ground import Ground, load_sealed_suite, prepare_ground
from factory_tui.engine.held import Held
from factory_tui.engine.plant import Plant
from factory_tui.engine.watch import RunWatch
from factory_tui.feedback import AttemptFacts, classify, redact
from factory_tui.ledger import Caps
from factory_tui.model.artifact import Artifact
from factory_tui.model.build import BuildEnd, BuildReport
from factory_tui.model.evaluation import Evaluation, Feedback, ScenarioResult
from factory_tui.model.failure import Failure, FailureClass, FailureLayer
from factory_tui.model.money import from_usd
from factory_tui.model.run import HoldReason, RunState, Verdict
from factory_tui.sandbox.port import CollectRefused, Role, Sandbox, SandboxError, SandboxLost, SandboxUnavailable
from factory_tui.scenarios import EvaluationJob, evaluate, scenarios_dir
from factory_tui.store import StoredRun

SALVAGE_SECONDS = 20
"""How long a stopped run may take to bring its work in before its sandbox is removed."""


@dataclass(frozen=True)
class Attempt:
    """One finished build and what was found."""

    number: int
    report: BuildReport
    artifact: Artifact
    evaluation: Evaluation | None
    """None when there was nothing to judge."""
    commit: str | None
    failures: tuple[Failure, ...]

    @property
    def passed(self) -> bool:
        return self.evaluation is not None and self.evaluation.verdict is Verdict.PASS

    @property
    def may_be_repeated(self) -> bool:
        """Only an agent that said it was done can use feedback; one that hit a cap would hit it again."""
        return self.report.end is BuildEnd.DONE


class EnvironmentLost(Exception):
    """The sandbox or the model's service failed during a build; says nothing about the spec."""


class NoVerdict(Exception):
    """The environment or the evaluation failed more often than `limits.infrastructure_retries` allows."""


class Workstream:
    """One run on its way through the loop."""

    def __init__(self, run: StoredRun, plant: Plant) -> None:
        self._run = run
        self._plant = plant
        self._store = plant.store
        self._deadline = plant.now() + timedelta(minutes=run.run_minutes)
        self.cancelled_by_operator = False
        """Tells a cancelled task whether the operator stopped the run or the engine stops."""

    async def run_to_rest(self) -> None:
        """Take the run to a state in which it stays; never raises except when cancelled."""
        try:
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
        except Held as held:
            await self._rest(RunState.HELD, held.why, held.remedy, held.reason)
        except SandboxUnavailable as error:
            what, _, todo = str(error).partition("\n")
            await self._rest(RunState.HELD, what, todo or "factory-tui doctor", HoldReason.NO_SANDBOX)
        except TargetError as error:
            await self._rest(RunState.HELD, error.what, error.todo, HoldReason.TARGET)
        except asyncio.CancelledError:
            await self._stopped()
            raise
        except NoVerdict as error:
            await self._rest(RunState.ERROR, str(error), f"retry {self._run.run}")
        except Exception as error:  # noqa: BLE001 - the outermost edge of a run: it ends, the night goes on
            await self._rest(RunState.ERROR, f"{type(error).__name__}: {error}", f"retry {self._run.run}")

    async def _attempt_until_settled(self, ground: Ground) -> Attempt:
        """Attempts until one passes or none is left; the environment's failures are not counted."""
        start, feedback, free = ground.base.files, None, 0
        while True:
            number = await self._store.start_attempt(self._run.run)
            try:
                attempt = await self._attempt(ground, number, start, feedback)
            except EnvironmentLost as lost:
                free += 1
                await self._file_lost_environment(number, str(lost), free)
                continue
            if attempt.passed or number >= self._run.attempts or not attempt.may_be_repeated:
                return attempt
            start = attempt.artifact
            feedback = self._feedback(ground, attempt)
            await self._store.record_disclosure(self._run.run, number, feedback)

    async def _attempt(self, ground: Ground, number: int, start: Artifact, feedback: Feedback | None) -> Attempt:
        try:
            report, artifact = await self._build(ground, number, start, feedback)
        except SandboxLost as lost:
            raise EnvironmentLost(str(lost)) from lost
        if report.end is BuildEnd.PROVIDER_HOLD:
            await self._store.finish_attempt(self._run.run, number, report, verdict=None, charged=False)
            raise Held(HoldReason.PROVIDER, report.detail, f"mend that, then retry {self._run.run}")
        if report.end is BuildEnd.PROVIDER:
            raise EnvironmentLost(report.detail)
        evaluation = None
        if report.end is BuildEnd.DONE and artifact.hash != ground.base.files.hash:
            evaluation = await self._evaluate(ground, number, artifact)
        return await self._conclude(ground, number, report, artifact, evaluation)

    async def _build(
        self, ground: Ground, number: int, start: Artifact, feedback: Feedback | None
    ) -> tuple[BuildReport, Artifact]:
        """The agent works in a sandbox of its own; what it leaves is collected, then the sandbox is gone."""
        await self._store.move_run(self._run.run, RunState.BUILDING, attempt=number)
        job = BuildJob(
            spec=ground.spec,
            run=self._run.run,
            attempt=number,
            profile=ground.profile,
            context=ground.context,
            constraints=ground.constraints,
            feedback=feedback,
            deadline=self._deadline,
            max_turns=self._run.max_turns,
            instructions=ground.instructions,
        )
        agent = self._plant.make_agent(self._store.book(self._run.run, self._caps()))
        async with self._sandbox(Role.BUILD, number, ground) as sandbox:
            await sandbox.put(start)
            try:
                report = await agent.build(job, sandbox, RunWatch(self._store, self._run.run, number))
            except asyncio.CancelledError:
                await self._salvage(ground, number, sandbox)
                raise
            await self._store.move_run(self._run.run, RunState.COLLECTING, attempt=number)
            await sandbox.kill_all()
            try:
                return report, await sandbox.collect()
            except CollectRefused as refused:
                raise SandboxError(f"the work could not be taken out of the sandbox: {refused}") from refused

    async def _evaluate(self, ground: Ground, number: int, artifact: Artifact) -> Evaluation:
        """Judge the artifact in a fresh sandbox; a broken evaluation is repeated, never taken for a verdict."""
        await self._store.move_run(self._run.run, RunState.EVALUATING, attempt=number)
        suite = load_sealed_suite(self._plant, ground.spec)
        if suite.hash != ground.suite.hash:
            raise Held(
                HoldReason.ADMISSION,
                "the scenarios changed while the run was building, and the new ones are not admitted",
                f"retry {self._run.run}",
            )
        job = EvaluationJob(
            spec=ground.spec,
            suite=suite,
            artifact=artifact,
            base=ground.base.files,
            base_commit=ground.base.commit,
            gate=self._plant.settings.gate,
            request=self._plant.sandbox_request(self._run.run, number, Role.EVALUATE, ground.image, ground.front),
        )

        async def landed(result: ScenarioResult, done: int, total: int) -> None:
            await self._store.record_scenario(self._run.run, number, result, done, total)

        evaluation = await evaluate(job, self._plant.host, landed)
        for _ in range(self._plant.settings.limits.infrastructure_retries):
            if evaluation.verdict is not Verdict.ERROR:
                break
            evaluation = await evaluate(job, self._plant.host, landed)
        return evaluation

    async def _conclude(
        self, ground: Ground, number: int, report: BuildReport, artifact: Artifact, evaluation: Evaluation | None
    ) -> Attempt:
        """Bind the artifact to its verdict, keep it on the holding branch, and file what failed."""
        verdict = evaluation.verdict if evaluation else None
        facts = AttemptFacts(
            spec=ground.spec, report=report, evaluation=evaluation, base=ground.base.files, artifact=artifact
        )
        failures = () if verdict is Verdict.PASS else classify(facts)
        commit = await self._hold_artifact(ground, artifact, verdict)
        await self._store.bind_run(self._run.run, artifact_hash=artifact.hash, commit=commit)
        await self._store.record_failures(self._run.run, number, self._run.spec, failures)
        charged = verdict is not Verdict.ERROR
        await self._store.finish_attempt(
            self._run.run, number, report, verdict=verdict, charged=charged, evaluation=evaluation
        )
        if verdict is Verdict.HELD and evaluation is not None:
            raise Held(HoldReason.NO_SCENARIOS, evaluation.reason, "mend the suite, then retry")
        if verdict is Verdict.ERROR and evaluation is not None:
            raise NoVerdict(f"the evaluation gave no verdict: {evaluation.reason}")
        return Attempt(number, report, artifact, evaluation, commit, failures)

    async def _hold_artifact(self, ground: Ground, artifact: Artifact, verdict: Verdict | None) -> str | None:
        """Commit the artifact on the run's holding branch; None when it changes nothing."""
        if artifact.hash == ground.base.files.hash:
            return None
        branch = self._plant.settings.delivery.branch.format(spec=self._run.spec, run=self._run.run)
        word = verdict.value if verdict else "not judged"
        message = (
            f"{ground.front.title}\n\n"
            f"Spec: {self._run.spec} {ground.spec.hash[:12]}\nRun: {self._run.run}\nVerdict: {word}\n"
        )
        commit = await ground.target.hold(artifact, ground.base.commit, branch, message)
        await self._store.bind_run(self._run.run, branch=branch)
        return commit

    def _feedback(self, ground: Ground, attempt: Attempt) -> Feedback:
        if attempt.evaluation is None:
            return Feedback(rules=(), passed=0, total=0, nothing_delivered=True)
        return redact(ground.spec, attempt.evaluation)

    async def _ship(self, ground: Ground, attempt: Attempt) -> None:
        """Advance the target's base by compare-and-swap, or hold the run with what stands in the way."""
        await self._store.move_run(self._run.run, RunState.SHIPPING, attempt=attempt.number)
        if attempt.commit is None:
            raise Held(HoldReason.DELIVERY, "the artifact changes nothing on the base", "park the spec: it is met")
        if self._plant.settings.delivery.on_pass == "merge":
            answer = await ground.target.ship(attempt.commit, ground.base.commit)
            if isinstance(answer, NotShipped):
                raise Held(answer.reason, answer.what, answer.remedy)
        await self._rest(RunState.SHIPPED, "", "")

    async def _file_lost_environment(self, number: int, why: str, times: int) -> None:
        """Record an uncharged attempt; raise `NoVerdict` when the environment fails too often."""
        failure = Failure(failure_class=FailureClass.ENVIRONMENT, layer=FailureLayer.ENVIRONMENT, cause=why)
        await self._store.record_failures(self._run.run, number, self._run.spec, (failure,))
        await self._store.finish_attempt(self._run.run, number, None, verdict=None, charged=False)
        if times > self._plant.settings.limits.infrastructure_retries:
            raise NoVerdict(f"the environment failed {times} times; last: {why}")
        await self._store.move_run(self._run.run, RunState.PREPARING, why=f"the environment failed: {why}")

    async def _fail(self, attempt: Attempt) -> None:
        classes = list(dict.fromkeys(each.failure_class.value for each in attempt.failures))
        why = f"{classes[0]}: {attempt.failures[0].cause}" if classes else attempt.report.detail
        await self._rest(RunState.FAILED, why, "mend the spec, then `run` it again")

    async def _was_held_at_the_door(self) -> bool:
        """True when the run passed before and only the target would not take it."""
        return self._run.commit is not None and await self._store.passed(self._run.run)

    async def _ship_again(self) -> None:
        await self._store.move_run(self._run.run, RunState.SHIPPING)
        target = await open_target(
            self._plant.workspace,
            self._run.target,
            self._run.base,
            holdout=scenarios_dir(self._plant.workspace, self._plant.settings),
        )
        assert self._run.commit is not None
        assert self._run.base_commit is not None
        answer = await target.ship(self._run.commit, self._run.base_commit)
        if isinstance(answer, NotShipped):
            raise Held(answer.reason, answer.what, answer.remedy)
        await self._rest(RunState.SHIPPED, "", "")

    async def _stopped(self) -> None:
        """Leave a cancelled run where it belongs: cancelled by the operator, or back in the queue."""
        if self.cancelled_by_operator:
            await self._rest(RunState.CANCELLED, "cancelled by the operator", f"retry {self._run.run}")
        else:
            await self._rest(RunState.QUEUED, "the engine was stopped during the run", "")

    async def _salvage(self, ground: Ground, number: int, sandbox: Sandbox) -> None:
        """Bring a stopped run's work in before its sandbox goes; what cannot be saved in time is lost."""
        try:
            async with asyncio.timeout(SALVAGE_SECONDS):
                await sandbox.kill_all()
                artifact = await sandbox.collect()
                commit = await self._hold_artifact(ground, artifact, None)
                await self._store.bind_run(self._run.run, artifact_hash=artifact.hash, commit=commit)
                await self._store.finish_attempt(
                    self._run.run, number, None, verdict=None, charged=False, ended="cancelled"
                )
        except (TimeoutError, SandboxError, TargetError) as error:
            why = f"the work of the stopped run could not be saved: {error or 'it took too long'}"
            await self._store.record_failures(
                self._run.run,
                number,
                self._run.spec,
                (Failure(failure_class=FailureClass.ENVIRONMENT, layer=FailureLayer.ENVIRONMENT, cause=why),),
            )

    @asynccontextmanager
    async def _sandbox(self, role: Role, number: int, ground: Ground) -> AsyncIterator[Sandbox]:
        request = self._plant.sandbox_request(self._run.run, number, role, ground.image, ground.front)
        sandbox = await self._plant.host.create(request)
        try:
            yield sandbox
        finally:
            await sandbox.destroy()

    async def _rest(self, state: RunState, why: str, remedy: str, hold: HoldReason | None = None) -> None:
        await self._store.move_run(self._run.run, state, why=why, hold=hold, remedy=remedy)

    def _caps(self) -> Caps:
        limits = self._plant.settings.limits
        return Caps(
            call=from_usd(limits.call_usd) if limits.call_usd is not None else None,
            run=self._run.cap,
            batch=from_usd(limits.batch_usd) if limits.batch_usd is not None else None,
            day=from_usd(limits.day_usd) if limits.day_usd is not None else None,
        )
