"""Where votes are kept, as the judges know it."""

from typing import Protocol

from factory_tui.ledger import Book
from factory_tui.model.judgement import Judgement, JudgementKey


class VoteEntry(Book, Protocol):
    """The ledger of one vote. Settling waits for the vote, so that a paid one is never lost and paid again."""

    async def keep(self, key: JudgementKey, judgement: Judgement) -> None:
        """Settle the call and keep what was judged so far, in one transaction."""
        ...

    async def close(self) -> None:
        """Settle a call whose vote was not kept; nothing else otherwise."""
        ...


class VoteRecords(Protocol):
    """What was judged before, and the ledger of what is judged now."""

    async def recorded(self, key: JudgementKey) -> Judgement | None:
        """All answered votes so far; its outcome stands only when they settle it."""
        ...

    def entry(self) -> VoteEntry: ...
