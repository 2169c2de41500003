"""What keeps every run from moving at once: no engine, a provider that refuses, a pause."""

from dataclasses import dataclass

from factory_tui.model.foreign import clean_line
from factory_tui.model.run import LIVE, RunState
from factory_tui.model.views import Holding, RunRow
from factory_tui.tui.look import Span, Tone, show_clock


@dataclass(frozen=True, slots=True)
class Halt:
    """The state of the engine as far as it stops work. Nothing set: work goes on."""

    no_engine: bool = False
    """There is work, and no engine to do it."""
    holding: Holding | None = None
    paused: bool = False

    def __bool__(self) -> bool:
        return self.no_engine or self.holding is not None or self.paused

    def stops(self, row: RunRow) -> bool:
        """True when this run waits for the end of it.

        Only a build calls the provider: what is evaluated or shipped goes on in a hold, and so does the queue.
        """
        if row.state in LIVE:
            return self.no_engine or (self.holding is not None and row.state is RunState.BUILDING)
        return row.state is RunState.QUEUED and (self.no_engine or self.paused)


def row_words(halt: Halt, row: RunRow) -> str:
    """Why a run that `halt` stops stands still, and the key that moves it, for a column."""
    if halt.no_engine:
        return "R · no engine runs"
    if row.state is RunState.QUEUED or halt.holding is None:
        return "H · engine paused"
    return f"◷{_until(halt.holding)} provider hold; goes on by itself"


def run_words(halt: Halt, row: RunRow) -> tuple[str, str]:
    """Why, and what moves it, in full."""
    if halt.no_engine:
        return "no engine runs; what happened so far is recorded", "R starts one, which takes it up again"
    if row.state is RunState.QUEUED or halt.holding is None:
        return "the engine is paused: runs go on, none is started", "H lets it go on"
    why = f"the provider refuses calls{_until(halt.holding)}: {clean_line(halt.holding.why, limit=200)}"
    return why, "goes on by itself; nothing is lost or paid twice"


def banner(halt: Halt, *, read_only: bool) -> list[Span]:
    """The line that every screen shows while work is halted; empty while it is not."""
    if halt.no_engine:
        moves = "`factory-tui engine start` starts one" if read_only else "R on 1 or 2 starts one"
        return [Span(" ! No engine runs  ", Tone.WARN), Span(f"nothing moves; {moves}")]
    if halt.holding is not None:
        why = clean_line(halt.holding.why, limit=200)
        # What the operator has to do, nothing, stands before what may be cut off.
        return [Span(f" ◷ provider hold{_until(halt.holding)}, goes on by itself  ", Tone.WARN), Span(why)]
    if halt.paused:
        moves = "`factory-tui resume` lets it go on" if read_only else "H on 2 lets it go on"
        return [Span(" ‖ Paused  ", Tone.WARN), Span(f"runs go on, none is started; {moves}")]
    return []


def _until(holding: Holding) -> str:
    return f" until {show_clock(holding.until)}" if holding.until else ""
