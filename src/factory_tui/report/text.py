"""The report for a terminal: what waits for the operator first, then how the night was. Pure."""

from collections.abc import Callable, Iterable, Iterator
from datetime import tzinfo
from enum import StrEnum

from rich.cells import cell_len, chop_cells

from factory_tui.model.foreign import clean_line
from factory_tui.model.measured import told
from factory_tui.model.money import show_usd
from factory_tui.model.report import Outcome, Report, Spend
from factory_tui.model.run import RunState
from factory_tui.report import phrases
from factory_tui.report.phrases import GLYPHS

NARROWEST = 40
"""Cells; below that nothing can be read anyway."""

MOST = 25
"""Runs of a list that are shown; the other forms of the report hold all."""

_BAR = 20


class Tone(StrEnum):
    """What a piece of text means; a terminal gives it a colour."""

    PLAIN = "plain"
    DIM = "dim"
    HEAD = "head"
    GOOD = "good"
    BAD = "bad"
    WARN = "warn"
    KEY = "key"


Paint = Callable[[str, Tone], str]
"""Gives a finished piece of text its colour, without changing how wide it is."""


def _unpainted(text: str, tone: Tone) -> str:
    return text


_TONES = {
    RunState.SHIPPED: Tone.GOOD,
    RunState.FAILED: Tone.BAD,
    RunState.ERROR: Tone.BAD,
    RunState.HELD: Tone.WARN,
}


def render_text(report: Report, width: int = 80, *, paint: Paint = _unpainted, zone: tzinfo | None = None) -> str:
    """The report as lines of at most `width` cells; times in `zone`, or local ones."""
    page = _Page(max(width, NARROWEST), paint)
    return "\n".join(line.rstrip() for line in _lines(report, page, zone)) + "\n"


class _Page:
    """Wraps and paints lines of one width."""

    def __init__(self, width: int, paint: Paint) -> None:
        self.width, self.paint = width, paint

    def line(self, text: str, indent: int = 0, tone: Tone = Tone.PLAIN, lead: str = "") -> Iterator[str]:
        """`text` wrapped, each line `indent` deep; `lead` stands in the margin of the first."""
        yield from self._lines(_wrapped(clean_line(text, limit=2000), self.width - indent), indent, tone, lead)

    def first_line(self, text: str, indent: int, tone: Tone) -> Iterator[str]:
        """As much of `text` as one line holds."""
        first, *rest = [*_wrapped(clean_line(text), self.width - indent - 1), ""]
        if first:
            yield from self._lines([f"{first}…" if any(rest) else first], indent, tone, "")

    def _lines(self, lines: Iterable[str], indent: int, tone: Tone, lead: str) -> Iterator[str]:
        margin = lead.rjust(indent - 1) + " " if lead else " " * indent
        for each in lines:
            yield margin + self.paint(each, tone)
            margin = " " * indent

    def pair(self, left: str, right: str, tone: Tone = Tone.PLAIN) -> Iterator[str]:
        """`left`, and `right` against the right edge; below it where there is no room."""
        gap = self.width - cell_len(left) - cell_len(right)
        if gap >= 2:
            yield self.paint(left, tone) + " " * gap + self.paint(right, Tone.DIM)
        else:
            yield from self.line(left, 0, tone)
            yield from self.line(right, 0, Tone.DIM)

    def head(self, title: str, note: str = "", columns: str = "") -> Iterator[str]:
        """A heading with its figures, and the names of the columns below it at the right."""
        note = next(iter(_wrapped(clean_line(note), self.width - cell_len(title) - 2)), "")
        shown = cell_len(title) + 2 + cell_len(note)
        room = columns and self.width - shown - cell_len(columns) >= 2
        said = self.paint(title, Tone.HEAD) + (f"  {self.paint(note, Tone.DIM)}" if note else "")
        yield ""
        yield said + (" " * (self.width - shown - cell_len(columns)) + self.paint(columns, Tone.DIM) if room else "")


