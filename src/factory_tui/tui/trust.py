"""Whether a scenario, or a suite, can be trusted: in a glyph and a word, why not, and the key that mends it. Pure."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from factory_tui.model.evaluation import Result
from factory_tui.model.evidence_views import Admitted, ScenarioRow, SuiteRow
from factory_tui.model.finding import Finding, Level
from factory_tui.model.foreign import clean_line
from factory_tui.model.scenario import Layer, OnBase, ScenarioKind
from factory_tui.tui.look import Span, Tone, show_count


class Trust(NamedTuple):
    """How far evidence can be trusted."""

    glyph: str
    word: str
    tone: Tone
    why: str = ""
    key: str = ""
    """What moves it; empty when it moves by itself or nothing has to."""
    todo: str = ""
    """What the key does, after it."""

    @property
    def needs_me(self) -> bool:
        return self.tone in (Tone.BAD, Tone.WARN)

    @property
    def span(self) -> Span:
        return Span(f"{self.glyph} {self.word}", self.tone)


ADMITTED = Trust("✓", "admitted", Tone.GOOD)
"""Nothing stands against it. Whether the evidence is to be trusted is the reader's word, not ours."""


def scenario_trust(row: ScenarioRow) -> Trust:
    """What stands most against a scenario."""
    return next(_against_scenario(row), ADMITTED)


def _against_scenario(row: ScenarioRow) -> Iterator[Trust]:
    if row.burned:
        rotate = "rotates it: write its behaviour anew, and take this file away"
        yield Trust("◈", "burned", Tone.WARN, f"an agent knows it: {clean_line(row.burned)}", "n", rotate)
    if row.admitted is Admitted.NO:
        why = clean_line(row.admission) or "it cannot tell a finished artifact from an unfinished one"
        yield Trust("✗", "refused", Tone.BAD, why, "e", "mends the file, then a tries it again")
    errors = [each for each in row.findings if each.level is Level.ERROR]
    if errors:
        yield Trust("✗", "findings", Tone.BAD, clean_line(errors[0].message), "e", "mends the file")
    yield from _unclear_result(row)
    if row.admitted is Admitted.UNKNOWN:
        why = "nothing has shown yet that it can fail; a run tries it before it spends anything"
        yield Trust("○", "not tried", Tone.DIM, why, "a", "tries it now")


def _unclear_result(row: ScenarioRow) -> Iterator[Trust]:
    if row.last is Result.ERROR:
        yield Trust("!", "error", Tone.BAD, "it could not be carried out when it ran last", "⏎", "shows why")
    elif row.last is Result.FLAKY:
        why = "trials of one artifact disagreed when it ran last: the artifact, or the scenario, leaves it to chance"
        yield Trust("~", "flaky", Tone.WARN, why, "⏎", "shows the trials; e steadies the file with clock: or seed:")
    elif row.last is Result.INCONCLUSIVE:
        todo = "shows what they said; o on its run decides"
        yield Trust("?", "undecided", Tone.WARN, "the judges of its rubric disagreed", "⏎", todo)


def suite_trust(row: SuiteRow) -> Trust:
    """What stands most against a suite."""
    return min(_against_suite(row), key=_rank, default=ADMITTED)


def by_need(rows: Iterable[SuiteRow]) -> tuple[SuiteRow, ...]:
    """Those that need the operator first."""
    return tuple(sorted(rows, key=lambda row: (RANKS[suite_trust(row).word], row.spec)))


def suite_troubles(row: SuiteRow) -> tuple[Trust, ...]:
    """All that stands against a suite, the worst first."""
    return tuple(sorted(_against_suite(row), key=_rank))


def _rank(trust: Trust) -> int:
    return RANKS[trust.word]


