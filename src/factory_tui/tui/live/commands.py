"""What the screens tell the real source to do: the engine carries it out, spec files are changed by the spec room."""

from factory_tui.control import ControlClient, EscapeAnswer, NoEngine, ensure_engine
from factory_tui.model.failure import FailureClass
from factory_tui.model.foreign import clean, clean_line
from factory_tui.model.spec import Status
from factory_tui.model.views import EngineInfo
from factory_tui.tui.live.views import LiveViews
from factory_tui.tui.live.workspace import told
from factory_tui.tui.source import Queued, SourceError


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
        self._allowed()
        await self._ask(lambda: self._set_status(spec, status))
        self._triage.look_again()

    def _set_status(self, spec: str, status: Status) -> None:
        from factory_tui.scenarios import load_suite, readiness, scenarios_dir
        from factory_tui.specs import EditRefused, SpecUnreadable, is_ready, load_specs, set_status

        try:
            if status is not Status.READY:
                set_status(self.spec_file(spec), status)
                return
            library = load_specs(self._workspace)
            found = next((each for name, each in library.specs.items() if name == spec), None)
            if found is None:
                raise SourceError(f"{spec} cannot be Ready: its file cannot be read", "e opens it in the editor")
            suite, broken = load_suite(scenarios_dir(self._workspace, self._settings), found.id)
            findings = readiness(found, library, suite, broken, self._settings)
            if not is_ready(findings):
                first = next(each for each in findings if each.level == "error")
                raise SourceError(f"{spec} cannot be Ready: {first.rule} {clean(first.message)}", clean(first.fix))
            set_status(found.path, status, seen=found.text)
        except (EditRefused, SpecUnreadable) as error:
            raise SourceError(clean(f"{error.path.name}: {error.what}"), clean(error.todo)) from error

    # Runs

    async def start_batch(self) -> Queued:
        async with self._command() as client:
            answer = await client.run(())
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
