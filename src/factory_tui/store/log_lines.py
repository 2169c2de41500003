"""A run's log for people: one event becomes one or a few lines. Pure; gets text that is already cleaned."""

from collections.abc import Callable, Iterable
from datetime import datetime

from pydantic import JsonValue

from factory_tui.model.event import Event
from factory_tui.model.foreign import clean_line
from factory_tui.model.views import LogLine

OUTPUT_LINES = 400
"""Lines of one tool's output in the log; the rest is counted."""

_SUMMARY = 2000


def lines_of(event: Event, detail: str | None) -> list[LogLine]:
    """Lines of one event.

    Args:
        event: with cleaned data.
        detail: a tool's output, or an agent's words in full; cleaned.
    """
    if event.type == "tool.finished":
        return [LogLine(seq=event.seq, ts=event.ts, kind=kind, text=text) for kind, text in _tool_lines(event, detail)]
    if event.type == "turn.finished" and detail:
        said = (LogLine(seq=event.seq, ts=event.ts, kind=event.type, text=text) for text in _cap(detail.splitlines()))
        return [*said]
    return [LogLine(seq=event.seq, ts=event.ts, kind=event.type, text=summary_of(event))]


def summary_of(event: Event) -> str:
    """One line about an event, whatever its fields hold."""
    phrase = _PHRASES.get(event.type) or (_run_moved if event.type.startswith("run.") else lambda each: each.type)
    return clean_line(phrase(event), limit=_SUMMARY)


def _tool_lines(event: Event, output: str | None) -> Iterable[tuple[str, str]]:
    for text in _cap((output or "").splitlines()):
        yield "output", text
    seconds = event.data.get("seconds", 0)
    yield event.type, f"{'ok' if event.data.get('ok') else 'failed'} after {seconds} s"


def _cap(lines: list[str]) -> list[str]:
    if len(lines) <= OUTPUT_LINES:
        return lines
    return [*lines[:OUTPUT_LINES], f"… {len(lines) - OUTPUT_LINES} more lines"]


def _run_moved(event: Event) -> str:
    state = event.type.removeprefix("run.")
    why = f": {event.data['why']}" if event.data.get("why") else ""
    remedy = f" → {event.data['remedy']}" if event.data.get("remedy") else ""
    return f"{state}{why}{remedy}"


def _queued(event: Event) -> str:
    return _run_moved(event) if event.data.get("why") else f"queued: {event.data.get('title', event.spec or '')}"


def _attempt_finished(event: Event) -> str:
    data = event.data
    parts = [f"attempt {event.attempt} ended: {data.get('end')}"]
    if data.get("verdict"):
        parts.append(f"verdict {data['verdict']}")
    if data.get("total") is not None:
        parts.append(f"{data.get('passed')} of {data['total']} scenarios passed")
    if data.get("charged") is False:
        parts.append("not counted as an attempt")
    return ", ".join(parts)


def _tool_started(event: Event) -> str:
    summary = event.data.get("summary", "")
    return f"$ {summary}" if event.data.get("name") == "bash" else f"{event.data.get('name')}: {summary}"


def _turn_finished(event: Event) -> str:
    return str(event.data.get("text") or f"turn {event.data.get('turn')}")


def _scenario(event: Event) -> str:
    data = event.data
    return f"scenario {data.get('scenario')}: {data.get('result')} ({data.get('done')} of {data.get('total')})"


def _judged(event: Event) -> str:
    data = event.data
    again = ", as recorded" if data.get("recorded") else f" (${data.get('cost_usd')})"
    return f"the judges of {data.get('scenario')}: {data.get('outcome')}{again}: {data.get('reason')}"


def _failure(event: Event) -> str:
    where = f" in {event.data['scenario']}" if event.data.get("scenario") else ""
    return f"{event.data.get('class')}{where}: {event.data.get('cause')}"


def _limit(event: Event) -> str:
    data = event.data
    return (
        f"the {data.get('cap')} cap of ${data.get('limit_usd')} is reached: ${data.get('spent_usd')} spent, "
        f"the next call may cost ${data.get('wanted_usd')}"
    )


