"""Judging what a run left once more, without an engine: the same inputs have to give the same verdict."""

from dataclasses import dataclass
from pathlib import Path

from factory_tui.config import Settings
from factory_tui.engine.recorded import NotRecorded, what_is_left
from factory_tui.engine.standalone import (
    Unusable,
    burned_now,
    host_alone,
    joined_suite,
    judge_alone,
    request_alone,
    suite_now,
)
from factory_tui.model.binding import Binding, BoundAttempt, BoundRun, Difference
from factory_tui.model.evaluation import Evaluation
from factory_tui.model.spec import Spec
from factory_tui.model.standing import Standing
from factory_tui.sandbox.port import Role
from factory_tui.scenarios import EvaluationJob, OnResult, evaluate
from factory_tui.specs import SpecUnreadable, parse, read_spec, specs_dir
from factory_tui.store.reader import Reader
from factory_tui.twins import twin_versions


@dataclass(frozen=True, slots=True)
class Again:
    """A verdict beside the one on record."""

    evaluation: Evaluation
    recorded: BoundAttempt
    differs: tuple[Difference, ...]
    """Inputs that are not what they were."""
    results_differ: tuple[str, ...]
    """Scenarios with another result, and those that are judged in one of the two only."""

    @property
    def same(self) -> bool:
        """The same verdict, scenario by scenario."""
        return self.evaluation.verdict.value == self.recorded.verdict and not self.results_differ


async def evaluate_again(
    workspace: Path,
    settings: Settings,
    spec_id: str,
    run: str,
    attempt: int | None = None,
    on_result: OnResult | None = None,
) -> Again:
    """Judge the artifact of a run by its recorded spec, base and constraints, and by the suite as it is now.

    Args:
        workspace: whose history has the run.
        settings: of the workspace.
        spec_id: the spec of the run.
        run: its id.
        attempt: which one; the last that was judged when not given.
        on_result: told each scenario's result as it lands.

    Raises:
        NotRecorded: there is no such run or attempt, or its artifact is gone.
        Unusable: a scenario file cannot be used.
        TargetError: the target cannot be read.
        SandboxUnavailable: no sandbox can be created here.
        StoreError: the history cannot be read.
    """
    bound, chosen = _recorded(workspace, spec_id, run, attempt)
    spec = parse(specs_dir(workspace) / f"{spec_id}.md", bound.spec_text)
    standing = Standing(binding=_constraints(workspace, bound))
    suite = joined_suite(workspace, settings, suite_now(workspace, settings, spec_id), standing)
    left = await what_is_left(workspace, settings, bound, chosen.binding.artifact_hash)
    async with host_alone(workspace, settings) as host:
        request = await request_alone(workspace, settings, host, Role.EVALUATE)
        job = EvaluationJob(
            spec=spec,
            suite=suite,
            artifact=left.artifact,
            base=left.base,
            base_commit=left.base_commit,
            gate=settings.gate,
            request=request,
            constraints=standing.binding,
            burned=burned_now(workspace, suite),
            twins=twin_versions(workspace, settings, spec_id),
        )
        found = await evaluate(job, host, on_result, judge_alone(workspace, settings))
    differs = (*chosen.binding.differences(Binding.of(found)), *_other_burns(chosen, found))
    return Again(found, chosen, differs, _other_results(chosen, found))


def _recorded(workspace: Path, spec_id: str, run: str, attempt: int | None) -> tuple[BoundRun, BoundAttempt]:
    with Reader(workspace / "runs.db") as reader:
        bound = reader.bound_run(run)
    if bound is None:
        raise NotRecorded(f"there is no run {run}", "`factory-tui status` lists the runs")
    if bound.spec != spec_id:
        raise NotRecorded(f"{run} is a run of {bound.spec}, not of {spec_id}", f"name {bound.spec}, or another run")
    chosen = [each for each in bound.attempts if attempt in (None, each.attempt)]
    if not chosen:
        which = "no attempt" if attempt is None else f"no attempt {attempt}"
        raise NotRecorded(f"{run} has {which} that was judged", f"`factory-tui show {run}` lists its attempts")
    return bound, chosen[-1]


def _constraints(workspace: Path, bound: BoundRun) -> tuple[Spec, ...]:
    """The versions that bound the run; one that was never recorded as Ready has to be what its file is now."""
    return tuple(
        parse(specs_dir(workspace) / f"{each.spec}.md", each.text)
        if each.text is not None
        else _as_it_is(workspace, each.spec, each.hash)
        for each in bound.constraints
    )


def _as_it_is(workspace: Path, constraint: str, version: str) -> Spec:
    try:
        found = read_spec(specs_dir(workspace) / f"{constraint}.md")
    except SpecUnreadable as error:
        raise Unusable(f"{error.path}: {error.what}", error.todo) from error
    if found.hash != version:
        raise NotRecorded(
            f"version {version[:12]} of the constraint {constraint} is not recorded", "run the spec again"
        )
    return found


def _other_burns(recorded: BoundAttempt, now: Evaluation) -> tuple[Difference, ...]:
    before, after = (
        ", ".join(each.id for each in scenarios if each.burned) for scenarios in (recorded.scenarios, now.scenarios)
    )
    return () if before == after else (Difference(what="burned", recorded=before, now=after),)


def _other_results(recorded: BoundAttempt, now: Evaluation) -> tuple[str, ...]:
    before = {each.id: each.result for each in recorded.scenarios}
    after = {each.id: each.result for each in now.scenarios}
    return tuple(name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name))
