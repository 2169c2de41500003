"""A target as the engine uses it: read the base, hold an artifact as a commit, ship a held commit.

Every step may be repeated after a crash at any point and ends in the same state.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

from factory_tui.delivery.git import Git, GitFailed
from factory_tui.delivery.mirror import lock_of, mirror_path, open_mirror, refresh, source
from factory_tui.delivery.place import Local, Remote, TargetError, commit_tree, find_place
from factory_tui.delivery.revert import Revert, plan_revert
from factory_tui.delivery.secret import refuse_holdout
from factory_tui.delivery.ship import NotShipped, Shipped, ship_to_local, ship_to_remote
from factory_tui.delivery.tree import read_artifact, read_entries, write_tree
from factory_tui.model.artifact import Artifact
from factory_tui.model.run import HoldReason
from factory_tui.whole_file import mode_of_new_files, replace_whole

REVERT_TRIES = 3
"""How often a revert is planned anew because the base moved meanwhile."""

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class BaseTree:
    """The target's base as an agent gets to see it."""

    commit: str
    files: Artifact


@dataclass(frozen=True, slots=True)
class Target:
    """One branch of one repository. Made by `open_target`."""

    place: Local | Remote
    mirror: Git
    base: str
    holdout: Path

    async def base_tree(self) -> BaseTree:
        """The base as it is now: its commit and its regular files.

        Raises:
            TargetError: it cannot be read, or it or its history contains a file of the holdout.
        """
        return await self._alone(self._base_tree)

    async def hold(
        self, artifact: Artifact, base_commit: str, branch: str, message: str, *, publish: bool = True
    ) -> str:
        """Keep an artifact as a commit on `base_commit`, on `branch` of the mirror and of the target; its id.

        Args:
            artifact: what the commit's tree is made of.
            base_commit: its parent.
            branch: may hold an earlier attempt, which gives way.
            message: of the commit.
            publish: False leaves the target as it is: the branch is in the mirror only.

        Raises:
            TargetError: git refuses a path, the branch, or the target cannot be written.
        """
        return await self._alone(self._hold, artifact, base_commit, branch, message, publish=publish)

    async def files_of(self, commit: str, branch: str | None = None) -> BaseTree:
        """A commit that the factory made or started from, as an agent would get to see it.

        Args:
            commit: its id.
            branch: where the target has it, should the mirror have lost it.

        Raises:
            TargetError: it is not there any more.
        """
        return await self._alone(self._files_of, commit, branch)

    async def held_commits(self, branch: str) -> tuple[str, ...]:
        """Every commit that was held on a branch, newest first; an attempt gives way to the next one there."""
        return await self._alone(self._held_commits, branch)

    async def write_patch(self, commit: str, base_commit: str, file: Path) -> None:
        """Write a held commit as a patch for `git am` or `git apply`, whole or not at all.

        Raises:
            TargetError: the file cannot be written.
        """
        await self._alone(self._write_patch, commit, base_commit, file)

    async def ship(self, commit: str, base_commit: str) -> Shipped | NotShipped:
        """Advance the target's base from `base_commit` to the held `commit`, if nothing is lost by it."""
        return await self._alone(self._ship, commit, base_commit)

    async def revert(self, shipped: str, before: str, message: str) -> str | NotShipped:
        """A new commit on the base that takes back what `shipped` changed against `before`; its id.

        What later work changed as well is not touched: then nothing is reverted. A commit whose message begins and
        ends with the same lines and that is on the base already is the answer, so these have to name what is reverted.

        Raises:
            TargetError: the target cannot be read, or one of the commits is not there any more.
        """
        return await self._alone(self._revert, shipped, before, message)

    async def _alone(self, step: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
        def locked() -> R:
            with lock_of(self.mirror.directory):
                return step(*arguments, **named)

        return await asyncio.to_thread(locked)

    def _base_tree(self) -> BaseTree:
        commit = refresh(self.mirror, self.place, self.base)
        try:
            files = read_artifact(self.mirror, read_entries(self.mirror, commit))
            refuse_holdout(self.mirror, commit, files, self.holdout, source(self.place))
        except GitFailed as error:
            raise TargetError(f"target {source(self.place)}: {error}", "run `git fsck` there") from None
        return BaseTree(commit, files)

    def _files_of(self, commit: str, branch: str | None) -> BaseTree:
        try:
            if self.mirror.resolve(commit) is None and branch is not None:
                network = isinstance(self.place, Remote)
                options = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--")
                self.mirror.run(*options, source(self.place), f"refs/heads/{branch}", network=network)
            return BaseTree(commit, read_artifact(self.mirror, read_entries(self.mirror, commit)))
        except GitFailed as error:
            raise TargetError(
                f"target {source(self.place)}: commit {commit[:12]} is not there any more: {error}",
                "run the spec again",
            ) from None

    def _held_commits(self, branch: str) -> tuple[str, ...]:
        ref = f"refs/heads/{branch}"
        try:
            now = self.mirror.resolve(ref)
            if now is None:
                return ()
            log = self.mirror.text("reflog", "show", "--format=%H", "--end-of-options", ref)
        except GitFailed:
            return ()
        return tuple(dict.fromkeys((now, *log.split())))

    def _hold(self, artifact: Artifact, base_commit: str, branch: str, message: str, *, publish: bool) -> str:
        ref = f"refs/heads/{branch}"
        try:
            tree = write_tree(self.mirror, artifact, read_entries(self.mirror, base_commit))
            before = self.mirror.resolve(ref)
            if before is not None and self._is_same(before, tree, base_commit, message):
                commit = before
            else:
                commit = commit_tree(self.mirror, tree, [base_commit], message)
                self.mirror.run("update-ref", "--create-reflog", ref, commit)
            if publish:
                self._publish(ref, commit)
        except GitFailed as error:
            raise TargetError(
                f"branch {branch} of {source(self.place)}: the artifact cannot be kept there: {error}",
                "make the target writable, or change `delivery.branch`, then retry the run",
            ) from None
        return commit

    def _is_same(self, commit: str, tree: str, parent: str, message: str) -> bool:
        said = self.mirror.run("show", "--no-patch", "--no-notes", "--format=%T %P%n%B", "--end-of-options", commit)
        head, _, body = said.decode("utf-8", "replace").partition("\n")
        return head == f"{tree} {parent}" and body.strip() == message.strip()

    def _publish(self, ref: str, commit: str) -> None:
        if isinstance(self.place, Remote):
            self.mirror.run(
                "push", "--quiet", "--no-verify", "--force", "--", self.place.url, f"{commit}:{ref}", network=True
            )
            return
        git = self.place.git
        if git.resolve(ref) == commit:
            return
        # Fetched by the target's side and set by hand: a push would run the target's own hooks.
        git.run("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", self.mirror.directory, ref)
        git.run("update-ref", ref, commit)

    def _write_patch(self, commit: str, base_commit: str, file: Path) -> None:
        options = ("--stdout", "--binary", "--full-index", "--no-ext-diff", "--no-textconv", "--no-signature")
        try:
            patch = self.mirror.run("format-patch", *options, "--end-of-options", f"{base_commit}..{commit}")
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_whole(file, patch, mode_of_new_files())
        except (GitFailed, OSError) as error:
            raise TargetError(f"{file}: the patch cannot be written: {error}", "check the disk, then retry") from None

    def _revert(self, shipped: str, before: str, message: str) -> str | NotShipped:
        for _ in range(REVERT_TRIES):
            now = refresh(self.mirror, self.place, self.base)
            try:
                plan = plan_revert(self.mirror, source(self.place), self.base, shipped, before, now, message)
                if not isinstance(plan, Revert):
                    return plan
                self._hand_over(plan)
            except GitFailed as error:
                raise TargetError(
                    f"target {source(self.place)}: {shipped[:12]} cannot be taken back: {error}",
                    f"revert it with your own git, in a clone of the target: git revert {shipped[:12]}",
                ) from None
            answer = self._ship(plan.commit, now)
            if isinstance(answer, Shipped) or answer.reason is not HoldReason.BASE_MOVED:
                break
        return answer.commit if isinstance(answer, Shipped) else answer

    def _hand_over(self, plan: Revert) -> None:
        """Into the target's own object database, without a branch; a push brings its objects itself."""
        if isinstance(self.place, Local):
            mirror = self.mirror.directory
            self.place.git.run("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", mirror, plan.ref)

    def _ship(self, commit: str, base_commit: str) -> Shipped | NotShipped:
        if isinstance(self.place, Remote):
            return ship_to_remote(self.mirror, self.place.url, self.base, commit, base_commit)
        return ship_to_local(self.place.git, self.place.path, self.base, commit, base_commit)


async def open_target(workspace: Path, target: str, base: str, *, holdout: Path | None = None) -> Target:
    """The target of a spec, ready to be read.

    Args:
        workspace: directory of the workspace; relative targets start here.
        target: path or URL of a git repository. A local one is made when it is missing.
        base: the branch that runs start from and ship to.
        holdout: directory of the scenarios; `scenarios/` of the workspace when not given.

    Raises:
        TargetError: it cannot be used, with the remedy.
    """
    return await asyncio.to_thread(_open, workspace, target, base, holdout or workspace / "scenarios")


def _open(workspace: Path, target: str, base: str, holdout: Path) -> Target:
    try:
        if base.startswith("-"):
            raise GitFailed(f"{base}: looks like an option", 1)
        Git(workspace).run("check-ref-format", f"refs/heads/{base}")
    except GitFailed as error:
        if error.code != 1:
            raise TargetError(str(error), "install git 2.28 or newer") from None
        raise TargetError(f"base {base!r}: not a branch name", "mend `base:` of the spec") from None
    place = find_place(workspace, target, base, holdout)
    path = mirror_path(workspace, place)
    with lock_of(path):
        mirror = open_mirror(path)
        refresh(mirror, place, base)
    return Target(place, mirror, base, holdout)
