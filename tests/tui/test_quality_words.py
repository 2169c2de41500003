"""Qualities in the control room: apart from the scenarios, what was missed first."""

from factory_tui.model.evaluation import Aspect, Evidence, Measure, Result, ScenarioResult, Trial
from factory_tui.tui.words.failure import evidence_lines
from factory_tui.tui.words.quality import SHOWN, quality_cells, quality_lines, quality_row_lines
from tests.report.samples import quality


def result(scenario: str, *measures: Measure) -> ScenarioResult:
    trial = Trial(result=Result.PASS, seconds=1.0, measures=measures)
    return ScenarioResult(id=scenario, covers=("R1",), result=Result.PASS, trials=(trial,))


def speed(value: float, limit: float = 1.0) -> Measure:
    return Measure(step=1, aspect=Aspect.SPEED, name="one call", holds=value <= limit, value=value, limit=limit)


def test_what_was_missed_comes_first_and_the_rest_by_closeness() -> None:
    lines = [each.text for each in quality_lines([result("a", speed(0.5), speed(0.9)), result("b", speed(2.0))])]
    assert lines == [
        "Quality · 2 of 3 held",
        "✗ speed 2.00 s of 1.00 s, one call  b, step 1",
        "✓ speed 0.90 s of 1.00 s, one call  a, step 1",
        "✓ speed 0.50 s of 1.00 s, one call  a, step 1",
    ]


def test_many_that_held_are_counted() -> None:
    *_, last = quality_lines([result("a", *(speed(0.5) for _ in range(SHOWN + 3)))])
    assert last.text == "  and 3 more held"


def test_nothing_measured_is_no_heading() -> None:
    assert not list(quality_lines([result("a")]))


def test_a_quality_of_the_morning_page_names_its_share_of_the_limit() -> None:
    row = quality("shop", "big", Aspect.MEMORY, 96 << 20, 64 << 20, name="largest \x1b[31mprocess")
    assert [each.text for each in quality_cells(row)] == [
        "  ✗ missed", "shop", "150%", "memory 96 MiB of 64 MiB, largest process"
    ]  # fmt: skip
    assert "big, step 2" in "\n".join(each.text for each in quality_row_lines(row))


def test_evidence_says_which_quality_it_is_about() -> None:
    missed = Evidence(step=3, check="help", expected="words", observed="none", aspect=Aspect.HELP)
    assert next(evidence_lines(missed)).text.split(None, 2)[2] == "help, quality: help text"
