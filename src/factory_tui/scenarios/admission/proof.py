"""Admission: a scenario is evidence only when it can tell a finished artifact from what is there and from a stub.

Who wants a fail on the untouched base shows that something must be done for it; who fails on a stub as well shows that
doing nothing well does not do. Behaviour to preserve passes on the base, and must fail on a stub like any other.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from factory_tui.model.admission import Admission
from factory_tui.model.artifact import EMPTY, Artifact
from factory_tui.model.evaluation import Result
from factory_tui.model.scenario import LoadedScenario, OnBase
from factory_tui.sandbox.port import Role, SandboxError, SandboxHost
from factory_tui.scenarios.admission.stub import commands_of, stub_of
from factory_tui.scenarios.job import EvaluationJob
from factory_tui.scenarios.lanes import Lanes, Spare
from factory_tui.scenarios.staging.bench import Bench
from factory_tui.scenarios.staging.setup import SetupFailed, set_up
from factory_tui.scenarios.staging.stand_ins import known_to
from factory_tui.scenarios.suite import carry_out

_PROVES: Mapping[OnBase, Result] = {OnBase.FAIL: Result.FAIL, OnBase.PASS: Result.PASS}
"""What must be observed on the base for each expectation; a flaky or broken scenario proves nothing."""


async def admit(
    job: EvaluationJob, host: SandboxHost, known: Mapping[str, Admission], spare: Spare | None = None
) -> tuple[Admission, ...]:
    """Try the suite on the untouched base (`job.base`; an empty tree without one) and on a stub build of it.

    Reserve scenarios are admitted like the others. An admission that observed an error says nothing about the
    next time: do not hand it in as known.

    Args:
        job: its `artifact` is ignored.
        host: makes the sandboxes.
        known: earlier admissions by scenario hash, for the same base commit and image; those are not tried again.
        spare: bounds the sandboxes beyond the first.
    """
    fresh = tuple(each for each in job.suite.scenarios if each.hash not in known)
    made = await _tried(_on_base(job), fresh, host, spare) if fresh else ()
    admissions = {**known, **{each.scenario_hash: each for each in made}}
    return tuple(admissions[each.hash] for each in job.suite.scenarios)


def _on_base(job: EvaluationJob) -> EvaluationJob:
    labels = replace(job.request.labels, role=Role.PROOF)
    return replace(job, base=job.base or EMPTY, request=replace(job.request, labels=labels))


async def _tried(
    job: EvaluationJob, scenarios: tuple[LoadedScenario, ...], host: SandboxHost, spare: Spare | None
) -> tuple[Admission, ...]:
    lanes = Lanes(host, job.request, job.base, job.gate.parallel, spare)
    async with lanes.bench() as first:
        called = frozenset(name for each in scenarios for name in commands_of(each.scenario, each.fixtures))
        try:
            proof = _Proof(job, await known_to(await first.laid(EMPTY), called))
        except SandboxError as error:
            return tuple(_admission(each, _Seen(Result.ERROR, str(error))) for each in scenarios)
        return await lanes.spread(scenarios, first, proof.of, _unheard)


async def _unheard(_: Admission, __: int) -> None:
    """Nobody follows an admission scenario by scenario."""


class _Seen(NamedTuple):
    """What a scenario did on a tree."""

    result: Result
    detail: str
    """The first thing that did not hold, in one line."""


class _Proof:
    """What is tried with each scenario. Base and stubs are set up once, by the lane that needs them first.

    Args:
        job: whose base.
        sandbox_has: commands that the sandbox knows of itself.
    """

    def __init__(self, job: EvaluationJob, sandbox_has: frozenset[str]) -> None:
        self._job, self._sandbox_has = job, sandbox_has
        self._base = job.base or EMPTY
        self._set_up: dict[str, Artifact | SetupFailed] = {}
        self._setting_up = asyncio.Lock()

    async def of(self, loaded: LoadedScenario, bench: Bench) -> Admission:
        """On the base, and on a stub when the base says nothing against it."""
        on_base = await self._seen(loaded, self._base, bench)
        if on_base.result is not _PROVES[loaded.scenario.base]:
            return _admission(loaded, on_base)
        stub = stub_of(self._base, loaded.scenario, self._sandbox_has, loaded.fixtures)
        return _admission(loaded, on_base, await self._seen(loaded, stub, bench))

    async def _seen(self, loaded: LoadedScenario, tree: Artifact, bench: Bench) -> _Seen:
        """A tree that cannot be set up fails every scenario."""
        try:
            ready = await self._ready(tree, bench)
        except SetupFailed as failed:
            return _Seen(Result.FAIL, str(failed).splitlines()[0])
        except SandboxError as error:
            return _Seen(Result.ERROR, str(error))
        result = await carry_out(loaded, ready, bench, self._job.gate.trials)
        first = next(iter(result.evidence), None)
        detail = (
            f"step {first.step}, {first.check}: expected {first.expected}, observed {first.observed}" if first else ""
        )
        return _Seen(result.result, " ".join(detail.split()))

    async def _ready(self, tree: Artifact, bench: Bench) -> Artifact:
        """The tree after set-up. Raises `SetupFailed`, `SandboxError`."""
        if not self._job.setup:
            return tree
        async with self._setting_up:
            if tree.hash not in self._set_up:
                try:
                    self._set_up[tree.hash] = await set_up(self._job.setup, tree, bench)
                except SetupFailed as failed:
                    self._set_up[tree.hash] = failed
        ready = self._set_up[tree.hash]
        if isinstance(ready, SetupFailed):
            raise ready
        return ready


def _admission(loaded: LoadedScenario, on_base: _Seen, on_stub: _Seen | None = None) -> Admission:
    why_not = _refused_by_base(loaded.scenario.base, on_base) or _refused_by_stub(on_stub)
    return Admission(
        scenario=loaded.id,
        scenario_hash=loaded.hash,
        expected=loaded.scenario.base,
        observed=on_base.result,
        admitted=not why_not,
        reason=why_not,
        on_stub=on_stub.result if on_stub is not None else None,
    )


def _refused_by_base(expected: OnBase, seen: _Seen) -> str:
    """Empty when the base shows what the scenario says of it."""
    detail = f" ({seen.detail})" if seen.detail else ""
    if seen.result is _PROVES[expected]:
        return ""
    if seen.result is Result.ERROR:
        return f"it could not be run on the untouched base{detail}"
    if seen.result is Result.FLAKY:
        return f"its trials disagree on the untouched base{detail}, so it is no evidence"
    if expected is OnBase.FAIL:
        return "it passes on the untouched base, so it cannot show that the work was done"
    return f"it fails on the untouched base{detail}, so there is no behaviour to preserve"


def _refused_by_stub(seen: _Seen | None) -> str:
    """Empty when a stub fails, as it must."""
    if seen is None or seen.result is Result.FAIL:
        return ""
    detail = f" ({seen.detail})" if seen.detail else ""
    if seen.result is Result.ERROR:
        return f"it could not be run on a stub, whose programs do nothing{detail}"
    if seen.result is Result.FLAKY:
        return f"its trials disagree on a stub, whose programs do nothing{detail}, so it is no evidence"
    return "it passes on a stub whose programs do nothing and print nothing: check what they print or change"
