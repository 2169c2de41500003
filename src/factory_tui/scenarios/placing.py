"""A scenario's files over the artifact: the tree that a trial starts from."""

from pathlib import PurePosixPath

from factory_tui.model.artifact import Artifact, ArtifactFile
from factory_tui.scenarios.matchers import ScenarioFault
from factory_tui.scenarios.steps.situation import is_inside


def with_files(tree: Artifact, files: dict[str, str]) -> Artifact:
    """`tree` with `files` placed over it; what stands in a file's way, a directory or a file above it, gives way.

    Raises:
        ScenarioFault: a path leads outside, or one of the scenario's own files lies below another.
    """
    placed: dict[PurePosixPath, ArtifactFile] = {}
    for path, text in files.items():
        if not is_inside(path):
            raise ScenarioFault(f"files: {path!r} is not a path inside the work directory; write a relative one")
        where = PurePosixPath(path)
        placed[where] = ArtifactFile(where, text.encode(), executable=text.startswith("#!"))
    above = {parent for where in placed for parent in where.parents}
    if clash := above & placed.keys():
        raise ScenarioFault(f"files: {min(clash)} is both a file and the directory of another file")
    kept = [
        each
        for each in tree
        if each.path not in placed and each.path not in above and not placed.keys() & set(each.path.parents)
    ]
    return Artifact.of([*kept, *placed.values()], tree.dropped)
