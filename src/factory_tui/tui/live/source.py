"""The real source: spec files, runs.db and the engine. Reads happen in worker threads; the UI waits for none of them.

Rooms that are slow to import are imported where they are first needed, after the first frame.
"""

import asyncio
from collections.abc import AsyncIterator, Callable

from factory_tui.control import ControlClient, ControlError
from factory_tui.tui.live.editing import LiveEditing
from factory_tui.tui.news import News, change_of
from factory_tui.tui.source import Change, SourceError, Topic

LOOK_FOR_ENGINE_SECONDS = 1.0
"""Pause between two looks for an engine while none runs."""

WATCH_AFTER_SECONDS = 0.3
"""The first list is drawn before the watcher is imported; what is saved meanwhile is found when it starts."""


class LiveSource(LiveEditing):
    """Implements `tui.source.Source` for a workspace: its views and commands, and the news about both."""

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
        await asyncio.sleep(WATCH_AFTER_SECONDS)
        awatch = await asyncio.to_thread(_watcher)
        if await asyncio.to_thread(self._triage.is_stale, self._settings):
            self._triage.look_again()
            news.add(Change(Topic.SPECS))
        while True:
            watched = await asyncio.to_thread(self._triage.watched, self._settings)
            folders = [each for each in watched if each.is_dir()]
            if folders:
                try:
                    async for _ in awatch(*folders, debounce=200, rust_timeout=60_000):
                        self._triage.look_again()
                        news.add(Change(Topic.SPECS))
                except (OSError, RuntimeError):
                    pass  # no watches left on this machine: files are still compared when a screen asks
            await asyncio.sleep(10)


def _watcher() -> Callable[..., AsyncIterator[object]]:
    """Imported when it is needed, and not in the loop that draws."""
    from watchfiles import awatch

    return awatch
