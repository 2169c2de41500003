"""The real source: spec files, runs.db and the engine. Reads happen in worker threads; the UI waits for none of them.

Rooms that are slow to import are imported where they are first needed, after the first frame.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

from factory_tui.config import FILE_NAME, ConfigError, Settings, load
from factory_tui.control import ControlClient, ControlError, NoEngine, ensure_engine
from factory_tui.model.foreign import clean, clean_line
from factory_tui.model.money import NOTHING, MicroUsd, from_usd
from factory_tui.model.spec import Status
from factory_tui.model.views import EngineInfo, FailureGroup, LogLine, RunView, SpecRow
from factory_tui.store import StoreError
from factory_tui.store.reader import Reader
from factory_tui.tui.news import News, change_of
from factory_tui.tui.source import BatchPlan, BoardView, Change, Queued, SourceError, Topic

LOG_PAGE = 1000
"""Events of one question for log lines."""

LOOK_FOR_ENGINE_SECONDS = 1.0
"""Pause between two looks for an engine while none runs."""

FILES_SECONDS = 1.0
"""Spec files are compared with what was read at most this often."""

Answer = TypeVar("Answer")

Signature = frozenset[tuple[str, int, int]]
"""Path, modification time and size of every file that a triage depends on."""


class LiveSource:
    """Implements `tui.source.Source` for a workspace."""

    def __init__(self, workspace: Path, settings: Settings, *, read_only: bool = False) -> None:
        self._workspace, self._settings, self._read_only = workspace, settings, read_only
        self._reader = Reader(workspace / "runs.db")
        self._rows: list[SpecRow] = []
        self._signature: Signature | None = None
        self._looked = 0.0
        self._reading = asyncio.Lock()
        self._specs_read = asyncio.Event()

    @property
    def name(self) -> str:
        return clean_line(self._settings.factory.name, limit=24)

    @property
    def read_only(self) -> bool:
        return self._read_only

    # Views

    async def specs(self) -> tuple[SpecRow, ...]:
        async with self._reading:
            rows = await self._ask(self._specs)
        self._specs_read.set()
        return rows

    async def board(self) -> BoardView:
        return await self._ask(lambda: BoardView(tuple(self._reader.board()), self._reader.batch()))

    async def run(self, run: str) -> RunView | None:
        return await self._ask(lambda: self._reader.run(run))

    async def log(self, run: str, after: int) -> tuple[LogLine, ...]:
        return tuple(await self._ask(lambda: self._reader.log(run, after, LOG_PAGE)))

    async def failures(self) -> tuple[FailureGroup, ...]:
        return tuple(await self._ask(self._reader.failures))

    async def plan(self) -> BatchPlan:
        await self._read_settings()
        limits, rows = self._settings.limits, await self.specs()
        return BatchPlan(
            specs=tuple(row.id for row in rows if row.status is Status.READY and not row.errors),
            with_errors=tuple(row.id for row in rows if row.status is Status.READY and row.errors),
            parallel=self._settings.factory.parallel,
            attempts=limits.attempts,
            run_cap=_cap(limits.run_usd),
            batch_cap=_cap(limits.batch_usd),
            day_cap=_cap(limits.day_usd),
            charged=not self._settings.model.is_twin,
        )

    def _specs(self) -> tuple[SpecRow, ...]:
        """Rows from the files, read again only when one of them changed, with their history from the store."""
        from factory_tui.scenarios import triage

        now = time.monotonic()
        if self._signature is None or now - self._looked >= FILES_SECONDS:
            self._looked = now
            signature = self._files()
            if signature != self._signature:
                self._rows = triage(self._workspace, self._settings)
                self._signature = signature
        runs, costs = self._reader.last_runs(), self._reader.spec_cost()
        rows = []
        for row in self._rows:
            last, (cost, count) = runs.get(row.id), costs.get(row.id, (NOTHING, 0))
            history = {"last_run": last.run, "last_state": last.state} if last else {}
            rows.append(row.model_copy(update={**history, "cost": cost, "runs": count}) if last or count else row)
        return tuple(rows)

    def _files(self) -> Signature:
        return frozenset(each for folder in self._watched() for each in _stats(folder))

    def _watched(self) -> list[Path]:
        """Folders whose files decide the triage."""
        from factory_tui.scenarios import scenarios_dir
        from factory_tui.specs import specs_dir

        return [specs_dir(self._workspace), scenarios_dir(self._workspace, self._settings)]

    # News

    async def changes(self) -> AsyncIterator[Change]:
        news = News()
        tasks = [asyncio.create_task(self._follow_engine(news)), asyncio.create_task(self._follow_files(news))]
        try:
            while True:
                yield await news.take()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _follow_engine(self, news: News) -> None:
        """The event stream, taken up again whenever an engine is there; looks for one while there is none."""
        seq = -1
        while True:
            try:
                seq = await self._ask(self._reader.last_seq) if seq < 0 else seq
                async with ControlClient.connect(self._workspace) as client:
                    news.add(Change(Topic.ENGINE | Topic.RUNS | Topic.LOG))
                    async for event in client.follow(seq):
                        seq = event.seq
                        news.add(change_of(event))
                news.add(Change(Topic.ENGINE | Topic.RUNS, progress=""))
            except (ControlError, SourceError, OSError):
                # Nothing to tell: no engine is a normal state, and a broken database shows in the next view.
                pass
            await asyncio.sleep(LOOK_FOR_ENGINE_SECONDS)

    async def _follow_files(self, news: News) -> None:
        """Tell when a spec or scenario file changed; folders that do not exist yet are looked for again.

        Nobody has to hear of files that were not read yet, and the watcher would be imported before the first list.
        """
        await self._specs_read.wait()
        awatch = await asyncio.to_thread(_watcher)
        if await asyncio.to_thread(self._files) != self._signature:
            self._looked = 0.0
            news.add(Change(Topic.SPECS))
        while True:
            folders = [each for each in await asyncio.to_thread(self._watched) if each.is_dir()]
            if folders:
                try:
                    async for _ in awatch(*folders, debounce=200, rust_timeout=60_000):
                        self._looked = 0.0
                        news.add(Change(Topic.SPECS))
                except (OSError, RuntimeError):
                    pass  # no watches left on this machine: files are still compared when a screen asks
            await asyncio.sleep(10)

    # Commands

    async def connect(self, *, start: bool) -> EngineInfo | None:
        with _told():
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
        self._looked = 0.0

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

    def spec_file(self, spec: str) -> Path:
        return self._workspace / "specs" / f"{spec}.md"

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

    @asynccontextmanager
    async def _command(self) -> AsyncIterator[ControlClient]:
        """A connection that agreed on the configuration; the engine is started when none runs."""
        self._allowed()
        await self._read_settings()
        with _told():
            await ensure_engine(self._workspace, self._settings)
            async with ControlClient.connect(self._workspace, self._settings) as client:
                yield client

    async def _read_settings(self) -> None:
        """A room stays open while its operator mends factory.toml: what the next engine will read counts."""
        self._settings = await self._ask(lambda: load(self._workspace))

    def _allowed(self) -> None:
        if self._read_only:
            raise SourceError("this control room is read-only", "open it without --read-only to give commands")

    async def close(self) -> None:
        await asyncio.to_thread(self._reader.close)

    async def _ask(self, question: Callable[[], Answer]) -> Answer:
        with _told():
            return await asyncio.to_thread(question)


@contextmanager
def _told() -> Iterator[None]:
    """Errors of the rooms below, in the words of the screen."""
    try:
        yield
    except (ControlError, StoreError) as error:
        raise SourceError(clean(error.what), clean(error.todo)) from error
    except ConfigError as error:
        what, _, todo = str(error).partition("\n")
        raise SourceError(clean(what), clean(todo.strip()) or f"mend {FILE_NAME}") from error
    except OSError as error:
        raise SourceError(clean(str(error)), "check that the workspace is there and readable") from error


def _watcher() -> Callable[..., AsyncIterator[object]]:
    """Imported when it is needed, and not in the loop that draws."""
    from watchfiles import awatch

    return awatch


def _cap(dollars: float | None) -> MicroUsd | None:
    return None if dollars is None else from_usd(dollars)


def _stats(folder: Path) -> Iterator[tuple[str, int, int]]:
    """Path, time and size of the files below a folder; what vanishes meanwhile is left out."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        try:
            if entry.is_dir(follow_symlinks=False):
                yield from _stats(Path(entry.path))
            else:
                status = entry.stat()
                yield (entry.path, status.st_mtime_ns, status.st_size)
        except OSError:
            continue
