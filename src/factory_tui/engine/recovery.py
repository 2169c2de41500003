"""Starting is recovering: whatever an earlier engine left half done is brought back to a known state."""

from dataclasses import dataclass

from factory_tui.engine.plant import Plant, workspace_hash
from factory_tui.engine.versions import record_versions
from factory_tui.model.event import EventDraft
from factory_tui.model.run import HoldReason, RunState
from factory_tui.sandbox.port import SandboxError
from factory_tui.store import StoredRun


@dataclass(frozen=True)
class Recovery:
    """What was found and mended."""

    runs: tuple[str, ...]
    """Interrupted runs, back in the queue."""
    containers: tuple[str, ...]
    """Left-over sandboxes that were removed."""
    trouble: str | None
    """Why left-overs could not be looked for; they end themselves by their own time limit."""


async def recover(plant: Plant) -> Recovery:
    """Remove left-over sandboxes, close the books on lost calls, and queue interrupted runs again.

    A call that was sent and never answered counts as spent in full; one that was only reserved costs nothing.
    """
    store = plant.store
    trouble = None
    containers: tuple[str, ...] = ()
    try:
        containers = await plant.host.sweep(workspace_hash(plant.workspace))
        for container in await store.open_containers():
            await store.container_gone(container, reaped=True)
    except SandboxError as error:
        trouble = str(error)
    await store.settle_orphans()
    await store.end_hold()
    await record_versions(plant)
    runs = []
    for run in await store.live_runs():
        await store.move_run(run.run, RunState.QUEUED, why="the engine ended during the run; it starts again")
        runs.append(run.run)
    for held in await store.held_runs():
        if held.hold is HoldReason.DEPENDENCY and await _is_free(held, plant):
            await store.move_run(held.run, RunState.QUEUED, why="what it depends on has shipped")
    if runs or containers:
        await store.emit(
            EventDraft(
                type="engine.recovered",
                data={"runs": list(runs), "containers": len(containers), "trouble": trouble},
            )
        )
    return Recovery(tuple(runs), containers, trouble)


async def _is_free(held: StoredRun, plant: Plant) -> bool:
    """Its dependencies have shipped, but the engine ended before it could let the run go on."""
    return all([await plant.store.last_state(spec) is RunState.SHIPPED for spec in held.depends_on])
