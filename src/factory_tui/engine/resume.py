"""Where a run stood between two attempts, for an engine that takes it up again."""

from dataclasses import dataclass

from factory_tui.engine.ground import Ground
from factory_tui.engine.plant import Plant
from factory_tui.model.artifact import Artifact
from factory_tui.model.evaluation import Feedback
from factory_tui.store import StoredRun


@dataclass(frozen=True)
class LeftOff:
    """What the next attempt begins with."""

    start: Artifact
    feedback: Feedback | None = None
    """What was disclosed of the attempt that `start` is the result of; None for a fresh start."""


async def left_off(run: StoredRun, ground: Ground, plant: Plant) -> LeftOff:
    """The judged work of the attempt before, with the words that are on record as told of it.

    From the base, and with nothing told, when there is no such attempt, the base has moved, or its work is gone: no
    agent is told of work that it does not find.

    Raises:
        TargetError: the mirror cannot be read.
    """
    told = await plant.store.told_last(run.run)
    if told is None or run.branch is None or run.base_commit != ground.base.commit:
        return LeftOff(ground.base.files)
    if told.artifact_hash is None:
        return LeftOff(ground.base.files, told.feedback)
    for commit in await ground.target.held_commits(run.branch):
        found = await ground.target.files_of(commit, run.branch)
        if found.files.hash == told.artifact_hash:
            return LeftOff(found.files, told.feedback)
    return LeftOff(ground.base.files)
