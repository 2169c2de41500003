"""Views as lines of text: findings, failure records, scenario results, log lines. Pure functions for every pane."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from factory_tui.model.evaluation import Evidence, Result, ScenarioResult
from factory_tui.model.failure import FailureClass, FailureRecord
from factory_tui.model.finding import Finding, Level
from factory_tui.model.foreign import clean, clean_line
from factory_tui.model.money import show_usd
from factory_tui.model.run import LIVE, RunState
from factory_tui.model.scenario import Layer
from factory_tui.model.spec import Status
from factory_tui.model.views import AttemptView, LogLine, RunRow, RunView, SpecRow
from factory_tui.tui.look import (
    BLANK,
    LEVELS,
    RESULTS,
    STATUSES,
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

MOST_TEXT = 4_000
"""Characters of one piece of evidence that a pane shows."""


def head(text: str) -> Line:
    return line(Span(text, Tone.HEAD))


def fact(name: str, value: str, tone: Tone = Tone.PLAIN, width: int = 10) -> Line:
    """`name      value`, the value wrapped under itself."""
    return line(Span(f"{name:<{width}}", Tone.DIM), Span(value, tone), indent=width)


def block(label: str, text: str, tone: Tone = Tone.PLAIN, width: int = 10) -> Iterator[Line]:
    """A label and a text of one or more lines beside it."""
    pieces = clean(text, limit=MOST_TEXT).split("\n")
    yield line(Span(f"{label:<{width}}", Tone.DIM), Span(pieces[0], tone), indent=width)
    for piece in pieces[1:]:
        yield line(" " * width, Span(piece, tone), indent=width)


# Specs


def spec_lines(row: SpecRow) -> Iterator[Line]:
    """The detail of a spec: what it is, what stops it, what happened to it."""
    glyph, word, tone = STATUSES[row.status]
    yield line(Span(row.title or row.id, Tone.STRONG))
    what = " · ".join(each for each in (row.kind, row.category, f"priority {row.priority}") if each)
    yield line(Span(f"{glyph} {word}", tone), Span(f" · {what}", Tone.DIM))
    yield fact("rules", f"{row.covered_rules} of {row.rules} covered by {show_count(row.scenarios, 'scenario')}")
    if row.last_run and row.last_state:
        yield line(Span(f"{'last run':<10}", Tone.DIM), Span(f"{row.last_run} "), state_span(row.last_state), indent=10)
    if row.runs:
        yield fact("cost", f"{show_usd(row.cost)} in {show_count(row.runs, 'run')}")
    yield BLANK
    if not row.findings:
        yield line(Span("✓ no findings", Tone.GOOD))
        if row.status is Status.DRAFT:
            yield line(Span("r", Tone.KEY), Span(" marks it Ready", Tone.DIM))
        elif row.status is Status.READY and not row.runs:
            yield line(Span("R", Tone.KEY), Span(" runs every Ready spec", Tone.DIM))
        return
    yield head(finding_count(row.errors, row.warnings, len(row.findings)))
    for finding in sorted(row.findings, key=lambda each: _LEVEL_ORDER[each.level]):
        yield BLANK
        yield from finding_lines(finding)


_LEVEL_ORDER = {Level.ERROR: 0, Level.WARNING: 1, Level.INFO: 2}


def finding_count(errors: int, warnings: int, total: int) -> str:
    """`2 errors, 1 warning`."""
    parts = [show_count(errors, "error")] if errors else []
    parts += [show_count(warnings, "warning")] if warnings else []
    other = total - errors - warnings
    parts += [show_count(other, "remark")] if other else []
    return ", ".join(parts)


def finding_lines(finding: Finding) -> Iterator[Line]:
    """Rule and place, why it matters, the words it is about, the fix."""
    glyph, tone = LEVELS[finding.level]
    place = f"{clean_line(finding.path)}:" if finding.path else "line "
    section = f" · {clean_line(finding.section)}" if finding.section else ""
    yield line(Span(f"{glyph} {finding.rule}", tone), Span(f"  {place}{finding.line}{section}", Tone.DIM))
    yield line("  ", clean_line(finding.message), indent=2)
    if finding.quote:
        yield line("  ", Span(f"“{clean_line(finding.quote, limit=200)}”", Tone.DIM), indent=2)
    if finding.fix:
        yield line("  ", Span("→ ", Tone.KEY), clean_line(finding.fix), indent=4)


# Failures


def record_lines(record: FailureRecord, sentence: str = "") -> Iterator[Line]:
    """A failure record as evidence: what was expected, what was observed, which rules; then where it comes from."""
    yield line(Span(record.failure_class, Tone.BAD), Span(f"  {record.spec}", Tone.STRONG))
    yield line(clean(record.cause, limit=MOST_TEXT).replace("\n", " "))
    yield BLANK
    if record.rules:
        yield fact("rules", ", ".join(record.rules), Tone.STRONG)
    if record.scenario:
        yield fact("scenario", record.scenario)
    if sentence:
        yield fact("", clean_line(sentence, limit=MOST_TEXT), Tone.DIM)
    for evidence in record.evidence:
        yield from evidence_lines(evidence)
    for quote in record.quotes:
        yield from block("quote", quote)
    yield BLANK
    yield fact("run", f"{record.run} · attempt {record.attempt}")
    yield fact("when", f"{record.ts.astimezone():%Y-%m-%d %H:%M}")
    where = " · ".join(each for each in (record.section, record.qualifier) if each)
    if where:
        yield fact("section", where)
    yield fact("layer", f"{record.layer}, decided by {record.decided_by}")


def evidence_lines(evidence: Evidence, width: int = 10) -> Iterator[Line]:
    place = f"step {evidence.step}" if evidence.step else "service"
    yield fact(place, evidence.check, Tone.STRONG, width)
    yield from block("expected", evidence.expected, Tone.GOOD, width)
    yield from block("observed", evidence.observed, Tone.BAD, width)


# Runs


def run_lines(view: RunView, now: datetime) -> Iterator[Line]:
    """The story of a run: attempts, scenarios, what it is bound to, failures."""
    if view.row.state not in LIVE and view.row.state is not RunState.SHIPPED:
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


# Logs

_KIND_TONES = {
    "output": Tone.DIM,
    "run.shipped": Tone.GOOD,
    "run.failed": Tone.BAD,
    "run.error": Tone.BAD,
    "run.held": Tone.WARN,
    "failure.recorded": Tone.BAD,
    "limit.reached": Tone.WARN,
    "tool.started": Tone.KEY,
}


def log_lines(lines: Iterable[LogLine], *, times: bool) -> Iterator[Line]:
    """Log lines with the time in front, if wanted; a tool's output stands back."""
    for each in lines:
        stamp = (Span(f"{show_clock(each.ts, seconds=True)} ", Tone.DIM),) if times else ()
        margin = 9 if times else 0
        if each.kind == "output":
            text = (Span("    "), Span(each.text, Tone.DIM))
            yield Line((*stamp, *text), margin + 4)
        else:
            tone = _KIND_TONES.get(each.kind, Tone.PLAIN)
            yield Line((*stamp, Span(each.text, tone)), margin + 2)


