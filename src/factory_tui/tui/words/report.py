"""The morning page in words: every line of it, with what the detail says and the run that it is about."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from factory_tui.model.foreign import clean_line
from factory_tui.model.money import show_usd
from factory_tui.model.report import Change, ClassCount, Decision, Outcome, Report, Spend, Symptom, Trust
from factory_tui.model.run import AT_REST, RunState
from factory_tui.tui.look import (
    BLANK,
    STATES,
    Line,
    Span,
    Tone,
    line,
    show_clock,
    show_cost,
    show_count,
    show_elapsed,
    show_moment,
)
from factory_tui.tui.words.lines import fact
from factory_tui.tui.words.outcome import outcome_lines, outcome_state, outcome_words
from factory_tui.tui.words.quality import quality_cells, quality_row_lines


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A line of the page."""

    identity: str
    cells: tuple[Span, Span, Span, Span]
    """What it is, what it is about, figures, words."""
    lines: tuple[Line, ...] = ()
    """What the detail says."""
    run: str | None = None
    screen: str = ""
    """Number of the screen where it is dealt with, for a line without a run."""
    at: str = ""
    """What the cursor goes to there."""


def report_lines(report: Report) -> Iterator[ReportLine]:
    """The whole page, in the order in which it is needed."""
    yield from _runs("Shipped", report.of(RunState.SHIPPED))
    yield from _runs("Failed", report.of(RunState.FAILED, RunState.ERROR))
    yield from _classes(report)
    yield from _runs("Held", report.of(RunState.HELD))
    yield from _runs("Cancelled", report.of(RunState.CANCELLED))
    rest = tuple(each for each in report.outcomes if each.state not in AT_REST)
    yield from _runs("Not done yet", rest)
    yield from _decisions(report)
    yield from _qualities(report)
    yield from _spend(report)
    yield from _changes(report)
    yield from _diagnosis(report.diagnosis)
    yield from _escapes(report)


def report_head(report: Report) -> tuple[list[Span], list[Span]]:
    """Left and right of the line that sums the night up."""
    counts = ((RunState.SHIPPED, Tone.GOOD), (RunState.FAILED, Tone.BAD), (RunState.HELD, Tone.WARN))
    left = [
        Span(f"{STATES[state][0]} {count} {state}  ", tone)
        for state, tone in counts
        if (count := len(report.of(state)))
    ]
    if report.decisions:
        left.append(Span(f"◆ {len(report.decisions)} to decide", Tone.WARN))
    return left or [Span("nothing has ended yet" if report.outcomes else "no run in this batch")], _span_of(report)


def _span_of(report: Report) -> list[Span]:
    until = show_clock(report.finished) if report.finished else "now"
    seconds = (report.finished - report.started).total_seconds() if report.finished else None
    took = f", {show_elapsed(seconds, exact=False)}" if seconds is not None else ", at work"
    return [Span(f"{show_moment(report.started)}–{until}{took}", Tone.DIM)]


def _heading(title: str, words: str = "") -> ReportLine:
    cells = (Span(title, Tone.HEAD), Span(""), Span(""), Span(words, Tone.DIM))
    return ReportLine(f"head {title}", cells, (line(Span(title, Tone.HEAD), Span(f"  {words}", Tone.DIM)),))


def _runs(title: str, outcomes: Sequence[Outcome]) -> Iterator[ReportLine]:
    if outcomes:
        yield _heading(title, show_count(len(outcomes), "run"))
    for each in outcomes:
        glyph, word, tone = outcome_state(each)
        cells = (
            Span(f"  {glyph} {word}", tone),
            Span(clean_line(each.spec)),
            Span(show_usd(each.cost), Tone.DIM),
            Span(outcome_words(each)),
        )
        yield ReportLine(f"run {each.run}", cells, tuple(outcome_lines(each)), each.run)


def _classes(report: Report) -> Iterator[ReportLine]:
    for each in report.classes:
        cells = (
            _class_trend(each, is_first=report.previous is None),
            Span(each.failure_class),
            Span(""),
            Span("3 shows the evidence" if each.runs else "not seen this time", Tone.DIM),
        )
        before = f", {each.before} of the batch before" if report.previous else ""
        words = f"{show_count(each.runs, 'run')} of this batch{before}"
        yield ReportLine(
            f"class {each.failure_class}",
            cells,
            (fact(each.failure_class, f" {words}"),),
            screen="3",
            at=each.failure_class,
        )


