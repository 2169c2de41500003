"""Fixtures of a scenario: files and directories below `fixtures/` beside it, read as they are or refused with why.

The content of a directory lands in the work directory itself, a single file under its own name; of two fixtures with
the same path the later one stays.
"""

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from factory_tui.model.artifact import EMPTY, Artifact, ArtifactFile, is_cache_name, is_git_name, is_utf8_name
from factory_tui.scenarios.staging.placing import laid_over
from factory_tui.specs.reading.schema_errors import nearest

FOLDER = "fixtures"
MOST_FILES = 2_000
"""Of one scenario."""
MOST_BYTES = 20_000_000
"""Of one scenario. More is better made by a step."""
DEEPEST = 20
"""Directories inside of each other."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")

_Seen = tuple[tuple[PurePosixPath, str, bool, tuple[int, ...]], ...]
"""Path in the work directory, place, whether executable, and what changes with the content, of every file."""


@dataclass(frozen=True, slots=True)
class BadFixture:
    """A fixture that cannot be placed."""

    index: int
    """Which of the scenario's `fixtures`."""
    what: str
    todo: str


class _Refused(Exception):
    def __init__(self, what: str, todo: str) -> None:
        super().__init__(what)
        self.what, self.todo = what, todo


def read_fixtures(folder: Path, names: Sequence[str]) -> tuple[Artifact, tuple[BadFixture, ...]]:
    """The files that a scenario brings, by their path in the work directory, and what is wrong with them. Never raises.

    Args:
        folder: `fixtures/` beside the scenario; not looked at without names.
        names: of the fixtures, in order.
    """
    tree, bad = EMPTY, list[BadFixture]()
    count = size = 0
    for index, name in enumerate(names):
        try:
            if name in names[:index]:
                raise _Refused(f"the fixture {name} is named twice", "remove one of them")
            content = _read(folder, name, MOST_FILES - count, MOST_BYTES - size)
        except _Refused as refused:
            bad.append(BadFixture(index, refused.what, refused.todo))
            continue
        except OSError as error:
            what = f"the fixture {name} cannot be read: {error.strerror or error}"
            bad.append(BadFixture(index, what, "check its permissions"))
            continue
        count, size = count + len(content.files), size + content.size
        tree = laid_over(tree, content)
    return tree, tuple(bad)


def fixture_names(folder: Path) -> list[str]:
    """What there is to be named, sorted; nothing where the folder is not or cannot be read."""
    try:
        return sorted(each.name for each in os.scandir(folder) if not _is_left_out(each.name))
    except OSError:
        return []


def _read(folder: Path, name: str, most_files: int, most_bytes: int) -> Artifact:
    if not _NAME.fullmatch(name):
        raise _Refused(
            f"{name[:100]!r} is not the name of a fixture",
            f"name a file or directory of {FOLDER}/ beside the scenario, in letters, digits, dots and dashes",
        )
    place = folder / name
    try:
        if stat.S_ISLNK(os.lstat(folder).st_mode):
            raise _Refused(f"{FOLDER} is a link: the fixtures would change with what it points to", "copy them here")
        mode = os.lstat(place).st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise _Refused(f"there is no fixture {name}", _what_is_there(folder, name)) from None
    seen: list[tuple[PurePosixPath, str, bool, tuple[int, ...]]] = []
    entries = _below(place, PurePosixPath()) if stat.S_ISDIR(mode) else iter([(PurePosixPath(name), str(place))])
    size = 0
    for path, each in entries:
        status = os.lstat(each)
        if not stat.S_ISREG(status.st_mode):
            raise _Refused(
                f"the fixture {name} has {path}, {_kind(status.st_mode)}", "copy the file, or make it in a step"
            )
        size += status.st_size
        if len(seen) >= most_files or size > most_bytes:
            raise _Refused(
                f"the fixtures have more than {MOST_FILES:,} files or {MOST_BYTES // 1_000_000} MB with {name}",
                "bring fewer, or make them in a step",
            )
        seen.append((path, each, bool(status.st_mode & 0o100), _version(status)))
    if not seen:
        raise _Refused(f"the fixture {name} holds no file: empty directories are not placed", "put a file into it")
    return _content(tuple(seen))


@lru_cache(maxsize=64)
def _content(seen: _Seen) -> Artifact:
    """Kept while nothing changes: scenarios share fixtures, and suites are read again whenever any file changes."""
    return Artifact.of(ArtifactFile(path, _bytes(place, path), executable) for path, place, executable, _ in seen)


def _bytes(place: str, path: PurePosixPath) -> bytes:
    handle = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise _Refused(f"the fixture has {path}, which is no file any more", "copy the file")
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise _Refused(f"{path} grows while it is read", "copy it when it is complete")
    return content


def _below(directory: Path, below: PurePosixPath) -> Iterator[tuple[PurePosixPath, str]]:
    """Everything in `directory` that is no directory, with its path below the fixture."""
    if len(below.parts) > DEEPEST:
        raise _Refused(f"{below} lies deeper than {DEEPEST} directories", "bring a flatter tree")
    with os.scandir(directory) as found:
        entries = sorted(found, key=lambda each: each.name)
    for entry in entries:
        path = below / entry.name
        if not is_utf8_name(entry.name):
            raise _Refused(f"a name in it is not UTF-8: {ascii(entry.name)[:100]}", "rename it, or make it in a step")
        if is_git_name(entry.name):
            raise _Refused(f"it holds {path}: a repository does not survive in another one", "make it in a step")
        if is_cache_name(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _below(directory / entry.name, path)
        else:
            yield path, entry.path


def _what_is_there(folder: Path, name: str) -> str:
    there = fixture_names(folder)
    best = nearest(name, there)
    if best:
        return f"write {best}"
    return f"make the file or directory {FOLDER}/{name} beside the scenario"


def _kind(mode: int) -> str:
    kinds = {stat.S_IFLNK: "a link", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFDIR: "a directory"}
    return kinds.get(stat.S_IFMT(mode), "a device")


def _version(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _is_left_out(name: str) -> bool:
    return name.startswith(".") or is_cache_name(name)
