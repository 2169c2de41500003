"""The control room: wires screens to a source, follows news, and knows the engine."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.app import App
from textual.binding import BindingType
from textual.css.query import NoMatches

from factory_tui.model.foreign import clean_line
from factory_tui.model.run import LIVE, RunState
from factory_tui.model.views import EngineInfo
from factory_tui.tui.actions import Where
from factory_tui.tui.base import RoomScreen
from factory_tui.tui.commands import batch as batch_commands
from factory_tui.tui.halt import Halt
from factory_tui.tui.long_work import LongWork
from factory_tui.tui.look import Span, Tone
from factory_tui.tui.preparing import preparation
from factory_tui.tui.screens.board import BoardScreen
from factory_tui.tui.screens.failures import FailuresScreen
from factory_tui.tui.screens.report import ReportScreen
from factory_tui.tui.screens.run import RunScreen
from factory_tui.tui.screens.scenarios import ScenariosScreen
from factory_tui.tui.screens.specs import SpecsScreen
from factory_tui.tui.source import EVERYTHING, BoardView, Source, SourceError, Topic
from factory_tui.tui.themes import THEMES
from factory_tui.tui.turns import Turns

LEAST_PAUSE = 0.5
"""Seconds between two redraws caused by news: at most two a second, whatever happens below. The first news after a
quiet while is shown at once; of a steady flow a person reads no more, and each redraw costs five milliseconds."""

_UNKNOWN, _STARTING = "engine ?", "engine …"

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


class ControlRoom(App[int]):
    """The terminal UI. It shows what the source says and holds no truth of its own."""

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []
    TITLE = "factory-tui"

    def __init__(
        self,
        source: Source,
        *,
        clock: Clock = utc_now,
        first: Where = Where.SPECS,
        start_batch: bool = False,
        preparing: Path | None = None,
        bell: bool = True,
    ) -> None:
        """
        Args:
            source: where views come from and commands go.
            clock: aware UTC; fixed in tests.
            first: the screen to open on.
            start_batch: queue every Ready spec as soon as the engine is there.
            preparing: file whose last line is shown until it disappears; the engine is asked for only then.
            bell: ring when a run needs the operator and the terminal is not looked at.
        """
        # Else Textual would paint an empty screen first.
        self.DEFAULT_MODE = first  # type: ignore[misc]
        super().__init__()
        self._turns = Turns(self, super().on_event)
        self._long = LongWork(self, lambda: self.room_screen)
        self.begin = self._long.begin
        self.source = source
        self.now = clock
        self.here = first
        self.board = BoardView()
        self._board_known = False
        self.engine: EngineInfo | None = None
        self._epoch: int | None = None
        """Of the last engine that was seen: another one tells that it was started anew."""
        self.progress = ""
        self._engine_word = Span(_UNKNOWN, Tone.DIM)
        self._preparing, self._bell = preparing, bell
        self.starts_batch = start_batch and not source.read_only
        """True until the batch that was asked for at the start is queued, or cannot be."""
        self._rang = 0.0
        self._news = asyncio.Event()
        self._asked, self._asking = Topic.NOTHING, False
        self.animation_level = "none"
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        for where, screen in _SCREENS.items():
            self.add_mode(where, partial(screen, self))

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not event.is_forwarded:
            await self._turns.take(event)
        else:
            await super().on_event(event)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(THEMES[0].variables)

    def on_mount(self) -> None:
        self.ask(EVERYTHING)
        self.run_worker(self._keep_fresh(), group="fresh")
        self.run_worker(self._open(), group="open")
        self.run_worker(self._listen(), group="listen")

    # News

    def ask(self, topics: Topic) -> None:
        """Have the visible screen ask again for these topics, soon and together with others."""
        self._asked |= topics
        self._news.set()

    async def _listen(self) -> None:
        async for change in self.source.changes():
            if change.progress is not None:
                self._show_progress(change.progress)
            if change.needs_me:
                self._call_operator(change.needs_me)
            if change.topics & Topic.ENGINE:
                await self._look_for_engine()
            if change.topics:
                self.ask(change.topics)

    async def _keep_fresh(self) -> None:
        """One question at a time, and a pause after each: news that comes meanwhile is answered together."""
        while True:
            await self._news.wait()
            self._news.clear()
            topics, self._asked = self._asked, Topic.NOTHING
            self._asking = True
            screen = self.room_screen
            if screen is None or not screen.is_mounted:
                self._asked |= topics
                await asyncio.sleep(0)
                self._news.set()
                continue
            try:
                await self._answer(screen, topics)
            except NoMatches:
                # It was left while the source answered, and its parts are gone; what is shown now asks for itself.
                if screen in self.screen_stack and self.is_running:
                    raise
            self._asking = False
            await asyncio.sleep(LEAST_PAUSE)

    async def _answer(self, screen: RoomScreen, topics: Topic) -> None:
        try:
            if topics & Topic.RUNS:
                self.board, self._board_known = await self.source.board(), True
        except SourceError as error:  # specs are files: they are there although the history cannot be read
            screen.say_error(error.what, error.todo)
        try:
            await screen.reload(topics)
        except SourceError as error:
            screen.say_error(error.what, error.todo)
        screen.show_room()

    @property
    def up_to_date(self) -> bool:
        """True while nothing is asked that has not been answered and shown."""
        return not self._asked and not self._asking

    @property
    def room_screen(self) -> RoomScreen | None:
        """The screen of the control room that is visible, below any dialog."""
        return next((each for each in reversed(self.screen_stack) if isinstance(each, RoomScreen)), None)

    # Engine

    async def _open(self) -> None:
        """Wait for preparations, find or start the engine, then queue the batch if that was asked for."""
        if self._preparing is not None:
            async for text in preparation(self._preparing):
                self._show_progress(text)
            self._show_progress("")
        self._engine_word = Span(_STARTING, Tone.DIM)
        self._show_room()
        try:
            await self._connect(start=not self.source.read_only)
            screen = self.room_screen
            if self.starts_batch and screen is not None and (await self.source.plan()).specs:
                await batch_commands.queue_ready(screen)
        except SourceError as error:
            self.engine, self._engine_word = None, Span("! no engine", Tone.BAD)
            self._show_room()
            if screen := self.room_screen:
                screen.say_error(error.what, error.todo)
        finally:
            self.starts_batch = False
            self.ask(Topic.RUNS)

    async def _connect(self, *, start: bool) -> None:
        self.engine = await self.source.connect(start=start)
        self._say_if_it_is_another(self.engine)
        self._engine_word = Span("engine up", Tone.DIM) if self.engine else Span("no engine", Tone.DIM)
        self._show_room()

    def _say_if_it_is_another(self, engine: EngineInfo | None) -> None:
        """An engine that is started anew under an open screen takes up what the one before left."""
        if engine is None:
            return
        before, self._epoch = self._epoch, engine.epoch
        if before not in (None, engine.epoch) and (screen := self.room_screen):
            screen.say("the engine was started anew; what happened so far is recorded, and runs go on")
            self.ask(EVERYTHING)

    async def start_engine(self) -> None:
        self._engine_word = Span(_STARTING, Tone.DIM)
        self._show_room()
        self.ask(Topic.RUNS)
        try:
            await self._connect(start=True)
        except SourceError:
            self._engine_word = Span("! no engine", Tone.BAD)
            raise
        finally:
            self.ask(Topic.RUNS)

    @property
    def engine_known(self) -> bool:
        """True once it is clear whether there is an engine."""
        return self._engine_word.text not in (_UNKNOWN, _STARTING)

    @property
    def unfinished(self) -> int:
        """Runs that an engine would work on."""
        return sum(row.state in LIVE or row.state is RunState.QUEUED for row in self.board.rows)

    @property
    def halt(self) -> Halt:
        """What keeps every run from moving, whatever the last event said."""
        gone = self.engine_known and self.engine is None and self.unfinished > 0
        return Halt(no_engine=gone, holding=self.board.holding, paused=self.board.paused)

    @property
    def at_work(self) -> tuple[str, ...]:
        return self._long.at_work

    @property
    def nothing_ran(self) -> bool:
        return self._board_known and not self.board.rows and self.board.batch is None

    async def _look_for_engine(self) -> None:
        try:
            await self._connect(start=False)
        except SourceError:
            self.engine, self._engine_word = None, Span("! no engine", Tone.BAD)
            self._show_room()

    def status_spans(self) -> list[Span]:
        """What the top line says on the right: what needs me, safety, engine."""
        spans: list[Span] = []
        mine = sum(row.needs_me for row in self.board.rows)
        live = 0 if self.halt.no_engine else sum(row.state in LIVE for row in self.board.rows)
        if mine:
            spans.append(Span(f"◆ {mine}  ", Tone.WARN))
        if live:
            spans.append(Span(f"◑ {live}  ", Tone.BUSY))
        if self.source.read_only:
            spans.append(Span("read-only · ", Tone.WARN))
        if self.engine is not None and self.engine.unsafe:
            spans.append(Span("! unsafe sandbox · ", Tone.WARN))
        return [*spans, self._engine_word, Span(" ")]

    def _show_progress(self, text: str) -> None:
        if text != self.progress:
            self.progress = text
            self._show_room()

    def _show_room(self) -> None:
        if screen := self.room_screen:
            screen.show_room()

    def _call_operator(self, text: str) -> None:
        """Bell and title, at most once a second, and only while the terminal is not looked at."""
        now = time.monotonic()
        if not self._bell or self.app_focus or now - self._rang < 1.0 or self._driver is None:
            return
        self._rang = now
        self.bell()
        self._driver.write(f"\x1b]2;{clean_line(text, limit=80)}\x07")

    # Going from screen to screen

    def go(self, where: Where, at: str | None = None) -> None:
        """Show a numbered screen, closing what lies over it, with the cursor on `at` when it is there."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.here = where
        self.switch_mode(where)
        screen = self.room_screen
        if at is not None and screen is not None:
            screen.call_after_refresh(screen.point_at, at)

    def open_run(self, run: str) -> None:
        self.push_screen(RunScreen(self, run))

    async def action_quit(self) -> None:
        """Textual binds ctrl+q to the app. The screen may have something to ask before it goes."""
        if screen := self.room_screen:
            screen.action_quit()
        else:
            self.exit()

    def next_theme(self) -> None:
        names = [theme.name for theme in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)]


_SCREENS: dict[Where, Callable[[ControlRoom], RoomScreen]] = {
    Where.SPECS: SpecsScreen,
    Where.BOARD: BoardScreen,
    Where.FAILURES: FailuresScreen,
    Where.SCENARIOS: ScenariosScreen,
    Where.REPORT: ReportScreen,
}
