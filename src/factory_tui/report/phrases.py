"""What every form of the report says in the same words: sentences about figures, times and groups. Pure."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from math import inf
from typing import NamedTuple

from factory_tui.model.evidence_views import Gap, Satisfaction
from factory_tui.model.failure import CLASS_MEANS, FailureClass
from factory_tui.model.measured import share
from factory_tui.model.money import MicroUsd, show_usd
from factory_tui.model.report import Change, ClassCount, Decision, EscapeRate, Outcome, QualityRow, Report, Spend
from factory_tui.model.run import LIVE, RunState

PROGRAM = "factory-tui"

GLYPHS: dict[RunState, str] = {
    **dict.fromkeys(LIVE, "◑"),
    RunState.QUEUED: "○",
    RunState.SHIPPED: "✓",
    RunState.FAILED: "✗",
    RunState.HELD: "◆",
    RunState.CANCELLED: "–",
    RunState.ERROR: "!",
}
"""As on the board, so that a state looks the same everywhere."""

AT_WORK = (RunState.QUEUED, *(state for state in RunState if state in LIVE))
STANDING = (RunState.HELD, RunState.ERROR)
"""Stopped, and only the operator moves them."""


class FailedClass(NamedTuple):
    """The failed runs of one class."""

    name: str
    means: str
    """One sentence; empty where there is no class."""
    outcomes: tuple[Outcome, ...]
    before: int | None
    """Runs of the batch before that failed so; None when there is nothing to compare with."""

    @property
    def trend(self) -> str:
        """`2 in the batch before`."""
        return f"{self.before:,} in the batch before" if self.before is not None else ""


def failed_by_class(report: Report) -> tuple[FailedClass, ...]:
    """Failed runs by class, as the report counts them; then classes that it does not count, and runs without one."""
    left: dict[FailureClass | None, list[Outcome]] = {}
    for each in report.of(RunState.FAILED):
        left.setdefault(each.failure_class, []).append(each)
    before = {each.failure_class: each.before for each in report.classes}
    names = [*(name for name in before if name in left), *(name for name in left if name not in before)]
    return tuple(
        FailedClass(
            name.value if name else "no class yet",
            CLASS_MEANS[name] if name else "",
            tuple(left[name]),
            before.get(name, 0) if name and report.previous else None,
        )
        for name in names
    )


def gone(report: Report) -> tuple[ClassCount, ...]:
    """Classes that the batch before had and this one has not; nothing while it may still get them."""
    if report.finished is None:
        return ()
    return tuple(each for each in report.classes if each.before and not each.runs)


def standing_title(report: Report) -> str:
    """`Held`, and what else only the operator moves."""
    words = [word for word, state in (("held", RunState.HELD), ("in error", RunState.ERROR)) if report.of(state)]
    return " and ".join(words).capitalize()


def waiting(report: Report) -> str:
    """The first thing to know: whether anything waits for the operator."""
    number = len(report.decisions)
    if number:
        return f"{number:,} {'thing waits' if number == 1 else 'things wait'} for you"
    return "Nothing waits for you"


def result(report: Report) -> str:
    """`9 of 15 runs shipped`, and what is still to come."""
    total, shipped = len(report.outcomes), len(report.of(RunState.SHIPPED))
    if not total:
        return "no run was queued"
    left = len(report.of(*AT_WORK))
    said = f"{shipped:,} of {counted(total, 'run')} shipped"
    return f"{said}, {left:,} not finished yet" if left else said


def tally(report: Report) -> Iterator[tuple[RunState, int]]:
    """State and number of runs, in the order of the page; what is at work counts as queued or building."""
    order = (RunState.SHIPPED, RunState.FAILED, RunState.HELD, RunState.ERROR, RunState.CANCELLED)
    for state in order:
        yield state, len(report.of(state))
    yield RunState.BUILDING, len(report.of(*LIVE))
    yield RunState.QUEUED, len(report.of(RunState.QUEUED))


STATE_WORDS = {RunState.BUILDING: "at work", RunState.QUEUED: "waiting"}
"""Where a group of states has another name than its first."""


def state_word(state: RunState) -> str:
    return STATE_WORDS.get(state, state.value)


def counted(number: int, one: str, many: str = "") -> str:
    """`1 run`, `3 runs`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def took(seconds: float | None) -> str:
    """`48 s`, `12 min`, `1 h 05 min`; a dash for what never started."""
    if seconds is None:
        return "–"
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes = round(whole / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


def when(moment: datetime, zone: tzinfo | None) -> str:
    """`Fri 20 Nov 2026 22:14` in `zone`, or in local time."""
    return f"{moment.astimezone(zone):%a %-d %b %Y %H:%M}"


def until(report: Report, zone: tzinfo | None) -> str:
    """When it ended, without the day when that is the day on which it began. Empty while it runs."""
    if report.finished is None:
        return ""
    start, end = report.started.astimezone(zone), report.finished.astimezone(zone)
    return f"{end:%H:%M}" if end.date() == start.date() else when(report.finished, zone)


def period(report: Report, zone: tzinfo | None) -> str:
    """From when to when, as short as it can be told."""
    start = when(report.started, zone)
    if report.finished is None:
        return f"{start}, still running"
    return f"{start} – {until(report, zone)}, {took((report.finished - report.started).total_seconds())}"


def work(report: Report) -> str:
    """How long the runs worked, and which one longest; empty when none has started."""
    timed = [each for each in report.outcomes if each.seconds is not None]
    if not timed:
        return ""
    total = took(sum(each.seconds or 0 for each in timed))
    said = f"{total} of work in {counted(len(timed), 'run')}"
    most = max(timed, key=lambda each: each.seconds or 0)
    return f"{said}; the longest was {most.spec}, {took(most.seconds)}" if len(timed) > 1 else said


def cost_of(report: Report) -> MicroUsd:
    return MicroUsd(sum(each.cost for each in report.outcomes))


def compared(report: Report) -> list[str]:
    """What the money may be compared with: the batch before, and what shipped for it."""
    shipped = len(report.of(RunState.SHIPPED))
    said = [f"{show_usd(report.cost_before)} in the batch before"] if report.previous else []
    if shipped:
        said.append(f"{show_usd(MicroUsd(cost_of(report) // shipped))} for each run that shipped")
    return said


def share_spent(spend: Spend) -> float | None:
    """0 to 1, or more where a cap was passed; None without a cap."""
    return spend.spent / spend.cap if spend.cap else None


def of_cap(spend: Spend) -> str:
    """`$4.18 of $10.00`."""
    return (
        f"{show_usd(spend.spent)} of {show_usd(spend.cap)}"
        if spend.cap is not None
        else (f"{show_usd(spend.spent)}, no cap")
    )


def percent(share: float) -> str:
    """`42 %`; one decimal below ten, so that a small rate is not shown as none."""
    return f"{share * 100:.1f} %" if 0 < share < 0.0995 else f"{share * 100:.0f} %"


def scenarios(outcome: Outcome) -> str:
    """`5/7`: how many scenarios of the last attempt passed; empty when none was judged."""
    return f"{outcome.passed}/{outcome.total}" if outcome.total else ""


def title(outcome: Outcome) -> str:
    """The title, where it says more than the id of the spec."""
    same = outcome.title.casefold().split() == outcome.spec.casefold().replace("-", " ").split()
    return "" if same else outcome.title


def command(words: str) -> str:
    """The command as it is typed."""
    return f"{PROGRAM} {words}"


def changes(report: Report) -> list[Change]:
    """Outcomes that are others than before: what became worse first, what is better last."""
    turned = [each for each in report.changes if each.before is not None]
    return sorted(turned, key=lambda each: (is_better(each) is not False, is_better(each) is True))


def turned(change: Change) -> str:
    """`failed → shipped`."""
    return f"{change.before} → {change.after}"


def is_better(change: Change) -> bool | None:
    """Whether the change is good news; None when it is neither."""
    if change.after is RunState.SHIPPED:
        return True
    return False if change.before is RunState.SHIPPED else None


def newcomers(report: Report) -> list[str]:
    """Specs that ran for the first time; nothing in a first batch, where all do."""
    return [each.spec for each in report.changes if each.before is None] if report.previous else []


def why(said: Decision | Outcome) -> str:
    """The reason, unless it only repeats what stands beside it: the question that is asked."""
    beside = said.what if isinstance(said, Decision) else said.question.text if said.question else ""
    return "" if said.why and said.why in beside else said.why


def told_below(report: Report, decision: Decision) -> bool:
    """Whether the reason of a decision stands in full with its run."""
    return any(each.why == decision.why for each in report.of(*STANDING))


def escapes(rate: EscapeRate) -> str:
    """The escape rate with its interval, in one sentence."""
    if not rate.shipped:
        return "nothing has shipped yet, so nothing could escape"
    found = f"{rate.escaped:,} of {rate.shipped:,} shipped runs turned out wrong"
    return (
        f"{found}: {percent(rate.escaped / rate.shipped)} (95 % interval {percent(rate.low)} to {percent(rate.high)})"
    )


def quality(report: Report) -> str:
    """`41 of 44 held`; empty when nothing was measured."""
    found = report.quality
    return f"{found.held:,} of {found.measured:,} held" if found else ""


def closeness(row: QualityRow) -> str:
    """`92 % of its limit`; empty for what is no number."""
    part = share(row.measure)
    return f"{percent(part)} of its limit" if part is not None and part != inf else ""


def evidence(report: Report) -> list[str]:
    """How far the scenarios can be trusted, a sentence for each thing that is known."""
    trust = report.trust
    if trust is None:
        return []
    said = [
        f"{counted(found.trials, f'trial of a {layer} scenario', f'trials of {layer} scenarios')}: {satisfied(found)}"
        for layer, found in (("gate", trust.gate), ("reserve", trust.reserve))
        if found.trials
    ]
    if trust.gap is not None:
        said.append(gap(trust.gap))
    if trust.flaky:
        said.append(f"flaky, trials disagreed: {', '.join(trust.flaky)}")
    return said


def satisfied(found: Satisfaction) -> str:
    """A share with its interval: `93 % passed (95 % interval 85 % to 97 %)`."""
    if found.share is None:
        return "never tried"
    return f"{percent(found.share)} passed (95 % interval {percent(found.low)} to {percent(found.high)})"


def gap(found: Gap) -> str:
    """What the difference between gate and reserve says, with its interval in points of a hundred."""
    points = f"{found.value * 100:+.0f} points, 95 % interval {found.low * 100:+.0f} to {found.high * 100:+.0f}"
    over = f"over {counted(found.evaluations, 'artifact')}"
    if found.is_overfitting:
        return f"over-fitting: the gate passes more often than the reserve ({points}, {over})"
    return f"no over-fitting shown: gate minus reserve {points}, {over}"


def unattended(report: Report) -> str:
    """How much of the work needed nobody; empty when nothing has finished."""
    if report.unattended is None:
        return ""
    return f"{percent(report.unattended)} of the finished runs shipped without a human touch"
