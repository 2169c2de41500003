"""A spec as a line of the triage list: its columns, its cells, and the orders that it can stand in. Pure."""

from factory_tui.model.foreign import clean_line
from factory_tui.model.money import show_usd
from factory_tui.model.spec import Status
from factory_tui.model.views import SpecRow
from factory_tui.tui.lists import Order
from factory_tui.tui.look import STATUSES, Span, Tone, show_elapsed, state_span
from factory_tui.tui.widgets.columns import Cells, Column

UNSAVED, WAITING = "✎", "◷"
"""Beside a spec's state: text that was typed and not saved; a dependency that has not shipped."""

_STATE = 9

COLUMNS = (
    Column("STATE", _STATE),
    Column("SPEC", 20, flex=1),
    Column("KIND", 7, rank=8),
    Column("CATEGORY", 11, rank=6),
    Column("PRI", 3, rank=2, right=True),
    Column("FINDINGS", 8),
    Column("RULES", 5, rank=4, right=True),
    Column("LAST RUN", 12, rank=1),
    Column("COST", 7, rank=5, right=True),
    Column("REV", 3, rank=7, right=True),
    Column("ESTIMATE", 15, rank=3),
)
"""At 80 cells: what decides about tonight. At 120 all but the kind; an id that is cut off names several specs."""

_STATUS_ORDER = {None: 0, Status.READY: 1, Status.DRAFT: 2, Status.PARKED: 3}

ORDERS: tuple[Order, ...] = (
    ("state", lambda row: (_STATUS_ORDER[row.status], row.priority, row.id)),
    ("priority", lambda row: (row.priority, row.id)),
    ("name", lambda row: row.id),
    ("findings", lambda row: (-row.errors, -row.warnings, row.id)),
    ("cost", lambda row: (-row.cost, row.id)),
    ("chance", lambda row: (not row.estimate.n, -row.estimate.low, row.id)),
    ("revisions", lambda row: (-row.revisions, row.id)),
)
"""The chance is sorted by the lower end of its interval: one of one is no better than nine of ten."""


def spec_cells(row: SpecRow, *, waits: bool = False) -> Cells:
    """One cell for each of `COLUMNS`; `waits` for a dependency."""
    quiet = Tone.DIM if row.status is Status.PARKED else Tone.PLAIN
    return (
        state_cell(row, waits=waits),
        Span(clean_line(row.id), quiet),
        Span(row.kind or "", Tone.DIM),
        Span(row.category or "", Tone.DIM),
        Span(str(row.priority), Tone.DIM),
        findings_span(row),
        Span(f"{row.covered_rules}/{row.rules}", Tone.DIM if row.covered_rules == row.rules else Tone.WARN),
        last_run_span(row),
        Span(show_usd(row.cost) if row.cost else "", Tone.DIM),
        Span(str(row.revisions) if row.revisions else "", Tone.DIM),
        estimate_span(row),
    )


def state_cell(row: SpecRow, *, waits: bool) -> Span:
    """Its state, with small signs at the end of the cell."""
    glyph, word, tone = STATUSES[row.status]
    signs = UNSAVED * row.unsaved + WAITING * waits
    return Span(f"{glyph} {word}".ljust(_STATE - len(signs)) + signs, tone)


def findings_span(row: SpecRow) -> Span:
    if row.errors:
        return Span(f"✗ {row.errors}" + (f" ! {row.warnings}" if row.warnings else ""), Tone.BAD)
    return Span(f"! {row.warnings}", Tone.WARN) if row.warnings else Span("✓ none", Tone.DIM)


def last_run_span(row: SpecRow) -> Span:
    if row.last_state is None:
        return Span("", Tone.DIM)
    return state_span(row.last_state, row.escaped)


def estimate_span(row: SpecRow) -> Span:
    """`$0.42 3m 4/5`: median cost and time of such a run, and how many of how many shipped."""
    known = row.estimate
    if not known.n:
        return Span("no history", Tone.DIM)
    return Span(f"{show_usd(known.cost)} {show_elapsed(known.seconds, exact=False)} {known.shipped}/{known.n}")
