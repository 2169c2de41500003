"""Judge one artifact: set it up once, take every scenario through its trials, let the gate decide."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from factory_tui.model.artifact import EMPTY, Artifact
from factory_tui.model.evaluation import Evaluation, Evidence, Result, ScenarioResult, Trial
from factory_tui.model.run import Verdict
from factory_tui.model.scenario import Layer, LoadedScenario, Scenario
from factory_tui.sandbox.port import SandboxError, SandboxHost
from factory_tui.scenarios.gate import Ruling, decide
from factory_tui.scenarios.job import EvaluationJob, OnResult
from factory_tui.scenarios.lanes import Lanes, Spare
from factory_tui.scenarios.rubrics.hearing import Hearing
from factory_tui.scenarios.rubrics.judge import Judge
from factory_tui.scenarios.soundness import Fault, faults_of
from factory_tui.scenarios.staging.bench import Bench
from factory_tui.scenarios.staging.placing import laid_over
from factory_tui.scenarios.staging.setup import SetupFailed, set_up
from factory_tui.scenarios.staging.shadows import modules_of
from factory_tui.scenarios.staging.stand_ins import own_programs, programs_in, programs_of, stand_ins
from factory_tui.scenarios.trial import run_trial


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of running a suite. With `setup_failed` or `broken` there are no results."""

    results: tuple[ScenarioResult, ...] = ()
    setup_failed: str | None = None
    """First line: the command and how it ended; then what it printed."""
    broken: str | None = None
    """Why there was no sandbox to run in."""


async def evaluate(
    job: EvaluationJob,
    host: SandboxHost,
    on_result: OnResult | None = None,
    judge: Judge | None = None,
    spare: Spare | None = None,
) -> Evaluation:
    """Judge `job.artifact` in fresh sandboxes; the results in the order of the suite.

    Never raises for what the artifact or the sandbox does: a sandbox that cannot be had is the verdict `error`.
    Nothing is run when no scenario could let the artifact pass.

    Args:
        job: what to judge.
        host: makes the sandboxes.
        on_result: told each result as it lands.
        judge: of rubrics, for everything that is a verdict; without one the checks alone decide.
        spare: bounds the sandboxes beyond the first, for whoever evaluates more than one artifact at a time.
    """
    gated = any(each.scenario.layer is Layer.GATE for each in job.suite.scenarios)
    hearing = Hearing(job, judge, on_result)
    judged = await run_suite(job, host, hearing.landed, spare) if gated else Judged()
    judged = replace(judged, results=await hearing.judged(judged.results))
    ruling = _ruling(judged)
    return Evaluation(
        spec=job.spec.id,
        verdict=ruling.verdict,
        reason=ruling.reason,
        hold=ruling.hold,
        scenarios=judged.results,
        spec_hash=job.spec.hash,
        suite_hash=job.suite.hash,
        image=job.request.image or host.name,
        base_commit=job.base_commit,
        artifact_hash=job.artifact.hash,
        twins=dict(job.twins),
        setup_failed=judged.setup_failed,
        judge=judge.model if judge is not None and any(each.judgement for each in judged.results) else "",
    )


async def run_suite(
    job: EvaluationJob,
    host: SandboxHost,
    on_result: OnResult | None = None,
    spare: Spare | None = None,
) -> Judged:
    """Set up once, then run every scenario, whatever its layer, in up to `[gate] parallel` fresh sandboxes."""
    lanes = Lanes(host, job.request, job.base, job.gate.parallel, spare)
    async with lanes.bench() as first:
        try:
            forbidden, first.own_first = await _stand_ins(job, first)
            lanes = replace(lanes, own_first=first.own_first)
            tree = await set_up(job.setup, job.artifact, first)
        except SetupFailed as failed:
            return Judged(setup_failed=str(failed))
        except SandboxError as error:
            return Judged(broken=str(error))

        modules = modules_of(tree, job.base, job.spec.text)

        async def work(loaded: LoadedScenario, bench: Bench) -> ScenarioResult:
            fakes = stand_ins(loaded, forbidden, modules, job.base)
            found = await carry_out(loaded, tree, bench, job.gate.trials, fakes)
            return found.model_copy(update={"burned": job.burned.get(loaded.id, "")})

        async def landed(result: ScenarioResult, done: int) -> None:
            if on_result is not None:
                await on_result(result, done, len(job.suite.scenarios))

        return Judged(await lanes.spread(job.suite.scenarios, first, work, landed))


def combine(trials: Sequence[Trial]) -> Result:
    """Trials → result: one error and nothing was measured; all must pass; trials that disagree are flaky."""
    seen = {trial.result for trial in trials}
    if not seen or Result.ERROR in seen:
        return Result.ERROR
    return seen.pop() if len(seen) == 1 else Result.FLAKY


async def _stand_ins(job: EvaluationJob, bench: Bench) -> tuple[frozenset[str], bool]:
    """The artifact's programs that would run instead of the sandbox's own, and whether its programs come first at all.

    They do where base or spec want a program that the sandbox has as well. Else the sandbox's own come first, so that
    no program of the artifact can put others in front of them while it runs. Asked before anything of it has run.
    """
    names = programs_in(job.artifact)
    if not names:
        return names, False
    foreign = own_programs(job)
    doubled = await programs_of(await bench.laid(EMPTY), names)
    return doubled & foreign, bool(doubled - foreign)


async def carry_out(
    loaded: LoadedScenario, tree: Artifact, bench: Bench, default_trials: int, fakes: tuple[Evidence, ...] = ()
) -> ScenarioResult:
    """Take one scenario through its trials on `tree`.

    Args:
        loaded: the scenario.
        tree: what each trial starts from.
        bench: where.
        default_trials: how many, unless the scenario says.
        fakes: what of the artifact would answer instead of the sandbox's own programs.
    """
    scenario = loaded.scenario
    trials: list[Trial] = []
    if fault := next(faults_of(scenario), None):
        trials.append(_unsound(fault))
    elif fakes:
        trials.append(Trial(result=Result.FAIL, seconds=0.0, evidence=fakes))
    else:
        start = laid_over(tree, loaded.fixtures)
        for _ in range(scenario.trials or default_trials):
            trials.append(await run_trial(scenario, start, bench))
            if trials[-1].result is Result.ERROR:
                break
    return ScenarioResult(
        id=scenario.id,
        covers=scenario.covers,
        kind=scenario.kind,
        layer=scenario.layer,
        base=scenario.base,
        result=combine(trials),
        hash=loaded.hash,
        trials=tuple(trials),
        sentence=_sentence(scenario),
    )


def _unsound(fault: Fault) -> Trial:
    evidence = Evidence(step=0, check="scenario", expected="can be carried out", observed=str(fault))
    return Trial(result=Result.ERROR, seconds=0.0, evidence=(evidence,))


def _sentence(scenario: Scenario) -> str:
    return f"Given {scenario.given} · when {scenario.when} · then {scenario.then}"


def _ruling(judged: Judged) -> Ruling:
    """Without results, the reason why there are none decides; else the gate."""
    if judged.setup_failed is not None:
        return Ruling(Verdict.FAIL, f"set-up failed: {judged.setup_failed.splitlines()[0]}")
    if judged.broken is not None:
        return Ruling(Verdict.ERROR, judged.broken)
    return decide(judged.results)
