"""Looks at every text on its way to an agent: a scenario that stands in one is burned before the agent has it."""

import asyncio
from collections.abc import Callable, Iterable
from typing import TypeVar

from factory_tui.engine.plant import Plant
from factory_tui.model.artifact import Artifact
from factory_tui.model.holdout import Burn, Route
from factory_tui.model.ids import ScenarioId
from factory_tui.model.scenario import LoadedScenario, Suite
from factory_tui.regular_file import read_regular
from factory_tui.scenarios import behaviour_hash
from factory_tui.scenarios.leaks import LONGEST, Leaks

T = TypeVar("T")

_ASIDE = 50_000
"""Characters from which on a text is looked through on another thread."""
_MOST_OF_BASE = 64 * 1024 * 1024
"""Bytes of a base that are told as known; beyond them a rare chance match may burn a scenario."""
_WHERE = {
    Route.PROMPT: "what the agent was told before it began",
    Route.TOOL: "what a tool showed the agent",
    Route.ANSWER: "the operator's answer to an agent's question",
}


class LeakWatch:
    """Of one run, through all its attempts: it remembers what its agent may know, its own words included."""

    def __init__(self, run: str, suite: Suite, leaks: Leaks, plant: Plant) -> None:
        self._run, self._leaks, self._store = run, leaks, plant.store
        self._scenarios = {each.id: each for each in suite.scenarios}
        self._burned = set[ScenarioId]()
        self._one_at_a_time = asyncio.Lock()

    @classmethod
    async def of(
        cls, run: str, suite: Suite, known: Iterable[str], plant: Plant, base: Artifact | None = None
    ) -> "LeakWatch":
        """
        Args:
            run: whose agent is looked after.
            suite: everything that judges it.
            known: what the agent may know: the spec, the context, constraints.
            plant: the engine's means.
            base: what it may know as well.
        """
        leaks = await asyncio.to_thread(_leaks, suite, tuple(known), base)
        return cls(run, suite, leaks, plant)

    async def tell(self, route: Route, text: str, attempt: int | None = None) -> None:
        """Record as burned what of the suite stands in a text that an agent is about to get."""
        async with self._one_at_a_time:
            found = await _aside(self._leaks.found_in, text)
            for leak in found:
                if leak.scenario not in self._burned:
                    why = f"its {leak.part} stood in {_WHERE[route]}"
                    await self._store.record_burn(_burn(self._scenarios[leak.scenario], route, why, self._run, attempt))
                    self._burned.add(leak.scenario)

    async def hear(self, text: str) -> None:
        """Words of the agent's own: when a tool shows them again, that is no leak."""
        async with self._one_at_a_time:
            await _aside(self._leaks.tell, text)


async def _aside(look: Callable[[str], T], text: str) -> T:
    return await asyncio.to_thread(look, text) if len(text) > _ASIDE else look(text)


def _burn(loaded: LoadedScenario, route: Route, why: str, run: str, attempt: int | None) -> Burn:
    name = ScenarioId(loaded.id.rpartition("/")[2])
    return Burn(loaded.spec, name, behaviour_hash(loaded), route, why, run, attempt)


def _leaks(suite: Suite, known: tuple[str, ...], base: Artifact | None) -> Leaks:
    leaks = Leaks.of(suite, {each.id: _file(each) for each in suite.scenarios})
    leaks.tell(*known)
    told = 0
    for each in base or ():
        told += len(each.content)
        if b"\0" not in each.content[:8192] and told <= _MOST_OF_BASE:
            leaks.tell(each.content.decode("utf-8", errors="replace"))
    return leaks


def _file(loaded: LoadedScenario) -> str:
    try:
        return read_regular(loaded.path, LONGEST).decode("utf-8", errors="replace")
    except OSError:
        return ""  # it is known from its parts all the same
