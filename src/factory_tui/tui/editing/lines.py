"""What is said about a text while it is typed: pure functions of its parts, its findings, and where the cursor is."""

from collections.abc import Iterator, Mapping, Sequence

from factory_tui.model.finding import Finding, Level
from factory_tui.model.foreign import clean_line
from factory_tui.model.spec import Question
from factory_tui.tui.editing.outline import Part, findings_within, part_at, parts, question_of
from factory_tui.tui.look import BLANK, LEVELS, Line, Span, Tone, line, show_count
from factory_tui.tui.words import finding_count, finding_lines, head

_ORDER = {Level.ERROR: 0, Level.WARNING: 1, Level.INFO: 2}


def marks(findings: Sequence[Finding]) -> dict[int, Level]:
    """0-based line → the worst level of its findings."""
    found: dict[int, Level] = {}
    for each in findings:
        if each.path is None:
            before = found.get(each.line - 1, each.level)
            found[each.line - 1] = min(before, each.level, key=_ORDER.__getitem__)
    return found


def next_finding(findings: Sequence[Finding], row: int, step: int) -> Finding | None:
    """The first finding of the next line that has any (`step` 1), or of the one before (-1), around the end."""
    by_line = {each.line: each for each in reversed(findings) if each.path is None}
    if not by_line:
        return None
    if step > 0:
        return by_line[min((each for each in by_line if each > row + 1), default=min(by_line))]
    return by_line[max((each for each in by_line if each <= row), default=max(by_line))]


def state(findings: Sequence[Finding]) -> list[Span]:
    """`✗ not Ready · 2 errors, 1 warning`, or `✓ can be Ready`, whatever its status says."""
    errors = sum(each.level is Level.ERROR for each in findings)
    warnings = sum(each.level is Level.WARNING for each in findings)
    count = finding_count(errors, warnings, errors + warnings)
    word = Span("✗ not Ready", Tone.BAD) if errors else Span("✓ can be Ready", Tone.GOOD)
    return [word, Span(f" · {count}")] if count else [word]


def side_lines(
    found: Sequence[Part],
    row: int,
    findings: Sequence[Finding],
    guidance: Mapping[Question, str],
) -> Iterator[Line]:
    """What there is to say where the cursor is: its line's findings, its section's, the guidance, then the rest."""
    part = part_at(parts(found), row)
    within = findings_within(found, part, findings)
    here = [each for each in within if each.line == row + 1]
    near = [each for each in within if each.line != row + 1]
    yield head(clean_line(part.name, limit=40))
    for each in [*here, *near]:
        yield from finding_lines(each)
        if each.edit is not None:
            yield line("    ", Span("F6", Tone.KEY), Span(" does this", Tone.DIM), indent=4)
    if not within:
        yield line(Span("✓ no findings here", Tone.GOOD))
    question = question_of(part)
    if question is not None and guidance.get(question):
        yield BLANK
        yield line(Span(guidance[question], Tone.DIM))
    yield from _elsewhere(findings, within)


def _elsewhere(findings: Sequence[Finding], within: Sequence[Finding]) -> Iterator[Line]:
    others = [each for each in findings if each.path is None and each not in within]
    files = [each for each in findings if each.path is not None]
    if others:
        yield BLANK
        yield line(Span("F8", Tone.KEY), Span(f" {show_count(len(others), 'finding')} elsewhere", Tone.DIM))
    if files:
        yield BLANK
        yield head("Scenarios")
        for each in files:
            glyph, tone = LEVELS[each.level]
            place = f"  {clean_line(each.path or '')}:{each.line}"
            yield line(Span(f"{glyph} {each.rule}", tone), Span(place, Tone.DIM))
            yield line("  ", clean_line(each.message), indent=2)
