"""The judgement of the morning page: an interval that holds, decisions in order of need, symptoms with a signal."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.evaluation import Aspect, Result
from factory_tui.model.failure import FailureClass
from factory_tui.model.money import MicroUsd
from factory_tui.model.question import AgentQuestion
from factory_tui.model.run import HoldReason, RunState
from factory_tui.model.scenario import Layer
from factory_tui.model.spec import Question
from factory_tui.model.tally import Tally
from factory_tui.model.views import RunRow
from factory_tui.report.compute import escape_rate, report
from factory_tui.report.deciding import decisions
from factory_tui.report.diagnosis import diagnosis
from factory_tui.report.history import Earlier, Escaped, FailureFacts, History, Passed, RunFacts
from factory_tui.report.phrases import evidence
from tests.report.samples import quality

EVENING = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)


def row(spec: str, state: RunState, **more: object) -> RunRow:
    usual: dict[str, object] = {
        "run": f"r-{spec}", "batch": "b2", "title": spec, "attempt": 1, "attempts": 2, "queued": EVENING,
        "started": EVENING, "finished": EVENING + timedelta(minutes=5),
    }  # fmt: skip
    return RunRow.model_validate({**usual, "spec": spec, "state": state, **more})


def record(failure_class: FailureClass, number: int = 1, **more: object) -> FailureFacts:
    usual: dict[str, object] = {"is_of_run": True, "rules": (), "section": None, "cause": "half"}
    return FailureFacts(number=number, failure_class=failure_class, **{**usual, **more})  # type: ignore[arg-type]


def failed(spec: str, *failures: FailureFacts) -> RunFacts:
    return RunFacts(row(spec, RunState.FAILED), failures=failures)


def shipped(spec: str, cost: int = 0, **more: object) -> RunFacts:
    return RunFacts(row(spec, RunState.SHIPPED, cost=cost, **more))


def history(*runs: RunFacts, **more: object) -> History:
    return History(batch="b2", started=EVENING, finished=None, runs=runs, **more)  # type: ignore[arg-type]


def signals(*runs: RunFacts, **more: object) -> list[str]:
    return [each.signal for each in diagnosis(history(*runs, **more))]


@pytest.mark.parametrize(
    ("shipped", "escaped", "low", "high"),
    # Newcombe 1998, Stat. Med. 17:857, table I, method 3.
    [(263, 81, 0.2553, 0.3662), (148, 15, 0.0624, 0.1605), (20, 0, 0.0, 0.1611), (29, 1, 0.0061, 0.1718)],
)
def test_the_interval_is_wilsons(shipped: int, escaped: int, low: float, high: float) -> None:
    rate = escape_rate(shipped, escaped)
    assert (round(rate.low, 4), round(rate.high, 4)) == (low, high)


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_the_interval_holds_the_rate(shipped: int, escaped: int) -> None:
    shipped, escaped = max(shipped, escaped), min(shipped, escaped)
    rate = escape_rate(shipped, escaped)
    assert 0 <= rate.low <= (escaped / shipped if shipped else 0.5) <= rate.high <= 1


def test_decisions_come_in_order_of_need() -> None:
    asks = AgentQuestion(text="Up or down?")
    found = decisions(
        history(
            failed("unclear", record(FailureClass.UNCLEAR, 7, cause="nobody knows")),
            RunFacts(row("broken", RunState.ERROR, why="no disk", remedy="make room")),
            RunFacts(row("stopped", RunState.HELD, hold=HoldReason.TARGET_DIRTY, remedy="commit, then retry")),
            RunFacts(row("asks", RunState.HELD, hold=HoldReason.QUESTION, question=asks)),
            failed("clear", record(FailureClass.INCOMPLETE, 8)),
            uncovered=(Escaped("r0", "old", "cents are lost"),),
        )
    )
    assert [(each.what, each.command) for each in found] == [
        ("asks (r-asks) asks: Up or down?", "answer r-asks"),
        ("stopped (r-stopped): commit, then retry", "retry r-stopped"),
        ("broken (r-broken): make room", "retry r-broken"),
        ("old (r0): write a scenario that catches what escaped", "scenario lint old"),
        ("unclear (r-unclear): say what its failure 7 is", "failures classify 7 CLASS"),
    ]


def test_an_error_that_a_newer_run_has_overtaken_waits_for_nobody() -> None:
    newer = RunFacts(row("one", RunState.SHIPPED, run="r-two", queued=EVENING + timedelta(hours=1)))
    assert list(decisions(history(RunFacts(row("one", RunState.ERROR)), newer))) == []


def test_a_quiet_night_has_no_symptom() -> None:
    assert signals() == []
    assert signals(shipped("one", 400), earlier=Earlier("b1", MicroUsd(400), 1)) == []
    assert signals(shipped("one"), gate=Passed(4, 4), reserve=Passed(2, 2)) == []
    assert signals(failed("one", record(FailureClass.REGRESSION))) == []


def test_misunderstandings_are_told_by_section() -> None:
    rules = {"is_of_run": False, "section": Question.RULES}
    assert signals(
        failed(
            "one",
            record(FailureClass.DISOBEYED),
            record(FailureClass.DISOBEYED, 2, **rules),
            record(FailureClass.SPEC_AMBIGUOUS, 3, **rules),
            record(FailureClass.INCOMPLETE, 4, **rules),
        ),
        failed("two", record(FailureClass.SPEC_AMBIGUOUS, 5, section=Question.INPUTS)),
    ) == ["3 of 4 failures are SPEC-AMBIGUOUS or DISOBEYED: 2 in RULES, 1 in INPUTS"]


def test_each_symptom_names_its_figures() -> None:
    failures = [record(each) for each in (FailureClass.FALSE_DONE, FailureClass.REGRESSION, FailureClass.ENVIRONMENT)]
    assert signals(*(failed("one", each) for each in failures)) == [
        "1 of 2 failed runs is FALSE-DONE: the agent's own proof held, the scenarios did not"
    ]
    late = EVENING + timedelta(minutes=40)
    assert signals(shipped("one", started=late, finished=late + timedelta(minutes=5))) == [
        "a run waited 40.0 min in the queue and worked 5.0 min (medians of 1)"
    ]
    assert signals(versions={"one": 2, "two": 3, "six": 4}) == ["versions that ran before one shipped: six 4, two 3"]
    assert signals(gate=Passed(4, 4), reserve=Passed(1, 2)) == [
        "of what shipped, 4 of 4 gate scenarios passed, but 1 of 2 reserve scenarios"
    ]
    assert signals(
        shipped("one", 500_000), failed("two", record(FailureClass.STUCK)), earlier=Earlier("b1", MicroUsd(400_000), 1)
    ) == ["$0.50 for each run that shipped, $0.40 in the batch before; 1 of 1 failed run is BUDGET or STUCK"]


def test_rules_are_named_once_in_the_order_of_their_numbers() -> None:
    facts = failed(
        "one", record(FailureClass.INCOMPLETE, rules=("R10", "R2")), record(FailureClass.INCOMPLETE, rules=("R2", "R9"))
    )
    assert report("f", history(facts), EVENING).outcomes[0].rules == ("R2", "R9", "R10")


def tally(run: str, layer: Layer, *, passed: int, trials: int, scenario: str = "s") -> Tally:
    result = Result.PASS if passed == trials else Result.FLAKY if passed else Result.FAIL
    return Tally("bank", scenario, "h", layer, result, passed, trials, run, 1, None)


def test_satisfaction_is_of_this_batch_and_the_gap_of_all() -> None:
    here = [tally("r-bank", Layer.GATE, passed=2, trials=3)]
    before = [tally(f"old{number}", Layer.GATE, passed=1, trials=1) for number in range(20)]
    before += [tally(f"old{number}", Layer.RESERVE, passed=0, trials=1, scenario="x") for number in range(20)]
    trust = report("f", history(shipped("bank"), tallies=(*before, *here)), EVENING).trust
    assert trust is not None
    assert (trust.gate.passed, trust.gate.trials, trust.reserve.trials) == (2, 3, 0)
    assert trust.gap is not None
    assert trust.gap.is_overfitting
    assert trust.flaky == ("bank/s",)


def test_a_batch_in_which_nothing_was_judged_says_nothing_of_trust() -> None:
    assert report("f", history(shipped("bank")), EVENING).trust is None


def test_trust_is_told_in_words_with_intervals() -> None:
    here = (
        tally("r-bank", Layer.GATE, passed=9, trials=10),
        tally("r-bank", Layer.RESERVE, passed=1, trials=2, scenario="x"),
    )
    said = " ".join(evidence(report("f", history(shipped("bank"), tallies=here), EVENING)))
    assert "10 trials of gate scenarios: 90 % passed (95 % interval 60 % to 98 %)" in said
    assert "no over-fitting shown: gate minus reserve +40 points" in said
    assert "flaky, trials disagreed: bank/s, bank/x" in said


def test_what_missed_its_limit_is_told_before_what_came_close_to_it() -> None:
    rows = (
        quality("a", "slow", Aspect.SPEED, 0.3, 0.2, name="p95 of 20 calls"),
        quality("a", "far", Aspect.SPEED, 0.1, 0.2, name="one call"),
        quality("b", "close", Aspect.MEMORY, 63.0, 64.0, name="largest process"),
        quality("b", "worse", Aspect.OUTPUT, 900.0, 100.0, name="both streams"),
        *(quality("c", f"c{number}", Aspect.SPEED, 0.01, 1.0, name="one call") for number in range(5)),
    )
    found = report("f", history(shipped("a"), measures=rows), EVENING).quality
    assert found is not None
    assert (found.measured, found.held) == (9, 7)
    assert [each.scenario for each in found.missed] == ["worse", "slow"]
    assert [each.scenario for each in found.closest] == ["close", "far", "c0"]
    assert report("f", history(shipped("a")), EVENING).quality is None
