"""All of the fake source, and news when a test tells some."""

from collections.abc import AsyncIterator

from factory_tui.tui.source import Change

from .deciding import FakeDeciding
from .editing import FakeEditing
from .learning import FakeLearning
from .proving import FakeProving
from .reading_back import FakeReadingBack
from .running import FakeRunning
from .versions import FakeVersions
from .views import FakeViews


class FakeSource(
    FakeViews, FakeEditing, FakeDeciding, FakeVersions, FakeReadingBack, FakeProving, FakeRunning, FakeLearning
):
    """A source in memory, each noun in a file of its own as in `tui.source`."""

    async def changes(self) -> AsyncIterator[Change]:
        while True:
            yield await self._news.get()

    async def close(self) -> None:
        self.commands.append("close")
