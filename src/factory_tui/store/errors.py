"""What can go wrong with runs.db, in words for the operator."""


class StoreError(Exception):
    """runs.db cannot be read or written.

    Args:
        what: what happened, and to which file.
        todo: what to do about it.
    """

    def __init__(self, what: str, todo: str) -> None:
        super().__init__(f"{what}\n{todo}")
        self.what, self.todo = what, todo


class StaleEpoch(StoreError):
    """Another engine has opened the store since: this one must not write any more."""