def _disclosure(event: Event) -> str:
    data = event.data
    rules = data.get("rules")
    told = ", ".join(f"{each[0]} {each[1]}" for each in rules if isinstance(each, list)) if rules else "no rules"  # type: ignore[union-attr]
    return f"the agent is told: {data.get('passed')} of {data.get('total')} scenarios passed; {told}"


def _burned(event: Event) -> str:
    data = event.data
    return f"scenario {data.get('scenario')} is burned and gates nothing: {data.get('why')}"


def _sealed(event: Event) -> str:
    return f"{event.data.get('scenarios')} scenarios are sealed: {str(event.data.get('suite_hash'))[:12]}"


def _engine_started(event: Event) -> str:
    data = event.data
    return f"the engine started: pid {data.get('pid')}, sandbox {data.get('sandbox')}, model {data.get('model')}"


def _batch_finished(event: Event) -> str:
    runs = event.data.get("runs")
    counts = ", ".join(f"{count} {state}" for state, count in runs.items()) if isinstance(runs, dict) else ""
    return f"batch {event.batch} finished: {counts}"


def _answered(event: Event) -> str:
    return f"the operator answers: {event.data.get('answer')} (asked: {event.data.get('question')})"


def _escaped(event: Event) -> str:
    commit = event.data.get("reverted")
    return f"marked as an escaped defect: {event.data.get('reason')}" + (f"; {commit} takes it back" if commit else "")


def _reclassified(event: Event) -> str:
    data = event.data
    why = f": {data['reason']}" if data.get("reason") else ""
    instead = f" instead of {data.get('from')}" if data.get("from") != data.get("to") else ", confirmed"
    return f"failure {data.get('failure')} is {data.get('to')}{instead}{why}"


def _hold_started(event: Event) -> str:
    until = _local_time(event.data.get("until"))
    return f"the provider refuses calls{f' until {until}' if until else ''}: {event.data.get('why')}"


def _local_time(stamp: JsonValue) -> str:
    """An event's time as a clock on the wall shows it; empty for what is no time."""
    try:
        return f"{datetime.fromisoformat(str(stamp)).astimezone():%H:%M:%S}"
    except ValueError:
        return ""


def _amendment(event: Event) -> str:
    data, what = event.data, event.type.removeprefix("amendment.")
    more = {"proposed": data.get("line"), "accepted": data.get("template"), "rejected": data.get("reason")}.get(what)
    return f"amendment {data.get('amendment')} {what}: {more}"


_PHRASES: dict[str, Callable[[Event], str]] = {
    "run.queued": _queued,
    "attempt.started": lambda event: f"attempt {event.attempt} begins",
    "attempt.finished": _attempt_finished,
    "turn.finished": _turn_finished,
    "tool.started": _tool_started,
    "scenario.finished": _scenario,
    "scenario.judged": _judged,
    "failure.recorded": _failure,
    "limit.reached": _limit,
    "disclosure.made": _disclosure,
    "scenario.burned": _burned,
    "suite.sealed": _sealed,
    "engine.started": _engine_started,
    "engine.recovered": lambda event: "the engine recovered what an earlier one left half done",
    "engine.stopped": lambda event: "the engine stopped",
    "engine.paused": lambda event: "the engine starts no further run",
    "engine.resumed": lambda event: "the engine starts runs again",
    "run.answered": _answered,
    "run.escaped": _escaped,
    "failure.reclassified": _reclassified,
    "hold.started": _hold_started,
    "hold.ended": lambda event: f"the provider answers again, after {event.data.get('seconds')} s",
    "amendment.proposed": _amendment,
    "amendment.accepted": _amendment,
    "amendment.rejected": _amendment,
    "batch.started": lambda event: f"batch {event.batch} begins",
    "batch.finished": _batch_finished,
    "container.reaped": lambda event: f"a left-over sandbox was removed: {event.data.get('container')}",
    "image.progress": lambda event: str(event.data.get("text") or event.data.get("line") or "preparing the image"),
}
