"""What work that was not done yet would cost and take, and its chance to ship, from what was done before. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from factory_tui.model.estimate import Estimate, PastRun
from factory_tui.model.money import NOTHING, MicroUsd
from factory_tui.model.spec import Category
from factory_tui.report.interval import wilson

LITTLE = 3
"""Runs below which a median is one of its own cases: what is said from fewer says so."""

NO_HISTORY = Estimate(n=0)


def estimate(past: Sequence[PastRun], category: Category, agent: str) -> Estimate:
    """From the runs of this category that this agent built: medians, because one stuck run must not decide.

    Args:
        past: runs that came to their end.
        category: of the work.
        agent: profile that would build it.
    """
    runs = [each for each in past if each.category is category and each.agent == agent]
    if not runs:
        return NO_HISTORY
    shipped = sum(each.shipped for each in runs)
    low, high = wilson(shipped, len(runs))
    return Estimate(
        n=len(runs),
        cost=MicroUsd(round(median(each.cost for each in runs))),
        seconds=median(each.seconds for each in runs),
        shipped=shipped,
        low=low,
        high=high,
    )


class Estimates:
    """Estimates for a whole list: the history is sorted once, and each kind of work is looked at once."""

    def __init__(self, past: Iterable[PastRun]) -> None:
        self._past: defaultdict[tuple[Category, str], list[PastRun]] = defaultdict(list)
        for each in past:
            self._past[each.category, each.agent].append(each)
        self._known: dict[tuple[Category, str], Estimate] = {}

    def of(self, category: Category | None, agent: str) -> Estimate:
        """As `estimate`; of a spec that names no category there is no history."""
        if category is None or (category, agent) not in self._past:
            return NO_HISTORY
        key = category, agent
        if key not in self._known:
            self._known[key] = estimate(self._past[key], category, agent)
        return self._known[key]


@dataclass(frozen=True, slots=True)
class Expected:
    """What several runs together would come to, as far as there is history."""

    known: int
    """Specs with history; the figures are about these."""
    unknown: int
    cost: MicroUsd = NOTHING
    """The medians added up."""
    seconds: float = 0.0
    """At work one after the other."""
    longest: float = 0.0
    """Seconds of the longest one."""
    shipped: float = 0.0
    """The shares that shipped before, added up."""
    least: int = 0
    """Runs behind the estimate that has the fewest; 0 when there is none."""

    def wall_seconds(self, parallel: int) -> float:
        """With so many at a time, at best."""
        return max(self.longest, self.seconds / max(1, parallel))


def expected(estimates: Iterable[Estimate]) -> Expected:
    """The sum of what several runs would come to."""
    each = list(estimates)
    known = [one for one in each if one.n]
    return Expected(
        known=len(known),
        unknown=len(each) - len(known),
        cost=MicroUsd(sum(one.cost for one in known)),
        seconds=sum(one.seconds for one in known),
        longest=max((one.seconds for one in known), default=0.0),
        shipped=sum(one.shipped / one.n for one in known),
        least=min((one.n for one in known), default=0),
    )
