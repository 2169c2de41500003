"""A suite, and a scenario, as rows of a table: columns, cells, sort orders. Pure."""

from factory_tui.model.evidence_views import Admitted, Gap, Satisfaction, ScenarioRow, SuiteRow
from factory_tui.model.finding import Finding, Level
from factory_tui.model.foreign import clean_line
from factory_tui.model.mutation import MutationReport
from factory_tui.model.scenario import Layer
from factory_tui.tui.lists import Order
from factory_tui.tui.look import RESULTS, Span, Tone
from factory_tui.tui.trust import RANKS, all_findings, is_unread, scenario_trust, suite_trust
from factory_tui.tui.widgets.columns import Cells, Column

COLUMNS = (
    Column("STATE", 11),
    Column("SPEC", 18, flex=1),
    Column("SCEN", 5, rank=1),
    Column("RULES", 5, rank=2),
    Column("ADMIT", 5, rank=7),
    Column("FLAKY", 5, rank=9, right=True),
    Column("BURNED", 6, rank=10, right=True),
    Column("SATISFIED", 12, rank=3),
    Column("RESERVE", 12, rank=6),
    Column("GAP", 13, rank=5),
    Column("MUTANTS", 8, rank=8),
    Column("FINDINGS", 8, rank=4),
)
"""At 80 cells: what says whether the gate proves anything. At 120 all but what the state says too."""

SCENARIO_COLUMNS = (
    Column("STATE", 11),
    Column("SCENARIO", 20, flex=1),
    Column("KIND", 9, rank=3),
    Column("LAYER", 7, rank=2),
    Column("BASE", 4, rank=5),
    Column("RULES", 8, rank=6),
    Column("TRIALS", 7, rank=4, right=True),
    Column("SATISFIED", 12, rank=1),
    Column("LAST", 14),
)

ORDERS: tuple[Order, ...] = (
    ("need", lambda row: 0),
    ("name", lambda row: row.spec),
    ("satisfaction", lambda row: (not row.gate.trials, row.gate.low, row.spec)),
    ("gap", lambda row: (row.gap is None, -(row.gap.low if row.gap else 0), row.spec)),
    ("rules", lambda row: (-len(row.uncovered), row.spec)),
)
"""The source gives suites by need. Satisfaction goes by the lower end of its interval: one of one is no better than
nine of ten."""

SCENARIO_ORDERS: tuple[Order, ...] = (
    ("need", lambda row: (RANKS[scenario_trust(row).word], row.layer is Layer.RESERVE, row.id)),
    ("name", lambda row: row.id),
    ("kind", lambda row: (row.kind, row.id)),
    ("satisfaction", lambda row: (not row.satisfaction.trials, row.satisfaction.low, row.id)),
)


def suite_cells(row: SuiteRow) -> Cells:
    """One cell for each of `COLUMNS`."""
    gate = sum(each.layer is Layer.GATE for each in row.scenarios)
    covered, rules = len(row.rules) - len(row.uncovered), len(row.rules)
    return (
        suite_trust(row).span,
        Span(clean_line(row.spec)),
        Span(f"{gate}+{len(row.scenarios) - gate}", Tone.DIM),
        Span(f"{covered}/{rules}", Tone.DIM if covered == rules else Tone.WARN),
        admitted_span(row),
        number_span(sum(bool(each.satisfaction.flaky) for each in row.scenarios)),
        number_span(sum(bool(each.burned) for each in row.scenarios)),
        satisfaction_span(row.gate),
        satisfaction_span(row.reserve),
        gap_span(row.gap),
        mutation_span(row.mutation, row.hash),
        findings_span(all_findings(row)),
    )


def scenario_cells(row: ScenarioRow) -> Cells:
    """One cell for each of `SCENARIO_COLUMNS`."""
    known = row.satisfaction
    if is_unread(row):
        no = Span("–", Tone.DIM)
        return (scenario_trust(row).span, Span(clean_line(row.id)), no, no, no, no, no, no, Span("unread", Tone.BAD))
    return (
        scenario_trust(row).span,
        Span(clean_line(row.id), Tone.DIM if row.layer is Layer.RESERVE else Tone.PLAIN),
        Span(row.kind),
        Span(row.layer, Tone.DIM if row.layer is Layer.GATE else Tone.PLAIN),
        Span(row.base, Tone.DIM),
        Span(clean_line(" ".join(row.covers)), Tone.DIM),
        Span(f"{known.passed}/{known.trials}" if known.trials else "", Tone.DIM),
        satisfaction_span(known),
        last_span(row),
    )


def last_span(row: ScenarioRow) -> Span:
    if row.last is None:
        return Span("never ran", Tone.DIM)
    glyph, tone = RESULTS[row.last]
    return Span(f"{glyph} {row.last}", tone)


def satisfaction_span(known: Satisfaction) -> Span:
    """`94% 81–98`: the share of trials that passed, and the 95 % interval of it. Never the share alone."""
    if known.share is None:
        return Span("no trials", Tone.DIM)
    tone = Tone.GOOD if known.passed == known.trials else Tone.PLAIN
    return Span(f"{known.share:.0%} {percent(known.low)}–{percent(known.high)}", tone)


def percent(share: float) -> str:
    return f"{share * 100:.0f}"


def gap_span(gap: Gap | None) -> Span:
    """`+14 over-fits`: points of 100 by which the gate is passed more often than the reserve."""
    if gap is None:
        return Span("–", Tone.DIM)
    value = f"{gap.value * 100:+.0f}"
    return Span(f"{value} over-fits", Tone.WARN) if gap.is_overfitting else Span(f"{value} by chance", Tone.DIM)


def admitted_span(row: SuiteRow) -> Span:
    shown = sum(each.admitted is Admitted.YES for each in row.scenarios)
    if any(each.admitted is Admitted.NO for each in row.scenarios):
        return Span(f"{shown}/{len(row.scenarios)}", Tone.BAD)
    return Span(f"{shown}/{len(row.scenarios)}", Tone.DIM) if row.scenarios else Span("–", Tone.DIM)


def number_span(number: int) -> Span:
    return Span(str(number), Tone.WARN) if number else Span("–", Tone.DIM)


def mutation_span(report: MutationReport | None, suite: str) -> Span:
    """`14/17`: how many small changes were noticed; `old` when the suite has changed since."""
    if report is None:
        return Span("–", Tone.DIM)
    tried = report.caught + len(report.survived)
    tone = Tone.DIM if report.suite_hash != suite or not report.survived else Tone.WARN
    return Span(f"{report.caught}/{tried}" + (" old" if report.suite_hash != suite else ""), tone)


def findings_span(findings: tuple[Finding, ...]) -> Span:
    errors, warnings = (sum(each.level is level for each in findings) for level in (Level.ERROR, Level.WARNING))
    if errors:
        return Span(f"✗ {errors}" + (f" ! {warnings}" if warnings else ""), Tone.BAD)
    return Span(f"! {warnings}", Tone.WARN) if warnings else Span("✓ none", Tone.DIM)
