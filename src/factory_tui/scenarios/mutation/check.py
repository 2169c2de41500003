"""Run a suite against small changes of an artifact that passes it, and stop at the first scenario that notices."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from factory_tui.model.artifact import Artifact
from factory_tui.model.evaluation import Evaluation, Result
from factory_tui.model.mutation import Fate, Mutant, MutantFate, MutationReport
from factory_tui.model.run import Verdict
from factory_tui.model.scenario import Layer, LoadedScenario, Suite
from factory_tui.sandbox.port import SandboxError, SandboxHost
from factory_tui.scenarios.job import EvaluationJob
from factory_tui.scenarios.lanes import Lanes, Spare
from factory_tui.scenarios.mutation.nearest import nearest_rule
from factory_tui.scenarios.mutation.plan import mutated
from factory_tui.scenarios.mutation.planning import PlanFailed, plan_apart
from factory_tui.scenarios.quality import measures_time
from factory_tui.scenarios.staging.bench import Bench
from factory_tui.scenarios.staging.setup import SetupFailed, set_up
from factory_tui.scenarios.suite import carry_out, evaluate

LIMIT = 30
"""Mutants that are tried unless more are asked for."""

MINUTES = 30.0
"""A check ends after this unless told otherwise; what is left then is untried."""

SET_UP = "set-up"
"""What caught a mutant that the set-up commands did not take."""

_PATIENCE_S = 10.0
_PATIENCE_TIMES = 5.0
"""A scenario may take this many times as long as on the unchanged artifact, and at least `_PATIENCE_S`: a change that
makes a program loop for ever is noticed by whoever waits for it."""

OnFate = Callable[[MutantFate, int, int], Awaitable[None]]
"""Told each fate as it lands: the fate, how many are known, how many there are."""


class CheckRefused(Exception):
    """There is nothing that could be checked.

    Args:
        what: why not.
        todo: what to do about it.
        missing: something that is needed is missing.
    """

    def __init__(self, what: str, todo: str, missing: bool = False) -> None:
        super().__init__(what)
        self.what, self.todo, self.missing = what, todo, missing


@dataclass(frozen=True, slots=True)
class MutationOrder:
    """What is to be checked."""

    job: EvaluationJob
    """The artifact as it shipped, and its whole suite as it is now."""
    run: str
    """Whose artifact it is."""
    limit: int = LIMIT
    minutes: float = MINUTES
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the operator has seen enough: what is not tried by then stays untried."""


async def check_mutants(
    order: MutationOrder,
    host: SandboxHost,
    now: Callable[[], datetime],
    on_fate: OnFate | None = None,
    spare: Spare | None = None,
) -> MutationReport:
    """Try the changes, in up to `[gate] parallel` sandboxes.

    Raises:
        CheckRefused: the unchanged artifact does not pass, or nothing could notice a change of it.
    """
    began = time.monotonic()
    proving, left_out = _proving(order.job)
    passed = await _unchanged(replace(order.job, suite=proving), host, spare)
    try:
        made = await plan_apart(order.job.artifact, order.job.base, order.limit)
    except PlanFailed as failed:
        what, _, todo = str(failed).partition("\n")
        raise CheckRefused(what, todo) from failed
    found = list(mutated(order.job.artifact, made.chosen))
    course = _Course(order, _in_order(proving, passed), found, on_fate)
    await course.run(Lanes(host, order.job.request, order.job.base, _lanes(order, host), spare))
    return MutationReport(
        spec=order.job.spec.id,
        run=order.run,
        suite_hash=order.job.suite.hash,
        fates=course.fates(),
        candidates=made.candidates,
        seconds=round(time.monotonic() - began, 3),
        when=now(),
        left_out=left_out,
    )


def _proving(job: EvaluationJob) -> tuple[Suite, tuple[str, ...]]:
    """The scenarios that decide and can be repeated at will, and the names of the others."""
    takes_part = {
        each.id
        for each in job.suite.scenarios
        if each.scenario.layer is Layer.GATE and not job.burned.get(each.id) and not measures_time(each.scenario)
    }
    if not takes_part:
        raise CheckRefused(
            f"no scenario of {job.spec.id} could notice a change: all are reserve, burned, or measure time",
            "write a gate scenario about what the command does",
        )
    inside = tuple(each for each in job.suite.scenarios if each.id in takes_part)
    left_out = tuple(each.id for each in job.suite.scenarios if each.id not in takes_part)
    return job.suite.model_copy(update={"scenarios": inside}), left_out


async def _unchanged(job: EvaluationJob, host: SandboxHost, spare: Spare | None) -> Evaluation:
    """What the suite says about the artifact as it shipped. Raises `CheckRefused` unless that is a pass."""
    found = await evaluate(job, host, spare=spare)
    if found.verdict is Verdict.ERROR:
        raise CheckRefused(f"the unchanged artifact got no verdict: {found.reason}", "factory-tui doctor", missing=True)
    if found.verdict is not Verdict.PASS:
        raise CheckRefused(
            f"the unchanged artifact does not pass the suite as it is now: {found.reason}",
            f"mend the scenario or run {job.spec.id} again; a change of what is wrong already tells nothing",
        )
    return found


