"""How things look: a glyph, a word and a tone for every state, and the words for times and money.

A state is told apart by its glyph and its word; the tone only helps.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from rich.cells import cell_len

from factory_tui.model.evaluation import Result
from factory_tui.model.finding import Level
from factory_tui.model.money import MicroUsd, show_usd
from factory_tui.model.run import RunState
from factory_tui.model.spec import Status
from factory_tui.model.views import RunRow


class Tone(StrEnum):
    """What a piece of text means; the theme gives it a colour."""

    PLAIN = "plain"
    DIM = "dim"
    STRONG = "strong"
    HEAD = "head"
    GOOD = "good"
    BAD = "bad"
    WARN = "warn"
    BUSY = "busy"
    KEY = "key"
    MATCH = "match"


class Span(NamedTuple):
    """A piece of a line: text that is already clean, and its tone."""

    text: str
    tone: Tone = Tone.PLAIN


class Line(NamedTuple):
    """A line of a text pane. Wrapped parts start at `indent`."""

    spans: tuple[Span, ...] = ()
    indent: int = 0

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


def line(*parts: Span | str, indent: int = 0) -> Line:
    """A line of spans and plain texts."""
    return Line(tuple(part if isinstance(part, Span) else Span(part) for part in parts), indent)


BLANK = Line()

STATES: dict[RunState, tuple[str, Tone]] = {
    RunState.QUEUED: ("○", Tone.DIM),
    RunState.PREPARING: ("◔", Tone.BUSY),
    RunState.BUILDING: ("◑", Tone.BUSY),
    RunState.COLLECTING: ("◒", Tone.BUSY),
    RunState.EVALUATING: ("◕", Tone.BUSY),
    RunState.SHIPPING: ("▲", Tone.BUSY),
    RunState.SHIPPED: ("✓", Tone.GOOD),
    RunState.FAILED: ("✗", Tone.BAD),
    RunState.HELD: ("◆", Tone.WARN),
    RunState.CANCELLED: ("–", Tone.DIM),
    RunState.ERROR: ("!", Tone.BAD),
}
"""Glyph and tone of each state of a run; the word is the state itself."""

STATUSES: dict[Status | None, tuple[str, str, Tone]] = {
    Status.READY: ("●", "ready", Tone.GOOD),
    Status.DRAFT: ("○", "draft", Tone.PLAIN),
    Status.PARKED: ("–", "parked", Tone.DIM),
    None: ("!", "broken", Tone.BAD),
}
"""Glyph, word and tone of a spec's status; None is a spec whose front matter cannot be read."""

RESULTS: dict[Result, tuple[str, Tone]] = {
    Result.PASS: ("✓", Tone.GOOD),
    Result.FAIL: ("✗", Tone.BAD),
    Result.ERROR: ("!", Tone.BAD),
    Result.FLAKY: ("~", Tone.WARN),
    Result.INCONCLUSIVE: ("?", Tone.WARN),
}

LEVELS: dict[Level, tuple[str, Tone]] = {
    Level.ERROR: ("✗", Tone.BAD),
    Level.WARNING: ("!", Tone.WARN),
    Level.INFO: ("·", Tone.DIM),
}


def state_span(state: RunState, escaped: str = "") -> Span:
    """`✓ shipped`, or what became of it later: `↩ escaped` for a run that had shipped and was wrong."""
    glyph, tone = ("↩", Tone.BAD) if escaped else STATES[state]
    return Span(f"{glyph} {'escaped' if escaped else state}", tone)


def row_span(row: RunRow) -> Span:
    """State of a run."""
    return state_span(row.state, row.escaped)


def seconds_between(start: datetime | None, end: datetime | None, now: datetime) -> float | None:
    """Seconds from `start` to `end`, or to `now` while there is no end; None before the start."""
    return None if start is None else max(0.0, ((end or now) - start).total_seconds())


def show_elapsed(seconds: float | None, *, exact: bool) -> str:
    """`<1m`, `7m`, `2h05m`; with `exact` also seconds: `0:42`, `7:03`, `2:05:09`. Empty for None."""
    if seconds is None:
        return ""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if exact:
        return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
    if hours:
        return f"{hours}h{minutes:02}m"
    return f"{minutes}m" if minutes else "<1m"


def show_cost(cost: MicroUsd, cap: MicroUsd | None) -> str:
    """`$0.42 / $2.00`; without a cap only the cost."""
    return show_usd(cost) if cap is None else f"{show_usd(cost)} / {show_usd(cap)}"


def show_count(number: int, one: str, many: str | None = None) -> str:
    """`1 spec`, `3 specs`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def show_clock(moment: datetime, *, seconds: bool = False) -> str:
    """Local time of day."""
    return moment.astimezone().strftime("%H:%M:%S" if seconds else "%H:%M")


def show_day(moment: datetime) -> str:
    """Local day and month: `14 Mar`."""
    return f"{moment.astimezone():%d %b}"


def show_moment(moment: datetime) -> str:
    """Local day and time of day: `14 Mar 22:05`."""
    return f"{show_day(moment)} {show_clock(moment)}"


def fit(text: str, width: int, *, right: bool = False) -> str:
    """`text` cut to `width` cells (with `…`) and filled up with spaces."""
    length = cell_len(text)
    if length > width:
        text = _cut(text, width)
        length = cell_len(text)
    blank = " " * (width - length)
    return blank + text if right else text + blank


def _cut(text: str, width: int) -> str:
    if width <= 0:
        return ""
    kept, used = [], 0
    for character in text:
        size = cell_len(character)
        if used + size > width - 1:
            break
        kept.append(character)
        used += size
    return "".join(kept) + "…"
