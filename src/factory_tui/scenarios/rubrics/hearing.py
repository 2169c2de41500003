"""The part of an evaluation in which rubrics are judged: after every check was made, when no sandbox is open."""

import asyncio

from factory_tui.model.evaluation import Result, ScenarioResult, Trial
from factory_tui.model.ids import ScenarioId
from factory_tui.model.scenario import Layer
from factory_tui.scenarios.job import EvaluationJob, OnResult
from factory_tui.scenarios.rubrics.judge import Judge, case_of, ruled


class Hearing:
    """Tells the results of an evaluation as they land, those with a rubric after it was judged.

    Args:
        job: what is evaluated.
        judge: of rubrics; without one they are left out, and the checks alone decide.
        on_result: told each result once.
    """

    def __init__(self, job: EvaluationJob, judge: Judge | None, on_result: OnResult | None) -> None:
        self._job, self._judge, self._on_result = job, judge, on_result
        with_rubric = [each for each in job.suite.scenarios if each.scenario.judge is not None]
        self._rubrics = {each.id: each for each in with_rubric} if judge is not None else {}
        self._told = 0
        self._open = asyncio.Semaphore(job.gate.parallel)

    async def landed(self, result: ScenarioResult, _done: int, _total: int) -> None:
        """A scenario went through its checks."""
        if not self._awaits_judge(result):
            await self._tell(_without_observations(result))

    async def judged(self, results: tuple[ScenarioResult, ...]) -> tuple[ScenarioResult, ...]:
        """`results` after the rubrics of those whose checks all held were judged, several at a time.

        Those in reserve come last: a cap that they reach must not leave one that gates without a vote.
        """
        found: dict[str, ScenarioResult] = {}
        for layer in (Layer.GATE, Layer.RESERVE):
            found |= await self._side_by_side([each for each in results if each.layer is layer])
        return tuple(found[each.id] for each in results)

    async def _side_by_side(self, results: list[ScenarioResult]) -> dict[str, ScenarioResult]:
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._heard(each)) for each in results]
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None
        return {each.id: task.result() for each, task in zip(results, tasks, strict=True)}

    def _awaits_judge(self, result: ScenarioResult) -> bool:
        """A rubric may lower a result, never raise it. Burned scenarios are judged too: what misses one is held."""
        return result.id in self._rubrics and result.result is Result.PASS

    async def _heard(self, result: ScenarioResult) -> ScenarioResult:
        if not self._awaits_judge(result):
            return _without_observations(result)
        loaded = self._rubrics[ScenarioId(result.id)]
        specs = (self._job.spec, *self._job.constraints)
        assert self._judge is not None
        async with self._open:
            judgement = await self._judge.judge(case_of(loaded, result, specs, self._job.artifact.hash))
        found = ruled(loaded, _with_the_last(result), judgement)
        await self._tell(found)
        return found

    async def _tell(self, result: ScenarioResult) -> None:
        self._told += 1
        if self._on_result is not None:
            await self._on_result(result, self._told, len(self._job.suite.scenarios))


def _without_observations(result: ScenarioResult) -> ScenarioResult:
    """Only what was judged is kept: the rest is pages of output that nobody reads."""
    if not any(trial.observations for trial in result.trials):
        return result
    return result.model_copy(update={"trials": tuple(map(_bare, result.trials))})


def _with_the_last(result: ScenarioResult) -> ScenarioResult:
    return result.model_copy(update={"trials": (*map(_bare, result.trials[:-1]), result.trials[-1])})


def _bare(trial: Trial) -> Trial:
    return trial.model_copy(update={"observations": ()})
