"""What every part of the real source stands on: the workspace, what reads it, and a way to ask without blocking."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from factory_tui.checker import Checker
from factory_tui.config import Settings, load
from factory_tui.control import ControlClient, ensure_engine
from factory_tui.model.foreign import clean_line
from factory_tui.model.money import MicroUsd, from_usd
from factory_tui.model.views import SpecRow
from factory_tui.store.reader import Reader
from factory_tui.tui.live.drafts import Drafts
from factory_tui.tui.live.told import told
from factory_tui.tui.live.triage import LiveTriage
from factory_tui.tui.source import SourceError

Answer = TypeVar("Answer")


class LiveWorkspace:
    """A workspace on disk, its history opened read-only, and the engine that may run on it."""

    def __init__(self, workspace: Path, settings: Settings, *, read_only: bool = False) -> None:
        self._workspace, self._settings, self._read_only = workspace, settings, read_only
        self._reader = Reader(workspace / "runs.db")
        self._triage = LiveTriage(workspace, self._reader)
        self._specs_read = asyncio.Event()
        """Set once a screen had the specs: before, nobody has to hear that one changed."""
        self._checker = Checker(workspace, self._reader)
        self._drafts = Drafts(workspace)

    @property
    def name(self) -> str:
        return clean_line(self._settings.factory.name, limit=24)

    @property
    def read_only(self) -> bool:
        return self._read_only

    def spec_file(self, spec: str) -> Path:
        return self._workspace / "specs" / f"{spec}.md"

    async def _rows(self) -> tuple[SpecRow, ...]:
        rows = await self._ask(lambda: self._triage.rows(self._settings))
        self._specs_read.set()
        return rows

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
        await asyncio.to_thread(self._drafts.close)
        await asyncio.to_thread(self._reader.close)

    async def _ask(self, question: Callable[[], Answer]) -> Answer:
        with told():
            return await asyncio.to_thread(question)


def cap(dollars: float | None) -> MicroUsd | None:
    """A limit of the configuration as money; None stays without limit."""
    return None if dollars is None else from_usd(dollars)
