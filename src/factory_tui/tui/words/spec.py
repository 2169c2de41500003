"""A spec and its findings, in words."""

from collections.abc import Iterator, Sequence

from factory_tui.model.finding import Finding, Level
from factory_tui.model.foreign import clean_line
from factory_tui.model.money import show_usd
from factory_tui.model.spec import Status
from factory_tui.model.views import SpecRow
from factory_tui.report.estimate_words import caution, chance
from factory_tui.report.phrases import took
from factory_tui.tui.look import BLANK, LEVELS, STATUSES, Line, Span, Tone, line, show_count, state_span
from factory_tui.tui.words.lines import fact, head


def spec_lines(row: SpecRow, awaited: Sequence[str] = ()) -> Iterator[Line]:
    """The detail of a spec: what it is, what stops it, what happened to it, what building it would come to.

    Args:
        row: of the triage list.
        awaited: its dependencies that have not shipped, each with where it stands.
    """
    glyph, word, tone = STATUSES[row.status]
    yield line(Span(row.title or row.id, Tone.STRONG))
    # The list may have no room for the whole id.
    what = " · ".join(each for each in (row.id, row.kind, row.category, f"priority {row.priority}") if each)
    yield line(Span(f"{glyph} {word}", tone), Span(f" · {what}", Tone.DIM))
    if row.unsaved:
        yield line(Span("✎ text that was typed is not saved; ", Tone.WARN), Span("i", Tone.KEY), " goes on with it")
    if awaited:
        more = f" and {len(awaited) - _NAMED} more" if len(awaited) > _NAMED else ""
        yield line(
            Span(f"◷ waits for {', '.join(awaited[:_NAMED])}{more}; ", Tone.WARN), Span("D", Tone.KEY), " shows all"
        )
    yield fact("rules", f"{row.covered_rules} of {row.rules} covered by {show_count(row.scenarios, 'scenario')}")
    if row.last_run and row.last_state:
        yield line(
            Span(f"{'last run':<10}", Tone.DIM),
            Span(f"{row.last_run} "),
            state_span(row.last_state, row.escaped),
            indent=10,
        )
    if row.runs:
        revisions = f" · {show_count(row.revisions, 'version')} became Ready" if row.revisions else ""
        yield fact("cost", f"{show_usd(row.cost)} in {show_count(row.runs, 'run')}{revisions}")
    if not row.findings:
        yield from estimate_lines(row)
    yield BLANK
    yield from _finding_part(row)
    if row.findings:  # they come first: while there are any, nothing is built
        yield BLANK
        yield from estimate_lines(row)


_NAMED = 3
"""Dependencies that are named before the tree is asked for."""


def estimate_lines(row: SpecRow) -> Iterator[Line]:
    """What a run would cost and take, and its chance to ship, with what that rests on."""
    if row.category is None:
        return
    like = f"{row.category}, agent {row.agent}" if row.agent else row.category
    known = row.estimate
    if not known.n:
        yield fact("estimate", f"no history: no run has ended yet of {like}", Tone.DIM)
        return
    yield fact("estimate", f"about {show_usd(known.cost)} and {took(known.seconds)}; {chance(known)}")
    few = caution(known)
    yield fact(
        "", f"{few} ({like})" if few else f"n = {known.n} ({like}), 95 % interval", Tone.WARN if few else Tone.DIM
    )


def _finding_part(row: SpecRow) -> Iterator[Line]:
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
