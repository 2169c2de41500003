"""A run in words: its story, its scenarios, what it cost and what it is bound to."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from factory_tui.model.evaluation import Result, ScenarioResult
from factory_tui.model.foreign import clean_line
from factory_tui.model.judgement import Outcome
from factory_tui.model.money import show_usd
from factory_tui.model.run import LIVE, RunState
from factory_tui.model.scenario import Layer
from factory_tui.model.views import AttemptView, RunRow, RunView
from factory_tui.tui.look import (
    BLANK,
    RESULTS,
    Line,
    Span,
    Tone,
    line,
    seconds_between,
    show_clock,
    show_cost,
    show_count,
    show_elapsed,
    state_span,
)
from factory_tui.tui.words.evidence import judgement_lines
from factory_tui.tui.words.failure import evidence_lines
from factory_tui.tui.words.lines import MOST_TEXT, fact, head
from factory_tui.tui.words.quality import quality_lines
from factory_tui.tui.words.standstill import why_lines


def run_lines(view: RunView, now: datetime) -> Iterator[Line]:
    """The story of a run: attempts, scenarios, what it is bound to, failures."""
    if view.row.escaped or (view.row.state not in LIVE and view.row.state is not RunState.SHIPPED):
        yield from why_lines(view.row)
        yield BLANK
    yield head("Timeline")
    yield from _timeline(view, now)
    judged = [attempt for attempt in view.attempts if attempt.scenarios]
    if judged:
        yield BLANK
        yield head(f"Scenarios · attempt {judged[-1].attempt}: {_passed(judged[-1])}")
        for earlier in judged[:-1]:
            yield line(Span(f"attempt {earlier.attempt}: {_passed(earlier)}", Tone.DIM))
        yield from scenario_lines(judged[-1].scenarios)
        if qualities := list(quality_lines(judged[-1].scenarios)):
            yield BLANK
            yield from qualities
    if view.failures:
        yield BLANK
        yield head(show_count(len(view.failures), "failure"))
        for record in view.failures:
            yield line(Span(f"✗ {record.failure_class}", Tone.BAD), Span(f"  {record.scenario or 'run'}", Tone.DIM))
            yield line("  ", clean_line(record.cause), indent=2)
    yield BLANK
    yield head("Ledger")
    yield from _ledger(view)
    yield BLANK
    yield head("Bound to")
    yield from _bindings(view)


def _passed(attempt: AttemptView) -> str:
    passed = sum(each.result is Result.PASS for each in attempt.scenarios)
    return f"{passed} of {len(attempt.scenarios)} pass"


def _timeline(view: RunView, now: datetime) -> Iterator[Line]:
    row = view.row
    yield fact("queued", f"{show_clock(row.queued, seconds=True)}  batch {row.batch}")
    for attempt in view.attempts:
        yield from _attempt(attempt, row, now)
    if row.finished:
        yield line(
            Span(f"{'ended':<10}", Tone.DIM),
            f"{show_clock(row.finished, seconds=True)}  ",
            state_span(row.state),
            indent=10,
        )
    if row.branch:
        yield fact("branch", row.branch)


def _attempt(attempt: AttemptView, row: RunRow, now: datetime) -> Iterator[Line]:
    spans = [
        Span(f"{'attempt ' + str(attempt.attempt):<10}", Tone.DIM),
        Span(show_clock(attempt.started, seconds=True)),
    ]
    if attempt.finished or row.finished:
        took = show_elapsed(seconds_between(attempt.started, attempt.finished or row.finished, now), exact=True)
        spans.append(Span(f"  {took}"))
    spans.append(Span(f" · {show_count(attempt.turns, 'turn')}"))
    if attempt.end:
        spans.append(Span(f" · {attempt.end}"))
    if attempt.verdict:
        spans += [Span(" → "), Span(attempt.verdict, _VERDICT_TONES.get(attempt.verdict, Tone.WARN))]
    yield line(*spans, indent=10)


_VERDICT_TONES = {"pass": Tone.GOOD, "fail": Tone.BAD, "error": Tone.BAD}


def scenario_lines(results: Sequence[ScenarioResult]) -> Iterator[Line]:
    """Each scenario with its result, rules and sentence; evidence below what did not pass."""
    for result in results:
        glyph, tone = RESULTS[result.result]
        notes = f"  {', '.join(result.covers)}" + (" · reserve" if result.layer is Layer.RESERVE else "")
        yield line(Span(f"{glyph} ", tone), clean_line(result.id), Span(notes, Tone.DIM), indent=2)
        if result.result is not Result.PASS:
            if result.sentence:
                yield line("  ", Span(clean_line(result.sentence, limit=MOST_TEXT), Tone.DIM), indent=2)
            for evidence in result.evidence:
                for each in evidence_lines(evidence):
                    yield Line((Span("  "), *each.spans), each.indent + 2)
        if result.judgement is not None and result.judgement.outcome is not Outcome.UPHELD:
            for each in judgement_lines(result.judgement):
                yield Line((Span("  "), *each.spans), each.indent + 2)


def _ledger(view: RunView) -> Iterator[Line]:
    for attempt in view.attempts:
        yield fact(f"attempt {attempt.attempt}", f"{show_usd(attempt.cost)} · {show_count(attempt.turns, 'turn')}")
    yield fact("total", show_cost(view.row.cost, view.row.cap), Tone.STRONG)


def _bindings(view: RunView) -> Iterator[Line]:
    bound = (
        ("spec", view.spec_hash[:12]),
        ("suite", (view.suite_hash or "")[:12]),
        ("base", (view.base_commit or "")[:12]),
        ("image", (view.image or "").removeprefix("sha256:")[:40]),
        ("artifact", (view.artifact_hash or "")[:12]),
        ("commit", (view.commit or "")[:12]),
    )
    for name, value in bound:
        if value:
            yield fact(name, value)
    for spec, version in view.constraints:
        yield fact("under", f"{spec} {version[:12]}")
