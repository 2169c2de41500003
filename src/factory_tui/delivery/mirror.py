"""The factory's own copy of a target: a bare repository in `.factory/targets/`, readable by the operator only."""

import hashlib
import threading
from collections import defaultdict
from pathlib import Path

from factory_tui.delivery.git import Git, GitFailed
from factory_tui.delivery.place import Local, Remote, TargetError, init_bare

_locks: defaultdict[Path, threading.Lock] = defaultdict(threading.Lock)
"""One per mirror: runs of the same target would else meet git's own lock files and fail instead of waiting."""


def lock_of(mirror: Path) -> threading.Lock:
    """To be held while a mirror is used."""
    return _locks[mirror]


def mirror_path(workspace: Path, place: Local | Remote) -> Path:
    """Where the mirror of `place` lies."""
    name = hashlib.sha256(source(place).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return workspace / ".factory" / "targets" / f"{name}.git"


def open_mirror(path: Path) -> Git:
    """The mirror at `path`, made when it is missing.

    Raises:
        TargetError: it cannot be made.
    """
    try:
        for directory in (path.parent.parent, path.parent, path):
            directory.mkdir(mode=0o700, exist_ok=True)
        if not (path / "HEAD").is_file():
            return init_bare(path, "none")
    except (OSError, GitFailed) as error:
        raise TargetError(f"{path}: the mirror of the target cannot be made: {error}", "check the disk") from None
    return Git(path)


def source(place: Local | Remote) -> str:
    """What git takes as the other repository."""
    return place.url if isinstance(place, Remote) else str(place.path)


def refresh(mirror: Git, place: Local | Remote, base: str) -> str:
    """Bring the target's base into the mirror; its commit.

    Raises:
        TargetError: the target cannot be read, or has no such branch (then the message names those it has).
    """
    tracked = f"refs/target/{base}"
    network = isinstance(place, Remote)
    try:
        if f"refs/heads/{base}" not in (heads := _heads(mirror, place)):
            known = ", ".join(sorted(each.removeprefix("refs/heads/") for each in heads)[:20]) or "none"
            raise TargetError(
                f"target {source(place)}: no branch {base}; branches: {known}",
                "write an existing branch as `base:` of the spec"
                if heads
                else f"make a first commit on {base}: `git commit --allow-empty -m start`",
            )
        mirror.run(
            *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--update-shallow", "--"),
            *(source(place), f"+refs/heads/{base}:{tracked}"),
            network=network,
        )
        commit = mirror.resolve(tracked)
    except GitFailed as error:
        raise TargetError(
            f"target {source(place)}: cannot be read: {error}",
            "check the URL, the network and your access" if network else "check that it is yours and not damaged",
        ) from None
    if commit is None:
        raise TargetError(f"target {source(place)}: branch {base} is not a commit", "repair the repository")
    return commit


def _heads(mirror: Git, place: Local | Remote) -> frozenset[str]:
    listing = mirror.text("ls-remote", "--heads", "--", source(place), network=isinstance(place, Remote))
    return frozenset(line.partition("\t")[2] for line in listing.splitlines())
