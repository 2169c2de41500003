"""One attempt of a run: the agent builds, what it leaves is collected, judged in a fresh sandbox and filed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import NoReturn

from factory_tui.agents import BuildJob
from factory_tui.delivery import TargetError
from factory_tui.engine.burned import burned_in
from factory_tui.engine.ground import Ground, load_sealed_suite
from factory_tui.engine.held import Held
from factory_tui.engine.judge import judge_of
from factory_tui.engine.plant import Plant
from factory_tui.engine.remedy import remedy_of_gate
from factory_tui.engine.watch import RunWatch
from factory_tui.feedback import AttemptFacts, classify
from factory_tui.ledger import Caps
from factory_tui.model.artifact import Artifact
from factory_tui.model.build import BuildEnd, BuildReport
from factory_tui.model.evaluation import Evaluation, ScenarioResult
from factory_tui.model.failure import Failure, FailureClass, FailureLayer
from factory_tui.model.foreign import clean_line
from factory_tui.model.money import from_usd
from factory_tui.model.question import AgentQuestion
from factory_tui.model.run import HoldReason, RunState, Verdict
from factory_tui.sandbox.port import CollectRefused, Role, Sandbox, SandboxError, SandboxLost
from factory_tui.scenarios import EvaluationJob, evaluate
from factory_tui.store import StoredRun

SALVAGE_SECONDS = 20
"""How long a stopped attempt may take to bring its work in before its sandbox is removed."""


class EnvironmentLost(Exception):
    """The sandbox or the model's service failed during a build; says nothing about the spec."""


class NoVerdict(Exception):
    """The environment or the evaluation failed more often than `limits.infrastructure_retries` allows."""


@dataclass(frozen=True)
class Built:
    """What came out of the build sandbox."""

    report: BuildReport
    artifact: Artifact | None
    """None when it could not be taken out, for the reason in `refused`."""
    refused: str = ""


@dataclass(frozen=True)
class Attempt:
    """One finished build and what was found."""

    number: int
    report: BuildReport
    artifact: Artifact | None
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


