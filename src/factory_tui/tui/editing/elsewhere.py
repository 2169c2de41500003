"""From the editor to $EDITOR and back, with nothing that was typed left behind."""

from typing import TYPE_CHECKING

from factory_tui.model.foreign import clean_line
from factory_tui.tui.editing.outside import edit_outside, left
from factory_tui.tui.editing.saving import Saving
from factory_tui.tui.screens.choose import Choice, ChooseScreen

if TYPE_CHECKING:
    from factory_tui.tui.screens.editor import EditorScreen


async def edit_elsewhere(editor: "EditorScreen", saving: Saving) -> None:
    """Hand the file to $EDITOR at the line of the cursor, and show what it is afterwards, judged anew.

    Raises:
        SourceError: there is no such program, or it failed; what it wrote is shown all the same.
    """
    if editor.refuse_read_only():
        return
    if editor.unsaved and not await _saved_first(editor, saving):
        return
    before, line = editor.desk.seen, editor.area.cursor_row + 1
    try:
        edit_outside(editor.app, editor.source.spec_file(editor.spec), line)
    finally:
        await saving.look()
        await editor.check()
    same = editor.desk.seen == before and not editor.desk.outside
    editor.say(f"{'nothing changed; ' if same else ''}{left(editor.findings or ())}")


async def _saved_first(editor: "EditorScreen", saving: Saving) -> bool:
    choices = (
        Choice("s", "save", "save", "and open the file in $EDITOR"),
        Choice("n", "stay", "not now", "go on here"),
    )
    question = f"{clean_line(editor.spec)} has unsaved changes, and $EDITOR opens the file"
    chosen = await editor.answer_to(ChooseScreen(question, choices, entry=""))
    return chosen is not None and chosen.choice == "save" and await saving.save()
