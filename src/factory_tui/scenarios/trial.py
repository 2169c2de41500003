"""One trial of one scenario: a fresh copy, the service, the steps, the evidence."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from pydantic import JsonValue

from factory_tui.model.artifact import Artifact
from factory_tui.model.evaluation import Evidence, Measure, Result, Trial
from factory_tui.model.scenario import Scenario
from factory_tui.model.step import Condition, Service, Step
from factory_tui.sandbox.port import BackgroundProcess, Sandbox, SandboxError, SandboxLost
from factory_tui.scenarios.matching.captures import filled
from factory_tui.scenarios.matching.matchers import Mismatch, ScenarioFault
from factory_tui.scenarios.matching.values import cut
from factory_tui.scenarios.quality import longest
from factory_tui.scenarios.rubrics.observing import Observer
from factory_tui.scenarios.staging.bench import Bench
from factory_tui.scenarios.staging.clock import clock_environment
from factory_tui.scenarios.staging.environment import ports_of, seed_environment
from factory_tui.scenarios.staging.placing import with_files
from factory_tui.scenarios.steps import Situation, perform
from factory_tui.scenarios.steps.situation import printed, timeout_of
from factory_tui.scenarios.steps.wait import hold_on

GRACE_S = 30.0
"""What a trial may take beyond the bounds that its scenario states, before its sandbox counts as lost."""

STOP_S = 3.0
"""For ending one service: the grace that it has after TERM, and the rest."""

DYING_S = 0.2
"""A service that dies has closed its connections before its end can be seen."""

LOOK_S = 0.02
"""Between two looks at whether it has ended."""


async def run_trial(scenario: Scenario, tree: Artifact, bench: Bench) -> Trial:
    """Carry the scenario out once on a fresh copy of `tree`.

    Whatever the artifact causes is a fail, its sandbox breaking under it included; a fault of the scenario, or
    a sandbox that cannot be had, is an error.
    """
    started = time.monotonic()
    course = _Course(scenario, bench)
    try:
        await course.run(await bench.laid(with_files(tree, scenario.files)))
        result = Result.FAIL if course.evidence else Result.PASS
    except ScenarioFault as fault:
        result = Result.ERROR
        course.note([Mismatch("scenario", "can be carried out", str(fault))])
    except SandboxError as error:
        result = Result.ERROR
        course.note([Mismatch("sandbox", "works", str(error))])
    except OSError as error:
        result = Result.FAIL
        course.note([Mismatch("files", "the artifact fits into the sandbox", str(error))])
    await bench.quiet()
    return Trial(
        result=result,
        seconds=round(time.monotonic() - started, 3),
        evidence=tuple(course.evidence),
        measures=tuple(course.measures),
        observations=course.observer.observations,
    )


class _Course:
    """The way of one trial through its steps, and what was seen on it."""

    def __init__(self, scenario: Scenario, bench: Bench) -> None:
        self._scenario = scenario
        self._bench = bench
        self._step = 0
        self.evidence: list[Evidence] = []
        self.measures: list[Measure] = []
        self.observer = Observer()

    def note(self, mismatches: Sequence[Mismatch]) -> None:
        """Keep what did not hold, as evidence of the current step."""
        self.evidence += [
            Evidence(
                step=self._step,
                check=each.check,
                expected=cut(each.expected),
                observed=cut(each.observed),
                aspect=each.aspect,
            )
            for each in mismatches
        ]

    async def run(self, sandbox: Sandbox) -> None:
        """Service and steps. Losing the sandbox in here is the artifact's doing, if another one can still be had."""
        try:
            async with asyncio.timeout(_bound(self._scenario)):
                await self._serve_and_step(await self._situation(sandbox))
        except (SandboxLost, TimeoutError) as lost:
            await self._bench.discard()
            why_not = await self._bench.why_not_creatable()
            if why_not is not None:
                raise SandboxError(why_not) from lost
            what = str(lost) or "no answer in time"
            self.note([Mismatch("sandbox", "outlives the artifact", f"lost while the artifact ran: {what}")])
        except OSError as error:
            self.note([Mismatch("sandbox", "can carry out the step", str(error))])

    async def _situation(self, sandbox: Sandbox) -> Situation:
        variables: dict[str, JsonValue] = {}
        for name in ports_of(self._scenario):
            variables[name] = await _another_port(sandbox, variables)
        given = seed_environment(self._scenario)
        if self._scenario.clock is not None:
            given |= await clock_environment(self._scenario.clock, sandbox, self._bench.call_id())
        given |= {name: filled(value, variables) for name, value in self._scenario.env.items()}
        return Situation(sandbox, {**self._bench.environment(sandbox), **given}, variables, self._bench.call_id)

    async def _serve_and_step(self, situation: Situation) -> None:
        await self._serve(self._scenario.beside, situation)

    async def _serve(self, services: Sequence[Service], situation: Situation) -> None:
        """The first of `services`, and while it runs the others; then the steps."""
        if not services:
            await self._steps(situation)
            return
        first, *others = services
        called = _called(first, self._scenario)
        async with _started(first, situation, _bound(self._scenario)) as process:
            not_ready = await _until_ready(first, process, situation, called)
            self.note(not_ready)
            if not not_ready:
                await self._serve(others, situation)
                if self._went_wrong():
                    self._step = 0
                    self.note(await _gone(process, called, DYING_S))

    async def _steps(self, situation: Situation) -> None:
        """The steps in order, up to the first that shows wrong behaviour; a missed quality alone does not stop them."""
        for number, step in enumerate(self._scenario.steps, start=1):
            self._step = number
            outcome = await perform(step, situation)
            self.note(outcome.mismatches)
            self.note([each.missed for each in outcome.readings if each.missed is not None])
            self.measures += [each.measure(number) for each in outcome.readings]
            if self._scenario.judge is not None:
                self.observer.keep(number, outcome.shown)
            if self._went_wrong():
                return
            situation = replace(situation, variables={**situation.variables, **outcome.captures})

    def _went_wrong(self) -> bool:
        """Whether behaviour was wrong, not only a quality missed."""
        return any(not each.is_quality for each in self.evidence)


