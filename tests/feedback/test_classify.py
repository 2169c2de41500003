import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.feedback import AttemptFacts, Fault, classify
from factory_tui.model.build import BuildEnd
from factory_tui.model.evaluation import LIMITS, Aspect, Evidence, Result
from factory_tui.model.failure import UNCHARGED, FailureClass, FailureLayer
from factory_tui.model.run import Verdict
from factory_tui.model.scenario import Layer, OnBase
from factory_tui.model.spec import Question
from tests.feedback.conftest import EXIT, LATE, bash, evaluation, facts, report, scenario, spec, tree


def classes(given: AttemptFacts) -> list[str]:
    """The attempt's class, then those of its scenarios."""
    return [each.failure_class.value for each in classify(given)]


def test_a_partial_pass_within_a_rule_is_incomplete():
    given = facts(scenario("a", Result.PASS, "R1"), scenario("b", Result.FAIL, "R1"))
    first, second = classify(given)
    assert (first.failure_class, second.failure_class) == (FailureClass.INCOMPLETE, FailureClass.INCOMPLETE)
    assert first.scenario is None
    assert first.cause == "Right in part: 1 of 2 scenarios of R1 pass."
    assert (second.scenario, second.rules, second.evidence) == ("b", ("R1",), (EXIT,))
    assert "step 1, exit: expected 0, observed 1" in second.cause


def test_a_clear_rule_of_which_nothing_passes_is_disobeyed():
    given = facts(scenario("a", Result.PASS, "R2"), scenario("b", Result.FAIL, "R1"), scenario("c", Result.FAIL, "R1"))
    assert classes(given) == ["DISOBEYED", "DISOBEYED", "DISOBEYED"]
    first, second, _ = classify(given)
    assert first.cause == "A clear rule was not followed at all: b, c."
    assert second.cause.startswith("R1 is clear, and all 2 scenarios of it fail: step 1, exit")


@pytest.mark.parametrize(
    "given",
    [
        facts(scenario("a", Result.FAIL, "R1"), build=report(BuildEnd.QUESTION)),
        facts(scenario("a", Result.FLAKY, "R1")),
        facts(scenario("a", Result.FAIL, "R1"), scenario("b", Result.FLAKY, "R1")),
        facts(scenario("a", Result.FAIL, "R9")),
    ],
    ids=["the agent never said done", "sometimes right", "one is sometimes right", "no such rule"],
)
def test_what_is_not_wholly_disobeyed_stays_unclear(given):
    assert classes(given)[0] == "UNCLEAR"


def test_behaviour_of_the_base_that_breaks_is_a_regression():
    given = facts(scenario("new", Result.FAIL, "R1"), scenario("old", Result.FAIL, "R2", base=OnBase.PASS))
    assert classes(given) == ["REGRESSION", "DISOBEYED", "REGRESSION"]


def test_only_missed_limits_are_limit_missed():
    slow = scenario("slow", Result.FAIL, "R1", evidence=(LATE,))
    assert classes(facts(slow)) == ["LIMIT-MISSED", "LIMIT-MISSED"]
    assert classes(facts(slow, scenario("wrong", Result.FAIL, "R2")))[:2] == ["DISOBEYED", "LIMIT-MISSED"]
    both = scenario("both", Result.FAIL, "R1", evidence=(LATE, EXIT))
    assert classes(facts(both)) == ["DISOBEYED", "DISOBEYED"]


def quality(aspect: Aspect, observed: str = "seen") -> Evidence:
    return Evidence(step=1, check=aspect.value, expected="wanted", observed=observed, aspect=aspect)


@pytest.mark.parametrize("aspect", sorted(LIMITS))
def test_a_limit_on_time_memory_or_size_is_limit_missed_and_points_to_constraints(aspect):
    slow = scenario("slow", Result.FAIL, "R1", evidence=(quality(aspect), LATE))
    first, *_ = classify(facts(slow))
    assert (first.failure_class, first.section) == (FailureClass.LIMIT_MISSED, Question.CONSTRAINTS)