def _in_order(suite: Suite, passed: Evaluation) -> list[tuple[LoadedScenario, float]]:
    """Those that cover most rules first, the quick ones of these before the slow; with how long each may take."""
    seconds = {each.id: sum(trial.seconds for trial in each.trials) for each in passed.scenarios}
    ordered = sorted(suite.scenarios, key=lambda each: (-len(each.scenario.covers), seconds.get(each.id, 0.0)))
    once = [(_once(each), seconds.get(each.id, 0.0)) for each in ordered]
    return [(each, max(_PATIENCE_S, _PATIENCE_TIMES * took)) for each, took in once]


def _once(loaded: LoadedScenario) -> LoadedScenario:
    """One trial is enough to notice something."""
    return loaded.model_copy(update={"scenario": loaded.scenario.model_copy(update={"trials": 1})})


def _lanes(order: MutationOrder, host: SandboxHost) -> int:
    """Side by side only where a service of one sandbox cannot be in the way of another's."""
    return order.job.gate.parallel if host.capabilities().network_isolated else 1


class _Course:
    """The mutants on their way through the lanes."""

    def __init__(
        self,
        order: MutationOrder,
        scenarios: Sequence[tuple[LoadedScenario, float]],
        found: Sequence[tuple[Mutant, Artifact]],
        on_fate: OnFate | None,
    ) -> None:
        self._order, self._scenarios, self._found, self._on_fate = order, scenarios, found, on_fate
        self._waiting = list(range(len(found)))
        self._fates: dict[int, MutantFate] = {}
        self._telling = asyncio.Lock()

    def fates(self) -> tuple[MutantFate, ...]:
        """One for every mutant, in the order of the plan."""
        why = "stopped" if self._order.stop.is_set() else f"the {self._order.minutes:g} minutes were over"
        late = [MutantFate(mutant=mutant, fate=Fate.UNTRIED, why=why) for mutant, _ in self._found]
        return tuple(self._fates.get(number, late[number]) for number in range(len(self._found)))

    async def run(self, lanes: Lanes) -> None:
        """Until all are tried, the time is over, or the operator has seen enough."""
        work = asyncio.create_task(self._side_by_side(lanes), name="mutation lanes")
        stopped = asyncio.create_task(self._order.stop.wait(), name="mutation stop")
        try:
            await asyncio.wait({work, stopped}, timeout=self._order.minutes * 60, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            if not work.done():
                work.cancel()
            await asyncio.wait({work, stopped})
        if not work.cancelled():
            work.result()

    async def _side_by_side(self, lanes: Lanes) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for number in range(min(lanes.most, len(self._found))):
                    if number == 0 or lanes.spare is None or lanes.spare.take():
                        group.create_task(self._lane(lanes, own=number == 0))
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None

    async def _lane(self, lanes: Lanes, *, own: bool) -> None:
        try:
            async with lanes.bench() as bench:
                while self._waiting:
                    number = self._waiting.pop(0)
                    await self._land(number, await self._fate(*self._found[number], bench))
        finally:
            if not own and lanes.spare is not None:
                lanes.spare.give_back()

    async def _land(self, number: int, fate: MutantFate) -> None:
        self._fates[number] = fate
        if self._on_fate is not None:
            async with self._telling:
                await self._on_fate(fate, len(self._fates), len(self._found))

    async def _fate(self, mutant: Mutant, artifact: Artifact, bench: Bench) -> MutantFate:
        """What breaks the sandbox itself says nothing; what takes too long, or cannot be set up, is noticed."""
        try:
            tree = await set_up(self._order.job.setup, artifact, bench)
        except SetupFailed:
            return MutantFate(mutant=mutant, fate=Fate.CAUGHT, caught_by=SET_UP)
        except SandboxError as error:
            return MutantFate(mutant=mutant, fate=Fate.UNTRIED, why=str(error).partition("\n")[0])
        for loaded, patience in self._scenarios:
            result, why = await self._result(loaded, patience, tree, bench)
            if result is Result.ERROR:
                return MutantFate(mutant=mutant, fate=Fate.UNTRIED, why=why)
            if result is not Result.PASS:
                return MutantFate(mutant=mutant, fate=Fate.CAUGHT, caught_by=loaded.id)
        rule = nearest_rule(mutant, self._order.job.spec.rules)
        return MutantFate(
            mutant=mutant,
            fate=Fate.SURVIVED,
            nearest_rule=rule.id if rule else "",
            nearest_text=rule.text if rule else "",
        )

    async def _result(
        self, loaded: LoadedScenario, patience: float, tree: Artifact, bench: Bench
    ) -> tuple[Result, str]:
        try:
            async with asyncio.timeout(patience):
                found = await carry_out(loaded, tree, bench, 1)
        except TimeoutError:
            with suppress(SandboxError):
                await bench.discard()
            return Result.FAIL, ""
        return found.result, next((each.observed.partition("\n")[0] for each in found.evidence), "")
