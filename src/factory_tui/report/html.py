"""The report as one page for a browser: no script, no request to anywhere, every foreign text escaped. Pure."""

import base64
import hashlib
from collections.abc import Iterable
from datetime import datetime, tzinfo
from functools import cache
from importlib import resources

from factory_tui.model.measured import told
from factory_tui.model.money import show_usd
from factory_tui.model.report import Change, Decision, Outcome, Qualities, QualityRow, Report, Spend, Symptom
from factory_tui.model.run import RunState
from factory_tui.report import drawings, phrases
from factory_tui.report.markup import Html, el, escaped, join, prose
from factory_tui.report.phrases import GLYPHS

TONES: dict[RunState, str] = {
    RunState.SHIPPED: "good",
    RunState.FAILED: "bad",
    RunState.ERROR: "bad",
    RunState.HELD: "warn",
    RunState.CANCELLED: "soft",
    RunState.QUEUED: "soft",
}
"""State → class of the style sheet; every other one is at work."""


def render_html(report: Report, *, zone: tzinfo | None = None) -> str:
    """The report as a self-contained page; times in `zone`, or local ones."""
    style, digest = _style()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    body = join(_header(report, zone), el("main", *_sections(report)), _footer(report))
    return (
        "<!doctype html>\n"
        '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escaped(f'{phrases.waiting(report)} · {report.factory} · {report.batch}')}</title>\n"
        f"<style>{style}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


@cache
def _style() -> tuple[str, str]:
    """The style sheet, and the digest by which the page allows it and nothing else."""
    text = resources.files("factory_tui.report").joinpath("page.css").read_text(encoding="utf-8")
    return text, base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _header(report: Report, zone: tzinfo | None) -> Html:
    counts = [(state, number) for state, number in phrases.tally(report) if number]
    said = ", ".join(f"{number} {phrases.state_word(state)}" for state, number in counts)
    legend = (
        el("li", el("b", f"{number:,}", class_=_tone(state)), " ", phrases.state_word(state))
        for state, number in counts
    )
    bar = join(
        drawings.stacked([(f"{_tone(state)} {state.value}", number) for state, number in counts], said),
        el("ul", *legend, class_="legend"),
    )
    return el(
        "header",
        el("p", report.factory, " · batch ", el("code", report.batch), class_="eyebrow"),
        el("h1", phrases.waiting(report), class_="warn" if report.decisions else "good"),
        el("p", f"{phrases.result(report).capitalize()}. ", _period(report, zone), class_="lede"),
        bar if counts else Html(),
        _figures(report),
    )


def _period(report: Report, zone: tzinfo | None) -> Html:
    start = _time(phrases.when(report.started, zone), report.started)
    if report.finished is None:
        return join("Began ", start, " and is ", el("strong", "still running"), ".")
    took = phrases.took((report.finished - report.started).total_seconds())
    return join(start, " to ", _time(phrases.until(report, zone), report.finished), f", {took}.")


def _time(shown: str, moment: datetime) -> Html:
    return el("time", shown, datetime=moment.isoformat())


def _figures(report: Report) -> Html:
    """The few numbers of the night, each with what it is measured against."""
    rate = report.escapes
    figures = [("spent", show_usd(phrases.cost_of(report)), "; ".join(phrases.compared(report)))]
    work = phrases.work(report)
    if work:
        total, _, rest = work.partition(" of work in ")
        figures.append(("work", total, f"in {rest}"))
    if report.unattended is not None:
        figures.append(("unattended", phrases.percent(report.unattended), "of finished runs shipped untouched"))
    if rate.shipped:
        found = f"{rate.escaped:,} of {phrases.counted(rate.shipped, 'shipped run')} so far"
        figures.append(("escaped", phrases.percent(rate.escaped / rate.shipped), found))
    return el("dl", *(el("div", el("dt", a), el("dd", b), el("dd", c, class_="note")) for a, b, c in figures))


def _sections(report: Report) -> Iterable[Html]:
    running = report.of(*phrases.AT_WORK)
    cancelled = report.of(RunState.CANCELLED)
    shipped = report.of(RunState.SHIPPED)
    standing = report.of(*phrases.STANDING)
    if report.decisions:
        yield _section("Needs you", len(report.decisions), _decisions(report))
    if shipped:
        yield _section("Shipped", len(shipped), _runs(shipped))
    if report.of(RunState.FAILED):
        yield _failed(report)
    if standing:
        title = phrases.standing_title(report)
        yield _section(title, len(standing), el("ul", *map(_standing, standing), class_="cards"))
    if running:
        yield _section("Not finished", len(running), _runs(running))
    if cancelled:
        yield _section("Cancelled", len(cancelled), _runs(cancelled))
    if report.quality is not None:
        yield _qualities(report, report.quality)
    if report.spend:
        yield _section("Spend", None, el("div", *map(_spend, report.spend), class_="spend"))
    if phrases.changes(report) or phrases.gone(report) or phrases.newcomers(report):
        yield _changes(report)
    if report.diagnosis:
        yield _section("Diagnosis", None, el("ul", *map(_symptom, report.diagnosis), class_="cards"))
    yield _trust(report)


def _section(title: str, number: int | None, *inside: Html) -> Html:
    name = title.casefold().replace(" ", "-")
    count = join(" ", el("span", f"{number:,}", class_="count")) if number is not None else Html()
    return el("section", el("h2", title, count, id=name), *inside, aria_labelledby=name)


def _decisions(report: Report) -> Html:
    return el("ol", *(_decision(each, phrases.told_below(report, each)) for each in report.decisions), class_="cards")


def _decision(each: Decision, told_below: bool) -> Html:
    key = join(" ", el("span", "or press ", el("kbd", each.key), class_="note")) if each.key else Html()
    said = phrases.why(each)
    why = el("p", prose(said), class_="note short" if told_below else "note") if said else Html()
    return el("li", el("h3", prose(each.what)), why, el("p", _command(each.command), key, class_="do"))


def _command(words: str) -> Html:
    return el("code", phrases.command(words), class_="command")


def _runs(outcomes: Iterable[Outcome]) -> Html:
    head = ("Run", "Scenarios", "Attempts", "Cost", "Time", "Commit")
    columns = (el("th", name, scope="col") for name in head)
    return el("table", el("thead", el("tr", *columns)), el("tbody", *map(_run_row, outcomes)), class_="runs")


def _run_row(each: Outcome) -> Html:
    notes = [el("span", title, class_="title")] if (title := phrases.title(each)) else []
    if each.escaped:
        notes.append(el("span", "escaped defect: ", each.escaped, class_="title bad"))
    if each.state is not RunState.SHIPPED and each.why:
        notes.append(el("span", each.why, class_="title"))
    cells = (
        ("scenarios", phrases.scenarios(each)),
        ("attempt" if each.attempts == 1 else "attempts", str(each.attempts) if each.attempts else ""),
        ("cost", show_usd(each.cost)),
        ("time", phrases.took(each.seconds) if each.seconds is not None else ""),
    )
    commit = el("code", each.commit[:8]) if each.commit else Html()
    return el(
        "tr",
        el("th", _spec(each), *notes, scope="row"),
        *(el("td", value, data_label=label, class_="number") for label, value in cells),
        el("td", commit, data_label="commit"),
    )


def _spec(each: Outcome) -> Html:
    state = RunState.FAILED if each.escaped else each.state
    glyph = el("span", GLYPHS[state], class_=f"glyph {_tone(state)}", title=state.value)
    return join(glyph, " ", el("span", each.spec, class_="spec"))


def _tone(state: RunState) -> str:
    return TONES.get(state, "busy")


def _failed(report: Report) -> Html:
    groups = phrases.failed_by_class(report)
    most = max(max(len(group.outcomes), group.before or 0) for group in groups)
    parts = []
    for group in groups:
        now = phrases.counted(len(group.outcomes), "run")
        said = f"{now}, {group.trend}" if group.trend else now
        bar = drawings.beside(len(group.outcomes), group.before or 0, most, said)
        head = el("div", el("h3", group.name), bar, el("span", said, class_="note"), class_="class")
        means = el("p", group.means, class_="note means") if group.means else Html()
        parts += [head, means, el("ul", *map(_failure, group.outcomes), class_="cards")]
    return _section("Failed", len(report.of(RunState.FAILED)), *parts)


def _failure(each: Outcome) -> Html:
    rules = (el("span", rule, class_="rule") for rule in each.rules)
    show = _command(f"failures show {each.failure}") if each.failure is not None else Html()
    return el("li", _card_head(each, "h4"), el("p", prose(each.why)), el("p", *rules, show, class_="do"))


def _standing(each: Outcome) -> Html:
    reason = el("span", each.hold.value, class_="rule") if each.hold else Html()
    parts = [_card_head(each, "h3"), el("p", reason, " ", prose(phrases.why(each)))]
    if each.question is not None:
        parts.append(el("blockquote", each.question.text))
        parts.append(el("ol", *(el("li", answer) for answer in each.question.answers), class_="answers"))
    if each.remedy:
        parts.append(el("p", "→ ", prose(each.remedy), class_="remedy"))
    return el("li", *parts)


def _card_head(each: Outcome, level: str) -> Html:
    scenarios = f"{phrases.scenarios(each)} scenarios" if each.total else ""
    attempts = phrases.counted(each.attempts, "attempt") if each.attempts else "not started"
    time = phrases.took(each.seconds) if each.seconds is not None else ""
    facts = " · ".join(fact for fact in (scenarios, attempts, show_usd(each.cost), time) if fact)
    title = el("p", phrases.title(each), class_="title") if phrases.title(each) else Html()
    return join(el(level, _spec(each), " ", el("span", facts, class_="note")), title)


def _qualities(report: Report, found: Qualities) -> Html:
    rows = [_quality(each, "✗", "bad") for each in found.missed] + [
        _quality(each, "✓", "good") for each in found.closest
    ]
    return _section("Quality", None, el("p", phrases.quality(report), class_="note"), el("ul", *rows, class_="plain"))


def _quality(each: QualityRow, glyph: str, tone: str) -> Html:
    facts = " · ".join(fact for fact in (each.scenario, phrases.closeness(each)) if fact)
    mark = el("span", glyph, class_=f"glyph {tone}")
    return el(
        "li",
        mark,
        " ",
        el("span", each.spec, class_="spec"),
        f" {told(each.measure)} ",
        el("span", facts, class_="note"),
    )


def _spend(each: Spend) -> Html:
    share = phrases.share_spent(each)
    said = phrases.of_cap(each)
    row = [el("span", each.name, class_="spec"), el("span", said)]
    if share is not None:
        tone = "bad" if share >= 1 else "warn" if share >= 0.8 else "busy"
        row += [drawings.meter(share, tone, said), el("span", phrases.percent(share), class_="note")]
    return el("div", *row)


def _changes(report: Report) -> Html:
    gone = (
        el("li", el("span", "✓", class_="glyph good"), f" no more {each.failure_class} ({each.before:,} before)")
        for each in phrases.gone(report)
    )
    new = phrases.newcomers(report)
    first = f"{phrases.counted(len(new), 'spec')} ran for the first time: {', '.join(new)}"
    came = el("li", el("span", "+", class_="glyph soft"), " ", first) if new else Html()
    since = el("p", "since ", el("code", report.previous), class_="note") if report.previous else Html()
    return _section(
        "Changed", None, since, el("ul", *map(_change, phrases.changes(report)), *gone, came, class_="plain")
    )


def _change(each: Change) -> Html:
    glyph = el("span", GLYPHS[each.after], class_=f"glyph {_tone(each.after)}")
    turned = el("span", phrases.turned(each), class_="note")
    return el("li", glyph, " ", el("span", each.spec, class_="spec"), " ", turned)


def _symptom(each: Symptom) -> Html:
    return el(
        "li",
        el("h3", each.symptom),
        el("p", each.signal, class_="note"),
        el("p", "→ ", prose(each.advice), class_="remedy"),
    )


def _trust(report: Report) -> Html:
    rate = report.escapes
    said = phrases.escapes(rate)
    parts = [el("p", f"{said[:1].upper()}{said[1:]}.")]
    if rate.shipped:
        parts.append(drawings.interval(rate.low, rate.escaped / rate.shipped, rate.high, said))
        parts.append(el("p", el("span", "0 %"), el("span", "100 % of shipped runs"), class_="scale note"))
    if report.unattended is not None:
        parts.append(el("p", f"{phrases.unattended(report)}."))
    parts += [el("p", f"{said[:1].upper()}{said[1:]}.") for said in phrases.evidence(report)]
    return _section("Trust", None, *parts)


def _footer(report: Report) -> Html:
    again = _command(f"report --batch {report.batch}")
    return el("footer", el("p", "Written by factory-tui. The same in a terminal: ", again))
