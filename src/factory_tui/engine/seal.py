"""A run is judged by the scenarios that it was queued with: what is written later judges later runs."""

from factory_tui.engine.held import Held
from factory_tui.engine.plant import Plant
from factory_tui.model.holdout import Seal
from factory_tui.model.run import HoldReason
from factory_tui.model.scenario import Suite
from factory_tui.scenarios import hash_of_part, load_suite, scenarios_dir
from factory_tui.store import StoredRun

_NAMED = 5
"""Scenarios named in a reason before it says how many more there are."""


def seal_of(suite: Suite) -> Seal:
    """A seal of a spec's own scenarios as they are."""
    own = tuple((each.id, each.hash) for each in suite.scenarios if each.spec == suite.spec)
    return Seal(suite.spec, hash_of_part(suite, suite.spec), own)


def sealed_now(spec: str, plant: Plant) -> Seal:
    """A seal of the files as they are now."""
    suite, _ = load_suite(scenarios_dir(plant.workspace, plant.settings), spec)
    return seal_of(suite)


async def require_seal(run: StoredRun, suite: Suite, plant: Plant) -> None:
    """Hold the run when its own scenarios are not those that it was queued with.

    A run that an older version queued has no seal, and is sealed now.
    """
    seal, now = await plant.store.seal_of(run.run), seal_of(suite)
    if seal is None:
        await plant.store.record_seal(run.run, now)
    elif seal.suite_hash != now.suite_hash:
        what = f"the scenarios of {run.spec} changed after they were sealed: {difference(seal, now)}"
        raise Held(HoldReason.SEALED, what, f"retry {run.run}, which seals them as they are then")


def difference(before: Seal, after: Seal) -> str:
    """Which scenarios came, went or changed."""
    then, now = dict(before.scenarios), dict(after.scenarios)
    words = [f"{name} is new" for name in now if name not in then]
    words += [f"{name} is gone" for name in then if name not in now]
    words += [f"{name} is another" for name in now if name in then and now[name] != then[name]]
    more = [f"and {len(words) - _NAMED} more"] if len(words) > _NAMED else []
    return ", ".join(words[:_NAMED] + more) or "other files"
