from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.evaluation import Evidence, Result, ScenarioResult, Trial
from factory_tui.model.judgement import Judgement, Outcome
from factory_tui.model.run import HoldReason, Verdict
from factory_tui.model.scenario import Layer
from factory_tui.scenarios.gate import decide
from factory_tui.scenarios.suite import combine

EVIDENCE = Evidence(step=1, check="exit", expected="0", observed="1")


def result(outcome, layer=Layer.GATE, name="s", trials=None):
    given = [outcome] if trials is None else trials
    return ScenarioResult(
        id=name,
        covers=("R1",),
        layer=layer,
        result=outcome,
        trials=tuple(Trial(result=each, seconds=0) for each in given),
    )


RESULTS = st.builds(
    result,
    st.sampled_from(Result),
    st.sampled_from(Layer),
    st.sampled_from(["a", "b", "c"]),
    st.lists(st.sampled_from(Result), max_size=3),
)


@given(st.lists(RESULTS, max_size=8))
def test_a_pass_needs_every_gate_scenario_proven(results):
    verdict, *_ = decide(results)
    gate = [each for each in results if each.layer is Layer.GATE]
    proven = all(
        each.result is Result.PASS and each.trials and all(trial.result is Result.PASS for trial in each.trials)
        for each in gate
    )
    assert (verdict is Verdict.PASS) == (bool(gate) and proven)


@given(st.lists(RESULTS, max_size=8))
def test_reserve_scenarios_never_change_the_verdict(results):
    assert decide(results) == decide([each for each in results if each.layer is Layer.GATE])


@given(st.lists(RESULTS, max_size=8), RESULTS.filter(lambda each: each.layer is Layer.GATE and each.result != "pass"))
def test_one_more_failing_gate_scenario_never_passes(results, bad):
    undecided = {Verdict.HELD} if bad.result is Result.INCONCLUSIVE else set()
    assert decide([*results, bad])[0] in {Verdict.FAIL, Verdict.ERROR} | undecided


def test_a_rubric_that_nobody_could_decide_holds_the_run_with_what_was_said():
    judgement = Judgement(outcome=Outcome.INCONCLUSIVE, reason="1 meets, 1 misses", votes=(), quorum=3, model="m")
    open_ = result(Result.INCONCLUSIVE, name="clear", trials=[Result.PASS]).model_copy(update={"judgement": judgement})
    ruling = decide([result(Result.PASS), open_])
    assert (ruling.verdict, ruling.hold) == (Verdict.HELD, HoldReason.JUDGE)
    assert ruling.reason == "the judges came to no decision about clear: 1 meets, 1 misses"
    assert decide([result(Result.FAIL), open_]).verdict is Verdict.FAIL


@given(st.lists(RESULTS, max_size=8))
def test_whatever_is_not_a_pass_says_why(results):
    verdict, reason, _ = decide(results)
    assert bool(reason) == (verdict is not Verdict.PASS)


@given(st.lists(RESULTS, max_size=8), st.sampled_from([each for each in Result if each is not Result.PASS]))
def test_burning_a_scenario_that_does_not_pass_never_makes_a_pass(results, outcome):
    """An agent can get scenarios burned: print what they may expect until one is hit."""
    burned = result(outcome, name="burned").model_copy(update={"burned": "it stood in what a tool showed"})
    ruling = decide([*results, burned])
    assert ruling.verdict is not Verdict.PASS
    if decide(results).verdict is Verdict.PASS:
        assert (ruling.verdict, ruling.hold) == (Verdict.HELD, HoldReason.BURNED)
        assert "burned" in ruling.reason


def test_without_gate_scenarios_the_artifact_is_held():
    assert decide([])[0] is Verdict.HELD
    assert decide([result(Result.PASS, Layer.RESERVE)])[0] is Verdict.HELD


def test_an_error_comes_before_a_fail():
    assert decide([result(Result.FAIL), result(Result.ERROR, name="b")])[0] is Verdict.ERROR


def test_flaky_fails_and_is_named():
    verdict, reason, _ = decide([result(Result.PASS), result(Result.FLAKY, name="wobbly")])
    assert verdict is Verdict.FAIL
    assert "wobbly flaky" in reason


def test_a_pass_with_evidence_or_without_trials_is_not_believed():
    forged = ScenarioResult(
        id="s", covers=(), result=Result.PASS, trials=(Trial(result=Result.PASS, seconds=0, evidence=(EVIDENCE,)),)
    )
    assert decide([forged])[0] is Verdict.FAIL
    assert decide([result(Result.PASS, trials=[])])[0] is Verdict.FAIL


def test_many_failures_are_counted_not_listed():
    _, reason, _ = decide([result(Result.FAIL, name=f"s{number}") for number in range(9)])
    assert "9 of 9" in reason
    assert "and 4 more" in reason


@given(st.lists(st.sampled_from(Result), max_size=5))
def test_trials_pass_together_or_not_at_all(outcomes):
    combined = combine([Trial(result=each, seconds=0) for each in outcomes])
    assert (combined is Result.PASS) == (bool(outcomes) and set(outcomes) == {Result.PASS})
    if Result.ERROR in outcomes:
        assert combined is Result.ERROR
    if set(outcomes) == {Result.PASS, Result.FAIL}:
        assert combined is Result.FLAKY
