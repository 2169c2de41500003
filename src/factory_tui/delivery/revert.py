"""Taking back what shipped: path by path on trees, so that no merge has to guess and nothing later is lost."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from factory_tui.delivery.git import Git, GitFailed
from factory_tui.delivery.place import commit_tree
from factory_tui.delivery.ship import NotShipped
from factory_tui.delivery.tree import Entry, read_entries, write_entries
from factory_tui.model.foreign import clean_bytes
from factory_tui.model.run import HoldReason

Tree = Mapping[bytes, Entry]
_SHOWN = 5
"""Paths named in a message."""


@dataclass(frozen=True, slots=True)
class Revert:
    """A commit on the base that takes a shipped one back, in the mirror only."""

    commit: str
    ref: str
    """Keeps it there, so that what a message tells the operator to push still exists tomorrow."""


def plan_revert(
    mirror: Git, name: str, base: str, shipped: str, before: str, now: str, message: str
) -> Revert | str | NotShipped:
    """The commit that takes back on `now` what `shipped` changed against `before`, or the one that already does.

    Args:
        name: of the target, for messages and commands.
        base: the branch.
        now: its commit.
        message: its first and its last line name what is reverted; a commit on the branch that has both is the
            revert, whatever reason stands between them.

    Raises:
        GitFailed: a commit is missing, git refuses a path of the tree, or no space.
    """
    for each in (shipped, before):
        if mirror.resolve(each) is None:
            raise GitFailed(f"{each[:12]} is not there any more")
    done = _commit_with(mirror, message, shipped, now)
    if done is not None:
        return done
    was, old, is_now = (_tree(mirror, commit) for commit in (shipped, before, now))
    undone, later = take_back(is_now, was, old)
    if later:
        return NotShipped(HoldReason.BASE_MOVED, f"{name}: {_touched(later, shipped)}", _by_hand(name, base, shipped))
    if undone == is_now:
        what = f"{name}: nothing of {shipped[:12]} is on {base} any more, so there is nothing to take back"
        return NotShipped(HoldReason.DELIVERY, what, f"git -C {shlex.quote(name)} log {shlex.quote(base)}")
    ref = f"refs/reverts/{shipped}"
    tree = write_entries(mirror, undone.values())
    known = mirror.resolve(ref)
    if known is not None and _says(mirror, known) == f"{tree} {now}\n{message.strip()}":
        return Revert(known, ref)
    commit = commit_tree(mirror, tree, [now], message)
    mirror.run("update-ref", ref, commit)
    return Revert(commit, ref)


def take_back(now: Tree, shipped: Tree, before: Tree) -> tuple[Tree, tuple[bytes, ...]]:
    """`now` without what `shipped` changed against `before`, and the paths that later work changed as well."""
    changed = {path for path in shipped.keys() | before.keys() if shipped.get(path) != before.get(path)}
    later = {path for path in changed if now.get(path) not in (shipped.get(path), before.get(path))}
    undone = {path: each for path, each in now.items() if path not in changed}
    undone |= {path: before[path] for path in changed if path in before}
    return undone, tuple(sorted(later | _files_with_something_below(undone)))


def _files_with_something_below(tree: Tree) -> set[bytes]:
    """A file comes back where there is a directory by now, or the other way round."""
    directories = {path[:end] for path in tree for end in range(len(path)) if path[end : end + 1] == b"/"}
    return {path for path in tree if path in directories}


def _tree(git: Git, commit: str) -> Tree:
    return {each.path: each for each in read_entries(git, commit)}


def _commit_with(git: Git, message: str, after: str, now: str) -> str | None:
    """The newest commit since `after` that begins and ends as `message` does."""
    said = git.run("log", "-z", "--encoding=UTF-8", "--no-notes", "--format=%H%n%B", f"{after}..{now}", "--")
    for each in said.decode("utf-8", "replace").split("\0"):
        commit, _, body = each.partition("\n")
        if _first_and_last(body) == _first_and_last(message):
            return commit
    return None


def _first_and_last(message: str) -> tuple[str, str]:
    lines = message.strip().splitlines() or [""]
    return lines[0], lines[-1]


def _says(git: Git, commit: str) -> str:
    said = git.run("show", "--no-patch", "--no-notes", "--format=%T %P%n%B", "--end-of-options", commit)
    return said.decode("utf-8", "replace").strip()


def _touched(later: tuple[bytes, ...], shipped: str) -> str:
    names = ", ".join(clean_bytes(path, limit=120).replace("\n", " ") for path in later[:_SHOWN])
    more = f" and {len(later) - _SHOWN} more" if len(later) > _SHOWN else ""
    return f"work that came later than {shipped[:12]} changed the same files: {names}{more}"


def _by_hand(name: str, base: str, shipped: str) -> str:
    """In a clone of its own, so that it works for a bare repository and disturbs no working tree."""
    return (
        f"git clone -b {shlex.quote(base)} {shlex.quote(name)} by-hand && git -C by-hand revert {shipped[:12]} "
        f"&& git -C by-hand push origin {shlex.quote(f'HEAD:{base}')}"
    )
