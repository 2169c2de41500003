"""The trace matrix in words: beside the text, a line for each rule; alone, a table."""

from collections.abc import Iterator, Sequence

from factory_tui.model.trace import TraceRow
from factory_tui.tui.look import Line, Span, Tone, line, show_count
from factory_tui.tui.widgets.table import Cells, Column
from factory_tui.tui.words import fact, head

COLUMNS = (
    Column("STATE", 15),
    Column("RULE", 5),
    Column("WHAT IT SAYS", 18, flex=3, rank=1),
    Column("EVALUATION", 10, flex=1),
    Column("SCENARIOS", 16, flex=2),
)


def trace_state(row: TraceRow) -> Span:
    """What a rule lacks first, as glyph and word."""
    if not row.scenarios and not row.reserve:
        return Span("✗ no scenario", Tone.BAD)
    if not row.evaluation:
        return Span("✗ not evaluated", Tone.BAD)
    if not row.scenarios:
        return Span("! reserve only", Tone.WARN)
    return Span("✓ proven", Tone.GOOD)


def trace_cells(row: TraceRow, here: bool) -> Cells:
    """A row of the table."""
    scenarios = _scenarios(row)
    return (
        trace_state(row),
        Span(row.rule, Tone.STRONG),
        Span(row.text),
        Span(" ".join(row.evaluation) or "–", Tone.PLAIN if row.evaluation else Tone.BAD),
        Span(scenarios or "–", Tone.PLAIN if row.scenarios else Tone.WARN if row.reserve else Tone.BAD),
    )


def _scenarios(row: TraceRow) -> str:
    return ", ".join((*row.scenarios, *(f"{each} (reserve)" for each in row.reserve)))


def whole_row(row: TraceRow) -> Iterator[Line]:
    """Everything about one rule."""
    yield line(Span(f"{row.rule} ", Tone.STRONG), row.text, indent=len(row.rule) + 1)
    yield fact("evaluation", " ".join(row.evaluation) or "none names it", width=12)
    yield fact("scenarios", _scenarios(row) or f"none; write one with covers: [{row.rule}]", width=12)


def proven(rows: Sequence[TraceRow]) -> str:
    """`3 of 5 rules are proven`."""
    done = sum(trace_state(row).tone is Tone.GOOD for row in rows)
    return f"{done} of {show_count(len(rows), 'rule is', 'rules are')} proven"


def trace_lines(rows: Sequence[TraceRow], at: int) -> Iterator[Line]:
    """A line for each rule; the one on the 0-based line `at` of the file is marked.

    The first line is a head, so the line of a rule is one more than its place.
    """
    yield head("Rules × evaluation × scenarios")
    for row in rows:
        state = trace_state(row)
        here = row.line == at + 1
        spans = [Span("▌" if here else " ", Tone.KEY), Span(f"{row.rule:<4}", Tone.STRONG), Span(" ")]
        said = [" ".join(row.evaluation)] if row.evaluation else []
        said += [show_count(len(row.scenarios), "scenario")] if row.scenarios else []
        said += [f"{len(row.reserve)} in reserve"] if row.reserve else []
        spans.append(Span(" · ".join(said)))
        if state.tone is not Tone.GOOD:
            spans += [Span(" · ")] * bool(said) + [state]
        yield line(*spans, indent=6)
    if rows:
        yield line(Span(f" {proven(rows)}", Tone.DIM))
    else:
        yield line(Span("no rules yet; F5 adds one", Tone.DIM))


def place_of(rows: Sequence[TraceRow], at: int) -> int:
    """Line of `trace_lines` that has the last rule up to a 0-based line of the file."""
    return sum(row.line <= at + 1 for row in rows)
