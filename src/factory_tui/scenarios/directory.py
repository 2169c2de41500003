"""A directory of the operator as an artifact: what `evaluate` judges when no agent made it."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from factory_tui.model.artifact import Artifact, ArtifactFile, is_cache_name, is_git_name, is_utf8_name
from factory_tui.sandbox.collect import Caps


class DirectoryUnreadable(Exception):
    """The directory cannot be taken as an artifact. First line: what; second line: what to do."""


def read_directory(directory: Path, caps: Caps | None = None) -> Artifact:
    """The regular files below `directory`, as the collector would take them out of a sandbox.

    Links are named in `dropped`, never followed; git's own directory and caches are left out.

    Raises:
        DirectoryUnreadable: not a directory, unreadable, or over the caps.
    """
    caps = caps or Caps()
    files: list[ArtifactFile] = []
    dropped: list[str] = []
    size = 0
    if not directory.is_dir():
        raise DirectoryUnreadable(f"{directory}: not a directory\nname the directory that holds the artifact")
    try:
        for entry in _entries(directory, PurePosixPath(), caps.depth):
            path, place = entry
            if len(files) + len(dropped) >= caps.entries or len(path.parts) > caps.depth:
                raise DirectoryUnreadable(
                    f"{directory}: more than {caps.entries} files or {caps.depth} levels\n"
                    "name the artifact's own directory, not one above it"
                )
            if not is_utf8_name(str(path)):
                dropped.append(f"{ascii(os.fsencode(path))[2:-1]}: name is not UTF-8")
                continue
            content = _read(place, caps.bytes - size)
            if content is None:
                dropped.append(f"{path}: not a regular file")
                continue
            data, executable = content
            size += len(data)
            files.append(ArtifactFile(path, data, executable))
    except _TooLarge:
        raise DirectoryUnreadable(
            f"{directory}: more than {caps.bytes >> 20} MB\nleave build results and dependencies out"
        ) from None
    except OSError as error:
        raise DirectoryUnreadable(f"{error.filename}: {error.strerror}\ncheck its permissions") from None
    return Artifact.of(files, dropped)


class _TooLarge(Exception):
    pass


def _entries(directory: Path, below: PurePosixPath, depth: int) -> Iterator[tuple[PurePosixPath, str]]:
    """Everything below `directory` that is not a directory, in the order of the names; no deeper than `depth`."""
    with os.scandir(directory) as found:
        entries = sorted(found, key=lambda each: each.name)
    for entry in entries:
        if is_git_name(entry.name) or is_cache_name(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False) and len(below.parts) < depth:
            yield from _entries(directory / entry.name, below / entry.name, depth)
        else:
            yield below / entry.name, entry.path


def _read(place: str, room: int) -> tuple[bytes, bool] | None:
    """Content and whether it is executable; None for a link, a pipe or another special file."""
    if not stat.S_ISREG(os.lstat(place).st_mode):
        return None
    handle = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            return None
        data = file.read(room + 1)
    if len(data) > room:
        raise _TooLarge
    return data, bool(status.st_mode & 0o100)
