"""Commits ⇄ artifacts, through the object database only: there is never a checkout, so no filter can run."""

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from factory_tui.delivery.git import Git, GitFailed
from factory_tui.model.artifact import Artifact, ArtifactFile

_FILE, _EXECUTABLE = "100644", "100755"
_GITS_OWN = ".gitmodules"
"""Says where submodules come from, so it stays with them: a changed one would send the operator's git elsewhere."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a commit's tree."""

    mode: str
    object_id: str
    path: bytes

    @property
    def shown(self) -> str | None:
        """The path when an agent gets to see the entry; None for what only git itself understands.

        That is: links, submodules, `.gitmodules` and names that are not UTF-8.
        """
        if self.mode not in (_FILE, _EXECUTABLE):
            return None
        try:
            path = self.path.decode("utf-8")
        except UnicodeDecodeError:
            return None
        return None if path.lower() == _GITS_OWN else path


def read_entries(git: Git, commit: str) -> tuple[Entry, ...]:
    """All entries of a commit's tree, sub-directories included. Raises `GitFailed`."""
    listing = git.run("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", commit)
    entries = []
    for line in listing.split(b"\0"):
        if line:
            head, _, path = line.partition(b"\t")
            mode, _, object_id = head.decode("ascii").split(" ")
            entries.append(Entry(mode, object_id, path))
    return tuple(entries)


def read_artifact(git: Git, entries: Iterable[Entry]) -> Artifact:
    """The regular files among `entries` with their content. Raises `GitFailed`."""
    shown = [(each, path) for each in entries if (path := each.shown) is not None]
    contents = _read_blobs(git, [each.object_id for each, _ in shown])
    return Artifact.of(
        ArtifactFile(PurePosixPath(path), content, each.mode == _EXECUTABLE)
        for (each, path), content in zip(shown, contents, strict=True)
    )


def _read_blobs(git: Git, object_ids: list[str]) -> Iterator[bytes]:
    output = memoryview(git.run("cat-file", "--batch", stdin="".join(f"{each}\n" for each in object_ids).encode()))
    position = 0
    for object_id in object_ids:
        end = bytes(output[position : position + 200]).find(b"\n") + position
        fields = bytes(output[position:end]).split()
        if len(fields) != 3 or fields[1] != b"blob":
            raise GitFailed(f"git cat-file: object {object_id} is missing; the repository is damaged")
        start = end + 1
        position = start + int(fields[2]) + 1
        yield bytes(output[start : position - 1])


def write_tree(git: Git, artifact: Artifact, base: Iterable[Entry]) -> str:
    """The tree of `artifact`, with what `base` has and an agent does not see kept untouched; its object id.

    Where the artifact puts a file in the way of such an entry, the artifact wins.

    Raises:
        GitFailed: a path that git refuses, or no space.
    """
    files = [each for each in artifact if not _belongs_to_git(each.path)]
    taken = {str(each.path).encode() for each in files}
    parents = {str(parent).encode() for each in files for parent in each.path.parents}
    kept = [each for each in base if each.shown is None and not _in_the_way(each.path, taken, parents)]
    with tempfile.TemporaryDirectory(prefix="hold-", dir=git.directory) as scratch:
        object_ids = _write_blobs(git, files, Path(scratch))
    written = [
        Entry(_EXECUTABLE if each.executable else _FILE, object_id, str(each.path).encode())
        for each, object_id in zip(files, object_ids, strict=True)
    ]
    return write_entries(git, [*kept, *written])


def write_entries(git: Git, entries: Iterable[Entry]) -> str:
    """The tree that has exactly these entries; its object id. What they name has to be there.

    Raises:
        GitFailed: a path that git refuses, or no space.
    """
    lines = {each.path: f"{each.mode} {each.object_id}\t".encode() + each.path for each in entries}
    with tempfile.TemporaryDirectory(prefix="tree-", dir=git.directory) as scratch:
        index = {"GIT_INDEX_FILE": str(Path(scratch) / "index")}
        git.run(
            "update-index", "-z", "--index-info", stdin=b"".join(line + b"\0" for line in lines.values()), env=index
        )
        _refuse_ignored(set(lines), git.run("ls-files", "-z", env=index))
        return git.run("write-tree", env=index).decode().strip()


def _refuse_ignored(wanted: set[bytes], listing: bytes) -> None:
    """git leaves out a path that it takes for a disguise of `.git`, without an error."""
    ignored = wanted - set(listing.split(b"\0"))
    if ignored:
        raise GitFailed(f"git refuses the path {min(ignored).decode('utf-8', 'replace')}")


def _write_blobs(git: Git, files: list[ArtifactFile], scratch: Path) -> list[str]:
    """One process for all blobs. The scratch files have names of ours, so no name an agent chose meets a command."""
    names = []
    for number, each in enumerate(files):
        (scratch / str(number)).write_bytes(each.content)
        names.append(f"{number}\n")
    output = git.run(
        "hash-object", "-w", "--no-filters", "--stdin-paths", stdin="".join(names).encode(), directory=scratch
    )
    return output.decode("ascii").split()


def _belongs_to_git(path: PurePosixPath) -> bool:
    return any(part.lower() == ".git" for part in path.parts) or str(path).lower() == _GITS_OWN


def _in_the_way(path: bytes, taken: set[bytes], parents: set[bytes]) -> bool:
    """True when the artifact has a file at `path`, below it, or at one of its directories."""
    directories = path.split(b"/")
    above = {b"/".join(directories[:count]) for count in range(1, len(directories))}
    return path in taken or path in parents or bool(above & taken)
