"""The editor: a spec's text, what the validator says about it while it is typed, and what helps to answer."""

import asyncio
import signal
from collections.abc import Callable, Iterable
from functools import partial

from textual import on
from textual.containers import Container
from textual.widget import Widget
from textual.widgets import TextArea

from factory_tui.model.finding import Finding
from factory_tui.model.foreign import clean_line
from factory_tui.tui.actions import Where, actions_of, bindings_for, key_hints
from factory_tui.tui.base import RoomScreen
from factory_tui.tui.editing.desk import Desk
from factory_tui.tui.editing.elsewhere import edit_elsewhere
from factory_tui.tui.editing.fixing import fix
from factory_tui.tui.editing.lines import marks, state
from factory_tui.tui.editing.outline import name_at, outline
from factory_tui.tui.editing.pieces import Pieces
from factory_tui.tui.editing.read_back import read_back
from factory_tui.tui.editing.saving import Saving
from factory_tui.tui.editing.side import Side, View
from factory_tui.tui.editing.typing_pause import TypingPause
from factory_tui.tui.editing.ways import Ways
from factory_tui.tui.look import Span, Tone
from factory_tui.tui.room import Room
from factory_tui.tui.source import SourceError, SpecText, Topic
from factory_tui.tui.widgets.bar import Bar, KeyBar
from factory_tui.tui.widgets.editor_area import EditorArea
from factory_tui.tui.widgets.text_pane import TextPane

_ENDS = (signal.SIGHUP, signal.SIGTERM)
"""What ends this process without asking the editor."""

CHECK_AFTER = 0.1
"""Seconds without a key after which the text is checked."""