def _lines(report: Report, page: _Page, zone: tzinfo | None) -> Iterator[str]:
    yield from page.line(f"{report.factory} · {report.batch}", tone=Tone.HEAD)
    yield from page.line(phrases.period(report, zone), tone=Tone.DIM)
    yield ""
    waits = Tone.WARN if report.decisions else Tone.GOOD
    spent = show_usd(phrases.cost_of(report))
    yield from page.line(f"{phrases.waiting(report)} · {phrases.result(report)} · {spent}", tone=waits)
    yield from _decisions(report, page)
    yield from _shipped(report, page)
    yield from _failed(report, page)
    yield from _standing(report, page)
    yield from _others(report, page)
    yield from _qualities(report, page)
    yield from _money_and_time(report, page)
    yield from _history(report, page)


def _decisions(report: Report, page: _Page) -> Iterator[str]:
    if report.decisions:
        yield from page.head("NEEDS YOU", f"{len(report.decisions):,}")
    for number, each in enumerate(report.decisions[:MOST], start=1):
        yield from page.line(each.what, 5, lead=f"{number}")
        reason = page.first_line if phrases.told_below(report, each) else page.line
        yield from reason(phrases.why(each), 5, Tone.DIM)
        key = f" · or press {each.key}" if each.key else ""
        yield from page.line(f"{phrases.command(each.command)}{key}", 7, Tone.KEY, lead="→")
    yield from _more(len(report.decisions), page)


def _shipped(report: Report, page: _Page) -> Iterator[str]:
    shipped = report.of(RunState.SHIPPED)
    if not shipped:
        return
    yield from page.head("SHIPPED", f"{len(shipped):,}", _HEADS)
    for each in shipped[:MOST]:
        yield from _run(each, page)
        if each.escaped:
            yield from page.line(f"escaped defect: {each.escaped}", 6, Tone.BAD)
    yield from _more(len(shipped), page)


def _failed(report: Report, page: _Page) -> Iterator[str]:
    failed = report.of(RunState.FAILED)
    groups = phrases.failed_by_class(report)
    if failed:
        yield from page.head("FAILED", f"{len(failed):,} in {phrases.counted(len(groups), 'class', 'classes')}", _HEADS)
    for group in groups:
        trend = f"  ({group.trend})" if group.trend else ""
        yield from page.line(f"{group.name}  {len(group.outcomes):,}{trend}", 2, Tone.BAD)
        yield from page.line(group.means, 4, Tone.DIM)
        for each in group.outcomes[:MOST]:
            yield from _run(each, page)
            yield from page.line(each.why, 6)
            facts = [f"rules {', '.join(each.rules)}" if each.rules else ""]
            facts += [phrases.command(f"failures show {each.failure}") if each.failure is not None else ""]
            yield from page.line(" · ".join(fact for fact in facts if fact), 6, Tone.DIM)
        yield from _more(len(group.outcomes), page)


def _standing(report: Report, page: _Page) -> Iterator[str]:
    standing = report.of(*phrases.STANDING)
    if standing:
        yield from page.head(phrases.standing_title(report).upper(), f"{len(standing):,}", _HEADS)
    for each in standing[:MOST]:
        yield from _run(each, page)
        yield from page.line(": ".join(word for word in (each.hold, phrases.why(each)) if word), 6)
        if each.question is not None:
            yield from page.line(f"“{each.question.text}”", 6)
            for number, answer in enumerate(each.question.answers, start=1):
                yield from page.line(answer, 10, lead=f"{number}")
        if each.remedy:
            yield from page.line(each.remedy, 8, Tone.KEY, lead="→")
    yield from _more(len(standing), page)


def _others(report: Report, page: _Page) -> Iterator[str]:
    for title, states in (("NOT FINISHED", phrases.AT_WORK), ("CANCELLED", (RunState.CANCELLED,))):
        found = report.of(*states)
        if found:
            yield from page.head(title, f"{len(found):,}", _HEADS)
        for each in found[:MOST]:
            yield from _run(each, page)
            yield from page.line(each.why, 6, Tone.DIM)
        yield from _more(len(found), page)


def _qualities(report: Report, page: _Page) -> Iterator[str]:
    found = report.quality
    if found is None:
        return
    yield from page.head("QUALITY", phrases.quality(report))
    for each in found.missed[:MOST]:
        yield from page.line(f"{each.spec}: {told(each.measure)}", 4, Tone.BAD, "✗")
        yield from page.line(f"{each.scenario} · {phrases.closeness(each) or 'missed'}", 6, Tone.DIM)
    yield from _more(len(found.missed), page)
    for each in found.closest:
        yield from page.line(f"{each.spec}: {told(each.measure)}", 4, lead="✓")
        yield from page.line(f"{each.scenario} · {phrases.closeness(each)}", 6, Tone.DIM)


