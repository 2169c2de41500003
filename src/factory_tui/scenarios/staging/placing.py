"""A scenario's files over the artifact: the tree that a trial starts from."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from factory_tui.model.artifact import Artifact, ArtifactFile
from factory_tui.scenarios.matching.matchers import ScenarioFault


def with_files(tree: Artifact, files: dict[str, str]) -> Artifact:
    """`tree` with `files` placed over it; what stands in a file's way, a directory or a file above it, gives way.

    Raises:
        ScenarioFault: a path leads outside, or one of the scenario's own files lies below another.
    """
    for path in files:
        if not is_inside(path):
            raise ScenarioFault(f"files: {path!r} is not a path inside the work directory; write a relative one")
    if clash := both_file_and_directory(files):
        raise ScenarioFault(f"files: {clash[0]} is both a file and the directory of another file")
    return laid_over(
        tree,
        (ArtifactFile(PurePosixPath(path), text.encode(), text.startswith("#!")) for path, text in files.items()),
    )


def laid_over(tree: Artifact, files: Iterable[ArtifactFile]) -> Artifact:
    """`tree` with `files` in it; what stands in the way of one, a directory or a file above it, gives way."""
    placed = {each.path: each for each in files}
    if not placed:
        return tree
    above = {parent for where in placed for parent in where.parents}
    kept = [
        each
        for each in tree
        if each.path not in placed and each.path not in above and not placed.keys() & set(each.path.parents)
    ]
    return Artifact.of([*kept, *placed.values()], tree.dropped)


def is_inside(path: str) -> bool:
    """Whether `path` names something below the directory that it is relative to."""
    where = PurePosixPath(path)
    return bool(where.parts) and not where.is_absolute() and ".." not in where.parts and "\0" not in path


def both_file_and_directory(paths: Iterable[str]) -> list[str]:
    """Paths of files that others of the files would lie below, sorted."""
    files = {PurePosixPath(path): path for path in paths}
    above = {parent for where in files for parent in where.parents}
    return sorted(files[where] for where in files.keys() & above)
