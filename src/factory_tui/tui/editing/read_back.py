"""The read-back of a spec that is being edited: answers go into the text, as one step that undo takes back."""

from typing import TYPE_CHECKING

from factory_tui.model.readback import ReadBackQuestion
from factory_tui.tui.source import ReadBackView

if TYPE_CHECKING:
    from factory_tui.tui.base import RoomScreen
    from factory_tui.tui.screens.editor import EditorScreen


class InText:
    """Answers go into the text of an editor."""

    def __init__(self, editor: "EditorScreen") -> None:
        self._editor, self.spec = editor, editor.spec

    @property
    def caution(self) -> str:
        return "the model reads the file: what is not saved yet (F2) is not in it" if self._editor.unsaved else ""

    async def look(self) -> ReadBackView | None:
        editor = self._editor
        return await editor.source.last_read_back(self.spec, editor.desk.file_text(editor.text))

    async def write(self, question: ReadBackQuestion, answer: str) -> str:
        editor = self._editor
        before = editor.text
        after = await editor.source.with_answer(self.spec, before, question, answer)
        if editor.text != before:
            return "the text changed meanwhile; pick the answer again"
        editor.area.change_to(after)
        return f"written below {question.section} of the text; F2 saves it, ^z takes it back"

    async def open_at(self, screen: "RoomScreen", line: int) -> None:
        screen.app.pop_screen()
        self._editor.area.go_to(line - 1, center=True)


def read_back(editor: "EditorScreen") -> None:
    """Show the read-back of the spec over its editor."""
    from factory_tui.tui.screens.read_back import ReadBackScreen

    editor.app.push_screen(ReadBackScreen(editor.room, InText(editor)))
