"""Preparing a run: everything that must be known, and proven, before money is spent."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from factory_tui.agents import ContextError, ContextFile, read_context, read_instructions
from factory_tui.config import ConfigError, Profile
from factory_tui.delivery import BaseTree, Target, TargetError, open_target
from factory_tui.engine.admissions import Ask, try_and_record
from factory_tui.engine.burned import require_unburned
from factory_tui.engine.held import Held
from factory_tui.engine.holdout import refuse_holdout
from factory_tui.engine.leak_watch import LeakWatch
from factory_tui.engine.plant import Plant
from factory_tui.engine.seal import require_seal
from factory_tui.model.finding import Finding, Level
from factory_tui.model.run import HoldReason
from factory_tui.model.scenario import Suite
from factory_tui.model.spec import FrontMatter, Spec
from factory_tui.model.standing import Standing
from factory_tui.scenarios import (
    Admission,
    StandingUnreadable,
    hash_of_part,
    joined,
    load_suite,
    scenarios_dir,
    standing_orders,
)
from factory_tui.specs import load_specs, parse
from factory_tui.store import StoredRun
from factory_tui.twins import twin_versions

_FINDINGS: TypeAdapter[tuple[Finding, ...]] = TypeAdapter(tuple[Finding, ...])


@dataclass(frozen=True)
class Ground:
    """What a run stands on; fixed for all its attempts."""

    spec: Spec
    front: FrontMatter
    suite: Suite
    target: Target
    base: BaseTree
    image: str
    profile: Profile
    instructions: str
    """Text of the profile's `system` file."""
    context: tuple[ContextFile, ...]
    standing: Standing
    """What other specs ask of it; the suite has the scenarios of the constraints that bind."""
    findings: tuple[Finding, ...]
    """What the validator said when the run was queued, waived findings and those about scenarios included."""
    twins: Mapping[str, str]
    """Twin → SHA-256 (hex) of its definition."""
    leaks: LeakWatch
    """Sees what its agent is told, in every attempt."""

    @property
    def told(self) -> dict[str, str]:
        """What the agent reads, by a name that the operator knows it by."""
        told = {f"context/{each.name}": each.text for each in self.context}
        if self.instructions:
            told[f"the instructions of profile {self.profile.system}"] = self.instructions
        told |= {f"specs/{each.id}.md": each.text for each in (self.spec, *self.standing.told)}
        for each in self.standing.guardrails:
            words = (*each.guardrail.run, each.guardrail.message)
            told |= {f"a guardrail of specs/{each.spec}.md ({number})": text for number, text in enumerate(words)}
        return told


async def prepare_ground(run: StoredRun, plant: Plant) -> Ground:
    """Open the target, pin image and suite, and prove that every scenario can fail.

    Raises:
        Held: something that only the operator can mend.
        SandboxError: the sandbox host failed.
    """
    spec = parse(spec_path(plant.workspace, run.spec), run.spec_text)
    if spec.front is None:
        raise Held(HoldReason.SPEC_NOT_READY, "the front matter cannot be read", f"factory-tui spec lint {run.spec}")
    standing = await standing_of(spec, plant)
    suite = load_sealed_suite(plant, spec, standing)
    await require_seal(run, suite, plant)
    await require_unburned(run.run, suite, plant)
    image = await plant.host.resolve_image(plant.settings.sandbox.image)
    try:
        target = await open_target(
            plant.workspace, run.target, run.base, holdout=scenarios_dir(plant.workspace, plant.settings)
        )
        base = await target.base_tree()
        profile = plant.settings.profiles[plant.settings.profile_name(spec.front)]
        context = read_context(plant.workspace)
        instructions = read_instructions(plant.workspace, profile)
    except TargetError as error:
        raise Held(HoldReason.TARGET, error.what, error.todo) from error
    except ConfigError as error:
        raise Held(HoldReason.SPEC_NOT_READY, str(error), f"mend `agent` in {run.spec}") from error
    except ContextError as error:
        what, _, todo = str(error).partition("\n")
        raise Held(HoldReason.CONTEXT, what, f"{todo}, then retry") from error
    ground = Ground(
        spec=spec,
        front=spec.front,
        suite=suite,
        target=target,
        base=base,
        image=image,
        profile=profile,
        instructions=instructions,
        context=context,
        standing=standing,
        findings=_FINDINGS.validate_json(run.findings_json),
        twins=twin_versions(plant.workspace, plant.settings, run.spec),
        leaks=await LeakWatch.of(run.run, suite, _may_know(spec, standing, context), plant, base.files),
    )
    await asyncio.to_thread(refuse_holdout, ground.told, scenarios_dir(plant.workspace, plant.settings))
    await plant.store.bind_run(
        run.run, base_commit=base.commit, image=image, suite_hash=suite.hash, twins=dict(ground.twins)
    )
    await plant.store.bind_constraints(
        run.run, [(each.id, each.hash, hash_of_part(suite, each.id)) for each in standing.binding]
    )
    await require_admission(run, ground, plant)
    return ground


