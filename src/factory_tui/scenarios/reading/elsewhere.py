"""Where the holdout lies: a directory, or a git repository of its own of which the factory keeps a copy."""

import re
from dataclasses import dataclass
from pathlib import Path

COPY = Path(".factory") / "holdout"
"""The newest copy, below the workspace: a link to a directory of one commit."""

_SCP = re.compile(r"^[A-Za-z0-9_][\w.-]*@[\w.-]+:")


@dataclass(frozen=True, slots=True)
class Repository:
    """The holdout as a git repository."""

    url: str
    """`ssh://…`, `https://…`, `file:///…`, `user@host:path`, or the path of a bare one."""
    branch: str | None
    """None is the one that the repository itself takes for its main one."""


def repository_of(scenarios: str) -> Repository | None:
    """The repository that `[factory] scenarios` names; None when it names a directory.

    `#branch` may follow the address. A working tree is a directory like any other, and is read as it is.
    """
    url, _, branch = scenarios.partition("#")
    if "://" in url or _SCP.match(url) or url.rstrip("/").endswith(".git"):
        return Repository(url, branch or None)
    return None


def is_unfetched(directory: Path) -> bool:
    """Whether `directory` is the place of a copy that nobody has brought yet."""
    return directory.parts[-2:] == COPY.parts and not directory.exists()


def holdout_dir(workspace: Path, scenarios: str) -> Path:
    """The directory in which the scenarios can be read: absolute, and it may lie outside the workspace.

    Args:
        workspace: where relative paths start.
        scenarios: of `[factory]`.
    """
    if repository_of(scenarios) is not None:
        return (workspace / COPY).absolute()
    return (workspace / scenarios).absolute()
