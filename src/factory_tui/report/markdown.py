"""The report as GitHub-flavoured Markdown, for a wiki or an issue. Complete: no list is cut. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo

from factory_tui.model.measured import told
from factory_tui.model.money import show_usd
from factory_tui.model.report import Outcome, Report
from factory_tui.model.run import RunState
from factory_tui.report import phrases
from factory_tui.report.inert import code, prose
from factory_tui.report.phrases import GLYPHS


def render_markdown(report: Report, *, zone: tzinfo | None = None) -> str:
    """The report as Markdown; times in `zone`, or local ones. Foreign text in it is inert."""
    return "\n".join(_lines(report, zone)) + "\n"


def _lines(report: Report, zone: tzinfo | None) -> Iterator[str]:
    yield f"# {prose(report.factory)}: batch {code(report.batch)}"
    yield ""
    yield f"{phrases.period(report, zone)}."
    yield ""
    spent = show_usd(phrases.cost_of(report))
    yield f"**{phrases.waiting(report)}.** {_sentence(phrases.result(report))} {spent} spent."
    for section in (_decisions, _shipped, _failed, _standing, _others, _qualities, _money_and_time, _changes, _history):
        yield from section(report)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _head(title: str) -> Iterator[str]:
    yield from ("", f"## {title}", "")


def _table(head: Sequence[str], right: frozenset[int], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('--:' if index in right else ':--' for index in range(len(head)))}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _decisions(report: Report) -> Iterator[str]:
    if report.decisions:
        yield from _head(f"Needs you ({len(report.decisions):,})")
    for number, each in enumerate(report.decisions, start=1):
        margin = " " * len(f"{number}. ")
        key = f" (or press {code(each.key)})" if each.key else ""
        yield f"{number}. **{prose(each.what)}**  "
        if (why := phrases.why(each)) and not phrases.told_below(report, each):
            yield f"{margin}{prose(why)}  "
        yield f"{margin}{code(phrases.command(each.command))}{key}"


def _shipped(report: Report) -> Iterator[str]:
    shipped = report.of(RunState.SHIPPED)
    if shipped:
        yield from _head(f"Shipped ({len(shipped):,})")
        head = ("spec", "what", "scenarios", "attempts", "cost", "time", "commit")
        yield from _table(head, frozenset({2, 3, 4, 5}), map(_shipped_row, shipped))
    for each in shipped:
        if each.escaped:
            yield from ("", f"{code(each.spec)} is an escaped defect: {prose(each.escaped)}")


def _shipped_row(each: Outcome) -> tuple[str, ...]:
    glyph = "✗ escaped " if each.escaped else f"{GLYPHS[each.state]} "
    return (f"{glyph}{code(each.spec)}", prose(phrases.title(each)), *_figures(each), code((each.commit or "")[:12]))


def _figures(each: Outcome) -> tuple[str, ...]:
    return phrases.scenarios(each), str(each.attempts), show_usd(each.cost), phrases.took(each.seconds)


def _failed(report: Report) -> Iterator[str]:
    failed = report.of(RunState.FAILED)
    if failed:
        yield from _head(f"Failed ({len(failed):,})")
    for position, group in enumerate(phrases.failed_by_class(report)):
        trend = f", {group.trend}" if group.trend else ""
        if position:
            yield ""
        yield from (f"### {group.name}: {phrases.counted(len(group.outcomes), 'run')}{trend}", "")
        if group.means:
            yield from (f"{group.means}", "")
        for each in group.outcomes:
            yield f"- {_named(each)}"
            yield from _below(each.why)
            facts = [f"rules {code(', '.join(each.rules))}" if each.rules else ""]
            facts += [code(phrases.command(f"failures show {each.failure}")) if each.failure is not None else ""]
            if any(facts):
                yield f"  {' · '.join(fact for fact in facts if fact)}"


def _named(each: Outcome) -> str:
    """The first line of a run in a list. Two spaces at its end make a line break."""
    what = prose(phrases.title(each))
    scenarios = f"{phrases.scenarios(each)} scenarios" if each.total else ""
    attempts = phrases.counted(each.attempts, "attempt") if each.attempts else "not started"
    facts = (scenarios, attempts, show_usd(each.cost), phrases.took(each.seconds) if each.seconds is not None else "")
    said = " · ".join(fact for fact in facts if fact)
    return f"{GLYPHS[each.state]} **{code(each.spec)}**{': ' + what if what else ''} ({said})  "


def _below(text: str) -> Iterator[str]:
    if text:
        yield f"  {prose(text)}  "


def _standing(report: Report) -> Iterator[str]:
    standing = report.of(*phrases.STANDING)
    if standing:
        yield from _head(f"{phrases.standing_title(report)} ({len(standing):,})")
    for each in standing:
        yield f"- {_named(each)}"
        yield from _below(": ".join(word for word in (each.hold, phrases.why(each)) if word))
        if each.question is not None:
            yield from _below(f"“{each.question.text}”")
        if each.remedy:
            yield f"  → {prose(each.remedy)}"
        if each.question is not None and each.question.answers:
            yield ""
            yield from (f"  {place}. {prose(answer)}" for place, answer in enumerate(each.question.answers, start=1))
            yield ""


def _others(report: Report) -> Iterator[str]:
    for name, states in (("Not finished", phrases.AT_WORK), ("Cancelled", (RunState.CANCELLED,))):
        found = report.of(*states)
        if found:
            yield from _head(f"{name} ({len(found):,})")
        for each in found:
            yield f"- {_named(each)}"
            yield from _below(each.why)


def _qualities(report: Report) -> Iterator[str]:
    found = report.quality
    if found is None:
        return
    yield from _head(f"Quality ({phrases.quality(report)})")
    head = ("", "spec", "scenario", "measured", "of its limit")
    rows = (
        (
            glyph,
            code(each.spec),
            code(each.scenario),
            prose(told(each.measure)),
            phrases.closeness(each).split(" of")[0],
        )
        for glyph, group in (("✗", found.missed), ("✓", found.closest))
        for each in group
    )
    yield from _table(head, frozenset({4}), rows)


def _money_and_time(report: Report) -> Iterator[str]:
    if report.spend:
        yield from _head("Spend and time")
        yield from _table(
            ("", "spent", "cap", "share"),
            frozenset({1, 2, 3}),
            (
                (
                    prose(each.name),
                    show_usd(each.spent),
                    show_usd(each.cap) if each.cap is not None else "none",
                    phrases.percent(share) if (share := phrases.share_spent(each)) is not None else "",
                )
                for each in report.spend
            ),
        )
    for said in (" · ".join(phrases.compared(report)), prose(phrases.work(report))):
        if said:
            yield from ("", f"{_sentence(said)}")


def _changes(report: Report) -> Iterator[str]:
    found, gone, new = phrases.changes(report), phrases.gone(report), phrases.newcomers(report)
    if found or gone or new:
        yield from _head(f"Changed since {code(report.previous)}" if report.previous else "Changed")
    for each in found:
        yield f"- {GLYPHS[each.after]} {code(each.spec)}: {phrases.turned(each)}"
    for count in gone:
        yield f"- ✓ no more {count.failure_class}: {phrases.counted(count.before, 'run')} in the batch before"
    if new:
        yield f"- {phrases.counted(len(new), 'spec')} ran for the first time: {', '.join(map(code, new))}"


def _history(report: Report) -> Iterator[str]:
    if report.diagnosis:
        yield from _head("Diagnosis")
    for each in report.diagnosis:
        yield f"- **{prose(each.symptom)}**  "
        yield from _below(each.signal)
        yield f"  → {prose(each.advice)}"
    yield from _head("Trust")
    for said in (phrases.escapes(report.escapes), phrases.unattended(report), *phrases.evidence(report)):
        if said:
            yield f"- {_sentence(said)}"
