"""Targets that would give the holdout away: their base, or the history behind it, has a file of it."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from factory_tui.delivery.git import Git
from factory_tui.delivery.place import TargetError
from factory_tui.model.artifact import Artifact

SHORTEST_SECRET = 20
"""Bytes of a file of the holdout that do not stand elsewhere by chance, as an empty list or one word may."""
LARGEST_SECRET = 64 * 1024 * 1024


def refuse_holdout(git: Git, commit: str, files: Artifact, holdout: Path, name: str) -> None:
    """Refuse a base that has a scenario or a fixture, under whatever name, now or in its history.

    An agent gets to see the files of the base alone; whoever has the repository has its history, and may bring it back.

    Args:
        git: the mirror of the target.
        commit: the base.
        files: what it shows an agent.
        holdout: directory of the scenarios.
        name: of the target, for the operator.

    Raises:
        TargetError: it has one.
        GitFailed: the mirror cannot be read.
    """
    secrets = dict(_secrets(holdout))
    plain = {_digest(content): path for path, content in secrets.items()}
    for each in files:
        path = plain.get(_digest(each.content))
        if path is not None:
            raise TargetError(
                f"target {name}: {each.path} is the holdout file {path}, so an agent would read it",
                "remove it from the target's base, or move the scenarios to a repository of their own",
            )
    past = next(_in_history(git, commit, {_blob_id(content): path for path, content in secrets.items()}), None)
    if past is not None:
        raise TargetError(
            f"target {name}: the history of its base has the holdout file {past}, so whoever has the target has it",
            "rotate that scenario (write what it does anew), or take it out of the target's history",
        )


def _secrets(holdout: Path) -> Iterator[tuple[Path, bytes]]:
    """Files of the holdout that say something, through links too; what git keeps beside them is not its content."""
    seen = set[tuple[int, int]]()
    for folder, folders, names in os.walk(holdout, followlinks=True):
        place = os.stat(folder)
        folders[:] = sorted(each for each in folders if each != ".git")
        if (place.st_dev, place.st_ino) in seen:
            folders.clear()
            continue
        seen.add((place.st_dev, place.st_ino))
        for name in sorted(names):
            path = Path(folder, name)
            with suppress(OSError):  # a scenario that cannot be read is a finding, and holds the run
                if path.is_file() and SHORTEST_SECRET <= path.stat().st_size <= LARGEST_SECRET:
                    yield path, path.read_bytes()


def _digest(content: bytes) -> bytes:
    """The same for other line ends and blanks around it."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n").strip()).digest()


def _blob_id(content: bytes) -> str:
    """The name that git has for a file of this content; no protection rests on SHA-1 here."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _in_history(git: Git, commit: str, secrets: Mapping[str, Path]) -> Iterator[Path]:
    """Those that a commit leads to. What the mirror does not have at all costs nothing more."""
    asked = "".join(f"{each}\n" for each in secrets).encode()
    answers = git.run("cat-file", "--batch-check", stdin=asked).decode("ascii", "replace").splitlines()
    there = {each.split(" ")[0] for each in answers if each.split(" ")[1:2] == ["blob"]}
    if there:
        yield from (secrets[each] for each in _led_to(git, commit) if each in there)


def _led_to(git: Git, commit: str) -> Iterable[str]:
    listing = git.run("rev-list", "--objects", "--no-object-names", "--end-of-options", commit)
    return listing.decode("ascii", "replace").splitlines()