async def _another_port(sandbox: Sandbox, taken: Mapping[str, JsonValue]) -> int:
    while (port := await sandbox.free_port()) in taken.values():
        pass
    return port


@asynccontextmanager
async def _started(service: Service, situation: Situation, life_s: float) -> AsyncIterator[BackgroundProcess]:
    """The service's process, stopped at the end. After an exception the sandbox is cleared as a whole instead."""
    process = await situation.sandbox.start(situation.command(service.run, life_s))
    yield process
    await process.stop()


def _called(service: Service, scenario: Scenario) -> str:
    """How evidence names a service: only where there are several it needs more."""
    if len(scenario.beside) == 1:
        return ""
    return f"service {scenario.beside.index(service) + 1}, {cut(service.run, 100)}: "


async def _until_ready(
    service: Service, process: BackgroundProcess, situation: Situation, called: str
) -> list[Mismatch]:
    """Empty when the service answers and its process is still there; else with what it printed.

    A service that ends before it is ready, or goes to the background by itself, is not one that can be stopped.
    """
    unmet = await hold_on(service.ready, situation, "service ready", until=process)
    ended = await _gone(process, called)
    if ended or not unmet:
        return ended
    last_words = printed(await process.stop())
    return [Mismatch(each.check, called + each.expected, f"{each.observed}\n{last_words}".strip()) for each in unmet]


async def _gone(process: BackgroundProcess, called: str, patience_s: float = 0.0) -> list[Mismatch]:
    """What to note when the service has ended, or does so within `patience_s`, with what it printed."""
    loop = asyncio.get_running_loop()
    end = loop.time() + patience_s
    while (code := await process.poll()) is None:
        if loop.time() >= end:
            return []
        await asyncio.sleep(LOOK_S)
    last_words = printed(await process.stop())
    return [Mismatch("service", f"{called}keeps running", f"ended with exit code {code}\n{last_words}".strip())]


def _bound(scenario: Scenario) -> float:
    """Seconds after which the trial must be over if the sandbox still answers."""
    waits = [step.wait for step in scenario.steps if step.wait is not None]
    waited = sum(each.within if isinstance(each, Condition) else each for each in waits)
    served = sum(each.ready.within + STOP_S for each in scenario.beside)
    return sum(_longest(step) for step in scenario.steps) + waited + served + GRACE_S


def _longest(step: Step) -> float:
    once = 0.0 if step.kind == "wait" else timeout_of(step)
    return once if step.quality is None else once + longest(step.quality, once)