def _class_trend(count: ClassCount, *, is_first: bool) -> Span:
    """Runs of the class against the batch before; the first batch has nothing to be compared with."""
    if is_first:
        return Span(f"  ✗ {show_count(count.runs, 'run')}", Tone.DIM)
    if count.runs == count.before:
        return Span(f"  = {count.before}→{count.runs}", Tone.DIM)
    glyph, tone = ("▲", Tone.BAD) if count.runs > count.before else ("▼", Tone.GOOD)
    return Span(f"  {glyph} {count.before}→{count.runs}", tone)


def _decisions(report: Report) -> Iterator[ReportLine]:
    if report.decisions:
        yield _heading("To decide", "most urgent first")
    runs = {each.run for each in report.outcomes}
    for number, each in enumerate(report.decisions, start=1):
        run = next((word for word in each.command.split() if word in runs), None)
        spec, what = _about(clean_line(each.what))
        cells = (Span(f"  ◆ {each.key}", Tone.WARN), Span(spec), Span(""), Span(what))
        screen, _, key = each.key.partition(" ")
        place = next((word for word in each.command.split() if word.isdigit()), "")
        at = f"amendment {place}" if key in ("a", "A") else place
        yield ReportLine(f"decision {number}", cells, tuple(_decision_lines(each)), run, screen, at)


_NAMES_RUN = re.compile(r"(\S+) \(r\w+\):? (.+)")


def _about(what: str) -> tuple[str, str]:
    """The spec that a decision names with its run, for the column of specs, and the rest."""
    match = _NAMES_RUN.fullmatch(what)
    return (match[1], match[2]) if match else ("", what)


def _decision_lines(decision: Decision) -> Iterator[Line]:
    yield line(Span(clean_line(decision.what), Tone.STRONG))
    yield fact("why", clean_line(decision.why))
    if decision.key:
        yield line(Span(f"{'key':<10}", Tone.DIM), Span(decision.key, Tone.KEY), indent=10)
    yield fact("command", f"factory-tui {clean_line(decision.command)}")


def _qualities(report: Report) -> Iterator[ReportLine]:
    found = report.quality
    if found is None:
        return
    yield _heading("Quality", f"{found.held} of {found.measured} held")
    for number, each in enumerate((*found.missed, *found.closest), start=1):
        cells, lines = quality_cells(each), tuple(quality_row_lines(each))
        yield ReportLine(f"quality {number}", cells, lines, each.run)


def _spend(report: Report) -> Iterator[ReportLine]:
    if not report.spend:
        return
    before = f"{show_usd(report.cost_before)} in the batch before" if report.previous else ""
    yield _heading("Spend", before)
    for each in report.spend:
        cells = (
            Span(f"  {clean_line(each.name)}"),
            Span(spend_bar(each), _spend_tone(each)),
            Span(show_usd(each.spent), Tone.STRONG),
            Span(_cap_words(each), Tone.DIM),
        )
        words = (fact(each.name, f"{show_cost(each.spent, each.cap)}{'' if each.cap else ', no cap is set'}"),)
        yield ReportLine(f"spend {each.name}", cells, words)


def spend_bar(spend: Spend, width: int = 14) -> str:
    """How much of the cap is gone; empty without a cap."""
    if not spend.cap:
        return ""
    full = min(width, max(round(width * spend.spent / spend.cap), 1 if spend.spent else 0))
    return "█" * full + "░" * (width - full)


def _spend_tone(spend: Spend) -> Tone:
    return Tone.WARN if spend.cap and spend.spent * 5 >= spend.cap * 4 else Tone.DIM


def _cap_words(spend: Spend) -> str:
    return f"of {show_usd(spend.cap)}" if spend.cap is not None else "no cap is set"


def _changes(report: Report) -> Iterator[ReportLine]:
    if report.changes:
        yield _heading("Changed", "since an earlier batch")
    runs = {each.spec: each.run for each in report.outcomes}
    for each in report.changes:
        tone = Tone.GOOD if each.after is RunState.SHIPPED else Tone.PLAIN
        cells = (
            Span(f"  {STATES[each.after][0]} {each.after}", tone),
            Span(clean_line(each.spec)),
            Span(""),
            Span(_change_words(each), Tone.DIM),
        )
        words = (line(Span(clean_line(each.spec), Tone.STRONG), f"  {_change_words(each)}, now {each.after}"),)
        yield ReportLine(f"change {each.spec}", cells, words, runs.get(each.spec))


