"""What a scenario showed in one evaluation, in words: results, evidence, measures, what its judges said."""

from collections.abc import Iterator, Sequence

from factory_tui.model.evaluation import LIMITS, Evidence, Measure, Result, ScenarioResult, Trial
from factory_tui.model.evidence_views import Seen
from factory_tui.model.foreign import clean_line
from factory_tui.model.judgement import Ballot, Judgement, Outcome, Vote
from factory_tui.model.measured import amount
from factory_tui.tui.look import BLANK, RESULTS, Line, Span, Tone, line, show_count, show_moment
from factory_tui.tui.words.beside import beside
from factory_tui.tui.words.lines import MOST_TEXT, fact

MOST_FAILED = 5
"""Trials whose evidence is shown, of those that saw something else than the others."""

_PARTS = frozenset({"contains", "matches", "lt", "gt", "exists", "not", "any_of", "within"})
"""Last words of a check for which what is expected is no text to compare with line by line."""


def seen_lines(seen: Seen, width: int, now: str = "") -> Iterator[Line]:
    """Everything about one evaluation of a scenario.

    Args:
        seen: what it showed.
        width: cells that there are for two columns.
        now: hash of the scenario as its file is.
    """
    result = seen.result
    yield line(Span(clean_line(result.sentence, limit=MOST_TEXT) or clean_line(result.id), Tone.STRONG))
    yield BLANK
    yield from _result(seen, now)
    yield from _failed(result, width)
    yield from _qualities(result, width)
    if result.judgement is not None:
        yield BLANK
        yield from judgement_lines(result.judgement)


def _result(seen: Seen, now: str) -> Iterator[Line]:
    result = seen.result
    glyph, tone = RESULTS[result.result]
    passed = sum(each.result is Result.PASS for each in result.trials)
    said = f" · {passed} of {show_count(len(result.trials), 'trial passes', 'trials pass')}"
    yield line(Span(f"{'result':<10}", Tone.DIM), Span(f"{glyph} {result.result}", tone), said, indent=10)
    if result.burned:
        yield fact("burned", f"◈ it did not gate: {clean_line(result.burned)}", Tone.WARN)
    if now and result.hash and result.hash != now:
        yield fact("version", "of an earlier version of the scenario: its file has changed since", Tone.WARN)
    when = f" · {show_moment(seen.when)}" if seen.when else ""
    yield fact("run", f"{clean_line(seen.run)} · attempt {seen.attempt}{when}")
    if len(result.trials) > 1:
        spans = [
            Span(f"{RESULTS[each.result][0]} {each.seconds:.2f} s  ", RESULTS[each.result][1]) for each in result.trials
        ]
        yield line(Span(f"{'trials':<10}", Tone.DIM), *spans, indent=10)
    elif result.trials:
        yield fact("took", f"{result.trials[0].seconds:.2f} s")


def _failed(result: ScenarioResult, width: int) -> Iterator[Line]:
    """What trials saw that did not pass; what several saw alike stands once."""
    told: list[tuple[Evidence, ...]] = []
    for number, trial in enumerate(result.trials, start=1):
        wrong = tuple(each for each in trial.evidence if not each.is_quality)
        if trial.result is Result.PASS or not wrong or wrong in told:
            continue
        if len(told) == MOST_FAILED:
            return
        told.append(wrong)
        for evidence in wrong:
            yield BLANK
            yield from evidence_beside(evidence, width, f"trial {number} · " if len(result.trials) > 1 else "")


def evidence_beside(evidence: Evidence, width: int, where: str = "") -> Iterator[Line]:
    """One check that did not hold, expected and observed beside each other."""
    place = f"step {evidence.step}" if evidence.step else "before the steps"
    check = clean_line(evidence.check)
    yield line(Span("✗ ", Tone.BAD), Span(check, Tone.STRONG), Span(f"  {where}{place}", Tone.DIM), indent=2)
    compare = check.rpartition(" ")[2] not in _PARTS
    yield from beside(evidence.expected, evidence.observed, width, compare=compare)


