"""The book that other tests use keeps the same contract as the store's."""

import pytest

from factory_tui.ledger import Caps
from tests.ledger.contract import BookContract, OpenLedgerWith
from tests.ledger.memory import MemoryLedger


class TestMemoryBook(BookContract):
    @pytest.fixture
    def open_ledger(self) -> OpenLedgerWith:
        async def opened(caps: Caps) -> MemoryLedger:
            return MemoryLedger(caps)

        return opened
