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


class StoreDown(StoreError):
    """Nothing can be recorded any more, whatever it is: the disk is full, the file is damaged or not writable."""


class StoreBusy(StoreDown):
    """Another program keeps the database locked; nothing is wrong with it."""


class StaleEpoch(StoreDown):
    """Another engine has opened the store since: this one must not write any more."""
