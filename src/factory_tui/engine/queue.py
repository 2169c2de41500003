"""Which queued run goes next: by priority, then age; after its dependencies; one run per target branch at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from factory_tui.model.ids import SpecId
from factory_tui.model.run import AT_REST, RunState
from factory_tui.store import StoredRun

_ENDED = {
    RunState.SHIPPED: "shipped",
    RunState.FAILED: "failed",
    RunState.CANCELLED: "was cancelled",
    RunState.ERROR: "ended in an error",
    RunState.HELD: "is held",
}


@dataclass(frozen=True)
class Choice:
    """What to do with the queue now."""

    start: tuple[StoredRun, ...] = ()
    hold: tuple[tuple[StoredRun, str, str], ...] = ()
    """Runs whose dependency cannot ship any more, with the reason and the remedy."""


def choose(
    queued: Sequence[StoredRun],
    live: Sequence[StoredRun],
    lanes: int,
    outcomes: Mapping[SpecId, RunState | None],
) -> Choice:
    """Pick runs to start. Pure.

    Args:
        queued: in any order.
        live: runs that a workstream is at work on.
        lanes: workstreams allowed at the same time.
        outcomes: spec id → state of its latest run (None: never run), for every dependency.
    """
    start: list[StoredRun] = []
    hold: list[tuple[StoredRun, str, str]] = []
    branches = {(each.target, each.base) for each in live}
    for run in sorted(queued, key=lambda each: (each.priority, each.queued, each.run)):
        blocker = next((spec for spec in run.depends_on if outcomes.get(spec) is not RunState.SHIPPED), None)
        if blocker is not None:
            state = outcomes.get(blocker)
            if state is None:
                hold.append((run, f"it depends on {blocker}, which has never run", f"run {blocker} first"))
            elif state in AT_REST:
                hold.append((run, f"it depends on {blocker}, which {_ENDED[state]}", f"get {blocker} shipped"))
            continue
        if len(live) + len(start) >= lanes or (run.target, run.base) in branches:
            continue
        start.append(run)
        branches.add((run.target, run.base))
    return Choice(tuple(start), tuple(hold))
