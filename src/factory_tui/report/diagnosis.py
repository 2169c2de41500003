"""The diagnosis: symptoms that an operator feels, each computed from the history, and what to do about it.

A symptom without a signal is not shown. What the history does not hold is left out rather than guessed: the
operator's own minutes, and rules that no scenario covers.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from statistics import median

from factory_tui.model.failure import NOT_THE_SPEC, FailureClass
from factory_tui.model.money import MicroUsd, show_usd
from factory_tui.model.report import Symptom
from factory_tui.model.run import RunState
from factory_tui.report.history import FailureFacts, History

_REVISIONS = 3
"""Versions of a spec before its first pass from which they are a symptom."""

_DEARER = 1.25
"""A shipped run that costs this much more than in the batch before is a symptom."""

_SHORT = 60.0
"""Seconds; a wait that nobody minds."""


def diagnosis(history: History) -> Iterator[Symptom]:
    """The symptoms of a batch that have a signal."""
    for look in (_misunderstood, _looks_right, _slow, _revised, _not_trusted, _dear):
        symptom = look(history)
        if symptom is not None:
            yield symptom


def _misunderstood(history: History) -> Symptom | None:
    records = _finest_records(history)
    found = [each for each in records if each.failure_class in (FailureClass.SPEC_AMBIGUOUS, FailureClass.DISOBEYED)]
    if not found:
        return None
    sections = Counter(each.section for each in found if each.section)
    where = ", ".join(f"{number} in {section.value}" for section, number in sections.most_common())
    return Symptom(
        symptom="The agent keeps misunderstanding",
        signal=f"{_of(len(found), len(records), 'failure')} SPEC-AMBIGUOUS or DISOBEYED"
        + (f": {where}" if where else ""),
        advice="Add given, when, then examples and glossary terms there",
    )


def _looks_right(history: History) -> Symptom | None:
    failed, found = _failed(history, lambda each: each is FailureClass.FALSE_DONE)
    if not found:
        return None
    return Symptom(
        symptom="It looks right and behaves wrong",
        signal=f"{_of(found, failed, 'failed run')} FALSE-DONE: the agent's own proof held, the scenarios did not",
        advice="Write more holdout scenarios for the rules of those runs",
    )


def _slow(history: History) -> Symptom | None:
    rows = [each.row for each in history.runs]
    times = [
        ((row.started - row.queued).total_seconds(), (row.finished - row.started).total_seconds())
        for row in rows
        if row.started and row.finished
    ]
    if not times:
        return None
    waited, worked = median(each[0] for each in times), median(each[1] for each in times)
    if waited <= worked or waited < _SHORT:
        return None
    return Symptom(
        symptom="The factory is too slow",
        signal=f"a run waited {_minutes(waited)} in the queue and worked {_minutes(worked)} (medians of {len(times)})",
        advice="Raise `factory.parallel`, or queue the batch earlier",
    )


def _revised(history: History) -> Symptom | None:
    revised = {spec: number for spec, number in history.versions.items() if number >= _REVISIONS}
    if not revised:
        return None
    named = ", ".join(f"{spec} {number}" for spec, number in sorted(revised.items(), key=lambda each: (-each[1], each)))
    failed, found = _failed(history, lambda each: each in (FailureClass.SPEC_GAP, FailureClass.INCOMPLETE))
    classes = f"; {_of(found, failed, 'failed run')} SPEC-GAP or INCOMPLETE" if found else ""
    return Symptom(
        symptom="Specs need several revisions",
        signal=f"versions that ran before one shipped: {named}{classes}",
        advice="Make edge-case questions required in the template",
    )


def _not_trusted(history: History) -> Symptom | None:
    gate, reserve = history.gate, history.reserve
    if not reserve.total or reserve.rate >= gate.rate:
        return None
    return Symptom(
        symptom="The output cannot be trusted",
        signal=f"of what shipped, {gate.passed} of {gate.total} gate scenarios passed, "
        f"but {reserve.passed} of {reserve.total} reserve scenarios",
        advice="Expand the gate scenarios where the reserve failed",
    )


def _dear(history: History) -> Symptom | None:
    failed, stopped = _failed(history, lambda each: each in (FailureClass.BUDGET, FailureClass.STUCK))
    shipped = sum(each.row.state is RunState.SHIPPED for each in history.runs)
    earlier, signals = history.earlier, []
    if shipped and earlier and earlier.shipped:
        now = MicroUsd(sum(each.row.cost for each in history.runs) // shipped)
        before = MicroUsd(earlier.cost // earlier.shipped)
        if before and now >= _DEARER * before:
            signals.append(f"{show_usd(now)} for each run that shipped, {show_usd(before)} in the batch before")
    if stopped:
        signals.append(f"{_of(stopped, failed, 'failed run')} BUDGET or STUCK")
    if not signals:
        return None
    return Symptom(
        symptom="Costs escalate",
        signal="; ".join(signals),
        advice="Set caps, or route the categories of those runs to a cheaper profile",
    )


def _finest_records(history: History) -> list[FailureFacts]:
    """Of each run the records about its scenarios, or the one about the run when there is no other."""
    found: list[FailureFacts] = []
    for run in history.runs:
        found += [each for each in run.failures if not each.is_of_run] or run.failures
    return found


def _failed(history: History, wanted: Callable[[FailureClass], bool]) -> tuple[int, int]:
    """Runs that failed by a fault of the work, and those of them with a wanted class."""
    classes = [each.failure.failure_class for each in history.runs if each.failure]
    charged = [each for each in classes if each not in NOT_THE_SPEC]
    return len(charged), sum(map(wanted, charged))


def _of(found: int, total: int, what: str) -> str:
    """`3 of 8 failures are`."""
    return f"{found} of {total} {what}{'' if total == 1 else 's'} {'is' if found == 1 else 'are'}"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f} min"
