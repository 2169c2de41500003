"""Failures in words: the taxonomy, a class with its share and trend, a record as evidence."""

from collections.abc import Iterator

from factory_tui.model.evaluation import Aspect, Evidence
from factory_tui.model.failure import CLASS_MEANS, FailureRecord
from factory_tui.model.foreign import clean, clean_line
from factory_tui.model.views import FailureGroup
from factory_tui.tui.look import BLANK, Line, Span, Tone, line, show_count
from factory_tui.tui.words.lines import MOST_TEXT, block, fact, head


def share_bar(share: float, width: int = 6) -> str:
    """A share of the whole as a bar of characters, never empty for something: `███░░░`."""
    full = min(width, max(round(share * width), 1 if share > 0 else 0))
    return "█" * full + "░" * (width - full)


def trend_span(group: FailureGroup) -> Span:
    """Records of the newest batch against the one before it: `▲ 1→3`; readable without colour."""
    before, now = group.last_batch, group.this_batch
    if before is None:
        return Span("first batch", Tone.DIM)
    if not before and not now:
        return Span("", Tone.DIM)
    glyph, tone = ("▲", Tone.BAD) if now > before else ("▼", Tone.GOOD) if now < before else ("=", Tone.DIM)
    return Span(f"{glyph} {before}→{now}", tone)


def class_lines(group: FailureGroup) -> Iterator[Line]:
    """What a class means, how large it is, how it moves, and where it was seen."""
    yield line(Span(group.failure_class, Tone.BAD))
    yield line(CLASS_MEANS[group.failure_class])
    yield BLANK
    yield fact("records", f"{group.count} in {show_count(group.specs, 'spec')}")
    yield fact("share", f"{share_bar(group.share, 10)} {group.share:.0%} of all records")
    trend = trend_span(group)
    if trend.text:
        words = (
            ": there is no batch before to compare with"
            if group.last_batch is None
            else f"  {group.last_batch} in the batch before, {group.this_batch} in the newest"
        )
        yield line(Span(f"{'trend':<10}", Tone.DIM), trend, Span(words, Tone.DIM), indent=10)
    counts: dict[str, int] = {}
    for record in group.records:
        counts[record.spec] = counts.get(record.spec, 0) + 1
    yield BLANK
    yield head("Where")
    for spec, count in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        yield line(f"{count:>4}  {clean_line(spec)}", indent=6)


def record_lines(record: FailureRecord, sentence: str = "") -> Iterator[Line]:
    """A failure record as evidence: the rule, what was expected, what was observed; then where it comes from.

    Args:
        sentence: of its scenario, for a record that does not carry it.
    """
    yield line(Span(record.failure_class, Tone.BAD), Span(f"  {clean_line(record.spec)}", Tone.STRONG))
    if record.escaped:
        yield line(Span("↩ escaped defect: found after it had shipped", Tone.BAD))
    yield line(clean(record.cause, limit=MOST_TEXT).replace("\n", " "))
    yield BLANK
    yield from _rule_lines(record)
    if record.scenario:
        yield fact("scenario", clean_line(record.scenario))
    if said := record.sentence or sentence:
        yield fact("", clean_line(said, limit=MOST_TEXT), Tone.DIM)
    for evidence in record.evidence:
        yield from evidence_lines(evidence)
    for quote in record.quotes:
        yield from block("quote", quote)
    yield BLANK
    where = " · ".join(each for each in (record.section, record.qualifier) if each)
    if where:
        yield fact("section", where)
    yield from _decided_lines(record)
    yield fact("run", f"{record.run} · attempt {record.attempt}")
    yield fact("when", f"{record.ts.astimezone():%Y-%m-%d %H:%M}" + (f" · batch {record.batch}" * bool(record.batch)))


def _rule_lines(record: FailureRecord) -> Iterator[Line]:
    """The rules, and the first of them as the spec has it."""
    if record.rules:
        place = f" · line {record.spec_line} of the spec" if record.spec_line else ""
        names = clean_line(", ".join(record.rules))
        yield line(Span(f"{'rules':<10}", Tone.DIM), Span(names, Tone.STRONG), Span(place, Tone.DIM), indent=10)
    if record.spec_quote:
        yield fact("", f"“{clean_line(record.spec_quote, limit=MOST_TEXT)}”")


def _decided_lines(record: FailureRecord) -> Iterator[Line]:
    if record.first_class is None:
        yield fact("decided", f"by {record.decided_by} · layer {record.layer}")
        return
    yield fact("decided", f"by the operator; the rule said {record.first_class} · layer {record.layer}")
    if record.reclassified:
        yield fact("because", clean_line(record.reclassified))


def evidence_lines(evidence: Evidence, width: int = 10) -> Iterator[Line]:
    place = f"step {evidence.step}" if evidence.step else "service"
    quality = f", quality: {evidence.aspect}" if evidence.aspect is not Aspect.FUNCTION else ""
    yield fact(place, f"{evidence.check}{quality}", Tone.STRONG, width)
    yield from block("expected", evidence.expected, Tone.GOOD, width)
    yield from block("observed", evidence.observed, Tone.BAD, width)
