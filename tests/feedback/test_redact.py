import json

from hypothesis import given
from hypothesis import strategies as st

from factory_tui.feedback import redact
from factory_tui.model.evaluation import Evidence, Feedback, Result, RuleStatus, ScenarioResult, Trial
from factory_tui.model.scenario import Layer
from tests.feedback.conftest import evaluation, scenario, spec

CANARY = "kwyjibo"


def test_rules_are_told_by_id_and_status_only():
    feedback = redact(
        spec("R1", "R2", "R3", "R4"),
        evaluation(
            scenario("a", Result.PASS, "R1"),
            scenario("b", Result.PASS, "R1", "R2"),
            scenario("c", Result.FLAKY, "R2"),
            scenario("d", Result.ERROR, "R3"),
        ),
    )
    assert feedback.rules == (
        ("R1", RuleStatus.SATISFIED),
        ("R2", RuleStatus.PARTLY),
        ("R3", RuleStatus.NOT_SATISFIED),
    )
    assert (feedback.passed, feedback.total) == (2, 4)
    assert not feedback.set_up_failed


def test_reserve_scenarios_feed_nothing_back():
    reserve = scenario("r", Result.FAIL, "R2", layer=Layer.RESERVE)
    feedback = redact(spec("R1", "R2"), evaluation(scenario("a", Result.PASS, "R1"), reserve))
    assert feedback == redact(spec("R1", "R2"), evaluation(scenario("a", Result.PASS, "R1")))


def test_rules_that_the_spec_does_not_have_are_not_told():
    feedback = redact(spec("R1"), evaluation(scenario("a", Result.FAIL, "R1", f"R-{CANARY}")))
    assert [rule for rule, _ in feedback.rules] == ["R1"]


def test_a_failed_set_up_and_an_empty_delivery_are_told_without_words():
    assert redact(spec("R1"), evaluation(setup_failed=f"{CANARY} broke")) == Feedback(
        rules=(), passed=0, total=0, set_up_failed=True
    )
    assert redact(spec("R1"), None) == Feedback(rules=(), passed=0, total=0, nothing_delivered=True)


@given(st.sampled_from(Result), st.lists(st.sampled_from(["R1", "R2", CANARY]), min_size=1, max_size=3))
def test_no_word_of_a_scenario_or_its_evidence_gets_through(result, covers):
    evidence = Evidence(step=1, check=f"{CANARY} contains", expected=CANARY, observed=f"out: {CANARY}")
    told = ScenarioResult(
        id=CANARY,
        covers=tuple(covers),
        result=result,
        trials=(Trial(result=result, seconds=1.5, evidence=(evidence,)),),
        sentence=f"Given {CANARY}",
    )
    given = evaluation(told, reason=CANARY, setup_failed=CANARY, artifact_hash=CANARY).model_copy(
        update={"suite_hash": CANARY, "image": CANARY, "base_commit": CANARY}
    )
    feedback = redact(spec("R1", "R2"), given).model_dump(mode="json")
    assert CANARY not in json.dumps(feedback)
    assert set(feedback) == {"rules", "passed", "total", "set_up_failed", "nothing_delivered"}
    assert {type(value) for _, value in feedback["rules"]} <= {str}
    assert {value for _, value in feedback["rules"]} <= {each.value for each in RuleStatus}
