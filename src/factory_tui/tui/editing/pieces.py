"""Adding pieces of a spec to the text, and going from one thing that is left to say to the next."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from factory_tui.model.finding import Edit
from factory_tui.model.foreign import clean_line
from factory_tui.tui.screens.choose import Choice, ChooseScreen
from factory_tui.tui.source import SourceError
from factory_tui.tui.widgets.editor_text import NotEditable

if TYPE_CHECKING:
    from factory_tui.specs.snippets import Piece
    from factory_tui.tui.screens.editor import EditorScreen

_KEYS = ("r", "c", "i", "e")
"""Of a rule, an edge case, an input, an evaluation item."""


class Pieces:
    """What can be added to the text of one editor."""

    def __init__(self, editor: "EditorScreen") -> None:
        self._editor = editor
        self._left: list[str] = []
        """Of the piece that was added last."""
        self._last = 0
        """Lines of that piece, below its first."""

    async def ask_and_add(self) -> None:
        """Add the piece that is picked, with the cursor on the first thing that is left to say."""
        from factory_tui.specs.snippets import QUESTION, Piece, holes

        editor = self._editor
        if editor.refuse_read_only():
            return
        taken = await editor.source.taken_ids(editor.spec)
        choices = []
        for key, piece in zip(_KEYS, Piece, strict=True):
            edit = self._edit(piece, taken)
            about = clean_line(edit.text) if edit else f"! there is no section {QUESTION[piece]}"
            choices.append(Choice(key, piece, piece, about))
        chosen = await editor.answer_to(ChooseScreen("Add", choices, entry="", names=16))
        if chosen is None:
            return
        piece = Piece(chosen.choice)
        edit = self._edit(piece, taken)  # another program may have changed the file meanwhile
        if edit is None:
            editor.say(f"write ## {QUESTION[piece]} on a line of its own first; it has no section yet")
            return
        try:
            editor.area.carry_out(edit)
        except NotEditable as error:
            raise SourceError(f"not added: {error}", "write it by hand") from None
        self._left, self._last = holes(edit.text), edit.text.count("\n")
        self.go_on()
        editor.say("tab goes on to what is left to say; ^z takes it back")

    def _edit(self, piece: "Piece", taken: Collection[str]) -> Edit | None:
        from factory_tui.specs import parse
        from factory_tui.specs.snippets import snippet

        area = self._editor.area
        return snippet(parse(Path(f"{self._editor.spec}.md"), area.text), piece, taken, area.cursor_row + 1)

    def go_on(self) -> bool:
        """Select the next thing that is left to say of the piece that was added; False when there is none."""
        area = self._editor.area
        found = area.select_next(self._left, area.cursor_row + self._last) if self._left else ""
        if found:
            self._left.remove(found)
            self._last = min(self._last, 1)
        else:
            self._left = []
        return bool(found)