def _against_suite(row: SuiteRow) -> Iterator[Trust]:
    if not row.scenarios and not any(each.path for each in row.findings):
        yield Trust("○", "empty", Tone.DIM, "no scenario proves it, so it cannot be Ready", "n", "writes one")
        return
    errors = [each for each in all_findings(row) if each.level is Level.ERROR]
    if errors:
        why = f"{show_count(len(errors), 'error')}: {clean_line(errors[0].message)}"
        yield Trust("✗", "findings", Tone.BAD, why, "⏎", "shows the scenarios; e mends one")
    yield from _of_scenarios(row)
    if uncovered := row.uncovered:
        names = clean_line(", ".join(uncovered), limit=120)
        yield Trust("✗", "uncovered", Tone.BAD, f"no scenario that gates covers {names}", "n", "writes one")
    yield from _of_history(row)
    untried = sum(each.admitted is Admitted.UNKNOWN for each in row.scenarios)
    if untried:
        why = f"{show_count(untried, 'scenario')} never tried on the untouched base"
        yield Trust("○", "not tried", Tone.DIM, why, "a", "tries the suite now; a run does it by itself")


def _of_scenarios(row: SuiteRow) -> Iterator[Trust]:
    """Each word that stands against scenarios once, with their number."""
    found: dict[str, list[Trust]] = {}
    for each in row.scenarios:
        for trust in _against_scenario(each):
            if trust.needs_me and trust.word != "findings":  # the suite has those of its files
                found.setdefault(trust.word, []).append(trust)
    for all_alike in found.values():
        why = f"{show_count(len(all_alike), 'scenario')}: {all_alike[0].why}"
        yield all_alike[0]._replace(why=why, key="⏎", todo="shows them")


def _of_history(row: SuiteRow) -> Iterator[Trust]:
    if row.gap is not None and row.gap.is_overfitting:
        why = "the gate is passed more often than the reserve, by more than chance explains: over-fitting"
        yield Trust("!", "over-fits", Tone.WARN, why, "⏎", "shows them; rotate what gates, widen the rules")
    if row.mutation is not None and (survived := row.mutation.survived):
        what = show_count(len(survived), "small change")
        old = "" if row.mutation.suite_hash == row.hash else " (of an earlier suite: m checks again)"
        why = f"{what} of what shipped went unnoticed{old}"
        yield Trust("!", "mutants", Tone.WARN, why, "M", "lists the missing scenarios")


RANKS = {
    word: rank
    for rank, word in enumerate(
        ("findings", "refused", "error", "uncovered", "burned", "flaky", "undecided", "over-fits", "mutants",
         "not tried", "empty", "admitted")
    )
}  # fmt: skip
"""Order of need, by the word."""


def all_findings(row: SuiteRow) -> tuple[Finding, ...]:
    """About the suite, and about each of its scenarios."""
    return (*row.findings, *(finding for each in row.scenarios for finding in each.findings))


def unread_rows(row: SuiteRow) -> tuple[ScenarioRow, ...]:
    """Files of a suite that are no scenarios as they are, such as one whose steps are still to be written."""
    found: dict[str, list[Finding]] = {}
    for each in row.findings:
        if each.path is not None and each.path.endswith((".yaml", ".yml")):
            found.setdefault(each.path, []).append(each)
    return tuple(_unread(row.spec, path, tuple(findings)) for path, findings in found.items())


def _unread(spec: str, path: str, findings: tuple[Finding, ...]) -> ScenarioRow:
    return ScenarioRow(
        spec=spec,
        id=path.rpartition("/")[2].rpartition(".")[0],
        path=path,
        hash="",
        covers=(),
        kind=ScenarioKind.PRIMARY,
        layer=Layer.GATE,
        base=OnBase.FAIL,
        sentence="This file is no scenario as it is: it judges nothing.",
        findings=findings,
    )


def is_unread(row: ScenarioRow) -> bool:
    """Nothing but what is wrong with its file is known."""
    return not row.hash


def without_negative(row: SuiteRow) -> tuple[str, ...]:
    """Rules that some gating scenario covers, but none as a negative case."""
    gating = [each for each in row.scenarios if each.layer is Layer.GATE and not each.burned]
    covered = {rule for each in gating for rule in each.covers}
    refused = {rule for each in gating if each.kind is ScenarioKind.NEGATIVE for rule in each.covers}
    return tuple(rule for rule, _ in row.rules if rule in covered - refused)
