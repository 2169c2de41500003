"""What failures teach: the operator's word on each, and amendments of the templates."""

from dataclasses import dataclass
from typing import Protocol

from factory_tui.model.amendment import AmendmentRecord, RecurringGroup
from factory_tui.model.failure import FailureClass, FailureRecord


@dataclass(frozen=True, slots=True)
class AmendmentView:
    """An amendment as the operator decides on it."""

    record: AmendmentRecord
    diff: tuple[str, ...] = ()
    """Unified diff of the template file as it would change, without line ends; of what was changed, once accepted."""
    failures: tuple[FailureRecord, ...] = ()
    """The records behind it, newest first."""
    stale: str = ""
    """Why it can no longer be accepted as it is; empty otherwise."""


@dataclass(frozen=True, slots=True)
class LessonsView:
    """What recurring failures teach."""

    recurring: tuple[RecurringGroup, ...] = ()
    """Groups beyond the thresholds of `[feedback]`, largest first."""
    amendments: tuple[AmendmentView, ...] = ()
    """Proposed ones first, then the decided ones, newest first."""
    problem: str = ""
    """Why nothing can be proposed or accepted now: a template that cannot be read."""


class Learning(Protocol):
    """Failures and the amendments that they propose."""

    async def lessons(self) -> LessonsView:
        """Recurring failures and the amendments they propose."""
        ...

    async def classify(self, failure: int, failure_class: FailureClass, reason: str = "") -> None:
        """The operator's class of a failure record."""
        ...

    async def propose(self) -> int:
        """Look for recurring failures now; how many new amendments there are."""
        ...

    async def accept(self, amendment: int) -> str:
        """The template version that has it, such as `feature@2`."""
        ...

    async def reject(self, amendment: int, reason: str) -> None: ...