def _change_words(change: Change) -> str:
    return f"was {change.before}" if change.before else "ran for the first time"


def _diagnosis(symptoms: Sequence[Symptom]) -> Iterator[ReportLine]:
    if symptoms:
        yield _heading("Diagnosis", "what the history shows")
    for number, each in enumerate(symptoms, start=1):
        words = f"{clean_line(each.symptom)}: {clean_line(each.signal)}"
        lines = (
            line(Span(clean_line(each.symptom), Tone.STRONG)),
            fact("signal", clean_line(each.signal)),
            line(Span(f"{'next':<10}", Tone.DIM), Span("→ ", Tone.KEY), clean_line(each.advice), indent=12),
        )
        yield ReportLine(f"symptom {number}", (Span("  !", Tone.WARN), Span(""), Span(""), Span(words)), lines)


def _escapes(report: Report) -> Iterator[ReportLine]:
    rate, alone = report.escapes, report.unattended
    if not rate.shipped and alone is None and report.trust is None:
        return
    yield _heading("Trust")
    if rate.shipped:
        words = f"{rate.escaped} of {rate.shipped} ever shipped; 95 % between {rate.low:.0%} and {rate.high:.0%}"
        figure = f"{rate.escaped / rate.shipped:.0%}"
        about = (
            fact("escape", f"{figure}: {words}"),
            line("E on a shipped run marks it as an escaped defect.", indent=10),
        )
        yield ReportLine(
            "escapes", (Span("  escapes"), Span(""), Span(figure, Tone.STRONG), Span(words, Tone.DIM)), about
        )
    if alone is not None:
        words = "of the runs of this batch shipped without a touch of yours"
        cells = (Span("  alone"), Span(""), Span(f"{alone:.0%}", Tone.STRONG), Span(words, Tone.DIM))
        yield ReportLine("unattended", cells, (line(f"{alone:.0%} {words}"),))
    if report.trust is not None:
        yield from _evidence(report.trust)


def _evidence(trust: Trust) -> Iterator[ReportLine]:
    for name, found in (("gate", trust.gate), ("reserve", trust.reserve)):
        if found.share is None:
            continue
        words = f"of {found.trials} trials passed; 95 % between {found.low:.0%} and {found.high:.0%}"
        cells = (Span(f"  {name}"), Span(""), Span(f"{found.share:.0%}", Tone.STRONG), Span(words, Tone.DIM))
        yield ReportLine(name, cells, (fact(name, f"{found.share:.0%} {words}"), line(_LAYERS[name], indent=10)))
    gap = trust.gap
    if gap is not None:
        words = f"gate minus reserve; 95 % between {gap.low:+.0%} and {gap.high:+.0%}"
        told = "the gate is over-fitted" if gap.is_overfitting else "no more than chance explains"
        tone = Tone.WARN if gap.is_overfitting else Tone.STRONG
        cells = (Span("  gap"), Span(""), Span(f"{gap.value:+.0%}", tone), Span(f"{words}: {told}", Tone.DIM))
        yield ReportLine("gap", cells, (fact("gap", f"{gap.value:+.0%} {words}"), line(told, indent=10)))
    for each in trust.flaky:
        name = clean_line(each)
        cells = (Span("  ~ flaky", Tone.WARN), Span(""), Span(""), Span(name))
        yield ReportLine(f"flaky {name}", cells, (fact("flaky", name), line("Its trials disagreed.", indent=10)))


_LAYERS = {
    "gate": "Scenarios that decide; an agent hears for each rule whether it is met.",
    "reserve": "Scenarios that never block; an agent hears nothing about them.",
}


def no_report_lines(report: Report | None) -> list[Line]:
    """What the screen says before the first batch, and of a batch without a run."""
    if report is not None:
        return [
            line(Span(f"No run in batch {clean_line(report.batch)} yet", Tone.STRONG)),
            BLANK,
            line(Span("2", Tone.KEY), " shows what waits and what is at work."),
        ]
    return [
        line(Span("No batch has run yet", Tone.STRONG)),
        BLANK,
        line("In the morning this page says what shipped, what failed and why,"),
        line("what is held for you, what it cost, and what changed since the last batch."),
        line(Span("1", Tone.KEY), " shows the specs; ", Span("R", Tone.KEY), " there runs every Ready one."),
    ]