def _may_know(spec: Spec, standing: Standing, context: tuple[ContextFile, ...]) -> list[str]:
    """What is written for the agent: a scenario in the same words gives nothing away."""
    return [*(each.text for each in (spec, *standing.told)), *(each.text for each in context)]


async def may_be_quoted(spec: Spec, plant: Plant) -> tuple[Suite, list[str]]:
    """What would judge a run of `spec`, as far as it can be read, and what its agent may know without the base."""
    standing, directory = await standing_of(spec, plant), scenarios_dir(plant.workspace, plant.settings)
    suite, _ = await asyncio.to_thread(load_suite, directory, spec.id)
    with suppress(StandingUnreadable):
        suite = joined(suite, standing, directory)
    try:
        context = read_context(plant.workspace)
    except ContextError:
        context = ()  # the run will be held with that
    return suite, _may_know(spec, standing, context)


def spec_path(workspace: Path, spec: str) -> Path:
    return workspace / "specs" / f"{spec}.md"


async def standing_of(spec: Spec, plant: Plant) -> Standing:
    """What other specs ask of a run of `spec`, as they shipped last."""
    library, shipped = load_specs(plant.workspace), await plant.store.shipped_texts()
    return await asyncio.to_thread(standing_orders, spec, library, shipped, plant.workspace, plant.settings)


def load_sealed_suite(plant: Plant, spec: Spec, standing: Standing) -> Suite:
    """The suite as it is now, with those of the constraints that bind. Raises `Held` when it is broken or empty."""
    directory = scenarios_dir(plant.workspace, plant.settings)
    suite, findings = load_suite(directory, spec.id)
    errors = [each for each in findings if each.level is Level.ERROR]
    if errors:
        raise _broken_suite(errors[0], spec.id)
    if not suite.scenarios:
        raise Held(
            HoldReason.NO_SCENARIOS,
            f"{spec.id} has no scenarios, so nothing could prove a result",
            f"write scenarios/{spec.id}/<id>.yaml, then retry",
        )
    try:
        return joined(suite, standing, directory)
    except StandingUnreadable as broken:
        raise _broken_suite(broken.finding, broken.spec) from broken


def _broken_suite(finding: Finding, spec: str) -> Held:
    return Held(
        HoldReason.NO_SCENARIOS,
        f"{finding.path}:{finding.line}: {finding.message}",
        f"{finding.fix}; then retry (all findings: factory-tui scenario lint {spec})",
    )


async def require_admission(run: StoredRun, ground: Ground, plant: Plant) -> None:
    """Hold the run unless every scenario does on the untouched base what it says, and fails on a stub build."""
    hashes = [each.hash for each in ground.suite.scenarios]
    known = await plant.store.known_admissions(hashes, ground.base.commit, ground.image)
    ask = Ask(
        spec=ground.spec,
        front=ground.front,
        suite=ground.suite,
        base=ground.base.files,
        base_commit=ground.base.commit,
        image=ground.image,
        constraints=ground.standing.binding,
    )
    admissions = await try_and_record(ask, run.run, plant, known)
    refused = [each for each in admissions if not each.admitted]
    if refused:
        todo = f"mend the scenario, then retry this run (all that are refused: factory-tui scenario admit {run.spec})"
        raise Held(HoldReason.ADMISSION, _why_refused(refused), todo)


def _why_refused(refused: list[Admission]) -> str:
    more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
    return f"scenario {refused[0].scenario} is not admitted: {refused[0].reason}{more}"
