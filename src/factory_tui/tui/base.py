"""What every screen of the control room has: the line of screens, a summary, messages, the keys."""

from collections.abc import Awaitable, Iterable
from typing import ClassVar, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from factory_tui.model.foreign import clean
from factory_tui.tui.actions import Where, key_hints
from factory_tui.tui.commands import batch as batch_commands
from factory_tui.tui.first_steps import first_steps
from factory_tui.tui.halt import banner
from factory_tui.tui.look import Line, Span, Tone, show_count
from factory_tui.tui.room import Room
from factory_tui.tui.source import Source, SourceError, Topic
from factory_tui.tui.widgets.bar import Bar, KeyBar
from factory_tui.tui.widgets.prompt_line import PromptLine
from factory_tui.tui.widgets.text_pane import TextPane

Answer = TypeVar("Answer")

TABS = ((1, Where.SPECS), (2, Where.BOARD), (3, Where.FAILURES), (4, Where.SCENARIOS), (5, Where.REPORT))
"""The numbered screens."""

LEAST_WIDTH, LEAST_HEIGHT = 80, 24
WIDE = 110
"""From this width on details stand beside the list instead of below it."""
VAST = 150
"""From this width on there is room for that beside a list of many columns too."""

MESSAGE_SECONDS = 8.0
"""How long a message stays that is not an error."""


