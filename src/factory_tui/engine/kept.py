"""What a run built that waited for a decision about its rubrics: judged again, never built and paid for again."""

from factory_tui.engine.attempt import Built
from factory_tui.engine.ground import Ground
from factory_tui.engine.plant import Plant
from factory_tui.model.build import BuildEnd, BuildReport
from factory_tui.model.money import NOTHING
from factory_tui.model.usage import Usage
from factory_tui.store import StoredRun


async def kept_for_judges(run: StoredRun, ground: Ground, plant: Plant) -> Built | None:
    """The artifact on the holding branch, while it still stands on the base; None when there is nothing to judge again.

    Raises:
        TargetError: the branch is gone.
    """
    attempt = await plant.store.awaits_judges(run.run)
    if attempt is None or run.commit is None or run.base_commit != ground.base.commit:
        return None
    held = await ground.target.files_of(run.commit, run.branch)
    if held.files.hash != run.artifact_hash:
        return None
    report = BuildReport(
        end=BuildEnd.DONE,
        detail=f"nothing was built: what attempt {attempt} left is judged again",
        turns=0,
        usage=Usage(),
        cost=NOTHING,
        final_text="",
        tools=(),
    )
    return Built(report, held.files)
