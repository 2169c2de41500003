"""A spec and its findings, in words."""

from collections.abc import Iterator

from factory_tui.model.finding import Finding, Level
from factory_tui.model.foreign import clean_line
from factory_tui.model.money import show_usd
from factory_tui.model.spec import Status
from factory_tui.model.views import SpecRow
from factory_tui.tui.look import BLANK, LEVELS, STATUSES, Line, Span, Tone, line, show_count, state_span
from factory_tui.tui.words.lines import fact, head


def spec_lines(row: SpecRow) -> Iterator[Line]:
    """The detail of a spec: what it is, what stops it, what happened to it."""
    glyph, word, tone = STATUSES[row.status]
    yield line(Span(row.title or row.id, Tone.STRONG))
    what = " · ".join(each for each in (row.kind, row.category, f"priority {row.priority}") if each)
    yield line(Span(f"{glyph} {word}", tone), Span(f" · {what}", Tone.DIM))
    yield fact("rules", f"{row.covered_rules} of {row.rules} covered by {show_count(row.scenarios, 'scenario')}")
    if row.last_run and row.last_state:
        yield line(
            Span(f"{'last run':<10}", Tone.DIM),
            Span(f"{row.last_run} "),
            state_span(row.last_state, row.escaped),
            indent=10,
        )
    if row.runs:
        yield fact("cost", f"{show_usd(row.cost)} in {show_count(row.runs, 'run')}")
    yield BLANK
    if not row.findings:
        yield line(Span("✓ no findings", Tone.GOOD))
        if row.status is Status.DRAFT:
            yield line(Span("r", Tone.KEY), Span(" marks it Ready", Tone.DIM))
        elif row.status is Status.READY and not row.runs:
            yield line(Span("R", Tone.KEY), Span(" runs every Ready spec", Tone.DIM))
        return
    yield head(finding_count(row.errors, row.warnings, len(row.findings)))
    for finding in sorted(row.findings, key=lambda each: _LEVEL_ORDER[each.level]):
        yield BLANK
        yield from finding_lines(finding)


_LEVEL_ORDER = {Level.ERROR: 0, Level.WARNING: 1, Level.INFO: 2}


def finding_count(errors: int, warnings: int, total: int) -> str:
    """`2 errors, 1 warning`."""
    parts = [show_count(errors, "error")] if errors else []
    parts += [show_count(warnings, "warning")] if warnings else []
    other = total - errors - warnings
    parts += [show_count(other, "remark")] if other else []
    return ", ".join(parts)


def finding_lines(finding: Finding) -> Iterator[Line]:
    """Rule and place, why it matters, the words it is about, the fix."""
    glyph, tone = LEVELS[finding.level]
    place = f"{clean_line(finding.path)}:" if finding.path else "line "
    section = f" · {clean_line(finding.section)}" if finding.section else ""
    yield line(Span(f"{glyph} {finding.rule}", tone), Span(f"  {place}{finding.line}{section}", Tone.DIM))
    yield line("  ", clean_line(finding.message), indent=2)
    if finding.quote:
        yield line("  ", Span(f"“{clean_line(finding.quote, limit=200)}”", Tone.DIM), indent=2)
    if finding.fix:
        yield line("  ", Span("→ ", Tone.KEY), clean_line(finding.fix), indent=4)
