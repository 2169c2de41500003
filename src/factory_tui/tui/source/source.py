"""The whole door: what each noun asks and tells, and news of changes."""

from collections.abc import AsyncIterator
from typing import Protocol

from factory_tui.tui.source.changes import Change
from factory_tui.tui.source.deciding import Deciding
from factory_tui.tui.source.editing import Editing
from factory_tui.tui.source.learning import Learning
from factory_tui.tui.source.proving import Proving
from factory_tui.tui.source.reading_back import ReadingBack
from factory_tui.tui.source.running import Running
from factory_tui.tui.source.versions import Versions
from factory_tui.tui.source.views import Views


class Source(Views, Editing, Deciding, Versions, ReadingBack, Proving, Running, Learning, Protocol):
    """Views and commands. Every method may raise `SourceError`; texts in views are clean."""

    @property
    def name(self) -> str:
        """Name of the factory, for the top line."""
        ...

    @property
    def read_only(self) -> bool: ...

    def changes(self) -> AsyncIterator[Change]:
        """News without end; survives an engine that goes away and comes back."""
        ...

    async def close(self) -> None: ...
