"""What recurring failures teach, in words: groups, amendments, and the records behind them."""

from collections.abc import Iterator, Sequence

from factory_tui.model.amendment import NOT_REPLAYED, AmendmentKind, AmendmentState, RecurringGroup
from factory_tui.model.failure import FailureRecord
from factory_tui.model.foreign import clean, clean_line
from factory_tui.tui.look import BLANK, Line, Span, Tone, line, show_count, show_day, show_moment
from factory_tui.tui.source import AmendmentView
from factory_tui.tui.words.lines import MOST_TEXT, fact, head

_KINDS = {AmendmentKind.QUESTION: "one required question", AmendmentKind.EDGE_CASE: "one row of the edge cases"}

NONE = "none: mend the specs"
NONE_YET = "none yet: p looks now"
_NONE = "none: no one item of the template would answer it; mend the specs"
_NONE_YET = "none yet: the end of a batch looks for one, and so does p"
"""What stands in the place of an amendment."""


def no_proposal(*, early: bool) -> str:
    """Why a group has no amendment; `early` while the factory may not have looked."""
    return _NONE_YET if early else _NONE


def group_words(group: RecurringGroup, *, brief: bool = False) -> str:
    """`INCOMPLETE · RULES · missing · interrupted`; briefly without the qualifier."""
    qualifier = None if brief else group.qualifier
    parts = (group.failure_class, group.section, qualifier, clean_line(group.theme, limit=60))
    return " · ".join(part for part in parts if part)


def group_size(group: RecurringGroup) -> str:
    """`3 records in 2 specs`."""
    return f"{show_count(len(group.records), 'record')} in {show_count(len(group.specs), 'spec')}"


def amendment_span(view: AmendmentView) -> Span:
    """Glyph and word of where an amendment stands."""
    if view.record.state is AmendmentState.ACCEPTED:
        return Span("✓ accepted", Tone.GOOD)
    if view.record.state is AmendmentState.REJECTED:
        return Span("✗ rejected", Tone.DIM)
    return Span("! stale", Tone.WARN) if view.stale else Span("◇ proposed", Tone.WARN)


def amendment_words(view: AmendmentView) -> str:
    """What it came to, or what it would add, in one line."""
    record = view.record
    if record.state is AmendmentState.ACCEPTED:
        return f"in {clean_line(record.template_after or '')}: {clean_line(record.amendment.line)}"
    if record.state is AmendmentState.REJECTED:
        return f"because {clean_line(record.reason)}"
    return f"{NOT_REPLAYED} · {clean_line(record.amendment.line)}"


def group_lines(group: RecurringGroup, records: Sequence[FailureRecord], *, early: bool = False) -> Iterator[Line]:
    """A group that nothing has been proposed for; `early` while the factory may not have looked."""
    yield line(Span(group_words(group), Tone.STRONG))
    yield line(clean_line(group.cause, limit=MOST_TEXT))
    yield BLANK
    yield from _size_lines(group)
    yield fact("proposal", no_proposal(early=early), Tone.DIM)
    yield BLANK
    yield from _record_lines(records)


def amendment_lines(view: AmendmentView, problem: str = "") -> Iterator[Line]:
    """An amendment as the operator decides on it.

    Args:
        problem: why nothing can be accepted now.
    """
    record, asked = view.record, view.record.amendment.ask
    span = amendment_span(view)
    yield line(Span(f"Amendment {record.id} of the template {record.amendment.template}  ", Tone.STRONG), span)
    yield from _decision_lines(view, problem)
    yield BLANK
    yield fact("adds", clean_line(record.amendment.line, limit=MOST_TEXT), Tone.STRONG)
    yield fact("to", f"{asked.section}, {clean_line(asked.subsection)}: {_KINDS[record.amendment.kind]}")
    yield fact("why", clean_line(record.amendment.why))
    yield BLANK
    yield fact("group", group_words(record.group))
    yield from _size_lines(record.group)
    yield BLANK
    yield from _record_lines(view.failures)


def _decision_lines(view: AmendmentView, problem: str) -> Iterator[Line]:
    record = view.record
    day = f" on {show_moment(record.decided)}" if record.decided else ""
    if record.state is AmendmentState.ACCEPTED:
        yield line(f"accepted{day}: {record.template_before} became {clean_line(record.template_after or '')}")
    elif record.state is AmendmentState.REJECTED:
        yield line(f"rejected{day}: {clean_line(record.reason)}")
    else:
        obstacle, remedy = (problem, PROBLEM_REMEDY) if problem else (f"stale: {view.stale}", STALE_REMEDY)
        if problem or view.stale:
            yield line(Span(f"! {clean_line(obstacle)}", Tone.WARN), indent=2)
            yield line("  ", Span("→ ", Tone.KEY), remedy, indent=4)
        replay = "; what it would have changed in earlier runs is not known"
        yield line(Span(NOT_REPLAYED, Tone.WARN), Span(replay, Tone.DIM))
        if not problem and not view.stale:
            yield line(Span("a", Tone.KEY), " shows the change and accepts; ", Span("A", Tone.KEY), " rejects it")


STALE_REMEDY = "A rejects it; p proposes it anew for the template as it is"
PROBLEM_REMEDY = "mend the template file, or remove it to use the packaged one; then p"


def accept_lines(view: AmendmentView) -> Iterator[Line]:
    """What the operator agrees to: the change, how sure it is, and whom it concerns."""
    yield line(Span(NOT_REPLAYED, Tone.WARN), f" · rests on {group_size(view.record.group)}")
    yield line("Specs written for an earlier version are told that the template also asks this.")
    yield BLANK
    for each in view.diff:
        # Blanks mean something here.
        yield line(Span(clean(each, limit=MOST_TEXT).replace("\n", " ") or " ", _diff_tone(each)), indent=2)


def _diff_tone(text: str) -> Tone:
    if text.startswith(("---", "+++")):
        return Tone.STRONG
    return {"+": Tone.GOOD, "-": Tone.BAD, "@": Tone.HEAD}.get(text[:1], Tone.PLAIN)


def _size_lines(group: RecurringGroup) -> Iterator[Line]:
    first, last = (show_day(each) for each in (group.first, group.last))
    yield fact("recurs", f"{group_size(group)}, " + (f"on {first}" if first == last else f"{first} to {last}"))
    yield fact("specs", clean_line(", ".join(group.specs)))


def _record_lines(records: Sequence[FailureRecord]) -> Iterator[Line]:
    if not records:
        return
    yield head(f"{show_count(len(records), 'record')} behind it")
    for record in records:
        what = clean_line(record.scenario) if record.scenario else "the run itself"
        yield line(
            Span(f"✗ {record.id}  ", Tone.BAD), Span(f"{clean_line(record.spec)} · {what}", Tone.STRONG), indent=4
        )
        yield line("  ", clean_line(record.cause), indent=2)
