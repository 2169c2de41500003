"""Versions of a spec in words: what the validator said, what became of them, what they changed."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from factory_tui.model.finding import Level
from factory_tui.model.foreign import clean, clean_line
from factory_tui.model.money import show_usd
from factory_tui.model.version import ItemChange, SpecVersion, VersionRun, VersionView
from factory_tui.tui.look import BLANK, Line, Span, Tone, line, show_count, show_moment, state_span
from factory_tui.tui.words.lines import MOST_TEXT, fact, head
from factory_tui.tui.words.spec import finding_count

_WHAT: dict[str, tuple[str, Tone]] = {
    "added": ("+", Tone.GOOD),
    "removed": ("−", Tone.BAD),
    "changed": ("~", Tone.WARN),
    "moved": ("→", Tone.KEY),
}

MOST_CHANGES = 500
"""Changes that the pane shows; `factory-tui spec diff` has them all."""

SHORT = 12
"""Characters of a hash that name a version."""


def version_lines(view: VersionView) -> Iterator[Line]:
    """What is known of a version, without what it changed."""
    version = view.version
    yield line(Span(f"Version {view.number}", Tone.STRONG), Span(f"  {version.hash[:SHORT]}", Tone.DIM))
    now = (Span(" · it is what the file says", Tone.GOOD),) if view.current else ()
    yield line(Span(f"Ready since {show_moment(version.when)} · {version.template or 'no template'}", Tone.DIM), *now)
    yield fact("findings", said_then(version))
    for waiver in version.waivers:
        yield fact("waived", f"{waiver.rule}: {waiver.reason or 'without a reason'}", Tone.WARN)
    for run in view.runs:
        yield _run_line(run)
    if not view.runs:
        yield fact("runs", "it never ran", Tone.DIM)


def said_then(version: SpecVersion) -> str:
    """What the validator said about a version: `2 warnings`."""
    counts = {level: sum(each.level is level for each in version.findings) for level in (Level.ERROR, Level.WARNING)}
    return finding_count(counts[Level.ERROR], counts[Level.WARNING], len(version.findings)) or "none"


def _run_line(run: VersionRun) -> Line:
    attempts = show_count(run.attempts, "attempt") if run.attempts else "no attempt"
    said = f" · {attempts} · {show_usd(run.cost)}"
    why = run.escaped or run.why
    state = state_span(run.state, run.escaped)
    return line(
        Span(f"{run.run:<10}", Tone.DIM), state, Span(said), Span(f" · {why}" if why else "", Tone.DIM), indent=10
    )


def change_lines(changes: Sequence[ItemChange], since: str, until: str) -> Iterator[Line]:
    """What changed from one version to another, by section and item."""
    yield head(f"{since} → {until}")
    if not changes:
        yield line(Span("nothing that is asked for: white space, or the order of keys", Tone.DIM))
    shown = changes[:MOST_CHANGES]
    for section, group in groupby(shown, key=lambda each: each.section):
        yield BLANK
        yield line(Span(clean_line(section) or "before the first heading", Tone.STRONG))
        for change in group:
            yield from _one_change(change)
    if len(changes) > len(shown):
        yield line(Span(f"and {len(changes) - len(shown):,} more: `factory-tui spec diff` has them all", Tone.WARN))


def _one_change(change: ItemChange) -> Iterator[Line]:
    sign, tone = _WHAT[change.what]
    name, was = clean_line(change.item) or "text", ""
    if change.what == "moved":
        before = clean_line(change.before)
        was = f" was {before}" if before not in ("", change.item) else " stands elsewhere"
    yield line(Span(f"{sign} {name}", tone), Span(was, Tone.DIM))
    texts = [("−", Tone.BAD, change.before), ("+", Tone.GOOD, change.after)] if not was else []
    for mark, colour, text in texts:
        for row in clean(text, limit=MOST_TEXT).split("\n") if text else ():
            yield line("  ", Span(f"{mark} {row}", colour), indent=4)
