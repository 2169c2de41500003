"""Failure records → groups of like failures that come back. Pure, and the same whatever the order of the records."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from factory_tui.config.settings import FeedbackSettings
from factory_tui.feedback.themes import theme_of
from factory_tui.model.amendment import RecurringGroup
from factory_tui.model.failure import NOT_THE_SPEC, DecidedBy, FailureClass, FailureRecord, Qualifier
from factory_tui.model.spec import Question

_OF_A_RUN = frozenset({FailureClass.BUDGET, FailureClass.STUCK, FailureClass.NO_DELIVERY})
"""Classes that say something about a run as a whole, however many of its scenarios failed for it."""

_Key = tuple[FailureClass, Question | None, Qualifier | None, str]


def recurring(
    records: Sequence[FailureRecord], settings: FeedbackSettings, now: datetime
) -> tuple[RecurringGroup, ...]:
    """Groups of one class, section, qualifier and theme that came back often enough, in enough specs, lately.

    A scenario counts once in a run, however many attempts failed it; what is not the spec's fault never counts. A
    record about a run as a whole counts where it says more than those of its scenarios.

    Args:
        records: in any order.
        settings: thresholds and window.
        now: end of the window, inclusive.

    Returns:
        The largest group first.
    """
    since = now - timedelta(days=settings.window_days)
    counted = sorted(
        (each for each in records if since <= each.ts <= now and each.failure_class not in NOT_THE_SPEC),
        key=lambda each: (each.ts, each.id),
    )
    groups: dict[_Key, list[FailureRecord]] = {}
    for record in _once_each(counted):
        key = (record.failure_class, record.section, record.qualifier, theme_of(record))
        groups.setdefault(key, []).append(record)
    found = [_group(key, members) for key, members in groups.items()]
    enough = [
        each for each in found if len(each.records) >= settings.min_failures and len(each.specs) >= settings.min_specs
    ]
    return tuple(sorted(enough, key=lambda each: (-len(each.records), -len(each.specs), each.key)))


def _once_each(records: Iterable[FailureRecord]) -> Iterable[FailureRecord]:
    """Without repetitions in later attempts, and without summaries of what scenarios of the same run say."""
    given = list(records)
    told = {(each.run, _at_first(each)) for each in given if each.scenario is not None}
    seen: set[tuple[object, ...]] = set()
    for record in given:
        key: tuple[object, ...] = (record.run, record.failure_class)
        if record.failure_class not in _OF_A_RUN:
            is_summary = record.scenario is None and record.decided_by is not DecidedBy.OPERATOR
            if is_summary and (record.run, _at_first(record)) in told:
                continue
            key = (*key, record.scenario, record.section, record.qualifier)
        if key not in seen:
            seen.add(key)
            yield record


def _at_first(record: FailureRecord) -> FailureClass:
    """The class that the rule gave: what the operator says about one record does not change what it summed up."""
    return record.first_class or record.failure_class


def _group(key: _Key, members: Sequence[FailureRecord]) -> RecurringGroup:
    failure_class, section, qualifier, theme = key
    return RecurringGroup(
        failure_class=failure_class,
        section=section,
        qualifier=qualifier,
        theme=theme,
        records=tuple(each.id for each in members),
        specs=tuple(sorted({each.spec for each in members})),
        first=members[0].ts,
        last=members[-1].ts,
        cause=members[-1].cause,
    )
