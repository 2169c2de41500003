"""Saving from the editor, so that neither the operator's text nor another program's is ever lost."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from factory_tui.model.foreign import clean_line
from factory_tui.tui.editing.typing_pause import TypingPause
from factory_tui.tui.look import Line, line, show_clock
from factory_tui.tui.screens.choose import Choice, ChooseScreen
from factory_tui.tui.source import SourceError, SpecChanged, Topic

if TYPE_CHECKING:
    from factory_tui.tui.screens.editor import EditorScreen

KEEP_AFTER = 0.2
"""Seconds without a key after which unsaved text is kept outside of this process."""

KEEP_LATEST = 1.0
"""Seconds of typing after which it is kept all the same."""


class Saving:
    """What happens to the text of one editor: saved, kept as a draft, or set beside another program's."""

    def __init__(self, editor: "EditorScreen") -> None:
        self._editor = editor
        self.keep = TypingPause(KEEP_AFTER, self._keep_draft, KEEP_LATEST)
        self._drafts = asyncio.Lock()
        self._kept, self._told, self._discarded = False, False, False

    # Drafts

    async def offer_draft(self) -> None:
        """Ask what becomes of text that an editor before this one did not save."""
        editor = self._editor
        draft = await editor.source.draft(editor.spec)
        if draft is None:
            return
        self._kept = True
        if draft.text == editor.desk.seen:
            await self._drop_draft()
            return
        choices = (Choice("t", "take", "take them", "and go on"), Choice("d", "discard", "discard them", "for good"))
        above = (line("They were typed and not saved when an editor of this spec ended."),)
        question = f"Unsaved changes of {clean_line(editor.spec)} from {show_clock(draft.when)}"
        chosen = await self._ask(question, choices, above)
        if chosen == "discard":
            await self._drop_draft()
        elif chosen == "take":
            now = editor.desk.seen
            editor.area.change_to(editor.desk.typed(draft.text, draft.seen))
            if now != draft.seen:
                editor.desk.is_changed()
            editor.show_state()
        else:
            editor.app.pop_screen()

    async def _keep_draft(self) -> None:
        """Keep what is unsaved; forget what was kept once nothing is."""
        editor = self._editor
        try:
            await (self._keep() if editor.unsaved else self._drop_draft())
            self._told = False
        except SourceError as error:
            if not self._told:
                editor.say_error(f"unsaved text is not kept: {error.what}", error.todo)
            self._told = True

    async def _keep(self) -> None:
        editor = self._editor
        async with self._drafts:
            self._kept = True
            await editor.source.keep_draft(editor.spec, editor.desk.file_text(editor.text), editor.desk.seen)

    async def _drop_draft(self) -> None:
        async with self._drafts:
            if self._kept:
                await self._editor.source.drop_draft(self._editor.spec)
                self._kept = False

    async def close(self) -> None:
        """The editor is taken away without a question: by another screen, or because the terminal is gone."""
        if self._editor.unsaved and not self._discarded:
            with suppress(SourceError):  # nobody is left to be told
                await self._keep()

    # Another program

    async def look(self) -> None:
        """Compare with the file: take over what changed while nothing was typed, else say that it did."""
        editor, desk = self._editor, self._editor.desk
        try:
            text = (await editor.source.read_spec(editor.spec)).text
        except SourceError as error:
            desk.is_gone(error.what)
            self.keep.touch()
            editor.show_state()
            return
        if text == desk.seen:
            desk.is_same()
        elif text == desk.file_text(editor.area.text):
            desk.saved(text, editor.area.text)
        elif desk.differs(editor.area.text):
            desk.is_changed()
        else:
            desk.take(text)
            editor.area.change_to(desk.shown)
            editor.say("another program changed the file; this is how it is now")
        editor.show_state()

    # Saving

    async def save_and_say(self) -> None:
        editor = self._editor
        if editor.refuse_read_only():
            return
        if not editor.unsaved and not editor.desk.outside:
            editor.say("nothing to save")
            return
        await self.save()

    async def save(self) -> bool:
        """Replace the file, after asking when it is not the one that was read; True when the text is saved."""
        editor = self._editor
        try:
            was_ready = self._redraft()
            return await self._write(editor.desk.seen, was_ready)
        except SourceError as error:
            editor.say_error(error.what, error.todo)
            return False

    def _redraft(self) -> bool:
        """A Ready spec that asks for something else is a draft again. True when it was one."""
        from factory_tui.specs import EditRefused, redrafted

        editor, desk = self._editor, self._editor.desk
        text = desk.file_text(editor.area.text)
        try:
            after = redrafted(editor.source.spec_file(editor.spec), desk.seen, text)
        except EditRefused as error:
            raise SourceError(f"not saved: {error.what}", error.todo) from None
        if after == text:
            return False
        editor.area.change_to(desk.typed(after, desk.seen))
        return True

    async def _write(self, seen: str, was_ready: bool) -> bool:
        editor = self._editor
        shown = editor.area.text
        text = editor.desk.file_text(shown)
        try:
            await editor.source.save_spec(editor.spec, text, seen)
        except SpecChanged as changed:
            return await self._settle(changed, was_ready)
        editor.desk.saved(text, shown)
        self._kept = True
        with suppress(SourceError):  # one that says what the file says is let go when it is found
            await self._drop_draft()
        editor.show_state()
        draft = "saved as a draft: it asks for something else now; r on 1 marks it Ready"
        editor.say(draft if was_ready else "saved")
        editor.room.ask(Topic.SPECS)
        return True

    async def _settle(self, changed: SpecChanged, was_ready: bool) -> bool:
        """Ask which text counts. The one that does not is set aside, and the operator told where."""
        editor = self._editor
        if changed.theirs is None:
            editor.desk.is_gone(changed.what)
        else:
            editor.desk.is_changed()
        editor.show_state()
        if changed.theirs is None:
            again = (Choice("w", "again", "write it again"), Choice("n", "keep", "not now", "and go on here"))
            chosen = await self._ask(f"{clean_line(editor.spec)} was deleted or renamed outside", again)
            return chosen == "again" and await self._write("", was_ready)
        choices = (
            Choice("n", "keep", "not now", "go on here; nothing is saved"),
            Choice("t", "theirs", "take theirs", "yours is kept beside it"),
            Choice("o", "overwrite", "overwrite", "with yours; theirs is kept beside it"),
        )
        chosen = await self._ask(f"{clean_line(editor.spec)} was changed outside", choices)
        if chosen == "theirs":
            mine = await editor.source.set_aside(editor.spec, editor.desk.file_text(editor.area.text), "mine")
            editor.desk.take(changed.theirs)
            editor.area.change_to(editor.desk.shown)
            self.keep.touch()
            editor.show_state()
            editor.say_error("not saved; this is the other program's text", f"yours is kept in {mine}")
        elif chosen == "overwrite":
            theirs = await editor.source.set_aside(editor.spec, changed.theirs, "theirs")
            if await self._write(changed.theirs, was_ready):
                draft = ", as a draft: r on 1 marks it Ready" if was_ready else ""
                editor.say_error(f"saved over the other program's text{draft}", f"that one is kept in {theirs}")
                return True
        return False

    # Leaving

    async def may_leave(self) -> bool:
        """Ask what becomes of unsaved text; True when the editor may close."""
        choices = (
            Choice("s", "save", "save", "and leave"),
            Choice("d", "discard", "discard", "what was typed since it was saved, and leave"),
            Choice("n", "stay", "not now", "go on here"),
        )
        chosen = await self._ask(f"{clean_line(self._editor.spec)} has unsaved changes", choices)
        if chosen == "save":
            return await self.save()
        if chosen == "discard":
            self._editor.workers.cancel_group(self._editor, "keep")
            self._kept = self._discarded = True
            await self._drop_draft()
            return True
        return False

    async def _ask(self, question: str, choices: Sequence[Choice], above: Sequence[Line] = ()) -> str:
        chosen = await self._editor.answer_to(ChooseScreen(question, choices, above=above, entry=""))
        return chosen.choice if chosen else ""