def _run(each: Outcome, page: _Page) -> Iterator[str]:
    """Glyph, spec and figures on one line where they fit; the title below."""
    state = f" ({each.state})" if each.state in phrases.AT_WORK else ""
    name = f"  {GLYPHS[each.state]} {clean_line(each.spec, limit=64)}{state}"
    again = phrases.counted(each.attempts, "attempt") if each.attempts > 1 else ""
    figures = _columns(phrases.scenarios(each), show_usd(each.cost), phrases.took(each.seconds))
    yield from page.pair(name, f"{again}  {figures}".lstrip(), _TONES.get(each.state, Tone.PLAIN))
    yield from page.line(phrases.title(each), 6, Tone.DIM)


def _columns(scenarios: str, cost: str, time: str) -> str:
    return f"{scenarios:>9}  {cost:>9}  {time:>10}"


_HEADS = _columns("scenarios", "cost", "time")


def _more(total: int, page: _Page) -> Iterator[str]:
    if total > MOST:
        yield from page.line(
            f"… and {total - MOST:,} more: {phrases.command('report --format md')} lists all", 4, Tone.DIM
        )


def _money_and_time(report: Report, page: _Page) -> Iterator[str]:
    if report.spend:
        yield from page.head("SPEND")
    names = max((cell_len(clean_line(each.name, limit=20)) for each in report.spend), default=0)
    for each in report.spend:
        yield from _spend(each, names, page)
    yield from page.line(" · ".join(phrases.compared(report)), 2, Tone.DIM)
    worked = phrases.work(report)
    if worked:
        yield from page.head("TIME")
        yield from page.line(worked, 2)


def _spend(each: Spend, names: int, page: _Page) -> Iterator[str]:
    said = f"{clean_line(each.name, limit=20):<{names}}  {phrases.of_cap(each)}"
    share = phrases.share_spent(each)
    if share is None:
        yield from page.line(said, 2)
        return
    full = min(_BAR, round(share * _BAR)) or int(each.spent > 0)
    bar = "█" * full + "░" * (_BAR - full)
    tone = Tone.BAD if share >= 1 else Tone.WARN if share >= 0.8 else Tone.PLAIN
    yield from page.pair(f"  {said}", f"{bar} {phrases.percent(share):>6}", tone)


def _history(report: Report, page: _Page) -> Iterator[str]:
    yield from _changes(report, page)
    if report.diagnosis:
        yield from page.head("DIAGNOSIS")
    for symptom in report.diagnosis:
        yield from page.line(symptom.symptom, 2)
        yield from page.line(symptom.signal, 6, Tone.DIM)
        yield from page.line(symptom.advice, 8, Tone.KEY, lead="→")
    yield from page.head("TRUST")
    for sentence in (phrases.escapes(report.escapes), phrases.unattended(report), *phrases.evidence(report)):
        yield from page.line(sentence, 2)


def _changes(report: Report, page: _Page) -> Iterator[str]:
    found, new = phrases.changes(report), phrases.newcomers(report)
    gone = ", ".join(f"{each.failure_class} ({each.before:,} before)" for each in phrases.gone(report))
    if found or new or gone:
        yield from page.head("CHANGED", f"since {report.previous}" if report.previous else "")
    for each in found[:MOST]:
        good = phrases.is_better(each)
        tone = Tone.GOOD if good else Tone.BAD if good is False else Tone.PLAIN
        yield from page.line(f"{clean_line(each.spec, limit=64)}: {phrases.turned(each)}", 4, tone, GLYPHS[each.after])
    yield from _more(len(found), page)
    if gone:
        yield from page.line(f"no more: {gone}", 4, Tone.GOOD, "✓")
    if new:
        names = ", ".join([*new[:MOST], *(["…"] if len(new) > MOST else [])])
        yield from page.line(f"{phrases.counted(len(new), 'spec')} ran for the first time: {names}", 4, lead="+")


def _wrapped(text: str, width: int) -> Iterable[str]:
    """Lines of at most `width` cells, broken at spaces; a longer word is cut. No line for no text."""
    line = ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if cell_len(joined) <= width:
            line = joined
            continue
        if line:
            yield line
        *full, line = chop_cells(word, width) or [""]
        yield from full
    if line:
        yield line
