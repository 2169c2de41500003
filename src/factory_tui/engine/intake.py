"""What enters the queue: every Ready spec, or the ones that were named, each validated as it stands in its file now."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from factory_tui.config import ConfigError
from factory_tui.engine.plant import Plant
from factory_tui.engine.seal import seal_of
from factory_tui.engine.versions import record_versions
from factory_tui.model.finding import Finding, Level
from factory_tui.model.ids import BatchId, SpecId, new_batch_id, new_run_id
from factory_tui.model.money import from_usd
from factory_tui.model.run import AT_REST, RunState
from factory_tui.model.spec import FrontMatter, Spec, Status
from factory_tui.scenarios import load_suite, readiness, scenarios_dir
from factory_tui.specs import SpecLibrary, load_specs
from factory_tui.store import Answer, NewRun, NotReady


@dataclass(frozen=True)
class Intake:
    """What became of a request to run specs."""

    batch: str | None
    runs: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]
    """Spec and why it was not queued."""


async def take_in(names: Sequence[str], plant: Plant) -> Intake:
    """Queue the named specs, or every Ready spec whose version has no outcome yet.

    A Ready spec with errors becomes a held run, so that the morning shows it with its findings.
    """
    await record_versions(plant)
    library = load_specs(plant.workspace)
    wanted, refused = _wanted(names, library)
    runs: list[str] = []
    batch: BatchId | None = None
    for spec, front in wanted:
        reason = await _why_not_again(spec, plant, named=bool(names))
        if reason is not None:
            if names or reason.startswith("it is"):
                refused.append((spec.id, reason))
            continue
        if batch is None:
            batch = await _current_batch(plant)
        runs.append(await _queue(spec, front, library, batch, plant))
    return Intake(batch, tuple(runs), tuple(refused))


async def queue_spec_again(spec_id: str, plant: Plant, answer: Answer | None = None) -> str:
    """A new run of a spec whatever its earlier outcomes.

    Args:
        spec_id: the spec.
        plant: the engine's means.
        answer: what made it run again.

    Raises:
        LookupError: the spec is gone or cannot be read, or the question is not open any more.
    """
    await record_versions(plant)
    library = load_specs(plant.workspace)
    spec = library.specs.get(SpecId(spec_id))
    if spec is None or spec.front is None:
        raise LookupError(f"specs/{spec_id}.md is gone or its front matter cannot be read")
    return await _queue(spec, spec.front, library, await _current_batch(plant), plant, answer)


def _wanted(names: Sequence[str], library: SpecLibrary) -> tuple[list[tuple[Spec, FrontMatter]], list[tuple[str, str]]]:
    refused: list[tuple[str, str]] = []
    wanted: list[tuple[Spec, FrontMatter]] = []
    if not names:
        refused += [(each.path.stem, f"{each.what}; {each.todo}") for each in library.unreadable]
    for name in names or sorted(library.specs):
        spec = library.specs.get(SpecId(name))
        unreadable = next((each for each in library.unreadable if each.path.stem == name), None)
        if unreadable is not None:
            refused.append((name, f"{unreadable.what}; {unreadable.todo}"))
        elif spec is None:
            refused.append((name, f"there is no specs/{name}.md; `factory-tui spec list` names the specs"))
        elif spec.front is None:
            refused.append((name, f"its front matter cannot be read; see `factory-tui spec lint {name}`"))
        elif spec.front.status is Status.READY:
            wanted.append((spec, spec.front))
        elif names:
            refused.append((name, f"it is {spec.front.status.value}; `factory-tui spec ready {name}` makes it Ready"))
    return wanted, refused


async def _why_not_again(spec: Spec, plant: Plant, *, named: bool) -> str | None:
    last = await plant.store.last_run_of(spec.id)
    if last is None:
        return None
    if last.state not in AT_REST:
        return f"it is already {last.state.value} as {last.run}"
    if named:
        return None
    if last.spec_hash != spec.hash:
        return None
    if last.state is RunState.HELD:
        return f"it is held as {last.run}: {last.why}"
    return "this version has its outcome"


async def _current_batch(plant: Plant) -> BatchId:
    open_batches = await plant.store.open_batches()
    if open_batches:
        return BatchId(open_batches[-1])
    batch = new_batch_id(plant.now())
    limit = plant.settings.limits.batch_usd
    await plant.store.open_batch(batch, from_usd(limit) if limit is not None else None)
    return batch


async def _queue(
    spec: Spec, front: FrontMatter, library: SpecLibrary, batch: BatchId, plant: Plant, answer: Answer | None = None
) -> str:
    library = replace(library, earlier={spec.id: await plant.store.earlier_versions(spec.id)})
    suite, broken = load_suite(scenarios_dir(plant.workspace, plant.settings), spec.id)
    findings = readiness(spec, library, suite, broken, plant.settings)
    problem = _without_profile(front, plant)
    run = new_run_id(plant.now())
    settings = plant.settings
    profile = problem[0] if problem else settings.profile_name(front)
    chosen = settings.profiles.get(profile, settings.profiles["default"])
    await plant.store.queue_run(
        NewRun(
            run=run,
            batch=batch,
            spec=spec.id,
            title=front.title,
            spec_hash=spec.hash,
            spec_text=spec.text,
            target=front.target,
            base=front.base,
            priority=front.priority,
            depends_on=tuple(SpecId(each) for each in front.depends_on),
            profile=profile,
            model=chosen.model,
            attempts=settings.limits.attempts,
            cap=settings.run_cap(front),
            run_minutes=settings.run_minutes(front),
            max_turns=chosen.max_turns,
            findings_json=json.dumps([each.model_dump(mode="json") for each in findings]),
        ),
        not_ready=_not_ready(findings, problem),
        answer=answer,
        seal=seal_of(suite),
    )
    return run


def _not_ready(findings: Sequence[Finding], problem: tuple[str, str] | None) -> NotReady | None:
    errors = [each for each in findings if each.level is Level.ERROR]
    if problem is not None:
        return NotReady(problem[1], "mend `agent` in the spec or `[profiles]`, then retry")
    if errors:
        first = errors[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        return NotReady(f"{first.rule} line {first.line}: {first.message}{more}", first.fix)
    return None


def _without_profile(front: FrontMatter, plant: Plant) -> tuple[str, str] | None:
    """The profile that the spec asks for, and what is wrong with that; None when there is such a profile."""
    try:
        plant.settings.profile_name(front)
    except ConfigError as error:
        return front.agent or "default", str(error)
    return None
