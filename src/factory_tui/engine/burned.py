"""Scenarios that an agent has seen: which of a suite they are, and what still proves a rule without them."""

import asyncio
from collections.abc import Sequence

from factory_tui.engine.commands import CommandRefused
from factory_tui.engine.held import Held
from factory_tui.engine.plant import Plant
from factory_tui.engine.remedy import ROTATE
from factory_tui.model.foreign import clean_line
from factory_tui.model.holdout import Burn, Route
from factory_tui.model.run import HoldReason
from factory_tui.model.scenario import Layer, Suite
from factory_tui.scenarios import behaviour_hash, load_suite, scenarios_dir

_NAMED = 5


async def burned_in(suite: Suite, plant: Plant) -> dict[str, str]:
    """Scenario id → why it gates nothing any more."""
    behaviours = {each.id: behaviour_hash(each) for each in suite.scenarios}
    known = await plant.store.burned(tuple(behaviours.values()))
    return {name: known[digest] for name, digest in behaviours.items() if digest in known}


async def require_unburned(run: str, suite: Suite, plant: Plant) -> None:
    """Hold the run, before it costs anything, when a rule would be proven by scenarios that an agent has seen."""
    burned = await burned_in(suite, plant)
    gate = [each for each in suite.scenarios if each.scenario.layer is Layer.GATE]
    proven = {rule for each in gate if each.id not in burned for rule in each.scenario.covers}
    lost = sorted({rule for each in gate for rule in each.scenario.covers} - proven)
    if not lost:
        return
    names = [each.id for each in gate if each.id in burned and set(each.scenario.covers) & set(lost)]
    what = f"{_listed(lost)} would be proven by burned scenarios only: {_listed(names)} ({burned[names[0]]})"
    raise Held(HoldReason.BURNED, what, ROTATE.format(run=run))


async def burn_by_hand(spec: str, scenario: str, reason: str, plant: Plant) -> bool:
    """Record that the operator says so; False when it was burned before.

    Raises:
        CommandRefused: there is no such scenario, or no reason.
    """
    suite, _ = await asyncio.to_thread(load_suite, scenarios_dir(plant.workspace, plant.settings), spec)
    found = next((each for each in suite.scenarios if each.id == scenario), None)
    if found is None:
        raise CommandRefused(
            f"{spec} has no scenario {scenario} that can be read", f"`factory-tui scenario list {spec}` names them"
        )
    why = clean_line(reason)
    if not why:
        raise CommandRefused("a burned scenario needs a reason", "say who knows it, or how it got out")
    burn = Burn(found.spec, found.id, behaviour_hash(found), Route.OPERATOR, f"the operator says: {why}")
    return await plant.store.record_burn(burn)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
