"""How a run ended, in the words of the morning page."""

from collections.abc import Iterator

from factory_tui.model.foreign import clean_line
from factory_tui.model.money import show_usd
from factory_tui.model.report import Outcome
from factory_tui.model.run import RunState
from factory_tui.tui.look import STATES, Line, Span, Tone, line, show_count, show_elapsed
from factory_tui.tui.words.lines import fact
from factory_tui.tui.words.standstill import question_lines


def outcome_state(outcome: Outcome) -> tuple[str, str, Tone]:
    """Glyph and word of how a run ended, with their tone."""
    if outcome.escaped:
        return "↩", "escaped", Tone.BAD
    glyph, tone = STATES[outcome.state]
    return glyph, outcome.state, tone


def outcome_words(outcome: Outcome) -> str:
    """Why it ended so, for a column; with the key that moves what is stopped."""
    if outcome.question is not None:
        return f"o · asks: {clean_line(outcome.question.text)}"
    if outcome.escaped:
        return f"escaped defect: {clean_line(outcome.escaped)}"
    if outcome.state is RunState.SHIPPED and not outcome.why:
        tries = "" if outcome.attempts < 2 else f", at attempt {outcome.attempts}"
        return f"{outcome.passed} of {outcome.total} scenarios pass{tries}"
    key = "u · " if outcome.state in (RunState.HELD, RunState.FAILED, RunState.ERROR, RunState.CANCELLED) else ""
    remedy = f" → {clean_line(outcome.remedy)}" if outcome.remedy else ""
    kind = f"{outcome.failure_class}: " if outcome.failure_class and outcome.failure_class not in outcome.why else ""
    return f"{key}{kind}{clean_line(outcome.why)}{remedy}"


def outcome_lines(outcome: Outcome) -> Iterator[Line]:
    """Everything that the report has of a run."""
    glyph, word, tone = outcome_state(outcome)
    title = clean_line(outcome.title) or clean_line(outcome.spec)
    yield line(Span(f"{glyph} {word}  ", tone), Span(title, Tone.STRONG), Span(f"  {outcome.run}", Tone.DIM))
    if outcome.question is not None:
        yield from question_lines(outcome.question)
        yield fact("next", "o answers; the answer goes into the spec")
    elif outcome.escaped:
        yield fact("escaped", clean_line(outcome.escaped), Tone.BAD)
    elif outcome.why:
        yield fact("why", clean_line(outcome.why))
    if outcome.failure_class:
        rules = f" · {clean_line(', '.join(outcome.rules))}" if outcome.rules else ""
        number = f" · failure {outcome.failure}" if outcome.failure else ""
        yield fact("class", f"{outcome.failure_class}{rules}{number}")
    if outcome.remedy and outcome.question is None:
        yield line(Span(f"{'next':<10}", Tone.DIM), Span("→ ", Tone.KEY), clean_line(outcome.remedy), indent=12)
    parts = [show_count(outcome.attempts, "attempt"), show_usd(outcome.cost)]
    if outcome.seconds is not None:
        parts.append(show_elapsed(outcome.seconds, exact=True))
    if outcome.total:
        parts.append(f"{outcome.passed} of {outcome.total} scenarios pass")
    yield fact("took", " · ".join(parts))
    if outcome.branch:
        yield fact("branch", clean_line(outcome.branch) + (f" · {outcome.commit[:12]}" if outcome.commit else ""))