class AttemptAtWork:
    """The steps of one attempt, in order: `build`, `judge`, `conclude`."""

    def __init__(
        self, run: StoredRun, plant: Plant, ground: Ground, number: int, earlier: Evaluation | None = None
    ) -> None:
        """
        Args:
            run: whose attempt.
            plant: the engine's means.
            ground: what the run stands on.
            number: of the attempt.
            earlier: what the attempt before was found to do.
        """
        self._run, self._plant, self._ground, self._number = run, plant, ground, number
        self._earlier = earlier
        self._store = plant.store

    async def build(self, job: BuildJob, start: Artifact) -> Built:
        """The agent works in a sandbox of its own; what it leaves is collected, then the sandbox is gone.

        Raises:
            EnvironmentLost: the sandbox or the provider failed.
            Held: the provider refuses every call of this account, or the agent asks the operator.
        """
        await self._store.move_run(self._run.run, RunState.BUILDING, attempt=self._number)
        try:
            built = await self._build(job, start)
        except SandboxLost as lost:
            raise EnvironmentLost(str(lost)) from lost
        if built.report.question is not None:
            await self._park(built, built.report.question)
        if built.report.end is BuildEnd.PROVIDER_HOLD:
            await self._store.finish_attempt(self._run.run, self._number, built.report, verdict=None, charged=False)
            raise Held(HoldReason.PROVIDER, built.report.detail, f"mend that, then retry {self._run.run}")
        if built.report.end is BuildEnd.PROVIDER:
            raise EnvironmentLost(built.report.detail)
        return built

    async def _park(self, built: Built, question: AgentQuestion) -> NoReturn:
        """Hold the run with its question: what there is of the work is kept, the attempt does not count.

        Raises:
            Held: always.
        """
        if built.artifact is not None:
            await self._keep(built.artifact, None)
        await self._store.finish_attempt(self._run.run, self._number, built.report, verdict=None, charged=False)
        await self._store.record_question(self._run.run, self._number, question)
        raise Held(HoldReason.QUESTION, question.text, f"answer {self._run.run}")

    async def judge(self, built: Built) -> Evaluation | None:
        """Judge what an agent calls done, in a fresh sandbox; None when there is nothing to judge.

        Raises:
            Held: the suite changed since it was admitted.
        """
        artifact = built.artifact
        if built.report.end is not BuildEnd.DONE or artifact is None or self._changes_nothing(artifact):
            return None
        await self._store.move_run(self._run.run, RunState.EVALUATING, attempt=self._number)
        try:
            return await self._evaluate(artifact)
        except asyncio.CancelledError:
            await self._keep_unjudged(artifact)
            raise

    async def conclude(self, built: Built, evaluation: Evaluation | None) -> Attempt:
        """Bind the artifact to its verdict, keep it on the holding branch, and file what failed.

        Raises:
            Held: the gate wants the operator.
            NoVerdict: the evaluation was broken each time.
            TargetError: the artifact cannot be kept.
        """
        verdict = evaluation.verdict if evaluation else None
        undecided = evaluation is not None and evaluation.hold is HoldReason.JUDGE
        failures = () if verdict is Verdict.PASS or undecided else self._failures(built, evaluation)
        await self._store.record_failures(self._run.run, self._number, self._run.spec, failures)
        charged = verdict is not Verdict.ERROR
        await self._store.finish_attempt(
            self._run.run, self._number, built.report, verdict=verdict, charged=charged, evaluation=evaluation
        )
        commit = await self._keep(built.artifact, verdict) if built.artifact is not None else None
        if verdict is Verdict.HELD and evaluation is not None:
            hold = evaluation.hold or HoldReason.NO_SCENARIOS
            raise Held(hold, evaluation.reason, remedy_of_gate(hold, self._run.run))
        if verdict is Verdict.ERROR and evaluation is not None:
            raise NoVerdict(f"the evaluation gave no verdict: {evaluation.reason}")
        return Attempt(self._number, built.report, built.artifact, evaluation, commit, failures)

    async def _build(self, job: BuildJob, start: Artifact) -> Built:
        agent = self._plant.make_agent(self._store.book(self._run.run, self._caps()))
        async with self._build_sandbox() as sandbox:
            await sandbox.put(start)
            watch = RunWatch(self._store, self._run.run, self._number, self._ground.leaks)
            try:
                report = await agent.build(job, sandbox, watch)
            except asyncio.CancelledError:
                await self._salvage(sandbox)
                raise
            await self._store.move_run(self._run.run, RunState.COLLECTING, attempt=self._number)
            await sandbox.kill_all()
            try:
                return Built(report, await sandbox.collect())
            except CollectRefused as refused:
                return Built(report, None, str(refused))

    async def _evaluate(self, artifact: Artifact) -> Evaluation:
        """A broken evaluation is repeated, never taken for a verdict."""
        ground = self._ground
        if load_sealed_suite(self._plant, ground.spec, ground.standing).hash != ground.suite.hash:
            raise Held(
                HoldReason.SEALED,
                "the scenarios changed while the run was building, after they were sealed",
                f"retry {self._run.run}, which seals them as they are then",
            )
        job = EvaluationJob(
            spec=ground.spec,
            suite=ground.suite,
            artifact=artifact,
            base=ground.base.files,
            base_commit=ground.base.commit,
            gate=self._plant.settings.gate,
            request=self._plant.sandbox_request(self._run.run, self._number, Role.EVALUATE, ground.image, ground.front),
            constraints=ground.standing.binding,
            twins=ground.twins,
            burned=await burned_in(ground.suite, self._plant),
        )

        async def landed(result: ScenarioResult, done: int, total: int) -> None:
            await self._store.record_scenario(self._run.run, self._number, result, done, total)

        judge = judge_of(self._run, self._number, self._caps(), self._plant)
        evaluation = await evaluate(job, self._plant.host, landed, judge, self._plant.spare)
        for _ in range(self._plant.settings.limits.infrastructure_retries):
            if evaluation.verdict is not Verdict.ERROR:
                break
            evaluation = await evaluate(job, self._plant.host, landed, judge, self._plant.spare)
        return evaluation

    def _failures(self, built: Built, evaluation: Evaluation | None) -> tuple[Failure, ...]:
        if built.artifact is None:
            cause = f"What the agent left cannot be taken out of its sandbox: {built.refused}"
            return (Failure(failure_class=FailureClass.NO_DELIVERY, layer=FailureLayer.AGENT, cause=cause),)
        return classify(
            AttemptFacts(
                spec=self._ground.spec,
                report=built.report,
                evaluation=evaluation,
                base=self._ground.base.files,
                artifact=built.artifact,
                findings=self._ground.findings,
                earlier=self._earlier,
            )
        )

    def _changes_nothing(self, artifact: Artifact) -> bool:
        return artifact.hash == self._ground.base.files.hash

    async def _keep(self, artifact: Artifact, verdict: Verdict | None) -> str | None:
        """Commit the artifact on the run's holding branch; None when it changes nothing."""
        if self._changes_nothing(artifact):
            return None
        branch = self._plant.settings.delivery.branch.format(spec=self._run.spec, run=self._run.run)
        word = verdict.value if verdict else "not judged"
        message = (
            f"{clean_line(self._ground.front.title)}\n\n"
            f"Spec: {self._run.spec} {self._ground.spec.hash[:12]}\nRun: {self._run.run}\nVerdict: {word}\n"
        )
        publish = self._plant.settings.delivery.on_pass != "patch"
        commit = await self._ground.target.hold(artifact, self._ground.base.commit, branch, message, publish=publish)
        await self._store.bind_run(self._run.run, artifact_hash=artifact.hash, commit=commit, branch=branch)
        return commit

    async def _salvage(self, sandbox: Sandbox) -> None:
        """Bring a stopped attempt's work in before its sandbox goes; what cannot be saved in time is lost."""
        try:
            async with asyncio.timeout(SALVAGE_SECONDS):
                await sandbox.kill_all()
                await self._keep_unjudged(await sandbox.collect())
        except (TimeoutError, SandboxError, TargetError) as error:
            cause = f"the work of the stopped run could not be saved: {error or 'it took too long'}"
            lost = Failure(failure_class=FailureClass.ENVIRONMENT, layer=FailureLayer.ENVIRONMENT, cause=cause)
            await self._store.record_failures(self._run.run, self._number, self._run.spec, (lost,))

    async def _keep_unjudged(self, artifact: Artifact) -> None:
        await self._keep(artifact, None)
        await self._store.finish_attempt(
            self._run.run, self._number, None, verdict=None, charged=False, ended="cancelled"
        )

    @asynccontextmanager
    async def _build_sandbox(self) -> AsyncIterator[Sandbox]:
        request = self._plant.sandbox_request(
            self._run.run, self._number, Role.BUILD, self._ground.image, self._ground.front
        )
        sandbox = await self._plant.host.create(request)
        try:
            yield sandbox
        finally:
            await sandbox.destroy()

    def _caps(self) -> Caps:
        limits = self._plant.settings.limits
        return Caps(
            call=from_usd(limits.call_usd) if limits.call_usd is not None else None,
            run=self._run.cap,
            batch=from_usd(limits.batch_usd) if limits.batch_usd is not None else None,
            day=from_usd(limits.day_usd) if limits.day_usd is not None else None,
        )
