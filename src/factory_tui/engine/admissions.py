"""Admission of scenarios on the base and on a stub: before a run, and when the operator asks. Both are recorded."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from factory_tui.delivery import TargetError, open_target
from factory_tui.engine.asked import asked_to_prove, no_sandbox
from factory_tui.engine.commands import CommandRefused
from factory_tui.engine.plant import Plant
from factory_tui.model.admission import Admission
from factory_tui.model.artifact import Artifact
from factory_tui.model.finding import Level
from factory_tui.model.ids import new_run_id
from factory_tui.model.scenario import Suite
from factory_tui.model.spec import FrontMatter, Spec
from factory_tui.sandbox.port import Role, SandboxError
from factory_tui.scenarios import EvaluationJob, admit, load_suite, scenarios_dir

log = logging.getLogger(__name__)

LONGEST_S = 3600.0
"""A suite that has not been tried after this is given up; the sandboxes would end themselves soon after."""


@dataclass(frozen=True)
class Ask:
    """Whose scenarios to try on what."""

    spec: Spec
    front: FrontMatter
    suite: Suite
    base: Artifact
    base_commit: str
    image: str
    constraints: tuple[Spec, ...] = ()


async def try_and_record(ask: Ask, run: str, plant: Plant, known: Mapping[str, Admission]) -> tuple[Admission, ...]:
    """The admissions of a suite, those in `known` as they are; what is new is recorded. Raises `SandboxError`."""
    job = EvaluationJob(
        spec=ask.spec,
        suite=ask.suite,
        artifact=ask.base,
        base=ask.base,
        base_commit=ask.base_commit,
        gate=plant.settings.gate,
        request=plant.sandbox_request(run, 0, Role.PROOF, ask.image, ask.front),
        constraints=ask.constraints,
    )
    admissions = await admit(job, plant.host, known, plant.spare)
    fresh = [each for each in admissions if each.scenario_hash not in known]
    await plant.store.record_admissions(run, ask.spec.id, fresh, ask.base_commit, ask.image)
    return admissions


class Admissions:
    """Admissions that the operator asks for. Two that want the same suite share one.

    Args:
        plant: the engine's means.
        changed: told when one begins or ends.
    """

    def __init__(self, plant: Plant, changed: Callable[[], None]) -> None:
        self._plant, self._changed = plant, changed
        self._trying: dict[tuple[str, str, str], asyncio.Task[tuple[Admission, ...]]] = {}

    @property
    def under_way(self) -> bool:
        return bool(self._trying)

    async def try_suite(self, name: str) -> tuple[Admission, ...]:
        """Try a spec's scenarios anew, whatever is known of them. It goes on when whoever asked is gone.

        Raises:
            CommandRefused: spec, scenarios, target or sandboxes cannot be had.
        """
        spec, front, suite = await asyncio.to_thread(self._read, name)
        key = (name, spec.hash, suite.hash)
        if key not in self._trying:
            self._trying[key] = asyncio.create_task(self._try(spec, front, suite), name=f"admission of {name}")
            self._trying[key].add_done_callback(lambda task: self._ended(key, task))
            self._changed()
        return await asyncio.shield(self._trying[key])

    async def close(self) -> None:
        """End what is under way and remove its sandboxes."""
        tasks = tuple(self._trying.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _try(self, spec: Spec, front: FrontMatter, suite: Suite) -> tuple[Admission, ...]:
        plant = self._plant
        holdout = scenarios_dir(plant.workspace, plant.settings)
        try:
            async with asyncio.timeout(LONGEST_S):
                image = await plant.host.resolve_image(plant.settings.sandbox.image)
                target = await open_target(plant.workspace, front.target, front.base, holdout=holdout)
                base = await target.base_tree()
                ask = Ask(spec, front, suite, base.files, base.commit, image)
                return await try_and_record(ask, new_run_id(plant.now()), plant, {})
        except TargetError as error:
            raise CommandRefused(error.what, error.todo) from error
        except SandboxError as error:
            raise no_sandbox(error) from error
        except TimeoutError:
            raise CommandRefused(
                f"the scenarios of {spec.id} were not through after {LONGEST_S / 60:g} minutes",
                "shorten what they wait for",
            ) from None

    def _ended(self, key: tuple[str, str, str], task: "asyncio.Task[tuple[Admission, ...]]") -> None:
        del self._trying[key]
        self._changed()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("the admission of %s failed: %s", key[0], error)  # whoever asked may be gone

    def _read(self, name: str) -> tuple[Spec, FrontMatter, Suite]:
        spec, front = asked_to_prove(name, self._plant)
        suite, findings = load_suite(scenarios_dir(self._plant.workspace, self._plant.settings), spec.id)
        broken = next((each for each in findings if each.level is Level.ERROR), None)
        if broken is not None:
            raise CommandRefused(f"{broken.path}:{broken.line}: {broken.message}", broken.fix)
        return spec, front, suite