class RoomScreen(Screen[None]):
    """A screen of the control room. Subclasses fill the body, say what they show, and how to load it."""

    where: ClassVar[Where]
    topics: ClassVar[Topic]
    """What `reload` depends on."""
    at_top: ClassVar[bool] = True
    """`q` leaves the control room here; elsewhere it goes back."""
    prompt_label: ClassVar[str] = "filter"
    prompt_hint: ClassVar[str] = ""

    room: Room

    def __init__(self, room: Room) -> None:
        super().__init__()
        self.room = room
        self._message_timer: Timer | None = None
        self._asks = False

    @property
    def source(self) -> Source:
        return self.room.source

    # Parts

    def compose(self) -> ComposeResult:
        yield Bar(id="top")
        yield Bar(id="preparing")
        yield Bar(id="summary")
        yield TextPane(id="first-steps")
        yield from self.compose_body()
        yield TextPane(id="empty")
        yield Static("", id="notice", markup=False)
        yield PromptLine(self.prompt_label, self.prompt_hint, id="prompt")
        yield KeyBar(id="keys")
        yield Static(
            Content(f"The control room needs {LEAST_WIDTH} × {LEAST_HEIGHT} characters.\nMake the window larger."),
            id="too-small",
            markup=False,
        )

    def compose_body(self) -> Iterable[Widget]:
        """The widgets of the screen itself, one of them with the id `body`."""
        raise NotImplementedError

    def on_mount(self) -> None:
        for name in ("#empty", "#first-steps"):
            self.query_one(name).can_focus = False
        self.show_room()
        hints = key_hints(self.where, self.source.read_only, self.at_top)
        self.query_one(KeyBar).show_keys(hints)

    def on_screen_resume(self) -> None:
        self.room.ask(self.topics)
        self.show_room()

    def on_resize(self, event: events.Resize) -> None:
        width, height = event.size
        self.set_class(width < LEAST_WIDTH or height < LEAST_HEIGHT, "-too-small")
        self.set_class(width >= WIDE, "-wide")
        self.set_class(width >= VAST, "-vast")
        if self.focused is None:
            # What is hidden while the window is too small loses the focus.
            self.call_after_refresh(self.focus_main)

    # Loading

    async def reload(self, topics: Topic) -> None:
        """Ask for what these topics touch and show it. May raise `SourceError`."""
        raise NotImplementedError

    def attempt(self, work: Awaitable[None]) -> None:
        """Do something that may fail; a failure becomes a message and the screen lives on."""

        async def guarded() -> None:
            try:
                await work
            except SourceError as error:
                self.say_error(error.what, error.todo)

        self.run_worker(guarded(), group="command")

    async def answer_to(self, dialog: Screen[Answer]) -> Answer | None:
        """Show a dialog and wait for what it gives. Only within `attempt`; a key pressed twice asks once."""
        if self._asks:
            return None
        self._asks = True
        try:
            return await self.app.push_screen_wait(dialog)
        finally:
            self._asks = False

    # The lines at top and bottom

    def show_room(self) -> None:
        """Draw what the room knows: screens, engine, banner."""
        room = self.room
        self.query_one("#top", Bar).show(self._tabs(), room.status_spans(), self._tabs(short=True))
        spans = banner(room.halt, read_only=self.source.read_only)
        if not spans and room.progress:
            spans = [Span(" ◌ Preparing  ", Tone.BUSY), Span(room.progress)]
        if not spans and room.at_work:
            spans = [Span(" ◌ At work  ", Tone.BUSY), Span(f"the engine {', '.join(room.at_work)}")]
        line = self.query_one("#preparing", Bar)
        line.set_class(bool(spans), "-on")
        line.show(spans)
        steps = first_steps(self.where) if room.nothing_ran and not room.starts_batch else []
        self.set_class(bool(steps) and not self.has_class("-empty"), "-first")
        self.query_one("#first-steps", TextPane).set_lines(steps)

    def _tabs(self, *, short: bool = False) -> list[Span]:
        """The numbered screens; the short form names the one that is shown, and keeps the keys of the others."""
        spans = [Span(f" {self.source.name} ", Tone.STRONG), Span(" ")]
        for number, where in TABS:
            here = where is self.tab
            spans.append(Span(f"{number} ", Tone.KEY if here else Tone.DIM))
            if short and not here:
                continue
            spans.append(Span(where.capitalize(), Tone.STRONG if here else Tone.DIM))
            spans.append(Span("  "))
        return spans

    @property
    def tab(self) -> Where:
        """The numbered screen that this one belongs to."""
        return self.where

    def summarise(self, left: Iterable[Span], right: Iterable[Span] = ()) -> None:
        """The line below the top one."""
        self.query_one("#summary", Bar).show((Span(" "), *left), (*right, Span(" ")))

    def point_at(self, identity: str) -> None:
        """Put the cursor on something, as soon as it is there. Nothing happens on a screen without a list."""

    def show_empty(self, lines: list[Line]) -> None:
        """Show these lines instead of the body; none brings the body back."""
        self.set_class(bool(lines), "-empty")
        self.query_one("#empty", TextPane).set_lines(lines)

    # Messages

    def say(self, text: str, *, stays: bool = False) -> None:
        """A short message, for a while; one that nobody may be waiting for stays until esc or the next message."""
        self._message(text, "-info")
        if not stays:
            self._message_timer = self.set_timer(MESSAGE_SECONDS, self.hush)

    def say_error(self, what: str, todo: str = "") -> None:
        """An error and its remedy; stays until esc or the next message."""
        self._message(f"! {what}" + (f"\n→ {todo}" if todo else ""), "-error")

    def _message(self, text: str, kind: str) -> None:
        self.hush()
        notice = self.query_one("#notice", Static)
        notice.update(Content(clean(text)))
        notice.add_class(kind)

    def hush(self) -> bool:
        """Take the message away; True when it was an error, which is what esc is spent on: the rest goes by itself."""
        if self._message_timer is not None:
            self._message_timer.stop()
            self._message_timer = None
        notice = self.query_one("#notice", Static)
        was_error = notice.has_class("-error")
        notice.remove_class("-info", "-error")
        return was_error

    def on_screen_suspend(self) -> None:
        """What was said about this screen is old when it is seen again."""
        self.hush()

    @property
    def message(self) -> str:
        """The message shown now, or an empty text."""
        notice = self.query_one("#notice", Static)
        return str(notice.content) if notice.display else ""

    # Actions every screen has

    def action_back(self) -> None:
        prompt = self.query_one(PromptLine)
        if self.hush():
            return
        if prompt.text:
            prompt.clear()
        elif not self.at_top:
            self.app.pop_screen()

    def action_leave(self) -> None:
        if self.at_top:
            self.room.exit()
        else:
            self.app.pop_screen()

    def action_next_pane(self) -> None:
        self.focus_next()

    def action_copy(self) -> None:
        text = self.copy_text()
        if not text:
            self.say("nothing to copy here")
            return
        self.app.copy_to_clipboard(text)
        self.say(f"copied {show_count(len(text), 'character')} through the terminal (OSC 52)")

    def copy_text(self) -> str:
        """What `y` copies."""
        focused = self.focused
        return focused.text if isinstance(focused, TextPane) else ""

    def action_help(self) -> None:
        from factory_tui.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.where, self.source.read_only))

    def action_palette(self) -> None:
        from factory_tui.tui.commands.find import find_and_go

        self.attempt(find_and_go(self))

    def action_theme(self) -> None:
        self.room.next_theme()

    def action_quit(self) -> None:
        self.room.exit()

    def action_screen_specs(self) -> None:
        self.room.go(Where.SPECS)

    def action_screen_board(self) -> None:
        self.room.go(Where.BOARD)

    def action_screen_failures(self) -> None:
        self.room.go(Where.FAILURES)

    def action_screen_scenarios(self) -> None:
        self.room.go(Where.SCENARIOS)

    def action_screen_report(self) -> None:
        self.room.go(Where.REPORT)

    # Commands shared by screens

    def refuse_read_only(self) -> bool:
        """True, with a message, when commands are not allowed."""
        if self.source.read_only:
            self.say_error("this control room is read-only", "open it without --read-only to give commands")
        return self.source.read_only

    def action_run_ready(self) -> None:
        if not self.refuse_read_only():
            self.attempt(batch_commands.ask_and_run(self))

    @on(PromptLine.Done)
    def _prompt_done(self, event: PromptLine.Done) -> None:
        event.stop()
        self.focus_main()

    def focus_main(self) -> None:
        """Put the focus on the pane that keys are for."""
        self.query_one("#list").focus()
