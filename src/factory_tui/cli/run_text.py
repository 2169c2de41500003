"""Runs, events and engines as lines of plain text. Pure; gets views, whose text is already cleaned."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from factory_tui.cli.judgement_text import judgement_lines
from factory_tui.cli.quality_text import place, quality_lines
from factory_tui.control.protocol import EngineStatus
from factory_tui.model.event import Event
from factory_tui.model.foreign import clean_line
from factory_tui.model.money import MicroUsd, show_usd
from factory_tui.model.run import LIVE, RunState
from factory_tui.model.scenario import Layer
from factory_tui.model.views import AttemptView, BatchSummary, Disclosure, EngineInfo, LogLine, RunRow, RunView
from factory_tui.store.log_lines import summary_of

IMPORTANT = frozenset(
    {
        "engine.recovered",
        "engine.stopped",
        "batch.started",
        "batch.finished",
        "run.queued",
        "run.preparing",
        "run.building",
        "run.evaluating",
        "run.shipping",
        "run.shipped",
        "run.failed",
        "run.held",
        "run.cancelled",
        "run.error",
        "attempt.finished",
        "scenario.finished",
        "scenario.judged",
        "failure.recorded",
        "limit.reached",
        "disclosure.made",
        "scenario.burned",
        "hold.started",
        "hold.ended",
        "amendment.proposed",
        "run.answered",
        "run.escaped",
        "engine.paused",
        "engine.resumed",
        "image.progress",
    }
)
"""Events that `run` shows as text; tools and turns are in `logs`."""

_ORDER = tuple(RunState)


def plain(text: str) -> str:
    """One cleaned line."""
    return clean_line(text, limit=2000)


def clock(moment: datetime) -> str:
    """Local time of day."""
    return moment.astimezone().strftime("%H:%M:%S")


def event_line(event: Event) -> str:
    who = f"{event.spec or event.batch or 'engine'}"
    return f"{clock(event.ts)}  {who:<24}  {plain(summary_of(event))}"


def log_text(line: LogLine) -> str:
    return f"  {line.text}" if line.kind == "output" else line.text


def engine_lines(info: EngineInfo | None) -> Iterator[str]:
    if info is None:
        yield "engine   not running (`factory-tui engine start`)"
        return
    yield f"engine   running, pid {info.pid}, since {clock(info.started)}, version {info.version}"
    yield f"sandbox  {info.sandbox}{'  ← UNSAFE: isolates less than a container' if info.unsafe else ''}"
    yield f"model    {info.model}"


def stopped_lines(engine: EngineStatus | None) -> Iterator[str]:
    """What keeps every run from moving, if anything does."""
    if engine and engine.paused:
        yield "paused   no run is started (`factory-tui resume`)"
    if engine and engine.holding:
        until = engine.holding.until
        when = f"until {clock(until)}" if until else "until it answers again"
        yield f"holding  {when}: {plain(engine.holding.why)}; goes on by itself"


def status_lines(engine: EngineStatus | None, batch: BatchSummary | None, rows: Sequence[RunRow]) -> Iterator[str]:
    yield from engine_lines(engine.info if engine else None)
    yield from stopped_lines(engine)
    if batch is None:
        yield "no runs yet: mark a spec Ready and `factory-tui run`"
        return
    cap = f" of {show_usd(batch.cap)}" if batch.cap is not None else ""
    counts = {
        "queued": batch.queued,
        "running": batch.running,
        "shipped": batch.shipped,
        "failed": batch.failed,
        "held": batch.held,
        "cancelled": batch.cancelled,
        "error": batch.error,
    }
    words = ", ".join(f"{number} {word}" for word, number in counts.items() if number)
    yield f"batch    {batch.batch}: {words or 'empty'}; {show_usd(batch.cost)}{cap}"
    yield ""
    for row in rows:
        yield from _row_lines(row)


def summary_lines(rows: Sequence[RunRow], batch: str | None) -> Iterator[str]:
    """How it ended, what needs the operator first."""
    counts = Counter(row.state for row in rows)
    words = ", ".join(f"{counts[state]} {state.value}" for state in _ORDER if counts[state])
    cost = MicroUsd(sum(row.cost for row in rows))
    yield ""
    yield f"{batch or 'runs'}: {words}; {show_usd(cost)}"
    for row in sorted(rows, key=lambda each: each.state is RunState.SHIPPED):
        yield from _row_lines(row)


def run_lines(view: RunView) -> Iterator[str]:
    row = view.row
    yield f"{row.run}  {row.spec}: {row.title}"
    yield from _row_lines(row)
    yield ""
    yield "bound to"
    bound = {
        "spec version": view.spec_hash,
        "suite": view.suite_hash,
        "base commit": view.base_commit,
        "image": view.image,
        "artifact": view.artifact_hash,
        "commit": view.commit,
        "branch": row.branch,
    }
    yield from (f"  {name:<13} {value}" for name, value in bound.items() if value)
    yield from (f"  {'constraint':<13} {spec} {spec_hash}" for spec, spec_hash in view.constraints)
    yield from (f"  {'twin':<13} {name} {version}" for name, version in sorted(view.twins.items()))
    judges = dict.fromkeys(each.binding.judge for each in view.attempts if each.binding and each.binding.judge)
    yield from (f"  {'judge':<13} {plain(each)}" for each in judges)
    for attempt in view.attempts:
        yield ""
        yield from _attempt_lines(attempt)
    if view.disclosures:
        yield ""
        yield "disclosed to an agent"
    yield from (f"  {_disclosed(each)}" for each in view.disclosures)
    if view.failures:
        yield ""
        yield "failures"
    for failure in view.failures:
        where = f" in {failure.scenario}" if failure.scenario else ""
        yield f"  #{failure.id} {failure.failure_class.value}{where}: {plain(failure.cause)}"


def _disclosed(each: Disclosure) -> str:
    if each.feedback is None:
        return f"in attempt {each.attempt}: scenario {each.scenario}, {plain(each.why)}"
    told = [f"{rule} {status.value}" for rule, status in each.feedback.rules]
    told += ["nothing was delivered"] * each.feedback.nothing_delivered
    told += ["set-up failed"] * each.feedback.set_up_failed
    counted = f"{each.feedback.passed} of {each.feedback.total} passed"
    return f"after attempt {each.attempt}: {', '.join([counted, *told])}"


def _row_lines(row: RunRow) -> Iterator[str]:
    attempt = f"attempt {row.attempt} of {row.attempts}" if row.attempt else "not started"
    scenarios = f"{row.scenarios_passed}/{row.scenarios_total} scenarios" if row.scenarios_total else ""
    cap = f" of {show_usd(row.cap)}" if row.cap is not None else ""
    facts = [attempt, _turns(row.turns) if row.turns else "", scenarios, f"{show_usd(row.cost)}{cap}"]
    yield f"{row.state.value:<10} {row.spec:<24} {row.run}  {', '.join(each for each in facts if each)}"
    if row.why:
        yield f"           {row.why}"
    if row.question:
        yield from (f"           {number}. {plain(each)}" for number, each in enumerate(row.question.answers, start=1))
    if row.escaped:
        yield f"           escaped defect: {row.escaped}"
    if row.remedy:
        yield f"           → {row.remedy}"
    if row.state in LIVE and row.last_action and row.last_action != row.state.value:
        yield f"           {row.last_action}"


def _attempt_lines(attempt: AttemptView) -> Iterator[str]:
    ended = f"ended: {attempt.end}" if attempt.end else "live"
    verdict = f", verdict {attempt.verdict}" if attempt.verdict else ""
    yield f"attempt {attempt.attempt} {ended}{verdict}, {_turns(attempt.turns)}, {show_usd(attempt.cost)}"
    for result in attempt.scenarios:
        covers = ", ".join(result.covers)
        note = ", reserve" if result.layer is Layer.RESERVE else ", burned" if result.burned else ""
        yield f"  {result.result.value:<6} {result.id} ({covers}{note})"
        if result.evidence:
            yield f"         {plain(result.sentence)}"
        for each in result.evidence:
            yield f"         {place(each)}, {each.check}: expected {_short(each.expected)}"
            yield f"         observed {_short(each.observed)}"
        yield from (f"         {each}" for each in judgement_lines(result))
    yield from (f"  {line}" for line in quality_lines(attempt.scenarios))


def _short(text: str) -> str:
    return clean_line(text, limit=300)


def _turns(count: int) -> str:
    return "1 turn" if count == 1 else f"{count} turns"
