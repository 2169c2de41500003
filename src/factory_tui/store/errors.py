"""What can go wrong with runs.db, in words for the operator."""

from factory_tui.model.amendment import AmendmentRecord
from factory_tui.model.failure import FailureRecord


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


class AlreadyDecided(Exception):
    """The operator decided this before, perhaps in another viewer; what was decided then holds.

    Args:
        what: what had been decided.
        record: the amendment with its decision, or the failure record of the escaped defect.
    """

    def __init__(self, what: str, record: AmendmentRecord | FailureRecord) -> None:
        super().__init__(what)
        self.record = record
