"""A holdout that is a git repository of its own: its newest commit as files that only the operator can read.

Git objects are read, nothing is checked out: no hook, filter or link of the repository has an effect here.
"""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from factory_tui.delivery.git import Git, GitFailed
from factory_tui.delivery.mirror import lock_of, open_mirror
from factory_tui.delivery.place import TargetError, remote_or_path
from factory_tui.delivery.tree import read_artifact, read_entries
from factory_tui.model.artifact import Artifact

KEPT = 2
"""Commits whose files are kept: somebody may be reading the one before."""


class HoldoutError(Exception):
    """The repository of the scenarios cannot be read.

    Args:
        what: what is wrong.
        todo: what to do about it.
    """

    def __init__(self, what: str, todo: str) -> None:
        super().__init__(what)
        self.what, self.todo = what, todo


@dataclass(frozen=True, slots=True)
class HoldoutCopy:
    """The scenarios as one commit has them."""

    commit: str
    directory: Path
    """Changed by nobody: the next commit gets a directory of its own."""
    is_new: bool
    """The copy before was of another commit, or there was none."""


def fetch_holdout(workspace: Path, url: str, branch: str | None, link: Path) -> HoldoutCopy:
    """Bring the newest commit, and let `link` lead to its files. Whole or not at all; may be repeated at any time.

    Args:
        workspace: absolute.
        url: an address as of a target, or the path of a repository.
        branch: None is the repository's own main branch.
        link: absolute; replaced in one step.

    Raises:
        HoldoutError: it cannot be reached or read, or has no such branch.
    """
    mirror_path = workspace / ".factory" / "targets" / "holdout.git"
    try:
        where, network = remote_or_path(workspace, url)
        with lock_of(mirror_path):
            mirror = open_mirror(mirror_path)
            commit = _newest(mirror, where, branch, network=network)
            place = link.with_name("holdouts") / commit[:16]
            if not place.is_dir():
                _write(read_artifact(mirror, read_entries(mirror, commit)), place)
            before = os.readlink(link) if link.is_symlink() else ""
            _lead(link, place)
            _forget_old(place)
    except TargetError as error:
        raise HoldoutError(error.what.replace("target ", "scenarios ", 1), error.todo) from None
    except GitFailed as error:
        todo = "check the address, the network and your access; [factory] scenarios in factory.toml names it"
        raise HoldoutError(f"scenarios {url}: cannot be read: {error}", todo) from None
    except OSError as error:
        raise HoldoutError(f"scenarios {url}: the copy cannot be written: {error}", "check the disk") from None
    return HoldoutCopy(commit, place, is_new=Path(before).name != place.name)


def _newest(mirror: Git, where: str, branch: str | None, *, network: bool) -> str:
    ref = f"refs/heads/{branch}" if branch is not None else "HEAD"
    listed = mirror.text("ls-remote", "--", where, ref, network=network)
    if not listed:
        what = f"no branch {branch}" if branch is not None else "no commit"
        raise TargetError(f"scenarios {where}: {what}", "write an existing branch behind `#`, or commit there first")
    mirror.run(
        *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--update-shallow", "--"),
        *(where, f"+{ref}:refs/holdout/newest"),
        network=network,
    )
    commit = mirror.resolve("refs/holdout/newest")
    if commit is None:
        raise TargetError(f"scenarios {where}: {ref} is not a commit", "repair the repository")
    return commit


def _write(files: Artifact, place: Path) -> None:
    """Made beside and renamed. Read-only: who wants to change a scenario changes it in its repository."""
    place.parent.mkdir(mode=0o700, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".new-", dir=place.parent))
    try:
        for each in files:
            if each.path.is_absolute() or ".." in each.path.parts:
                raise TargetError(f"scenarios: {each.path} leads out of the repository", "repair the repository")
            target = scratch / each.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(each.content)
            target.chmod(0o500 if each.executable else 0o400)
        scratch.rename(place)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise


def _lead(link: Path, place: Path) -> None:
    if link.exists() and not link.is_symlink():
        raise TargetError(f"scenarios: {link} is in the way", "move it away: it is the factory's own place")
    scratch = link.with_name(f".{link.name}.new")
    scratch.unlink(missing_ok=True)
    scratch.symlink_to(Path(place.parent.name) / place.name)
    scratch.replace(link)


def _forget_old(newest: Path) -> None:
    copies = sorted(newest.parent.iterdir(), key=lambda each: each.stat().st_mtime, reverse=True)
    for each in [each for each in copies if each != newest][KEPT - 1 :]:
        shutil.rmtree(each, ignore_errors=True)
