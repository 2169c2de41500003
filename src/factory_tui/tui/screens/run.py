"""One run: what happened in it, on what evidence, at what cost, and its live log."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.containers import Container
from textual.timer import Timer
from textual.widget import Widget

from factory_tui.model.foreign import clean_line
from factory_tui.model.run import LIVE
from factory_tui.model.views import LogLine, RunRow, RunView
from factory_tui.tui.actions import Where, bindings_for
from factory_tui.tui.commands.evidence import pick_evidence
from factory_tui.tui.halt import run_words
from factory_tui.tui.look import BLANK, Line, Span, Tone, line, row_span, seconds_between, show_cost, show_elapsed
from factory_tui.tui.room import Room
from factory_tui.tui.run_actions import RunActions
from factory_tui.tui.source import Topic
from factory_tui.tui.widgets.bar import Bar
from factory_tui.tui.widgets.prompt_line import PromptLine
from factory_tui.tui.widgets.text_pane import MOST_LINES, TextPane
from factory_tui.tui.words import fact, log_lines, run_lines

PAGES_AT_ONCE = 8
"""Pages of the log read before the screen is drawn again."""


class RunScreen(RunActions):
    """The story of a run on one side, its log on the other."""

    CSS_PATH = "run.tcss"
    BINDINGS = bindings_for(Where.RUN)
    AUTO_FOCUS = "#log"

    where = Where.RUN
    topics = Topic.RUNS | Topic.LOG | Topic.FAILURES
    at_top: ClassVar[bool] = False
    prompt_label: ClassVar[str] = "search"

    def __init__(self, room: Room, run: str) -> None:
        super().__init__(room)
        self.run_id = run
        self.view: RunView | None = None
        self._log: list[LogLine] = []
        self._after = 0
        self._times = True
        self._tick: Timer | None = None

    @property
    def tab(self) -> Where:
        return self.room.here

    def compose_body(self) -> Iterable[Widget]:
        with Container(id="body"):
            yield TextPane(id="story")
            with Container(id="log-side"):
                yield Bar(id="log-head")
                yield TextPane(id="log", follow=True)

    def on_mount(self) -> None:
        super().on_mount()
        self._tick = self.set_interval(1.0, self._show_head, pause=True)
        self._show_log_head()

    @property
    def log_pane(self) -> TextPane:
        return self.query_one("#log", TextPane)

    # Loading

    async def reload(self, topics: Topic) -> None:
        if topics & (Topic.RUNS | Topic.FAILURES):
            self._show(await self.source.run(self.run_id))
        if topics & Topic.LOG:
            await self._read_log()

    def _show(self, view: RunView | None) -> None:
        self.view = view
        if view is None:
            self.show_empty([line(Span(f"There is no run {self.run_id}", Tone.STRONG)), Line(), line("esc goes back")])
            return
        self.show_empty([])
        self.query_one("#story", TextPane).set_lines(self._story(view), keep_place=True)
        self._show_head()
        if self._tick is not None:
            if view.row.state in LIVE and not self.room.halt.no_engine:
                self._tick.resume()
            else:
                self._tick.pause()

    def _story(self, view: RunView) -> Iterable[Line]:
        if self.room.halt.stops(view.row):
            why, moves = run_words(self.room.halt, view.row)
            yield fact("why", why)
            yield line(Span(f"{'next':<10}", Tone.DIM), Span("→ ", Tone.KEY), moves, indent=12)
            yield BLANK
        yield from run_lines(view, self.room.now())

    async def _read_log(self) -> None:
        new: list[LogLine] = []
        for _ in range(PAGES_AT_ONCE):
            page = await self.source.log(self.run_id, self._after)
            if not page:
                break
            self._after = page[-1].seq
            new += page
        else:
            self.room.ask(Topic.LOG)
        self._log = (self._log + new)[-MOST_LINES:]
        self.log_pane.append(list(log_lines(new, times=self._times)))

    # Head lines

    def _show_head(self) -> None:
        if self.view is None:
            return
        row = self.view.row
        seconds = seconds_between(row.started, row.finished, self.room.now())
        spans = [row_span(row), Span(f"  {clean_line(row.spec)}", Tone.STRONG)]
        if row.state in LIVE:
            spans.append(Span(f"  attempt {row.attempt} of {row.attempts}"))
        right = [Span(f"{show_elapsed(seconds, exact=True)} · " if seconds is not None else "")]
        right += [Span(show_cost(row.cost, row.cap), Tone.STRONG), Span(f" · {row.run}", Tone.DIM)]
        self.summarise(spans, right)

    def _show_log_head(self) -> None:
        pane = self.log_pane
        on = [word for word, value in (("follows", pane.follows), ("wrapped", pane.wraps)) if value]
        self.query_one("#log-head", Bar).show((Span("Log", Tone.HEAD),), (Span(" · ".join(on), Tone.DIM),))

    @on(TextPane.Scrolled, "#log")
    def _log_scrolled(self, event: TextPane.Scrolled) -> None:
        event.stop()
        self._show_log_head()

    # Actions

    def action_evidence(self) -> None:
        if self.view is not None:
            self.attempt(pick_evidence(self, self.view))

    def action_follow(self) -> None:
        self.log_pane.set_follow(not self.log_pane.follows)

    def action_wrap(self) -> None:
        self.log_pane.set_wrap(not self.log_pane.wraps)
        self._show_log_head()

    def action_times(self) -> None:
        self._times = not self._times
        self.log_pane.set_lines(log_lines(self._log, times=self._times), keep_place=True)

    def action_search(self) -> None:
        self.query_one(PromptLine).open()

    @on(PromptLine.Done)
    def _searched(self, event: PromptLine.Done) -> None:
        if event.kept:
            self._search(event.text)

    @on(PromptLine.Changed)
    def _search_changed(self, event: PromptLine.Changed) -> None:
        if not event.text:
            self.log_pane.search("")

    def action_next_match(self) -> None:
        self._search(self.query_one(PromptLine).text)

    def action_previous_match(self) -> None:
        self._search(self.query_one(PromptLine).text, forward=False)

    def _search(self, wanted: str, *, forward: bool = True) -> None:
        if wanted and not self.log_pane.search(wanted, forward=forward):
            self.say(f"“{wanted}” is not in the log")

    @property
    def run_row(self) -> RunRow | None:
        return self.view.row if self.view else None

    def focus_main(self) -> None:
        self.log_pane.focus()
