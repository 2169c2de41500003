"""What a spec waits for and what waits for it, in words."""

from collections.abc import Iterator, Sequence

from factory_tui.model.foreign import clean_line
from factory_tui.report.dependencies import MOST_BRANCHES, Branch, DependencyTree, Standing
from factory_tui.tui.look import BLANK, Line, Span, Tone, line
from factory_tui.tui.words.lines import head

_DEEPEST = 12
"""Steps that a line is indented at most: a chain of a hundred has to stay on the screen."""

STANDINGS: dict[Standing, tuple[str, Tone]] = {
    Standing.SHIPPED: ("✓", Tone.GOOD),
    Standing.AT_WORK: ("◑", Tone.BUSY),
    Standing.QUEUED: ("○", Tone.DIM),
    Standing.FAILED: ("✗", Tone.BAD),
    Standing.ESCAPED: ("↩", Tone.BAD),
    Standing.HELD: ("◆", Tone.WARN),
    Standing.READY: ("●", Tone.GOOD),
    Standing.DRAFT: ("○", Tone.PLAIN),
    Standing.PARKED: ("–", Tone.WARN),
    Standing.BROKEN: ("!", Tone.BAD),
    Standing.MISSING: ("?", Tone.BAD),
}


def dependency_lines(tree: DependencyTree) -> Iterator[Line]:
    """Both directions as trees, each with where everything stands."""
    yield line(Span(clean_line(tree.spec), Tone.STRONG), Span("   D shows the findings again", Tone.DIM))
    yield BLANK
    yield from _direction("Waits for", "nothing", tree.waits_for, more=tree.more_waits)
    yield BLANK
    yield from _direction("Is waited for by", "nothing", tree.wanted_by, more=tree.more_wanted)


def _direction(title: str, none: str, branches: Sequence[Branch], *, more: bool) -> Iterator[Line]:
    yield head(title)
    if not branches:
        yield line("  ", Span(none, Tone.DIM))
    for branch in branches:
        yield _branch_line(branch)
    if more:
        yield line("  ", Span(f"… and more: {MOST_BRANCHES} are shown", Tone.DIM))


def _branch_line(branch: Branch) -> Line:
    glyph, tone = STANDINGS[branch.standing]
    margin = "  " * min(branch.depth, _DEEPEST)
    spans = [Span(f"{margin}{glyph} {branch.standing}", tone), Span(f"  {clean_line(branch.spec)}")]
    if branch.depth > _DEEPEST:
        spans.append(Span(f"  {branch.depth} steps away", Tone.DIM))
    if branch.cycle:
        spans.append(Span("  a circle: it waits for itself", Tone.BAD))
    elif branch.standing is Standing.MISSING:
        spans.append(Span("  no spec has this id", Tone.BAD))
    elif branch.shown_above:
        spans.append(Span("  as above", Tone.DIM))
    return Line(tuple(spans), indent=len(margin) + 2)
