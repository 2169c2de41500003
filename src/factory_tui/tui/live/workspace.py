"""What every part of the real source stands on: the workspace, its history, and a way to ask without blocking."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

from factory_tui.config import FILE_NAME, ConfigError, Settings, load
from factory_tui.control import ControlClient, ControlError, ensure_engine
from factory_tui.model.foreign import clean, clean_line
from factory_tui.store import StoreError
from factory_tui.store.reader import Reader
from factory_tui.tui.source import SourceError

Answer = TypeVar("Answer")


class LiveWorkspace:
    """A workspace on disk, its history opened read-only, and the engine that may run on it."""

    def __init__(self, workspace: Path, settings: Settings, *, read_only: bool = False) -> None:
        self._workspace, self._settings, self._read_only = workspace, settings, read_only
        self._reader = Reader(workspace / "runs.db")

    @property
    def name(self) -> str:
        return clean_line(self._settings.factory.name, limit=24)

    @property
    def read_only(self) -> bool:
        return self._read_only

    def spec_file(self, spec: str) -> Path:
        return self._workspace / "specs" / f"{spec}.md"

    @asynccontextmanager
    async def _command(self) -> AsyncIterator[ControlClient]:
        """A connection that agreed on the configuration; the engine is started when none runs."""
        self._allowed()
        await self._read_settings()
        with told():
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
        with told():
            return await asyncio.to_thread(question)


@contextmanager
def told() -> Iterator[None]:
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
