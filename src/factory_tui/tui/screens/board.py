"""Screen 2: what is happening, and what needs me."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from textual.timer import Timer

from factory_tui.model.foreign import clean_line
from factory_tui.model.money import show_usd
from factory_tui.model.run import FINAL, LIVE, RunState
from factory_tui.model.views import RunRow
from factory_tui.tui.actions import Where, bindings_for
from factory_tui.tui.commands import batch as batch_commands
from factory_tui.tui.halt import Halt, row_words, run_words
from factory_tui.tui.lists import ListScreen, Order
from factory_tui.tui.look import (
    Line,
    Span,
    Tone,
    line,
    row_span,
    seconds_between,
    show_cost,
    show_count,
    show_elapsed,
)
from factory_tui.tui.run_actions import RunActions
from factory_tui.tui.source import BoardView, Topic
from factory_tui.tui.widgets.table import Cells, Column, Table
from factory_tui.tui.words import fact, standstill, why_lines

COLUMNS = (
    Column("STAGE", 12),
    Column("SPEC", 17, flex=1),
    Column("TRY", 3, rank=9, right=True),
    Column("TIME", 5, rank=1, right=True),
    Column("TURNS", 5, rank=8, right=True),
    Column("COST", 6, rank=3, right=True),
    Column("CAP", 6, rank=10, right=True),
    Column("PASSED", 6, rank=2),
    Column("LAST ACTION / WHY", 19, flex=6),
)

_RANKS = {
    RunState.HELD: 0,
    RunState.ERROR: 0,
    RunState.QUEUED: 2,
    RunState.FAILED: 3,
    RunState.CANCELLED: 4,
    RunState.SHIPPED: 5,
}


def need_order(row: RunRow) -> tuple[int, datetime, str]:
    """Needs-me first, then what is at work, what waits, what failed, what is done."""
    return (_RANKS.get(row.state, 1), row.started or row.queued, row.run)


class BoardScreen(RunActions, ListScreen[RunRow]):
    """The live workstreams."""

    CSS_PATH = "board.tcss"
    BINDINGS = bindings_for(Where.BOARD)
    AUTO_FOCUS = "#list"

    where = Where.BOARD
    topics = Topic.RUNS
    orders: ClassVar[tuple[Order, ...]] = (
        ("need", need_order),
        ("newest", lambda row: -(row.started or row.queued).timestamp()),
        ("cost", lambda row: (-row.cost, row.run)),
        ("spec", lambda row: (row.spec, row.queued)),
    )

    _tick: Timer | None = None

    def make_table(self) -> Table[RunRow]:
        return Table(COLUMNS, self._cells, lambda row: row.run, id="list")

    def on_mount(self) -> None:
        super().on_mount()
        self._tick = self.set_interval(1.0, self._on_tick, pause=True)

    async def reload(self, topics: Topic) -> None:
        if topics & self.topics:
            self.show_board(self.room.board)

    def show_board(self, board: BoardView) -> None:
        newer = _newer_run(self.current, board.rows)
        self.set_all(board.rows)
        if newer is not None:
            self.table.select(newer)
        self._run_clock()

    def _run_clock(self) -> None:
        """The clock runs only while something on the screen is at work."""
        if self._tick is not None:
            at_work = any(row.state in LIVE for row in self.all_items) and not self.room.halt.no_engine
            if at_work and self.is_current:
                self._tick.resume()
            else:
                self._tick.pause()

    def _on_tick(self) -> None:
        """Minutes for every row, seconds for the focused one: only cells whose text changed are drawn."""
        self.table.redraw_changed()

    def on_screen_suspend(self) -> None:
        if self._tick is not None:
            self._tick.pause()

    def _cells(self, row: RunRow, here: bool) -> Cells:
        return run_cells(row, here, self.room.now(), self.room.halt)

    def haystack(self, item: RunRow) -> str:
        return " ".join((item.run, item.spec, item.title, item.state, item.why, item.last_action))

    def detail(self, item: RunRow) -> Iterable[Line]:
        return run_detail(item, self.room.halt)

    def empty_lines(self) -> list[Line]:
        if self.room.starts_batch:
            return [
                line(Span("The batch starts", Tone.STRONG)),
                Line(),
                line("The engine comes up, then every Ready spec is queued."),
                line(Span("1", Tone.KEY), " shows the specs meanwhile."),
            ]
        if self.source.read_only:
            return [line(Span("Nothing has run yet", Tone.STRONG))]
        return [
            line(Span("Nothing has run yet", Tone.STRONG)),
            Line(),
            line(Span("R", Tone.KEY), " runs every Ready spec, after asking."),
            line(Span("1", Tone.KEY), " shows the specs; ", Span("r", Tone.KEY), " there marks one Ready."),
        ]

    def summary(self) -> None:
        batch, rows = self.room.board.batch, self.all_items
        live = sum(row.state in LIVE for row in rows)
        queued = sum(row.state is RunState.QUEUED for row in rows)
        mine = sum(row.needs_me for row in rows)
        spans: list[Span] = []
        for count, text, tone in (
            (mine, f"◆ {mine} needs you" if mine == 1 else f"◆ {mine} need you", Tone.WARN),
            (live, f"◑ {live} interrupted" if self.room.halt.no_engine else f"◑ {live} running", Tone.BUSY),
            (queued, f"○ {queued} queued", Tone.PLAIN),
            *_outcomes(rows),
        ):
            if count:
                spans.append(Span(f"{text}  ", tone))
        money: tuple[Span, ...] = ()
        if batch is not None:
            cap = f" of {show_usd(batch.cap)}" if batch.cap is not None else ""
            name = (Span(f"batch {batch.batch} · "),) if self.has_class("-wide") else ()
            money = (*name, Span(f"{show_usd(batch.cost)}{cap}", Tone.STRONG))
        if self.order_name != "need" or self.filter_text:
            spans.append(Span(f"by {self.order_name}, {len(self.table.items)} shown"))
        self.summarise(spans or [Span("starting" if self.room.starts_batch else "idle")], money)

    # Actions

    def action_open(self) -> None:
        if self.current is not None:
            self.room.open_run(self.current.run)

    @property
    def run_row(self) -> RunRow | None:
        return self.current

    def action_pause(self) -> None:
        if not self.refuse_read_only():
            self.attempt(batch_commands.pause_or_resume(self))

    def copy_text(self) -> str:
        return super().copy_text() or (self.current.run if self.current else "")


def _newer_run(row: RunRow | None, rows: Iterable[RunRow]) -> str | None:
    """The run that took the place of this one, whoever had it taken up anew; None while it is listed itself."""
    if row is None:
        return None
    runs = {each.run: each.spec for each in rows}
    return None if row.run in runs else next((run for run, spec in runs.items() if spec == row.spec), None)


def _outcomes(rows: Iterable[RunRow]) -> list[tuple[int, str, Tone]]:
    counts = dict.fromkeys(FINAL, 0)
    for row in rows:
        if row.state in counts:
            counts[row.state] += 1
    shown = ((RunState.SHIPPED, "✓", Tone.GOOD), (RunState.FAILED, "✗", Tone.BAD), (RunState.CANCELLED, "–", Tone.DIM))
    return [(counts[state], f"{glyph} {counts[state]} {state}", tone) for state, glyph, tone in shown]


def run_cells(row: RunRow, here: bool, now: datetime, halt: Halt) -> Cells:
    live = row.state in LIVE
    seconds = seconds_between(row.started, row.finished, now) if live or row.finished else None
    if halt.stops(row):
        last = Span(row_words(halt, row), Tone.WARN if halt.no_engine else Tone.DIM)
    elif live:
        last = Span(clean_line(row.last_action))
    else:
        last = Span(standstill(row), Tone.PLAIN if row.needs_me else Tone.DIM)
    return (
        row_span(row),
        Span(clean_line(row.spec)),
        Span(f"{row.attempt}/{row.attempts}" if row.attempt else "", Tone.DIM),
        Span(show_elapsed(seconds, exact=here), Tone.PLAIN if live else Tone.DIM),
        Span(str(row.turns) if row.turns else "", Tone.DIM),
        Span(show_usd(row.cost) if row.cost else "", cost_tone(row)),
        Span(show_usd(row.cap) if row.cap is not None else "", Tone.DIM),
        scenarios_span(row),
        last,
    )


def cost_tone(row: RunRow) -> Tone:
    """A warning from four fifths of the cap on."""
    return Tone.WARN if row.cap and row.cost * 5 >= row.cap * 4 else Tone.DIM


def scenarios_span(row: RunRow) -> Span:
    """Scenarios as they land: `3/5`, and how many did not pass."""
    if not row.scenarios_done:
        return Span("", Tone.DIM)
    missed = row.scenarios_done - row.scenarios_passed
    text = f"{row.scenarios_passed}/{row.scenarios_total}" + (f" ✗{missed}" if missed else "")
    if missed:
        return Span(text, Tone.BAD)
    return Span(text, Tone.GOOD if row.scenarios_passed == row.scenarios_total else Tone.PLAIN)


def run_detail(row: RunRow, halt: Halt) -> Iterable[Line]:
    """What the columns have no room for."""
    yield line(Span(clean_line(row.title) or row.spec, Tone.STRONG), Span(f"  {row.run}", Tone.DIM))
    if halt.stops(row):
        why, moves = run_words(halt, row)
        yield fact("why", why)
        yield line(Span(f"{'next':<10}", Tone.DIM), Span("→ ", Tone.KEY), moves, indent=12)
    elif row.state not in LIVE:
        yield from why_lines(row)
    elif row.last_action:
        yield fact("doing", clean_line(row.last_action))
    parts = [f"attempt {row.attempt} of {row.attempts}" if row.attempt else "not started"]
    if row.turns:
        parts.append(f"{row.turns} of {row.max_turns} turns" if row.max_turns else show_count(row.turns, "turn"))
    parts.append(show_cost(row.cost, row.cap))
    if row.usual_seconds and row.state in LIVE:
        parts.append(f"usually {show_elapsed(row.usual_seconds, exact=True)}")
    yield fact("so far", " · ".join(parts))
    if row.branch:
        yield fact("branch", clean_line(row.branch))
