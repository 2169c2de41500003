"""The part of the store's door that keeps the holdout's secrecy: what was sealed, and what an agent has seen of it."""

from collections.abc import Collection, Mapping

from factory_tui.model.holdout import Burn, Seal
from factory_tui.model.ids import RunId
from factory_tui.store import burns, seals, told
from factory_tui.store.told import Told
from factory_tui.store.writer import Writer


class Secrecy:
    """Each method is one transaction that also appends its events."""

    _writer: Writer

    async def record_seal(self, run: RunId | str, seal: Seal) -> None:
        """Seal the suite of a run that is queued already; emits `suite.sealed`."""
        await self._writer.transact(lambda tx: seals.record(tx, run, seal))

    async def seal_of(self, run: RunId | str) -> Seal | None:
        """The newest seal of a run; None when an older version queued it."""
        return await self._writer.transact(lambda tx: seals.of_run(tx, run))

    async def record_burn(self, burn: Burn) -> bool:
        """Keep that a scenario is known to an agent; commit it before the agent is told. Emits `scenario.burned`.

        Returns:
            False when that was known of this run, or, for a burn outside of a run, known at all.
        """
        return await self._writer.transact(lambda tx: burns.record(tx, burn))

    async def burned(self, behaviours: Collection[str]) -> Mapping[str, str]:
        """Behaviour → why it is burned, of those among `behaviours` that are."""
        return await self._writer.transact(lambda tx: burns.known(tx, behaviours))

    async def told_last(self, run: RunId | str) -> Told | None:
        """What was disclosed of the last counted attempt of a run; None when that was not told of."""
        return await self._writer.transact(lambda tx: told.last(tx, run))
