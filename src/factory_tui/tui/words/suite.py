"""A suite and its scenarios in words: what stands against them, and the key that mends it."""

from collections.abc import Iterator

from factory_tui.model.evidence_views import Gap, Satisfaction, ScenarioRow, SuiteRow
from factory_tui.model.foreign import clean_line
from factory_tui.model.mutation import Fate, MutantFate, MutationReport
from factory_tui.model.scenario import Layer
from factory_tui.tui.look import BLANK, Line, Span, Tone, line, show_count, show_moment
from factory_tui.tui.suite_cells import last_span, percent
from factory_tui.tui.trust import (
    Trust,
    all_findings,
    is_unread,
    scenario_trust,
    suite_troubles,
    suite_trust,
    without_negative,
)
from factory_tui.tui.words.lines import MOST_TEXT, fact, head
from factory_tui.tui.words.spec import finding_lines


def suite_lines(row: SuiteRow) -> Iterator[Line]:
    """The detail of a suite."""
    yield line(
        Span(clean_line(row.title) or clean_line(row.spec), Tone.STRONG), Span(f"  {clean_line(row.spec)}", Tone.DIM)
    )
    for trust in suite_troubles(row) or (suite_trust(row),):
        yield from trust_lines(trust)
    yield BLANK
    gate = sum(each.layer is Layer.GATE for each in row.scenarios)
    yield fact("scenarios", f"{gate} gate · {len(row.scenarios) - gate} in reserve")
    yield fact("rules", _coverage(row))
    yield fact("gate", satisfaction_words(row.gate))
    yield fact("reserve", satisfaction_words(row.reserve))
    yield fact("gap", gap_words(row.gap), Tone.WARN if row.gap and row.gap.is_overfitting else Tone.PLAIN)
    yield fact("mutants", mutation_words(row.mutation, row.hash))
    if findings := all_findings(row):
        yield BLANK
        yield head(show_count(len(findings), "finding"))
        for finding in findings:
            yield from finding_lines(finding)


def trust_lines(trust: Trust) -> Iterator[Line]:
    """State, why, and what moves it."""
    yield line(trust.span, Span(f" · {trust.why}" if trust.why else ""), indent=2)
    if trust.todo:
        yield line("  ", Span("→ ", Tone.KEY), Span(f"{trust.key} ", Tone.KEY), trust.todo, indent=4)


def _coverage(row: SuiteRow) -> str:
    covered = f"{len(row.rules) - len(row.uncovered)} of {len(row.rules)} covered"
    lacking = without_negative(row)
    named = ", ".join(lacking[:8]) + (" and others" if len(lacking) > 8 else "")
    return covered + (f" · no negative case: {clean_line(named)}" if lacking else "")


def satisfaction_words(known: Satisfaction) -> str:
    """`47 of 50 trials pass, 94 % (81–98) · 12 evaluations, 2 flaky · all 3 pass: 88 %`."""
    if known.share is None:
        return "no trials yet"
    said = f"{known.passed} of {show_count(known.trials, 'trial passes', 'trials pass')}"
    said += f", {known.share:.0%} ({percent(known.low)}–{percent(known.high)})"
    said += f" · {show_count(known.evaluations, 'evaluation')}"
    said += f", {known.flaky} flaky" if known.flaky else ""
    if known.pass_k is not None and known.k > 1:
        said += f" · all {known.k} pass: {known.pass_k:.0%}"
    return said


def gap_words(gap: Gap | None) -> str:
    if gap is None:
        return "unknown: no artifact was judged by both layers"
    points = f"{gap.value * 100:+.0f} points ({gap.low * 100:+.0f} to {gap.high * 100:+.0f})"
    over = show_count(gap.evaluations, "evaluation")
    if gap.is_overfitting:
        return f"! over-fitting: the gate passes {points} more often than the reserve, over {over}"
    return f"{points} between gate and reserve over {over}: chance explains it"


def mutation_words(report: MutationReport | None, suite: str) -> str:
    if report is None:
        return "never checked; m changes what shipped last in small ways and looks whether the suite notices"
    tried = report.caught + len(report.survived)
    said = f"{report.caught} of {show_count(tried, 'small change')} noticed"
    said += f" · run {clean_line(report.run)} · {show_moment(report.when)}"
    said += f" · {len(report.survived)} unnoticed" if report.survived else ""
    return said + (" · of an earlier suite" if report.suite_hash != suite else "")


def scenario_row_lines(row: ScenarioRow, rules: dict[str, str]) -> Iterator[Line]:
    """The detail of a scenario.

    Args:
        row: of a suite.
        rules: id → text of each rule of the spec.
    """
    yield line(Span(clean_line(row.id), Tone.STRONG))
    yield line(clean_line(row.sentence, limit=MOST_TEXT))
    yield from trust_lines(scenario_trust(row))
    yield BLANK
    if not is_unread(row):
        yield from _scenario_facts(row, rules)
    yield fact("file", clean_line(row.path), Tone.DIM)
    for finding in row.findings:
        yield BLANK
        yield from finding_lines(finding)


def _scenario_facts(row: ScenarioRow, rules: dict[str, str]) -> Iterator[Line]:
    layer = "gate" if row.layer is Layer.GATE else "reserve: reported, blocks nothing, tells agents nothing"
    on_base = "must fail on the untouched base" if row.base == "fail" else "must pass on the untouched base"
    yield fact("kind", f"{row.kind} · {layer}")
    yield fact("base", f"{on_base} · {row.admitted}")
    yield fact("trials", satisfaction_words(row.satisfaction))
    where = f" in run {clean_line(row.last_run)}" if row.last_run else ""
    yield line(Span(f"{'last':<10}", Tone.DIM), last_span(row), Span(where), indent=10)
    for rule in row.covers:
        yield fact(clean_line(rule), clean_line(rules.get(rule, "! the spec has no such rule"), limit=MOST_TEXT))


def rule_lines(row: SuiteRow, lacking: tuple[str, ...], what: str, todo: str) -> Iterator[Line]:
    """Rules that lack something, as the spec has them."""
    texts = dict(row.rules)
    if not lacking:
        yield line(Span(f"✓ no rule is {what}", Tone.GOOD))
        return
    yield line(Span(f"{show_count(len(lacking), 'rule is', 'rules are')} {what}", Tone.STRONG))
    yield line(Span("→ ", Tone.KEY), todo)
    yield BLANK
    for rule in lacking:
        yield fact(clean_line(rule), clean_line(texts.get(rule, ""), limit=MOST_TEXT), width=5)


def mutant_lines(fate: MutantFate) -> Iterator[Line]:
    """One small change of what shipped: the line before and after, and what noticed it."""
    mutant = fate.mutant
    yield line(Span(f"{clean_line(mutant.path)}:{mutant.line}", Tone.STRONG), Span(f"  {clean_line(mutant.what)}"))
    yield line(Span("− ", Tone.BAD), Span(clean_line(mutant.before), Tone.BAD), indent=2)
    yield line(Span("+ ", Tone.GOOD), Span(clean_line(mutant.after), Tone.GOOD), indent=2)
    if fate.fate is Fate.SURVIVED:
        yield line(
            Span("! missing scenario: ", Tone.WARN),
            "every gate scenario passed all the same; n writes the one that does not",
        )
    elif fate.caught_by:
        yield fact("noticed", f"by {clean_line(fate.caught_by)}")
