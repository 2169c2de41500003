"""From facts about a batch to the report about it. Pure."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from factory_tui.model.evaluation import Result
from factory_tui.model.failure import FailureClass
from factory_tui.model.measured import share, urgency
from factory_tui.model.money import NOTHING
from factory_tui.model.report import Change, ClassCount, EscapeRate, Outcome, Qualities, Report, Trust
from factory_tui.model.run import AT_REST, RunState
from factory_tui.model.scenario import Layer
from factory_tui.model.views import RunRow
from factory_tui.report.deciding import decisions
from factory_tui.report.diagnosis import diagnosis
from factory_tui.report.history import History, RunFacts, newest_of_each_spec
from factory_tui.report.interval import wilson
from factory_tui.report.satisfaction import gap_of, satisfaction


def report(factory: str, history: History, now: datetime) -> Report:
    """The report about a batch.

    Args:
        factory: its name.
        history: what happened.
        now: for the time of runs that go on.
    """
    earlier = history.earlier
    return Report(
        factory=factory,
        batch=history.batch,
        started=history.started,
        finished=history.finished,
        previous=earlier.batch if earlier else None,
        outcomes=tuple(_outcome(each, now) for each in history.runs),
        spend=history.spend,
        cost_before=earlier.cost if earlier else NOTHING,
        classes=tuple(_classes(history)),
        decisions=tuple(decisions(history)),
        changes=tuple(_changes(history)),
        diagnosis=tuple(diagnosis(history)),
        escapes=escape_rate(history.shipped_ever, history.escaped_ever),
        quality=_quality(history),
        trust=_trust(history),
        unattended=_unattended(history),
    )


def escape_rate(shipped: int, escaped: int) -> EscapeRate:
    """The share of shipped runs that were wrong, with its interval."""
    low, high = wilson(escaped, shipped)
    return EscapeRate(shipped=shipped, escaped=escaped, low=low, high=high)


def _outcome(facts: RunFacts, now: datetime) -> Outcome:
    row, failure = facts.row, facts.failure
    failed = row.state is RunState.FAILED and failure is not None
    return Outcome(
        run=row.run,
        spec=row.spec,
        title=row.title,
        state=row.state,
        attempts=row.attempt,
        cost=row.cost,
        seconds=_seconds(row, now),
        # The run's own words name the class that it had at first.
        why=failure.cause if failed and failure else row.why,
        failure_class=failure.failure_class if failure else None,
        failure=failure.number if failure else None,
        rules=_rules(facts),
        passed=row.scenarios_passed,
        total=row.scenarios_total,
        branch=row.branch,
        commit=facts.commit,
        hold=row.hold,
        question=row.question,
        remedy=row.remedy,
        escaped=row.escaped,
    )


def _seconds(row: RunRow, now: datetime) -> float | None:
    if row.started is None:
        return None
    return max(0.0, ((row.finished or now) - row.started).total_seconds())


def _rules(facts: RunFacts) -> tuple[str, ...]:
    found = {rule for each in facts.failures for rule in each.rules}
    return tuple(sorted(found, key=lambda rule: (len(rule), rule)))  # R9 before R10


def _classes(history: History) -> list[ClassCount]:
    now = Counter(each.failure.failure_class for each in history.runs if each.failure)
    before = history.earlier.classes if history.earlier else {}
    return [
        ClassCount(failure_class=each, runs=now[each], before=before.get(each, 0))
        for each in FailureClass
        if now[each] or before.get(each)
    ]


def _newest_outcomes(rows: Iterable[RunRow]) -> dict[str, RunState]:
    """Spec → state of its newest run that ended; what escaped counts as failed."""
    newest = newest_of_each_spec(row for row in rows if row.state in AT_REST)
    return {spec: RunState.FAILED if row.escaped else row.state for spec, row in newest.items()}


def _changes(history: History) -> list[Change]:
    """Of the first batch nothing: there every spec is new."""
    if history.earlier is None:
        return []
    before = history.outcomes_before
    now = _newest_outcomes(each.row for each in history.runs)
    return [
        Change(spec=spec, before=before.get(spec), after=after)
        for spec, after in sorted(now.items())
        if before.get(spec) is not after
    ]


CLOSEST = 3
"""Measures that held and are shown all the same: what came closest to its limit misses it next."""


def _quality(history: History) -> Qualities | None:
    rows = sorted(history.measures, key=lambda each: urgency(each.measure))
    if not rows:
        return None
    kept = [each for each in rows if each.measure.holds]
    return Qualities(
        measured=len(rows),
        held=len(kept),
        missed=tuple(each for each in rows if not each.measure.holds),
        closest=tuple(each for each in kept if share(each.measure) is not None)[:CLOSEST],
    )


def _trust(history: History) -> Trust | None:
    runs = {each.row.run for each in history.runs}
    here = [each for each in history.tallies if each.run in runs]
    if not here:
        return None
    flaky = {f"{each.spec}/{each.scenario}" for each in here if each.result is Result.FLAKY}
    return Trust(
        gate=satisfaction(each for each in here if each.layer is Layer.GATE),
        reserve=satisfaction(each for each in here if each.layer is Layer.RESERVE),
        gap=gap_of(history.tallies),
        flaky=tuple(sorted(flaky)),
    )


def _unattended(history: History) -> float | None:
    """A held run counts as finished: it ended its work, and waits for a human."""
    ended = [each for each in history.runs if each.row.state in AT_REST]
    if not ended:
        return None
    shipped = [each for each in ended if each.row.state is RunState.SHIPPED]
    alone = sum(not each.touched and not each.row.escaped for each in shipped)
    return alone / len(ended)