@pytest.mark.parametrize(
    ("aspect", "section"),
    [
        (Aspect.ERRORS, Question.OUTPUTS),
        (Aspect.HELP, Question.OUTPUTS),
        (Aspect.IDEMPOTENCE, Question.RULES),
        (Aspect.CHECK, Question.CONSTRAINTS),
    ],
)
def test_any_other_missed_quality_is_a_rule_that_was_not_followed(aspect, section):
    failed = scenario("crashes", Result.FAIL, "R1", evidence=(quality(aspect),))
    assert classes(facts(failed)) == ["DISOBEYED", "DISOBEYED"]
    assert classify(facts(failed))[0].section is section
    assert classes(facts(failed, scenario("fine", Result.PASS, "R1"))) == ["INCOMPLETE", "INCOMPLETE"]
    with_limit = scenario("both", Result.FAIL, "R1", evidence=(LATE, quality(aspect)))
    assert classes(facts(with_limit)) == ["DISOBEYED", "DISOBEYED"]
    assert classify(facts(with_limit))[0].section is section


def test_two_attempts_that_measure_differently_have_not_read_the_spec_differently():
    first, second = (
        scenario("big", Result.FAIL, "R1", evidence=(quality(Aspect.MEMORY, size),)) for size in ("88 MiB", "96 MiB")
    )
    assert classes(facts(second, earlier=evaluation(first))) == ["LIMIT-MISSED", "LIMIT-MISSED"]


def test_a_scenario_that_could_not_be_judged_is_eval_broken_whatever_else_failed():
    broken = scenario("x", Result.ERROR, evidence=(Evidence(step=0, check="scenario", expected="e", observed="o"),))
    given = facts(
        build=report(BuildEnd.TURNS),
        evaluation=evaluation(broken, scenario("b", Result.FAIL), verdict=Verdict.ERROR, reason="it broke in x"),
    )
    first, *_ = classify(given)
    assert classes(given)[:2] == ["EVAL-BROKEN", "EVAL-BROKEN"]
    assert first.layer is FailureLayer.EVALUATION
    assert first.cause == "The evaluation gave no verdict: it broke in x."


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (facts(build=report(BuildEnd.PROVIDER, detail="529 overloaded")), FailureClass.ENVIRONMENT),
        (facts(build=report(BuildEnd.PROVIDER_HOLD)), FailureClass.ENVIRONMENT),
        (facts(faults=(Fault("sandbox", "the container is gone"),)), FailureClass.ENVIRONMENT),
        (facts(faults=(Fault("evaluation", "no verdict"),)), FailureClass.EVAL_BROKEN),
        (facts(build=report(BuildEnd.BUDGET)), FailureClass.BUDGET),
        (facts(build=report(BuildEnd.TURNS)), FailureClass.BUDGET),
        (facts(build=report(BuildEnd.DEADLINE)), FailureClass.BUDGET),
        (facts(build=report(BuildEnd.STUCK, tools=(bash("ls"),))), FailureClass.STUCK),
        (facts(artifact={"README": "x"}), FailureClass.NO_DELIVERY),
        (facts(artifact={"README": "x"}, build=report(BuildEnd.REFUSED)), FailureClass.NO_DELIVERY),
        (facts(evaluation=evaluation(setup_failed="`make` ended with exit code 2\nerror")), FailureClass.NO_DELIVERY),
        (facts(), FailureClass.UNCLEAR),
    ],
)
def test_what_ended_the_attempt_decides_before_its_scenarios(given, expected):
    (failure,) = classify(given)
    assert failure.failure_class is expected
    assert failure.cause.endswith(".")
    assert (failure.failure_class in UNCHARGED) == (expected in (FailureClass.ENVIRONMENT, FailureClass.EVAL_BROKEN))


def test_a_stuck_agent_is_quoted():
    (failure,) = classify(facts(build=report(BuildEnd.STUCK, tools=(bash("ls"), bash("pytest -q")))))
    assert failure.quotes == ("pytest -q",)


def test_a_budget_comes_before_an_empty_artifact():
    assert classes(facts(artifact={"README": "x"}, build=report(BuildEnd.BUDGET))) == ["BUDGET"]


def test_nothing_that_starts_is_no_delivery():
    missing = Evidence(step=1, check="exit", expected="0", observed="127\nstderr: bank: not found")
    dead = Evidence(step=0, check="service", expected="keeps running", observed="ended with exit code 1")
    given = facts(scenario("a", Result.FAIL, evidence=(missing,)), scenario("b", Result.FAIL, "R2", evidence=(dead,)))
    assert classes(given) == ["NO-DELIVERY", "NO-DELIVERY", "NO-DELIVERY"]
    assert classes(facts(scenario("a", Result.FAIL, evidence=(missing,)), scenario("b", Result.FAIL)))[0] == "DISOBEYED"


