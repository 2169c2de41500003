"""What can be wrong with a file of this room, told so that the operator can mend it."""

from pathlib import Path


class SpecFileError(Exception):
    """A file cannot be used, or was left as it is.

    Args:
        path: the file.
        what: what is wrong with it.
        todo: what to do about it.
    """

    def __init__(self, path: Path, what: str, todo: str) -> None:
        super().__init__(f"{path}: {what}")
        self.path, self.what, self.todo = path, what, todo


class SpecUnreadable(SpecFileError):
    """A spec's file cannot be read as text."""


class TemplateError(SpecFileError):
    """A workspace's own template cannot be used."""


class EditRefused(SpecFileError):
    """A spec file was left as it is."""


class SpecChangedOutside(EditRefused):
    """Another program changed, renamed or deleted a spec file after it was read.

    Args:
        path: the file.
        what: what happened to it.
        todo: what to do about it.
        theirs: what it holds now; None when it is gone.
    """

    def __init__(self, path: Path, what: str, todo: str, theirs: str | None) -> None:
        super().__init__(path, what, todo)
        self.theirs = theirs
