"""What a source raises, in words for the operator."""


class SourceError(Exception):
    """Something the operator asked for did not work.

    Args:
        what: what happened, and where.
        todo: what to do about it.
    """

    def __init__(self, what: str, todo: str = "") -> None:
        super().__init__(what)
        self.what, self.todo = what, todo


class SpecChanged(SourceError):
    """The file on disk is not the one that was read: somebody else saved it, renamed it or deleted it.

    Args:
        what: what happened.
        todo: what to do about it.
        theirs: what the file holds now; None when it is gone.
    """

    def __init__(self, what: str, todo: str, theirs: str | None) -> None:
        super().__init__(what, todo)
        self.theirs = theirs
