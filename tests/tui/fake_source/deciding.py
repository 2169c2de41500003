"""Status and priority of the rows."""

from collections.abc import Callable, Sequence

from factory_tui.model.estimate import Advice
from factory_tui.model.spec import Status
from factory_tui.model.version import VersionView
from factory_tui.report.advice import advise
from factory_tui.specs import parse
from factory_tui.store.inbox import version_of
from factory_tui.tui.source import ChangedSpecs, RefusedChange, SourceError, SpecChange
from tests.tui import sample

from .night import Night


class FakeDeciding(Night):
    """Keeps the promises of `tui.source.deciding.Deciding`."""

    async def set_status(self, spec: str, status: Status) -> None:
        self._command(f"{status} {spec}")
        row = next(each for each in self.spec_rows if each.id == spec)
        if status is Status.READY and row.errors:
            finding = row.findings[0]
            raise SourceError(f"{spec} cannot be Ready: {finding.rule} {finding.message}", finding.fix)
        if status is Status.READY:
            self._record_version(spec)
        self._change_row(spec, status=status)

    def _record_version(self, spec: str) -> None:
        known = self.version_views.get(spec, ())
        found = parse(self.spec_file(spec), self._text(spec))
        if all(each.version.hash != found.hash for each in known):
            version = version_of(found, (), sample.NOW)
            self.version_views[spec] = (*known, VersionView(number=len(known) + 1, version=version))

    async def set_priority(self, spec: str, priority: int) -> None:
        self._command(f"priority {priority} {spec}")
        self._change_row(spec, priority=priority)

    async def change_specs(self, changes: Sequence[SpecChange], progress: Callable[[int], None]) -> ChangedSpecs:
        done: list[str] = []
        refused: list[RefusedChange] = []
        for number, each in enumerate(changes, start=1):
            await self.slowly()
            try:
                if each.priority is not None:
                    await self.set_priority(each.spec, each.priority)
                if each.status is not None:
                    await self.set_status(each.spec, each.status)
                done.append(each.spec)
            except SourceError as error:
                refused.append(RefusedChange(each.spec, error.what, error.todo))
            progress(number)
        return ChangedSpecs(tuple(done), tuple(refused))

    async def advice(self) -> tuple[Advice, ...]:
        self._ask()
        return advise(self.past)
