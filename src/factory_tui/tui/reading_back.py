"""Where the answers to a read-back go: into a spec's file, or into a text that is typed."""

from typing import TYPE_CHECKING, Protocol

from factory_tui.model.readback import ReadBackQuestion
from factory_tui.tui.source import ReadBackView, Source

if TYPE_CHECKING:
    from factory_tui.tui.base import RoomScreen


class Place(Protocol):
    """The text that a read-back is about."""

    @property
    def spec(self) -> str: ...

    @property
    def caution(self) -> str:
        """What the operator should know before a model is asked; empty when there is nothing."""
        ...

    async def look(self) -> ReadBackView | None:
        """The last read-back beside the text as it is now. May raise `SourceError`."""
        ...

    async def write(self, question: ReadBackQuestion, answer: str) -> str:
        """Put an answer below its section; what to say about it. May raise `SourceError`."""
        ...

    async def open_at(self, screen: "RoomScreen", line: int) -> None:
        """Leave a screen for a line of the text, from 1. May raise `SourceError`."""
        ...


class InFile:
    """Answers go into the file of a spec."""

    def __init__(self, source: Source, spec: str) -> None:
        self._source, self.spec, self.caution = source, spec, ""

    async def look(self) -> ReadBackView | None:
        return await self._source.last_read_back(self.spec)

    async def write(self, question: ReadBackQuestion, answer: str) -> str:
        redrafted = await self._source.answer_read_back(self.spec, question, answer)
        again = f"; {self.spec} is draft again" if redrafted else f" in {self.spec}.md"
        return f"written below {question.section}{again}"

    async def open_at(self, screen: "RoomScreen", line: int) -> None:
        # What an editor is made of is slow to import.
        from factory_tui.tui.screens.editor import EditorScreen

        read = await self._source.read_spec(self.spec)
        screen.app.push_screen(EditorScreen(screen.room, self.spec, read, line))