@pytest.mark.parametrize("result", Result)
def test_a_reserve_scenario_changes_no_failure_and_leaves_none(result):
    gate = [scenario("a", Result.FAIL, "R2"), scenario("b", Result.PASS, "R1")]
    reserve = scenario("r", result, "R1", "R2", layer=Layer.RESERVE, base=OnBase.PASS)
    assert classify(facts(*gate, reserve)) == classify(facts(*gate))


def test_a_flaky_scenario_is_a_failure_of_its_own_kind():
    assert classes(facts(scenario("a", Result.FLAKY), scenario("b", Result.PASS, "R2"))) == ["UNCLEAR", "UNCLEAR"]
    assert "in some trials" in classify(facts(scenario("a", Result.FLAKY)))[1].cause


def test_a_claim_that_nothing_checked_is_false_done():
    given = facts(
        scenario("a", Result.PASS, "R1"),
        scenario("b", Result.FAIL, "R1"),
        build=report(final="I wrote it. All tests pass now.", tools=(bash("ls -la"),)),
    )
    first, second = classify(given)
    assert (first.failure_class, second.failure_class) == (FailureClass.FALSE_DONE, FailureClass.FALSE_DONE)
    assert first.quotes == ("All tests pass now.",)
    assert "no command that checks it" in first.cause


def test_regressions_and_limits_keep_their_class_beside_a_false_claim():
    given = facts(
        scenario("old", Result.FAIL, base=OnBase.PASS),
        scenario("slow", Result.FAIL, "R2", evidence=(LATE,)),
        scenario("new", Result.FAIL, "R2"),
        build=report(final="All tests pass."),
    )
    assert classes(given) == ["REGRESSION", "REGRESSION", "LIMIT-MISSED", "FALSE-DONE"]


def test_an_attempt_that_was_stopped_claims_nothing():
    given = facts(scenario("a", Result.FAIL), build=report(BuildEnd.TURNS, final="All tests pass."))
    assert classes(given) == ["BUDGET", "UNCLEAR"]


def test_a_green_own_test_of_the_red_rule_is_false_done():
    tests = {"README": "x", "tests/test_app.py": "def test_r1_refuses():\n    assert True\n"}
    ran = report(tools=(bash("python -m pytest -q", "..\n2 passed in 0.01s\n", turn=4),))
    first, second, third = classify(
        facts(scenario("a", Result.FAIL, "R1"), scenario("b", Result.FAIL, "R2"), artifact=tests, build=ran)
    )
    assert first.failure_class is FailureClass.FALSE_DONE
    assert first.quotes == ("2 passed in 0.01s",)
    assert (second.failure_class, third.failure_class) == (FailureClass.FALSE_DONE, FailureClass.DISOBEYED)


RESULTS = st.lists(
    st.builds(
        scenario,
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(Result),
        st.sampled_from(["R1", "R2"]),
        base=st.sampled_from(OnBase),
        layer=st.sampled_from(Layer),
        evidence=st.sampled_from([(EXIT,), (LATE,), (EXIT, LATE), ()]),
    ),
    min_size=1,
    max_size=5,
)


@given(RESULTS, st.sampled_from(BuildEnd), st.sampled_from(Verdict), st.booleans())
def test_every_failed_gate_scenario_has_one_record_after_the_one_of_the_attempt(results, end, verdict, changed):
    given = AttemptFacts(
        spec=spec("R1", "R2"),
        report=report(end, final="All tests pass."),
        evaluation=evaluation(*results, verdict=verdict),
        base=tree({"a": "1"}),
        artifact=tree({"a": "2" if changed else "1"}),
    )
    first, *rest = classify(given)
    assert first.scenario is None
    failed = [each for each in results if each.gates and each.result not in (Result.PASS, Result.INCONCLUSIVE)]
    assert [each.scenario for each in rest] == [each.id for each in failed]
    assert all(each.cause and "\n" not in each.cause for each in (first, *rest))
    if verdict is Verdict.ERROR:
        assert first.failure_class is FailureClass.EVAL_BROKEN
