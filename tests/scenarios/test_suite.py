"""A whole evaluation: set-up, trials, the loss of sandboxes, and the verdict."""

import pytest

from factory_tui.model.evaluation import Result
from factory_tui.model.run import Verdict
from factory_tui.scenarios import evaluate
from tests.scenarios.breaking import BrokenAfter
from tests.scenarios.conftest import scenario, tree

PASSES = scenario("{id: passes, steps: [{run: 'true'}]}")
FAILS = scenario("{id: fails, steps: [{run: 'false'}]}")
BREAKS_ITS_SANDBOX = scenario("{id: breaks, steps: [{run: 'break the sandbox'}]}")


async def test_results_keep_the_order_of_the_suite_and_are_told_as_they_land(judge):
    told = []

    async def landed(result, done, total):
        told.append((result.id, result.result, done, total))

    evaluation = await evaluate(judge.job(tree({}), PASSES, FAILS), judge.host, landed)
    assert told == [("passes", Result.PASS, 1, 2), ("fails", Result.FAIL, 2, 2)]
    assert evaluation.verdict is Verdict.FAIL
    assert [each.id for each in evaluation.scenarios] == ["passes", "fails"]


async def test_a_verdict_is_bound_to_everything_it_depends_on(judge):
    artifact = tree({"a": "b"})
    evaluation = await judge(artifact, PASSES)
    assert evaluation.verdict is Verdict.PASS
    assert evaluation.reason == ""
    assert (evaluation.spec, evaluation.spec_hash, evaluation.suite_hash) == ("thing", "spec-hash", "suite-hash")
    assert evaluation.artifact_hash == artifact.hash
    assert evaluation.image == judge.image
    assert evaluation.scenarios[0].sentence == "Given g · when w · then t"


async def test_without_a_gate_scenario_nothing_runs_and_the_artifact_is_held(judge):
    host = BrokenAfter(judge.host, 0)
    reserve = scenario("{layer: reserve, steps: [{run: 'true'}]}")
    for given in ([], [reserve]):
        evaluation = await evaluate(judge.job(tree({}), *given), host)
        assert evaluation.verdict is Verdict.HELD
    assert host.requests == []


async def test_a_failing_reserve_scenario_is_reported_and_does_not_block(judge):
    reserve = scenario("{id: spare, layer: reserve, steps: [{run: 'false'}]}")
    evaluation = await judge({}, PASSES, reserve)
    assert evaluation.verdict is Verdict.PASS
    assert evaluation.scenarios[1].result is Result.FAIL


async def test_every_trial_starts_from_a_fresh_copy_with_nothing_running(judge):
    leaves_traces = scenario(
        """
        id: traces
        trials: 3
        steps:
          - run: test ! -e made -a ! -e "$HOME/made" -a ! -e "$TMPDIR/made" && test "$(cat kept)" = as-delivered
          - run: touch made "$HOME/made" "$TMPDIR/made"; echo changed > kept
          - run: "! grep -aq 'sleep.300[0]' /proc/[0-9]*/cmdline"
          - run: (setsid sleep 3000 >/dev/null 2>&1 &)
        """
    )
    evaluation = await judge({"kept": "as-delivered\n"}, leaves_traces)
    assert evaluation.scenarios[0].evidence == ()
    assert len(evaluation.scenarios[0].trials) == 3


async def test_trials_that_disagree_are_flaky_and_fail_the_gate(judge):
    wobbles = scenario("{id: wobbles, trials: 20, steps: [{run: 'test $(od -An -N1 -tu1 /dev/urandom) -lt 128'}]}")
    evaluation = await judge({}, wobbles)
    assert evaluation.scenarios[0].result is Result.FLAKY
    assert evaluation.verdict is Verdict.FAIL
    assert "flaky" in evaluation.reason


async def test_the_base_is_shown_beside_the_artifact(judge):
    compares = scenario("{steps: [{run: 'diff -r \"$FACTORY_BASE\" .'}]}")
    evaluation = await judge(tree({"a": "1"}), compares, base=tree({"a": "1"}))
    assert evaluation.scenarios[0].evidence == ()
    evaluation = await judge(tree({"a": "2"}), compares, base=tree({"a": "1"}))
    assert evaluation.verdict is Verdict.FAIL


async def test_the_base_cannot_be_written(judge):
    if not judge.host.capabilities().separate_user:
        pytest.skip("declared: commands run as the operator")
    writes = scenario("{steps: [{run: '! touch \"$FACTORY_BASE/x\"'}]}")
    evaluation = await judge(tree({"a": "1"}), writes, base=tree({"a": "1"}))
    assert evaluation.scenarios[0].evidence == ()


async def test_set_up_runs_once_and_trials_start_from_what_it_made(judge):
    counts = scenario("{trials: 2, steps: [{run: 'cat made', expect: {stdout: {lines: 1}}}]}")
    evaluation = await judge({"make.sh": "#!/bin/sh\necho x >> made\n"}, counts, setup=(("./make.sh",),))
    assert evaluation.verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("sh", "-c", "echo broken >&2; exit 4"), "exit code 4"),
        (("no-such-program",), "exit code 127"),
        (("sh", "-c", "break the sandbox"), "lost during set-up"),
    ],
)
async def test_a_set_up_that_fails_is_the_artifacts_failure(judge, command, said):
    evaluation = await evaluate(judge.job(tree({}), PASSES, setup=(command,)), BrokenAfter(judge.host, 2))
    assert evaluation.verdict is Verdict.FAIL
    assert evaluation.scenarios == ()
    assert said in evaluation.setup_failed
    assert said in evaluation.reason


async def test_an_artifact_that_breaks_its_sandbox_fails_and_the_rest_is_judged_in_a_new_one(judge):
    host = BrokenAfter(judge.host, 10)
    evaluation = await evaluate(judge.job(tree({}), PASSES, BREAKS_ITS_SANDBOX, FAILS), host)
    assert [each.result for each in evaluation.scenarios] == [Result.PASS, Result.FAIL, Result.FAIL]
    assert evaluation.scenarios[1].evidence[0].check == "sandbox"
    assert evaluation.scenarios[2].evidence[0].check == "exit"
    assert evaluation.verdict is Verdict.FAIL
    assert len(host.requests) == 2


async def test_a_host_that_dies_under_the_evaluation_is_an_error_not_a_fail(judge):
    evaluation = await evaluate(judge.job(tree({}), PASSES, BREAKS_ITS_SANDBOX, FAILS), BrokenAfter(judge.host, 1))
    assert [each.result for each in evaluation.scenarios] == [Result.PASS, Result.ERROR, Result.ERROR]
    assert evaluation.verdict is Verdict.ERROR


async def test_without_a_sandbox_there_is_no_verdict(judge):
    evaluation = await evaluate(judge.job(tree({}), PASSES), BrokenAfter(judge.host, 0))
    assert evaluation.verdict is Verdict.ERROR
    evaluation = await evaluate(judge.job(tree({}), PASSES, setup=(("true",),)), BrokenAfter(judge.host, 0))
    assert evaluation.verdict is Verdict.ERROR
    assert "no engine answers" in evaluation.reason
