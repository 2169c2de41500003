"""The part of the store's door through which specs go: their versions, what runs took along, what a model read back."""

from collections.abc import Iterable

from factory_tui.model.ids import RunId, SpecId
from factory_tui.model.mutation import MutationReport
from factory_tui.model.readback import ReadBack
from factory_tui.model.version import Earlier, SpecVersion
from factory_tui.store import mutations, read_backs, versions
from factory_tui.store.writer import Writer


class SpecRecords:
    """Each method is one transaction."""

    _writer: Writer

    async def record_version(self, version: SpecVersion) -> None:
        """Keep a version that became Ready; one that is known learns its newest text and findings.

        Raises:
            ValueError: its text has another hash.
        """
        await self._writer.transact(lambda tx: versions.record_version(tx, version))

    async def earlier_versions(self, spec: SpecId | str) -> tuple[Earlier, ...]:
        """What the recorded versions of a spec said, oldest first."""
        return await self._writer.transact(lambda tx: versions.earlier(tx, spec))

    async def shipped_texts(self) -> dict[SpecId, str]:
        """Spec id → text of the version whose newest run shipped and was not marked as an escaped defect."""
        return await self._writer.transact(versions.shipped_texts)

    async def bind_constraints(self, run: RunId | str, constraints: Iterable[tuple[str, str, str]]) -> None:
        """Keep which constraint specs a run was built and judged under, in the place of what was kept before.

        Args:
            run: the run.
            constraints: spec, its hash, and the hash of its scenarios.
        """
        bound = tuple(constraints)
        await self._writer.transact(lambda tx: versions.bind_constraints(tx, run, bound))

    async def record_read_back(self, read_back: ReadBack) -> None:
        """Keep it; emits `spec.read_back`."""
        await self._writer.transact(lambda tx: read_backs.record(tx, read_back))

    async def record_mutation(self, report: MutationReport) -> None:
        """Keep it; emits `suite.mutated`."""
        await self._writer.transact(lambda tx: mutations.record(tx, report))

    async def read_back_of(self, spec: SpecId | str, version: str) -> ReadBack | None:
        """The newest one of a version (its whole hash)."""
        return await self._writer.transact(lambda tx: read_backs.of_version(tx, spec, version))
