"""Shipping: the target's base moves to the held commit by compare-and-swap, or the operator is told how to do it.

Nothing of a working tree that is not committed is ever overwritten, and no filter ever runs on it.
"""

import shlex
from dataclasses import dataclass
from pathlib import Path

from factory_tui.delivery.git import Git, GitFailed
from factory_tui.model.run import HoldReason


@dataclass(frozen=True, slots=True)
class Shipped:
    commit: str


@dataclass(frozen=True, slots=True)
class NotShipped:
    """The base is as it was. `remedy` is the exact command."""

    reason: HoldReason
    what: str
    remedy: str


_IN_PROGRESS = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "BISECT_LOG", "rebase-merge", "rebase-apply")


def ship_to_local(git: Git, path: Path, base: str, commit: str, base_commit: str) -> Shipped | NotShipped:
    """Advance `base` of a repository on this machine; a clean checkout of it is brought along."""
    ref = f"refs/heads/{base}"
    ahead = (
        f"merge --ff-only {commit[:12]}" if git.work_tree else f"update-ref {shlex.quote(ref)} {commit} {base_commit}"
    )
    by_hand = f"git -C {shlex.quote(str(path))} {ahead}"
    try:
        now = git.resolve(ref)
        if now is not None and _contains(git, now, commit):
            return Shipped(commit)
        if now != base_commit:
            what = f"{path}: {_moved_on(base, base_commit, now)}"
            return NotShipped(HoldReason.BASE_MOVED, what, _merge_by_hand(str(path), base, commit))
        checkouts = _checkouts(git, ref)
        if not checkouts:
            _advance(git, ref, commit, base_commit)
            return Shipped(commit)
        if checkouts != (path,) or git.work_tree is None:
            others = ", ".join(str(each) for each in checkouts)
            return NotShipped(HoldReason.TARGET_DIRTY, f"{path}: {base} is checked out in {others}", by_hand)
        return _ship_to_checkout(git, path, base, commit, base_commit, by_hand)
    except GitFailed as error:
        return NotShipped(HoldReason.DELIVERY, f"{path}: {base} cannot be advanced: {error}", by_hand)


def ship_to_remote(mirror: Git, url: str, base: str, commit: str, base_commit: str) -> Shipped | NotShipped:
    """Advance `base` behind a URL, on the condition that it still is `base_commit`."""
    ref = f"refs/heads/{base}"
    by_hand = (
        f"git -C {shlex.quote(str(mirror.directory))} push {shlex.quote(url)} {shlex.quote(f'{commit[:12]}:{ref}')}"
    )
    try:
        mirror.run(
            *("push", "--quiet", "--no-verify", f"--force-with-lease={ref}:{base_commit}", "--"),
            *(url, f"{commit}:{ref}"),
            network=True,
        )
    except GitFailed as error:
        return _explain_refused_push(mirror, url, base, commit, base_commit, str(error), by_hand)
    return Shipped(commit)


def _explain_refused_push(
    mirror: Git, url: str, base: str, commit: str, base_commit: str, why: str, by_hand: str
) -> Shipped | NotShipped:
    ref = f"refs/heads/{base}"
    try:
        now = mirror.text("ls-remote", "--", url, ref, network=True).partition("\t")[0]
        if now == commit:
            return Shipped(commit)
        if now and now != base_commit:
            mirror.run("fetch", "--quiet", "--no-tags", "--", url, f"+{ref}:refs/target/{base}", network=True)
            if _contains(mirror, now, commit):
                return Shipped(commit)
            what = f"{url}: {_moved_on(base, base_commit, now)}"
            return NotShipped(HoldReason.BASE_MOVED, what, _merge_by_hand(url, base, commit))
    except GitFailed as error:
        why = f"{why}; {error}"
    return NotShipped(HoldReason.DELIVERY, f"{url}: {base} cannot be pushed: {why}", by_hand)


def _merge_by_hand(url: str, base: str, commit: str) -> str:
    """In a clone of its own, so that it works for a bare repository and disturbs no working tree."""
    return (
        f"git clone -b {shlex.quote(base)} {shlex.quote(url)} by-hand && git -C by-hand merge {commit[:12]} "
        f"&& git -C by-hand push origin {shlex.quote(f'HEAD:{base}')}"
    )


def _moved_on(base: str, before: str, now: str | None) -> str:
    to = now[:12] if now else "nothing"
    return f"{base} moved from {before[:12]} to {to} while the run was at work; a retry builds on the new base"


def _contains(git: Git, now: str, commit: str) -> bool:
    """True when `commit` is in the history of `now`: it was shipped before."""
    return now == commit or git.succeeds("merge-base", "--is-ancestor", commit, now)


def _advance(git: Git, ref: str, commit: str, base_commit: str) -> None:
    git.run("update-ref", "-m", "factory-tui: ship", ref, commit, base_commit)


def _checkouts(git: Git, ref: str) -> tuple[Path, ...]:
    """Working trees in which the branch is checked out."""
    found = []
    for block in git.run("worktree", "list", "--porcelain", "-z").decode("utf-8", "surrogateescape").split("\0\0"):
        lines = block.split("\0")
        if f"branch {ref}" in lines and "bare" not in lines:
            found.append(Path(lines[0].removeprefix("worktree ")).resolve())
    return tuple(found)


def _ship_to_checkout(
    git: Git, path: Path, base: str, commit: str, base_commit: str, by_hand: str
) -> Shipped | NotShipped:
    """Files first, then the branch: a crash in between leaves a state that the same call completes."""
    ref = f"refs/heads/{base}"
    obstacle = _obstacle(git)
    if obstacle is not None:
        return NotShipped(HoldReason.TARGET_DIRTY, f"{path}: {obstacle}", by_hand)
    if _is_clean(git, commit):
        if git.resolve(ref) != commit:
            _advance(git, ref, commit, base_commit)
        return Shipped(commit)
    if git.resolve(ref) != base_commit or not _is_clean(git, base_commit):
        what = f"{path}: {base} is checked out with changes that are not committed"
        return NotShipped(HoldReason.TARGET_DIRTY, what, f"commit or stash them, then: {by_hand}")
    try:
        _move_files(git, base_commit, commit, dry=True)
    except GitFailed as error:
        what = f"{path}: files there are in the way of {base}: {error}"
        return NotShipped(HoldReason.TARGET_DIRTY, what, f"move them away, then: {by_hand}")
    _move_files(git, base_commit, commit)
    try:
        _advance(git, ref, commit, base_commit)
    except GitFailed:
        _move_files(git, commit, base_commit)
        raise
    return Shipped(commit)


def _obstacle(git: Git) -> str | None:
    """Why the files of a checkout must not be touched now; None when they may."""
    for name in _IN_PROGRESS:
        if (git.directory / name).exists():
            return f"a merge, rebase or bisect is in progress there ({name})"
    if git.succeeds("config", "--get-regexp", r"^filter\..*\.(clean|smudge|process)$"):
        return "the checkout uses git filters, which would be run on what an agent wrote"
    return None


def _is_clean(git: Git, commit: str) -> bool:
    """True when index and working tree equal `commit`; untracked files do not count."""
    git.run("update-index", "-q", "--ignore-submodules", "--refresh", "--unmerged")
    return git.succeeds("diff-index", "--quiet", "--cached", commit, "--") and git.succeeds(
        "diff-files", "--quiet", "--ignore-submodules=all", "--"
    )


def _move_files(git: Git, before: str, after: str, *, dry: bool = False) -> None:
    options = ["--dry-run"] if dry else []
    git.run("read-tree", "-m", "-u", *options, before, after)
