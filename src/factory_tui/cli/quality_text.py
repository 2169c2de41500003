"""Qualities as lines of plain text, apart from what the scenarios say of behaviour. Pure."""

from collections.abc import Iterator, Sequence

from factory_tui.model.evaluation import Aspect, Evidence, ScenarioResult
from factory_tui.model.foreign import clean_line
from factory_tui.model.measured import behaves, held, measured, told

SHOWN = 5
"""Measures that held and are named, the closest to their limits first; every one that was missed is."""


def quality_lines(results: Sequence[ScenarioResult]) -> Iterator[str]:
    """How many scenarios show the right behaviour, and what was measured beside it; nothing without a measure."""
    every = measured(results)
    if not every:
        return
    yield f"behaviour: {sum(map(behaves, results))} of {len(results)} scenarios as specified"
    yield f"quality: {held(each.measure for each in every)}"
    kept = [each for each in every if each.measure.holds]
    for each in (*every[: len(every) - len(kept)], *kept[:SHOWN]):
        glyph = "✓" if each.measure.holds else "✗"
        said = clean_line(told(each.measure))
        yield f"  {glyph} {said}  ({clean_line(each.scenario)}, step {each.measure.step})"
    if len(kept) > SHOWN:
        yield f"  and {len(kept) - SHOWN} more held; --json has them"


def place(evidence: Evidence) -> str:
    """Where a check is, and which quality it is about, unless it is behaviour or the check says so itself."""
    where = f"step {evidence.step}" if evidence.step else "before the steps"
    if evidence.aspect is Aspect.FUNCTION:
        return where
    return f"{where}, quality" if evidence.check == evidence.aspect else f"{where}, quality: {evidence.aspect}"