# Why a run stands still, and what moves it

_WAITS = {
    RunState.QUEUED: "waits for a lane",
    RunState.SHIPPED: "shipped",
    RunState.FAILED: "failed",
    RunState.HELD: "held",
    RunState.CANCELLED: "cancelled",
    RunState.ERROR: "the factory could not go on",
}

_MOVES = {
    RunState.QUEUED: "starts by itself; C cancels",
    RunState.SHIPPED: "⏎ shows the evidence",
    RunState.FAILED: "u retries",
    RunState.HELD: "u retries",
    RunState.CANCELLED: "u retries",
    RunState.ERROR: "u retries",
}


_KEYS = {
    RunState.SHIPPED: "⏎",
    RunState.FAILED: "u",
    RunState.HELD: "u",
    RunState.CANCELLED: "u",
    RunState.ERROR: "u",
}


def standstill(row: RunRow) -> str:
    """For a column: the key that moves the run, why it stands still, and the engine's advice."""
    key = _KEYS.get(row.state)
    advice = f" → {clean_line(row.remedy)}" if row.remedy else ""
    return (f"{key} · " if key else "") + why_not_running(row) + advice


def why_not_running(row: RunRow) -> str:
    """Why a run does not move, in one line; never empty."""
    if row.state is RunState.QUEUED and row.depends_on and not row.why:
        return f"starts after {clean_line(', '.join(row.depends_on))}"
    return clean_line(row.why) or (row.hold or "") or _WAITS.get(row.state, "")


def why_lines(row: RunRow) -> Iterator[Line]:
    """Why a run does not move and what moves it, in full: the engine's own words, then the key."""
    yield fact("why", why_not_running(row))
    key = _MOVES.get(row.state, "⏎ opens it")
    yield line(Span(f"{'next':<10}", Tone.DIM), Span("→ ", Tone.KEY), clean_line(row.remedy) or key, indent=12)
    if row.remedy:
        # On a line of its own, so that a command can be copied.
        yield fact("then", key)


# The taxonomy

CLASS_MEANS: dict[FailureClass, str] = {
    FailureClass.EVAL_BROKEN: "The evaluation gave no valid signal. Does not count against the spec.",
    FailureClass.ENVIRONMENT: "Sandbox, dependency, network or provider failed. Does not count against the spec.",
    FailureClass.BUDGET: "Stopped by a cap on cost, time or turns.",
    FailureClass.STUCK: "The agent repeated itself until it was stopped.",
    FailureClass.NO_DELIVERY: "Ended without an effective change, or with something that does not set up.",
    FailureClass.SCENARIO_WRONG: "The scenario asserts what the spec does not state. Does not count against the spec.",
    FailureClass.SPEC_CONFLICT: "Statements or examples of the spec cannot all hold.",
    FailureClass.SPEC_GAP: "The tested behaviour is absent from the spec.",
    FailureClass.SPEC_AMBIGUOUS: "Stated, but with two readings; the agent took the other.",
    FailureClass.REGRESSION: "Behaviour that the base had, and should keep, is broken now.",
    FailureClass.LIMIT_MISSED: "The behaviour is right; a limit on time, size or cost was missed.",
    FailureClass.FALSE_DONE: "The agent claims proof that it does not have.",
    FailureClass.INCOMPLETE: "The right direction; some cases of a rule are missing.",
    FailureClass.DISOBEYED: "A clear rule was violated.",
    FailureClass.UNCLEAR: "The evidence does not decide; look at it yourself.",
}
"""One sentence for each class, for the operator."""
