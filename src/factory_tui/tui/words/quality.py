"""Qualities in words: what was measured beside behaviour, what was missed, how close the rest came."""

from collections.abc import Iterator, Sequence
from math import inf

from factory_tui.model.evaluation import Measure, ScenarioResult
from factory_tui.model.foreign import clean_line
from factory_tui.model.measured import held, measured, share, told
from factory_tui.model.report import QualityRow
from factory_tui.tui.look import Line, Span, Tone, line
from factory_tui.tui.words.lines import fact, head

SHOWN = 5
"""Measures that held and are named; every one that was missed is."""


def quality_lines(results: Sequence[ScenarioResult]) -> Iterator[Line]:
    """What was measured of an attempt, apart from its scenarios; nothing when nothing was."""
    every = measured(results)
    if not every:
        return
    yield head(f"Quality · {held(each.measure for each in every)}")
    missed = [each for each in every if not each.measure.holds]
    kept = [each for each in every if each.measure.holds]
    for each in (*missed, *kept[:SHOWN]):
        place = f"  {clean_line(each.scenario)}, step {each.measure.step}"
        yield line(_mark(each.measure), f" {clean_line(told(each.measure))}", Span(place, Tone.DIM), indent=2)
    if len(kept) > SHOWN:
        yield line(Span(f"  and {len(kept) - SHOWN} more held", Tone.DIM), indent=2)


def quality_cells(row: QualityRow) -> tuple[Span, Span, Span, Span]:
    """A line of the morning page: what it came to, the spec, how much of its limit, the measure."""
    glyph = _mark(row.measure)
    word = "held" if row.measure.holds else "missed"
    return (
        Span(f"  {glyph.text} {word}", glyph.tone),
        Span(clean_line(row.spec)),
        Span(_share(row.measure), Tone.DIM),
        Span(clean_line(told(row.measure))),
    )


def quality_row_lines(row: QualityRow) -> Iterator[Line]:
    """The same in full, with the scenario that states it."""
    yield line(_mark(row.measure), f" {clean_line(told(row.measure))}", indent=2)
    yield fact("scenario", f"{clean_line(row.scenario)}, step {row.measure.step}")
    if part := _share(row.measure):
        yield fact("limit", f"{part} of it used")


def _mark(measure: Measure) -> Span:
    return Span("✓", Tone.GOOD) if measure.holds else Span("✗", Tone.BAD)


def _share(measure: Measure) -> str:
    part = share(measure)
    return "" if part is None or part == inf else f"{part:.0%}"