def _qualities(result: ScenarioResult, width: int) -> Iterator[Line]:
    """How it did what it does, apart from what it does."""
    measures = result.measures
    measured = {(each.step, each.aspect) for each in measures}
    missed = [each for each in result.evidence if each.is_quality and (each.step, each.aspect) not in measured]
    if not measures and not missed:
        return
    yield BLANK
    held = sum(each.holds for each in measures)
    yield line(Span("Quality", Tone.HEAD), Span(f"  {held} of {len(measures) + len(missed)} hold", Tone.DIM))
    for measure in measures:
        yield _measure(measure)
        for evidence in result.evidence:
            if not measure.holds and measure.aspect not in LIMITS and _same(evidence, measure):
                yield from beside(evidence.expected, evidence.observed, width, compare=False)
    for evidence in missed:
        yield from evidence_beside(evidence, width)


def _same(evidence: Evidence, measure: Measure) -> bool:
    return (evidence.step, evidence.aspect) == (measure.step, measure.aspect)


def _measure(measure: Measure) -> Line:
    glyph, tone = ("✓", Tone.GOOD) if measure.holds else ("✗", Tone.BAD)
    word = "holds " if measure.holds else "misses"
    value = measure_value(measure)
    name = Span(f"  {clean_line(measure.name)} · step {measure.step}", Tone.DIM)
    return line(
        Span(f"{glyph} {word}  ", tone), Span(f"{measure.aspect:<15}"), Span(value, Tone.STRONG), name, indent=10
    )


def measure_value(measure: Measure) -> str:
    """`0.31 s of 0.50 s`; empty for what is no number."""
    if measure.value is None:
        return ""
    limit = f" of {amount(measure.aspect, measure.limit)}" if measure.limit is not None else ""
    return amount(measure.aspect, measure.value) + limit


_OUTCOMES = {
    Outcome.UPHELD: ("✓", Tone.GOOD, "the rubric is met"),
    Outcome.LOWERED: ("✗", Tone.BAD, "the rubric is not met"),
    Outcome.INCONCLUSIVE: ("?", Tone.WARN, "no decision: you decide"),
}

_BALLOTS = {Ballot.MEETS: ("✓", Tone.GOOD), Ballot.MISSES: ("✗", Tone.BAD), Ballot.NONE: ("–", Tone.DIM)}


def judgement_lines(judgement: Judgement) -> Iterator[Line]:
    """What the judges of a rubric said, with the words of the output that each goes by."""
    glyph, tone, word = _OUTCOMES[judgement.outcome]
    recorded = " · given earlier, on the same output" if judgement.recorded else ""
    yield line(Span("Rubric", Tone.HEAD), Span(f"  {clean_line(judgement.model)}{recorded}", Tone.DIM))
    counts = f" · {show_count(len(judgement.votes), 'vote')}, {judgement.quorum} must agree"
    yield line(Span(f"{glyph} {judgement.outcome}", tone), Span(f" · {word}{counts}"), indent=2)
    if judgement.reason:
        yield line("  ", clean_line(judgement.reason), indent=2)
    for number, vote in enumerate(judgement.votes, start=1):
        yield from _vote(number, vote)


def _vote(number: int, vote: Vote) -> Iterator[Line]:
    glyph, tone = _BALLOTS[vote.ballot]
    ballot = "no vote" if vote.ballot is Ballot.NONE else vote.ballot
    yield line(
        Span(f"{f'vote {number}':<10}", Tone.DIM),
        Span(f"{glyph} {ballot}", tone),
        f" · {clean_line(vote.reason)}",
        indent=10,
    )
    for quote in vote.quotes:
        where = f"step {quote.step} {clean_line(quote.what)}  "
        yield line(" " * 10, Span(where, Tone.DIM), f"“{clean_line(quote.text)}”", indent=10)
    if vote.dropped:
        yield line(
            " " * 10, Span(f"! {show_count(vote.dropped, 'quote')} left out: not in the output", Tone.WARN), indent=10
        )


def seen_text(seen: Seen) -> str:
    """What `y` copies: each failed check with both values whole."""
    return "\n\n".join(
        f"{each.check}\nexpected:\n{each.expected}\nobserved:\n{each.observed}" for each in seen.result.evidence
    )


def trial_count(trials: Sequence[Trial]) -> str:
    return f"{sum(each.result is Result.PASS for each in trials)}/{len(trials)}"
