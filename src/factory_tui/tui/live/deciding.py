"""Deciding what to build: spec files are changed by the spec room, one or hundreds."""

from collections.abc import Callable, Sequence

from factory_tui.model.estimate import Advice
from factory_tui.model.spec import Status
from factory_tui.tui.live.told import told
from factory_tui.tui.live.workspace import LiveWorkspace
from factory_tui.tui.source import ChangedSpecs, SourceError, SpecChange


class LiveDeciding(LiveWorkspace):
    """Implements `tui.source.deciding.Deciding`."""

    async def set_status(self, spec: str, status: Status) -> None:
        await self._change_one(SpecChange(spec, status=status))

    async def set_priority(self, spec: str, priority: int) -> None:
        await self._change_one(SpecChange(spec, priority=priority))

    async def _change_one(self, change: SpecChange) -> None:
        changed = await self.change_specs((change,), lambda _: None)
        for each in changed.refused:
            raise SourceError(each.what, each.todo)

    async def change_specs(self, changes: Sequence[SpecChange], progress: Callable[[int], None]) -> ChangedSpecs:
        from factory_tui.tui.live.spec_changes import change_specs

        self._allowed()
        with told(), self._triage.holding_still():
            return await change_specs(self._workspace, self._settings, self._reader, changes, progress)

    async def advice(self) -> tuple[Advice, ...]:
        from factory_tui.report.advice import advise  # few evenings ask for it

        return await self._ask(lambda: advise(self._reader.past_runs()))
