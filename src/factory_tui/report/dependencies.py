"""Which specs wait for which: the tree around one of them, and an order to build all of them in. Pure.

Ten thousand specs may stand in one chain: nothing here calls itself for each of them, and a tree stops growing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from factory_tui.model.run import LIVE, RunState
from factory_tui.model.spec import Status
from factory_tui.model.views import SpecRow

MOST_BRANCHES = 200
"""Of a tree in each direction: nobody reads on."""


class Standing(StrEnum):
    """Where a spec stands for those that depend on it."""

    SHIPPED = "shipped"
    AT_WORK = "at work"
    QUEUED = "queued"
    FAILED = "failed"
    ESCAPED = "escaped"
    HELD = "held"
    READY = "ready"
    DRAFT = "draft"
    PARKED = "parked"
    BROKEN = "broken"
    MISSING = "missing"
    """No spec file has this id."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One line of a tree."""

    depth: int
    """1 is a direct neighbour."""
    spec: str
    standing: Standing
    cycle: bool = False
    """It is above itself: none of them can be built."""
    shown_above: bool = False
    """What belongs under it stands where it was first."""


@dataclass(frozen=True, slots=True)
class DependencyTree:
    """What a spec waits for and what waits for it, transitively, each in depth-first order."""

    spec: str
    waits_for: tuple[Branch, ...] = ()
    wanted_by: tuple[Branch, ...] = ()
    more_waits: bool = False
    """The tree goes on beyond what is listed."""
    more_wanted: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A spec's turn when everything is to be built."""

    step: int | None
    """From 1; specs of one step need nothing of each other. None when it can never be built."""
    spec: str
    standing: Standing
    why_never: str = ""


class Dependencies:
    """Who waits for whom, looked up quickly for any spec of a list."""

    def __init__(self, rows: Iterable[SpecRow]) -> None:
        self._rows = {row.id: row for row in rows}
        self._waits = {row.id: tuple(dict.fromkeys(row.depends_on)) for row in self._rows.values()}
        self._wanted: defaultdict[str, list[str]] = defaultdict(list)
        for spec, waits in self._waits.items():
            for each in waits:
                self._wanted[each].append(spec)

    def standing(self, spec: str) -> Standing:
        """Of any id, also one that no spec has."""
        row = self._rows.get(spec)
        return Standing.MISSING if row is None else _standing(row)

    def awaited(self, spec: str) -> tuple[str, ...]:
        """Its direct dependencies that have not shipped for good."""
        return tuple(each for each in self._waits.get(spec, ()) if self.standing(each) is not Standing.SHIPPED)

    def tree(self, spec: str) -> DependencyTree:
        """What surrounds a spec, at most `MOST_BRANCHES` in each direction."""
        waits, more_waits = self._branches(spec, self._waits, beyond_shipped=False)
        wanted, more_wanted = self._branches(spec, self._wanted, beyond_shipped=True)
        return DependencyTree(spec, waits, wanted, more_waits, more_wanted)

    def _branches(
        self, spec: str, neighbours: Mapping[str, Sequence[str]], *, beyond_shipped: bool
    ) -> tuple[tuple[Branch, ...], bool]:
        """Depth first; what is under a spec is walked once. Nobody waits for what a shipped spec once waited for."""
        found: list[Branch] = []
        seen = {spec}
        path, open_ends = [spec], [iter(neighbours.get(spec, ()))]
        while path:
            each = next(open_ends[-1], None)
            if each is None:
                path.pop()
                open_ends.pop()
                continue
            if len(found) == MOST_BRANCHES:
                return tuple(found), True
            standing, cycle, again = self.standing(each), each in path, each in seen
            below = neighbours.get(each, ()) if beyond_shipped or standing is not Standing.SHIPPED else ()
            found.append(Branch(len(path), each, standing, cycle, shown_above=again and not cycle and bool(below)))
            seen.add(each)
            if not again:
                path.append(each)
                open_ends.append(iter(below))
        return tuple(found), False

    def order(self) -> tuple[Place, ...]:
        """Everything that has not shipped, in steps; then what can never be built as things are, and why."""
        left = {spec: len(self.awaited(spec)) for spec in self._rows if self.standing(spec) is not Standing.SHIPPED}
        never = {spec: why for spec in left if (why := self._obstacle(spec))}
        places: list[Place] = []
        turn = [spec for spec, waits in left.items() if not waits and spec not in never]
        step = 0
        while turn:
            step += 1
            places += [Place(step, spec, self.standing(spec)) for spec in sorted(turn, key=self._rank)]
            freed: list[str] = []
            for spec in turn:
                for each in self._wanted.get(spec, ()):
                    if each in left:
                        left[each] -= 1
                        if not left[each] and each not in never:
                            freed.append(each)
            turn = freed
        placed = {each.spec for each in places}
        stuck = sorted((spec for spec in left if spec not in placed), key=self._rank)
        circles = self._in_circles(stuck)
        reasons = dict.fromkeys(circles, "caught in a circle of dependencies") | never
        return (*places, *(Place(None, spec, self.standing(spec), self._why(spec, reasons)) for spec in stuck))

    def _rank(self, spec: str) -> tuple[int, str]:
        return self._rows[spec].priority, spec

    def _obstacle(self, spec: str) -> str:
        """Why it can never be built, whatever becomes of the others."""
        standing = self.standing(spec)
        if standing in (Standing.PARKED, Standing.BROKEN):
            return standing.value
        missing = [each for each in self._waits[spec] if each not in self._rows]
        return f"there is no spec {missing[0]}" if missing else ""

    def _why(self, spec: str, reasons: Mapping[str, str]) -> str:
        if spec in reasons:
            return reasons[spec]
        behind = next((each for each in self.awaited(spec) if each in reasons), None)
        behind = behind or next(iter(self.awaited(spec)), "")
        return f"behind {behind}"

    def _in_circles(self, among: Sequence[str]) -> frozenset[str]:
        """Circles and what lies between two of them: what is left when ends are taken away in both directions."""
        left = set(among)
        for edges in (self._wanted, self._waits):
            inward = dict.fromkeys(left, 0)
            for spec in left:
                for each in edges.get(spec, ()):
                    if each in inward:
                        inward[each] += 1
            ends = [spec for spec, number in inward.items() if not number]
            while ends:
                spec = ends.pop()
                left.discard(spec)
                for each in edges.get(spec, ()):
                    if each in inward and each in left:
                        inward[each] -= 1
                        if not inward[each]:
                            ends.append(each)
        return frozenset(left)


_OF_RUNS = {
    **dict.fromkeys(LIVE, Standing.AT_WORK),
    RunState.SHIPPED: Standing.SHIPPED,
    RunState.QUEUED: Standing.QUEUED,
    RunState.HELD: Standing.HELD,
    RunState.FAILED: Standing.FAILED,
    RunState.ERROR: Standing.FAILED,
}
_OF_FILES = {
    Status.READY: Standing.READY,
    Status.DRAFT: Standing.DRAFT,
    Status.PARKED: Standing.PARKED,
    None: Standing.BROKEN,
}


def _standing(row: SpecRow) -> Standing:
    """Its last run decides, as it does for the engine; without one the file does."""
    if row.last_state is RunState.SHIPPED and row.escaped:
        return Standing.ESCAPED
    of_run = _OF_RUNS.get(row.last_state) if row.last_state else None
    moves = of_run in (Standing.SHIPPED, Standing.AT_WORK, Standing.QUEUED)
    # What failed and was then parked, or taken back to a draft, waits for its operator and not for a retry.
    if of_run is not None and (moves or row.status is Status.READY):
        return of_run
    return _OF_FILES[row.status]
