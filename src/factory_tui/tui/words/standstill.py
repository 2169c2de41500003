"""Why a run stands still, and what moves it."""

from collections.abc import Iterator

from factory_tui.model.foreign import clean_line
from factory_tui.model.question import AgentQuestion
from factory_tui.model.run import HoldReason, RunState
from factory_tui.model.views import RunRow
from factory_tui.tui.look import Line, Span, Tone, line
from factory_tui.tui.words.lines import fact

_WAITS = {
    RunState.QUEUED: "waits for a lane",
    RunState.SHIPPED: "shipped",
    RunState.FAILED: "failed",
    RunState.HELD: "held",
    RunState.CANCELLED: "cancelled",
    RunState.ERROR: "the factory could not go on",
}

_MOVES = {
    RunState.QUEUED: ("", "starts by itself; C cancels"),
    RunState.SHIPPED: ("⏎", "⏎ shows the evidence; E marks it as an escaped defect"),
    RunState.FAILED: ("u", "u retries"),
    RunState.HELD: ("u", "u retries"),
    RunState.CANCELLED: ("u", "u retries"),
    RunState.ERROR: ("u", "u retries"),
}
"""The key that moves a run that is at rest, and what it does."""


def _moves(row: RunRow) -> tuple[str, str]:
    if row.question is not None:
        return "o", "o answers; the answer goes into the spec"
    if row.hold is HoldReason.JUDGE:
        return "o", "o decides; what was built is judged with your word, and not built again"
    if row.escaped:
        return "⏎", "mend the spec on 1, and write the scenario that would have caught it"
    return _MOVES.get(row.state, ("", "⏎ opens it"))


def standstill(row: RunRow) -> str:
    """For a column: the key that moves the run, why it stands still, and the engine's advice."""
    key, _ = _moves(row)
    advice = f" → {clean_line(row.remedy)}" if row.remedy and row.question is None else ""
    return (f"{key} · " if key else "") + why_not_running(row) + advice


def why_not_running(row: RunRow) -> str:
    """Why a run does not move, in one line; never empty."""
    if row.question is not None:
        return f"asks: {clean_line(row.question.text)}"
    if row.escaped:
        return f"escaped defect: {clean_line(row.escaped)}"
    if row.state is RunState.QUEUED and row.awaits and not row.why:
        return f"starts after {clean_line(', '.join(row.awaits))}"
    return clean_line(row.why) or (row.hold or "") or _WAITS.get(row.state, "")


def why_lines(row: RunRow) -> Iterator[Line]:
    """Why a run does not move and what moves it, in full: the engine's own words, then the key."""
    _, moves = _moves(row)
    if row.question is not None:
        yield from question_lines(row.question)
        yield line(Span(f"{'next':<10}", Tone.DIM), Span("→ ", Tone.KEY), moves, indent=12)
        return
    yield fact("why", why_not_running(row), Tone.BAD if row.escaped else Tone.PLAIN)
    remedy = "" if row.escaped else clean_line(row.remedy)
    yield line(Span(f"{'next':<10}", Tone.DIM), Span("→ ", Tone.KEY), remedy or moves, indent=12)
    if remedy:
        # On a line of its own, so that a command can be copied.
        yield fact("then", moves)


def question_lines(question: AgentQuestion) -> Iterator[Line]:
    """The question and its proposed answers, numbered as the dialog has them."""
    yield fact("asks", clean_line(question.text), Tone.STRONG)
    for number, answer in enumerate(question.answers, start=1):
        yield line(" " * 10, Span(f"{number} ", Tone.KEY), clean_line(answer), indent=12)
