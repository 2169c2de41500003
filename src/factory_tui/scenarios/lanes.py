"""Lanes: sandboxes side by side, over which the scenarios of one suite are spread.

A suite begins in one lane. Another is opened while it runs, when what is left is worth a sandbox; each has a bench of
its own, so what breaks in one does not reach the others. What measures time runs at the end, alone.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from factory_tui.model.artifact import Artifact
from factory_tui.model.scenario import LoadedScenario
from factory_tui.sandbox.port import SandboxHost, SandboxRequest
from factory_tui.scenarios.quality import measures_time
from factory_tui.scenarios.spread import kept_apart, worth_another
from factory_tui.scenarios.staging.bench import Bench

LOOK_AGAIN_S = 0.1
"""How often it is asked whether another lane is worth it, while there may be one."""

Outcome = TypeVar("Outcome")

Work = Callable[[LoadedScenario, Bench], Awaitable[Outcome]]
"""What is done with one scenario on the bench of a lane."""

Landed = Callable[[Outcome, int], Awaitable[None]]
"""Told each outcome as it lands, one after the other: the outcome and how many are done."""


class Spare:
    """Sandboxes beyond the first of every suite that one machine can take: all evaluations of an engine share them."""

    def __init__(self, number: int) -> None:
        self._left = number

    def take(self) -> bool:
        """False when there is none left; nobody waits for one, a suite goes on without."""
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def give_back(self) -> None:
        self._left += 1


@dataclass(frozen=True, slots=True)
class Lanes:
    """What lanes are made of, and how many there may be."""

    host: SandboxHost
    request: SandboxRequest
    base: Artifact | None
    most: int = 1
    spare: Spare | None = None
    """Asked before each lane beyond the first; None bounds nothing."""
    worth: Callable[[int, int, Sequence[float], float], bool] = worth_another
    """Whether another one would pay: of what is left to begin, the lanes at work, the seconds seen so far, and those
    that opening one takes."""
    look_again_s: float = LOOK_AGAIN_S
    own_first: bool = True
    """Whether the artifact's programs come before the sandbox's own, see `Bench`."""

    def bench(self) -> Bench:
        return Bench(self.host, self.request, self.base, own_first=self.own_first)

    async def spread(
        self, scenarios: Sequence[LoadedScenario], first: Bench, work: Work[Outcome], landed: Landed[Outcome]
    ) -> tuple[Outcome, ...]:
        """Do `work` with every scenario; the outcomes in the order of `scenarios`, however they landed.

        Cancelled, or when `work` or `landed` raises, every lane is closed before this returns.

        Args:
            scenarios: what there is to do.
            first: the lane there is already; it stays open.
            work: must not depend on the lane it is done in.
            landed: told as they land.
        """
        course = _Course(self, scenarios, work, landed)
        try:
            await course.side_by_side(first)
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None
        await course.alone(first)
        return course.outcomes()


class _Course(Generic[Outcome]):
    """One suite on its way through the lanes."""

    def __init__(
        self, lanes: Lanes, scenarios: Sequence[LoadedScenario], work: Work[Outcome], landed: Landed[Outcome]
    ) -> None:
        self._lanes, self._scenarios, self._work, self._landed = lanes, scenarios, work, landed
        own_network = lanes.host.capabilities().network_isolated
        self._needs = [kept_apart(each.scenario, own_network=own_network) for each in scenarios]
        timed = [number for number, each in enumerate(scenarios) if measures_time(each.scenario)]
        self._timed = timed
        self._waiting = [number for number in range(len(scenarios)) if number not in timed]
        self._begun: dict[int, float] = {}
        """Those that run now → when they began."""
        self._took: list[float] = []
        self._outcomes: dict[int, Outcome] = {}
        self._open = 1
        self._changes = 0
        """How often a lane was opened or closed."""
        self._may_widen = True
        self._first_steps_back = False
        """The first lane was refused a sandbox that another may have: it waits until it is the only one."""
        self._changed = asyncio.Condition()
        self._telling = asyncio.Lock()

    def outcomes(self) -> tuple[Outcome, ...]:
        return tuple(self._outcomes[number] for number in range(len(self._scenarios)))

    async def side_by_side(self, first: Bench) -> None:
        """Everything that does not measure time."""
        if not self._waiting:
            return
        await first.why_not_creatable()  # made beforehand, so that no scenario seems to take as long as its sandbox
        first.take_refusal()
        async with asyncio.TaskGroup() as group:
            widening = group.create_task(self._widen(group, first))
            while (number := await self._next(first=True)) is not None:
                alone = self._open == 1
                changes = self._changes
                outcome = await self._work(self._scenarios[number], first)
                if first.take_refusal() and not (alone and changes == self._changes):
                    self._may_widen, self._first_steps_back = False, True
                    await self._put_back(number)
                else:
                    await self._land(number, outcome)
            widening.cancel()

    async def alone(self, first: Bench) -> None:
        """What measures time, when every other lane is closed."""
        for number in self._timed:
            await self._land(number, await self._work(self._scenarios[number], first))

    async def _widen(self, group: asyncio.TaskGroup, first: Bench) -> None:
        """Open another lane whenever it is worth it."""
        while self._may_widen and self._waiting:
            if self._open < self._lanes.most and self._is_worth_another(first.opening_s):
                group.create_task(self._further_lane())
            await asyncio.sleep(self._lanes.look_again_s)

    def _is_worth_another(self, opening_s: float) -> bool:
        now = time.monotonic()
        seconds = [*self._took, *(now - begun for begun in self._begun.values())]
        return self._lanes.worth(len(self._ready()), self._open, seconds, opening_s)

    async def _further_lane(self) -> None:
        """A lane for as long as something waits. One whose sandbox cannot be had, or had again, is given up.

        What it did then is done anew elsewhere: a sandbox that is refused because there are several lanes must not
        show in a result.
        """
        if self._lanes.spare is not None and not self._lanes.spare.take():
            return
        self._open += 1
        self._changes += 1
        try:
            async with self._lanes.bench() as bench:
                if await bench.why_not_creatable() is not None:
                    self._may_widen = False
                    return
                while (number := await self._next(first=False)) is not None:
                    outcome = await self._work(self._scenarios[number], bench)
                    if bench.take_refusal():
                        self._may_widen = False
                        await self._put_back(number)
                        return
                    await self._land(number, outcome)
        finally:
            self._open -= 1
            self._changes += 1
            if self._lanes.spare is not None:
                self._lanes.spare.give_back()
            async with self._changed:
                self._changed.notify_all()

    def _ready(self) -> list[int]:
        """Those that wait and would meet nothing that they are kept apart from."""
        busy = frozenset[str]().union(*(self._needs[number] for number in self._begun))
        return [number for number in self._waiting if not self._needs[number] & busy]

    async def _next(self, *, first: bool) -> int | None:
        """The next that may begin, in the order of the suite; None when there is nothing more to wait for.

        Args:
            first: for the first lane, which stays for what runs elsewhere: it may come back.
        """
        async with self._changed:
            while not (ready := self._ready()) or (first and self._first_steps_back and self._open > 1):
                if not self._waiting and not (first and self._begun):
                    return None
                await self._changed.wait()
            self._waiting.remove(ready[0])
            self._begun[ready[0]] = time.monotonic()
            self._changed.notify_all()
            return ready[0]

    async def _land(self, number: int, outcome: Outcome) -> None:
        async with self._changed:
            if (begun := self._begun.pop(number, None)) is not None:
                self._took.append(time.monotonic() - begun)
            self._changed.notify_all()
        async with self._telling:
            self._outcomes[number] = outcome
            await self._landed(outcome, len(self._outcomes))

    async def _put_back(self, number: int) -> None:
        """Let another lane begin it anew: what it showed here came of a sandbox that the host did not replace."""
        async with self._changed:
            del self._begun[number]
            self._waiting = sorted([number, *self._waiting])
            self._changed.notify_all()
