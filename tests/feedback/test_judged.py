"""What judges found wrong, and what they could not decide, in failures and in what an agent is told."""

import pytest

from factory_tui.feedback import classify, redact
from factory_tui.model.evaluation import Evidence, Result, RuleStatus, ScenarioResult
from factory_tui.model.failure import DecidedBy, FailureClass
from factory_tui.model.judgement import OPERATOR, Ballot, Judgement, Outcome, Quote, Vote
from tests.feedback.conftest import EXIT, evaluation, facts, scenario, spec

QUOTED = Evidence(step=1, check="judge", expected="It says why.", observed="step 1 stderr: no")


def judged(name: str, outcome: Outcome, result: Result, *covers: str, model: str = "m") -> ScenarioResult:
    quote = Quote(step=1, what="stderr", text="no")
    votes = (Vote(ballot=Ballot.MISSES, reason="It does not.", quotes=(quote,)),)
    judgement = Judgement(outcome=outcome, reason="told", votes=votes, quorum=1, model=model)
    found = scenario(name, result, *covers, evidence=(QUOTED,) if result is Result.FAIL else ())
    return found.model_copy(update={"judgement": judgement})


@pytest.mark.parametrize(("model", "who"), [("m", DecidedBy.MODEL), (OPERATOR, DecidedBy.OPERATOR)])
def test_a_lowered_scenario_is_filed_by_whoever_lowered_it_with_the_words_of_the_output(
    model: str, who: DecidedBy
) -> None:
    lowered = judged("clear", Outcome.LOWERED, Result.FAIL, "R1", model=model)
    attempt, one = classify(facts(lowered, scenario("other", Result.PASS, "R2")))
    assert (one.failure_class, one.decided_by, one.quotes) == (FailureClass.DISOBEYED, who, ("no",))
    assert attempt.decided_by is (DecidedBy.MODEL if model == "m" else DecidedBy.RULE)


def test_beside_a_failed_check_the_attempt_is_decided_by_rule() -> None:
    lowered = judged("clear", Outcome.LOWERED, Result.FAIL, "R1")
    failed = scenario("exits", Result.FAIL, "R2", evidence=(EXIT,))
    attempt, *_ = classify(facts(lowered, failed))
    assert attempt.decided_by is DecidedBy.RULE


def test_an_undecided_scenario_is_no_failure_yet_and_tells_an_agent_nothing() -> None:
    failed = scenario("exits", Result.FAIL, "R2", evidence=(EXIT,))
    undecided = judged("clear", Outcome.INCONCLUSIVE, Result.INCONCLUSIVE, "R1", "R2")
    assert classify(facts(failed, undecided)) == classify(facts(failed))
    told = redact(spec("R1", "R2"), evaluation(failed, undecided))
    assert told == redact(spec("R1", "R2"), evaluation(failed))
    assert told.rules == (("R2", RuleStatus.NOT_SATISFIED),)