class EditorScreen(RoomScreen):
    """One spec, to type into."""

    CSS_PATH = "editor.tcss"
    BINDINGS = bindings_for(Where.EDITOR)
    AUTO_FOCUS = "#text"

    where = Where.EDITOR
    topics = Topic.SPECS | Topic.TEMPLATES
    at_top = False

    def __init__(self, room: Room, spec: str, read: SpecText, first_line: int = 1) -> None:
        """
        Args:
            room: the control room.
            spec: id of the spec.
            read: its file.
            first_line: where the cursor starts, from 1.

        Raises:
            SourceError: the file cannot be edited here.
        """
        super().__init__(room)
        self.spec = spec
        self.desk = Desk(spec, read.text)
        self.findings: tuple[Finding, ...] | None = None
        """None until the first check."""
        self._first_line, self._checked = first_line, ""
        self.text = self.desk.shown
        """What the area holds, also after it is gone."""
        self.outline = outline(self.text.split("\n"))
        self._check = TypingPause(CHECK_AFTER, self.check)
        self._saving, self._side = Saving(self), Side(self, read.kind)
        self._ways, self._pieces = Ways(self), Pieces(self)

    # Parts

    def compose_body(self) -> Iterable[Widget]:
        yield Bar(id="outside")
        with Container(id="body"):
            keys = {key: action.name for action in actions_of(Where.EDITOR) for key in action.keys}
            yield EditorArea(self.desk.shown, keys, id="text")
            yield TextPane(id="side")

    @property
    def tab(self) -> Where:
        return Where.SPECS

    @property
    def area(self) -> EditorArea:
        return self.query_one("#text", EditorArea)

    @property
    def loaded(self) -> bool:
        """True once the text has been checked."""
        return self.findings is not None

    @property
    def findings_are_of_this_text(self) -> bool:
        """False while something was typed that is not checked yet."""
        return self.loaded and self._checked == self.area.text

    @property
    def is_settled(self) -> bool:
        """True while what was typed is checked and kept."""
        return self._check.is_done and self._saving.keep.is_done

    @property
    def unsaved(self) -> bool:
        """True when the text is in no file."""
        return self.desk.gone or self.desk.differs(self.text)

    def focus_main(self) -> None:
        self.area.focus()

    def on_mount(self) -> None:
        self.call_after_refresh(self.area.go_to, self._first_line - 1, center=True)
        for number in _ENDS:
            asyncio.get_running_loop().add_signal_handler(number, partial(self._ended, number))
        self.run_worker(self._check.follow(), group="check")
        self.run_worker(self._saving.keep.follow(), group="keep")
        self.attempt(self._open())

    async def _open(self) -> None:
        # `q` is a letter here, so the way out has to be named.
        self.query_one(KeyBar).show_keys([("esc", "back"), *key_hints(self.where, self.source.read_only)])
        try:
            await self._side.open()
        except SourceError as error:
            self.say_error(error.what, error.todo)
        self._check.touch()
        await self._saving.offer_draft()

    async def on_unmount(self) -> None:
        for number in _ENDS:
            asyncio.get_running_loop().remove_signal_handler(number)
        await self._saving.close()

    def _ended(self, number: signal.Signals) -> None:
        self.run_worker(self._end(number), group="end")

    async def _end(self, number: signal.Signals) -> None:
        """The terminal is gone, or somebody ends this process: keep what was typed this very moment, then end."""
        await self._saving.close()
        asyncio.get_running_loop().remove_signal_handler(number)
        signal.raise_signal(number)

    # Typing

    @on(TextArea.Changed, "#text")
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.text = event.text_area.text
        self.outline = outline(event.text_area.document.lines)
        self._check.touch()
        self._saving.keep.touch()
        self.show_state()

    @on(TextArea.SelectionChanged, "#text")
    def _moved(self, event: TextArea.SelectionChanged) -> None:
        event.stop()
        self.show_state()

    @on(EditorArea.Refused)
    def _refused(self, event: EditorArea.Refused) -> None:
        event.stop()
        self.say(event.what)

    async def check(self) -> None:
        """Findings on a text that is not there any more are of no use: the next pause brings others."""
        if not self._is_whole:
            return
        text = self.area.text
        try:
            findings = await self.source.check_spec(self.spec, self.desk.file_text(text))
            await self._side.follow(text)
        except SourceError as error:
            self.say_error(error.what, error.todo)
            return
        if self._is_whole and self.area.text == text:
            self.findings, self._checked = findings, text
            self.area.mark(marks(findings))
            self.show_state()

    # What is said around the text

    @property
    def _is_whole(self) -> bool:
        """False while the screen is taken away: its parts go first, and the last news may come after them."""
        return len(self.query("#top, #summary, #outside, #text, #side")) == 5

    def show_room(self) -> None:
        if self._is_whole:
            super().show_room()

    def show_state(self) -> None:
        """Draw the section, the findings and whether the text is saved."""
        if not self._is_whole:
            return
        row, findings = self.area.cursor_row, self.findings or ()
        left = [Span(f"{clean_line(self.spec)} · "), Span(name_at(self.outline, row), Tone.STRONG)]
        left += [Span(" · "), *state(findings)] if self.loaded else [Span(" · checking …", Tone.DIM)]
        self.summarise(left, (Span("● unsaved", Tone.WARN) if self.unsaved else Span("✓ saved", Tone.DIM),))
        outside = self.desk.outside
        self.set_class(bool(outside), "-outside")
        self.query_one("#outside", Bar).show((Span(f" ! {outside}", Tone.WARN),))
        self._side.draw()

    async def reload(self, topics: Topic) -> None:
        if topics & Topic.TEMPLATES:
            await self._side.open()
        if topics & self.topics:
            await self._saving.look()
            self._check.touch()

    # Actions

    def action_save_spec(self) -> None:
        self.attempt(self._saving.save_and_say())

    def action_next_finding(self) -> None:
        self._ways.to_finding(1, tell=self._side.view is not View.FINDINGS)

    def action_previous_finding(self) -> None:
        self._ways.to_finding(-1, tell=self._side.view is not View.FINDINGS)

    def action_fix(self) -> None:
        self.attempt(fix(self))

    def action_sections(self) -> None:
        self.attempt(self._ways.ask_for_section())

    def action_next_section(self) -> None:
        self._ways.to_part(1)

    def action_previous_section(self) -> None:
        self._ways.to_part(-1)

    def action_trace(self) -> None:
        self.attempt(self._ways.ask_for_rule())

    def action_turn_side(self) -> None:
        self.attempt(self._side.turn())

    def action_add_piece(self) -> None:
        self.attempt(self._pieces.ask_and_add())

    def action_next_pane(self) -> None:
        if not (self.area.has_focus and self._pieces.go_on()):
            super().action_next_pane()

    def action_undo(self) -> None:
        self.area.undo()

    def action_redo(self) -> None:
        self.area.redo()

    def action_read_back(self) -> None:
        read_back(self)

    def action_edit_elsewhere(self) -> None:
        self.attempt(edit_elsewhere(self, self._saving))

    # Leaving

    def action_back(self) -> None:
        if not self.hush():
            self._leave(self.app.pop_screen)

    def action_leave(self) -> None:
        self._leave(self.app.pop_screen)

    def action_quit(self) -> None:
        self._leave(self.room.exit)

    def _leave(self, go: Callable[[], object]) -> None:
        if not self.unsaved:
            go()
            return

        async def ask() -> None:
            if await self._saving.may_leave():
                go()

        self.attempt(ask())
