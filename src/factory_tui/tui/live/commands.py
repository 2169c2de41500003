"""What the screens tell the real source to do: the engine carries it out, spec files are changed by the spec room."""

from collections.abc import Callable, Sequence

from factory_tui.control import ControlClient, EscapeAnswer, NoEngine, ensure_engine
from factory_tui.model.failure import FailureClass
from factory_tui.model.foreign import clean_line
from factory_tui.model.spec import Status
from factory_tui.model.views import EngineInfo
from factory_tui.tui.live.views import LiveViews
from factory_tui.tui.live.workspace import told
from factory_tui.tui.source import ChangedSpecs, Queued, SourceError, SpecChange


class LiveCommands(LiveViews):
    """The commands of `tui.source.Source`."""

    async def connect(self, *, start: bool) -> EngineInfo | None:
        with told():
            if start and not self._read_only:
                await self._read_settings()
                return await ensure_engine(self._workspace, self._settings)
            try:
                async with ControlClient.connect(self._workspace) as client:
                    return await client.hello(self._settings)
            except NoEngine:
                return None

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

    # Runs

    async def start_batch(self, specs: Sequence[str] = ()) -> Queued:
        async with self._command() as client:
            answer = await client.run(tuple(specs))
        return Queued(answer.runs, tuple((clean_line(spec), clean_line(why)) for spec, why in answer.refused))

    async def cancel(self, run: str) -> None:
        async with self._command() as client:
            await client.cancel(run)

    async def retry(self, run: str) -> str:
        async with self._command() as client:
            return await client.retry(run)

    async def answer(self, run: str, answer: str, question: str) -> str:
        async with self._command() as client:
            taken = await client.answer(run, answer, question)
        self._triage.look_again()
        return taken

    async def escape(self, run: str, reason: str) -> EscapeAnswer:
        async with self._command() as client:
            return await client.escape(run, reason)

    async def pause(self, paused: bool) -> None:
        async with self._command() as client:
            await (client.pause() if paused else client.resume())

    # Lessons

    async def classify(self, failure: int, failure_class: FailureClass, reason: str = "") -> None:
        async with self._command() as client:
            await client.classify(failure, failure_class, reason)

    async def propose(self) -> int:
        async with self._command() as client:
            return len(await client.propose())

    async def accept(self, amendment: int) -> str:
        async with self._command() as client:
            version = await client.accept(amendment)
        self._triage.look_again()
        return version

    async def reject(self, amendment: int, reason: str) -> None:
        async with self._command() as client:
            await client.reject(amendment, reason)
