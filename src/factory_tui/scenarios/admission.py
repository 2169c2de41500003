"""Admission: a scenario is evidence only when it does on the untouched base what it says it does there."""

from collections.abc import Mapping
from dataclasses import replace

from factory_tui.model.admission import Admission
from factory_tui.model.artifact import EMPTY
from factory_tui.model.evaluation import Result
from factory_tui.model.scenario import LoadedScenario, OnBase
from factory_tui.sandbox.port import Role, SandboxHost
from factory_tui.scenarios.job import EvaluationJob
from factory_tui.scenarios.suite import Judged, run_suite

_PROVES: Mapping[OnBase, Result] = {OnBase.FAIL: Result.FAIL, OnBase.PASS: Result.PASS}
"""What must be observed on the base for each expectation; a flaky or broken scenario proves nothing."""


async def admit(job: EvaluationJob, host: SandboxHost, known: Mapping[str, Admission]) -> tuple[Admission, ...]:
    """Run the suite on the untouched base (`job.base`; an empty tree without one) in a sandbox of its own.

    Reserve scenarios are admitted like the others. An admission that observed an error says nothing about the
    next time: do not hand it in as known.

    Args:
        job: its `artifact` is ignored.
        host: makes the sandbox.
        known: earlier admissions by scenario hash, for the same base commit and image; those are not run again.
    """
    fresh = tuple(each for each in job.suite.scenarios if each.hash not in known)
    judged = await run_suite(_on_base(job, fresh), host) if fresh else Judged()
    made = {each.hash: _admission(each, judged) for each in fresh}
    return tuple(known.get(each.hash) or made[each.hash] for each in job.suite.scenarios)


def _on_base(job: EvaluationJob, scenarios: tuple[LoadedScenario, ...]) -> EvaluationJob:
    base = job.base or EMPTY
    labels = replace(job.request.labels, role=Role.PROOF)
    return replace(
        job,
        artifact=base,
        base=base,
        suite=job.suite.model_copy(update={"scenarios": scenarios}),
        request=replace(job.request, labels=labels),
    )


def _admission(loaded: LoadedScenario, judged: Judged) -> Admission:
    """What was observed, and whether it is what the scenario says of the base. A base that cannot be set up fails."""
    observed, detail = _observed(loaded, judged)
    expected = loaded.scenario.base
    admitted = observed is _PROVES[expected]
    return Admission(
        scenario=loaded.id,
        scenario_hash=loaded.hash,
        expected=expected,
        observed=observed,
        admitted=admitted,
        reason="" if admitted else _why_not(expected, observed, detail),
    )


def _observed(loaded: LoadedScenario, judged: Judged) -> tuple[Result, str]:
    if judged.broken is not None:
        return Result.ERROR, judged.broken
    if judged.setup_failed is not None:
        return Result.FAIL, judged.setup_failed.splitlines()[0]
    result = next(each for each in judged.results if each.id == loaded.id)
    first = next(iter(result.evidence), None)
    detail = f"step {first.step}, {first.check}: expected {first.expected}, observed {first.observed}" if first else ""
    return result.result, " ".join(detail.split())


def _why_not(expected: OnBase, observed: Result, detail: str) -> str:
    seen = f" ({detail})" if detail else ""
    if observed is Result.ERROR:
        return f"it could not be run on the untouched base{seen}"
    if observed is Result.FLAKY:
        return f"its trials disagree on the untouched base{seen}, so it is no evidence"
    if expected is OnBase.FAIL:
        return "it passes on the untouched base, so it cannot show that the work was done"
    return f"it fails on the untouched base{seen}, so there is no behaviour to preserve"
