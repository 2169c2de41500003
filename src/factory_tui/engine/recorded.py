"""What a run left: its artifact and the base it started from, read out of the mirror by the hashes on record."""

from dataclasses import dataclass
from pathlib import Path

from factory_tui.config import Settings
from factory_tui.delivery import Target, open_target
from factory_tui.model.artifact import Artifact
from factory_tui.model.binding import BoundRun
from factory_tui.scenarios import scenarios_dir


class NotRecorded(Exception):
    """What was recorded of a run is not enough to judge it.

    Args:
        what: what is missing.
        todo: what to do about it.
    """

    def __init__(self, what: str, todo: str) -> None:
        super().__init__(what)
        self.what, self.todo = what, todo


@dataclass(frozen=True, slots=True)
class Left:
    """An artifact and the untouched base under it."""

    artifact: Artifact
    base: Artifact
    base_commit: str


async def what_is_left(workspace: Path, settings: Settings, run: BoundRun, artifact_hash: str | None = None) -> Left:
    """The artifact of a run, or that of the attempt which has the hash, proven by it.

    An earlier attempt gave way on the holding branch, but its commit stays in the mirror.

    Raises:
        NotRecorded: the run left nothing, or not this.
        TargetError: the target cannot be read, or a commit is gone.
    """
    wanted = artifact_hash or run.artifact_hash
    if wanted is None or run.base_commit is None:
        raise NotRecorded(f"{run.run} left no artifact", "name a run that was judged (`factory-tui show RUN`)")
    holdout = scenarios_dir(workspace, settings)
    target = await open_target(workspace, run.target, run.base, holdout=holdout)
    base = await target.files_of(run.base_commit)
    if base.files.hash == wanted:
        return Left(base.files, base.files, base.commit)
    for commit in await _commits(target, run):
        found = await target.files_of(commit, run.branch)
        if found.files.hash == wanted:
            return Left(found.files, base.files, base.commit)
    raise NotRecorded(
        f"the artifact {wanted[:12]} of {run.run} is on no commit that was held for it",
        f"run {run.spec} again; of an older attempt only the last one may be left",
    )


async def _commits(target: Target, run: BoundRun) -> tuple[str, ...]:
    held = await target.held_commits(run.branch) if run.branch else ()
    return tuple(dict.fromkeys((*((run.commit,) if run.commit else ()), *held)))
