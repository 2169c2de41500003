"""What an agent leaves behind, as the factory took it out of the sandbox: regular files, never links or `.git`."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

_IGNORED_BY_HFS = dict.fromkeys((*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF))


@dataclass(frozen=True, slots=True)
class ArtifactFile:
    """A regular file of an artifact."""

    path: PurePosixPath
    """Relative, no `..`, no `.git` in any spelling of case."""
    content: bytes
    executable: bool = False

    def text(self, most: int) -> str:
        """The first `most` bytes as text; empty when they are binary."""
        start = self.content[:most]
        return "" if b"\0" in start else start.decode("utf-8", errors="ignore")


@dataclass(frozen=True, slots=True)
class Artifact:
    """A tree of regular files held in memory (bounded by the collector's caps), sorted by path."""

    files: tuple[ArtifactFile, ...]
    dropped: tuple[str, ...] = ()
    """What the collector refused, each as `path: reason`, for the operator."""

    @classmethod
    def of(cls, files: Iterable[ArtifactFile], dropped: Iterable[str] = ()) -> "Artifact":
        return cls(tuple(sorted(files, key=lambda each: each.path)), tuple(dropped))

    def __iter__(self) -> Iterator[ArtifactFile]:
        return iter(self.files)

    @property
    def size(self) -> int:
        """Bytes of content."""
        return sum(len(each.content) for each in self.files)

    @property
    def hash(self) -> str:
        """SHA-256 (hex) over path, mode and content of every file."""
        digest = hashlib.sha256()
        for each in self.files:
            digest.update(f"{each.path}\0{int(each.executable)}\0{len(each.content)}\0".encode())
            digest.update(each.content)
        return digest.hexdigest()


EMPTY = Artifact(())


def is_cache_name(name: str) -> bool:
    """What running a Python program leaves behind, and no artifact is made of."""
    plain = name.casefold()
    return plain in ("__pycache__", ".pytest_cache") or plain.endswith(".pyc")


def is_utf8_name(name: str) -> bool:
    """False for a name that the file system gave as other bytes (a lone surrogate for each of them)."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_git_name(part: str) -> bool:
    """True for `.git` in any spelling that git or a file system takes for it (`.GIT`, `git~1`, `.git ` …)."""
    for piece in part.split("\\"):
        plain = piece.translate(_IGNORED_BY_HFS).partition(":")[0].rstrip(" .").casefold()
        if plain in (".git", "git~1"):
            return True
    return False
