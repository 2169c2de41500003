"""The real source: spec files, runs.db and the engine. Reads happen in worker threads; the UI waits for none of them.

Rooms that are slow to import are imported where they are first needed, after the first frame.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from factory_tui.config import FILE_NAME
from factory_tui.control import ControlClient, ControlError
from factory_tui.tui.live.deciding import LiveDeciding
from factory_tui.tui.live.editing import LiveEditing
from factory_tui.tui.live.files import changed_files
from factory_tui.tui.live.learning import LiveLearning
from factory_tui.tui.live.proving import LiveProving
from factory_tui.tui.live.reading_back import LiveReadingBack
from factory_tui.tui.live.running import LiveRunning
from factory_tui.tui.live.versions import LiveVersions
from factory_tui.tui.live.views import LiveViews
from factory_tui.tui.news import News, change_of, change_of_files
from factory_tui.tui.source import Change, SourceError, Topic

LOOK_FOR_ENGINE_SECONDS = 1.0
"""Pause between two looks for an engine while none runs."""

WATCH_AFTER_SECONDS = 0.3
"""The first list is drawn before the watcher is imported; what is saved meanwhile is found when it starts."""


class LiveSource(
    LiveViews, LiveEditing, LiveDeciding, LiveVersions, LiveReadingBack, LiveProving, LiveRunning, LiveLearning
):
    """Implements `tui.source.Source` for a workspace: each noun in a file of its own, and here the news about all."""

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
        """Tell when another program changed a spec, a scenario, a template or the configuration.

        Nobody has to hear of files that were not read yet, and the watcher would be imported before the first list.
        """
        await self._specs_read.wait()
        await asyncio.sleep(WATCH_AFTER_SECONDS)
        if await asyncio.to_thread(self._triage.is_stale, self._settings):
            self._triage.look_again()
            news.add(Change(Topic.SPECS))
        async for paths in changed_files(self._workspace, lambda: self._triage.watched(self._settings)):
            if any(path.name == FILE_NAME for path in paths):
                with suppress(SourceError):  # the next command says what is wrong with it
                    await self._read_settings()
            self._triage.look_again()
            self._checker.forget()
            news.add(change_of_files(paths, self._workspace))
