"""A run in the store: the table of states holds, and counters tell what events tell."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factory_tui.model.build import BuildEnd, BuildReport
from factory_tui.model.evaluation import Feedback, Result, RuleStatus, ScenarioResult, Trial
from factory_tui.model.failure import Failure, FailureClass, FailureLayer
from factory_tui.model.ids import BatchId, RunId
from factory_tui.model.money import MicroUsd
from factory_tui.model.run import TRANSITIONS, HoldReason, IllegalTransition, RunState, Verdict
from factory_tui.model.usage import Usage
from factory_tui.store.reader import Reader
from factory_tui.store.runs import UnknownRun
from factory_tui.store.store import Store

REPORT = BuildReport(
    end=BuildEnd.DONE, detail="", turns=3, usage=Usage(input=10), cost=MicroUsd(5), final_text="Done.", tools=()
)


def result(name: str, outcome: Result = Result.PASS) -> ScenarioResult:
    return ScenarioResult(id=name, covers=("R1",), result=outcome, trials=(Trial(result=outcome, seconds=0.5),))


async def test_a_queued_run_comes_back_as_it_was_given(store: Store, new_run) -> None:
    new = new_run(depends_on=("a", "b"), priority=0, findings_json='[{"rule": "C01"}]')
    await store.open_batch(BatchId("b1"))
    await store.queue_run(new)
    stored = await store.stored_run(new.run)

    assert {name: getattr(stored, name) for name in new.__slots__} == {
        name: getattr(new, name) for name in new.__slots__
    }
    assert (stored.state, stored.attempt, stored.started) == (RunState.QUEUED, 0, None)


async def test_the_queue_is_ordered_by_priority_then_age(store: Store, new_run) -> None:
    await store.open_batch(BatchId("b1"))
    for run, priority in (("r1", 2), ("r2", 0), ("r3", 2)):
        await store.queue_run(new_run(run, priority=priority))

    assert [each.run for each in await store.queued_runs()] == ["r2", "r1", "r3"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path_taken=st.lists(st.sampled_from(list(RunState)), max_size=12))
async def test_only_the_edges_of_the_table_are_written(
    tmp_path_factory: pytest.TempPathFactory, new_run, path_taken: list[RunState]
) -> None:
    path = tmp_path_factory.mktemp("store") / "runs.db"
    async with await Store.open(path) as store:
        await store.open_batch(BatchId("b1"))
        run = new_run().run
        await store.queue_run(new_run())
        state, moves = RunState.QUEUED, ["run.queued"]
        for wanted in path_taken:
            if wanted in TRANSITIONS[state]:
                await store.move_run(run, wanted)
                state = wanted
                moves.append(f"run.{wanted.value}")
            else:
                with pytest.raises(IllegalTransition):
                    await store.move_run(run, wanted)
            assert (await store.stored_run(run)).state is state
        assert [event.type for event in Reader(path).events(run=run)] == moves


async def test_a_held_run_says_why_and_what_moves_it(store: Store, queued: RunId, reader: Reader) -> None:
    event = await store.move_run(
        queued, RunState.HELD, why="no scenarios", hold=HoldReason.NO_SCENARIOS, remedy="write one"
    )
    row = reader.board()[0]

    assert event.data | {"from": None} == {
        "from": None,
        "why": "no scenarios",
        "hold": "no-scenarios",
        "remedy": "write one",
    }
    assert (row.state, row.why, row.hold, row.remedy) == (
        RunState.HELD,
        "no scenarios",
        HoldReason.NO_SCENARIOS,
        "write one",
    )
    assert row.needs_me
    assert row.finished is not None

    await store.move_run(queued, RunState.QUEUED)
    row = reader.board()[0]
    assert (row.why, row.hold, row.remedy, row.finished) == ("", None, "", None)


async def test_a_run_that_is_unknown_is_refused(store: Store) -> None:
    with pytest.raises(UnknownRun):
        await store.move_run("nobody", RunState.PREPARING)
    with pytest.raises(UnknownRun):
        await store.start_attempt("nobody")
    with pytest.raises(UnknownRun):
        await store.stored_run("nobody")


async def test_an_attempt_that_is_not_charged_is_made_again_under_its_number(store: Store, queued: RunId) -> None:
    assert await store.start_attempt(queued) == 1
    await store.finish_attempt(queued, 1, None, None, charged=False)
    assert await store.start_attempt(queued) == 1
    await store.finish_attempt(queued, 1, REPORT, Verdict.FAIL, charged=True)
    assert await store.start_attempt(queued) == 2
    assert (await store.stored_run(queued)).infrastructure_retries == 1


async def test_an_attempt_that_was_cut_off_is_made_again_under_its_number(store: Store, queued: RunId) -> None:
    assert await store.start_attempt(queued) == 1
    assert await store.start_attempt(queued) == 1


async def test_an_attempt_that_its_run_leaves_unfinished_is_closed_and_not_counted(
    store: Store, queued: RunId, reader: Reader
) -> None:
    await store.move_run(queued, RunState.PREPARING)
    await store.start_attempt(queued)
    await store.move_run(queued, RunState.ERROR, why="an accident")
    view = reader.run(queued)
    assert view is not None
    assert [(each.end, each.finished is None) for each in view.attempts] == [("error", False)]
    assert [each.type for each in reader.events(0, run=queued)][-2:] == ["attempt.finished", "run.error"]


async def test_counters_on_the_board_follow_turns_and_scenarios(store: Store, queued: RunId, reader: Reader) -> None:
    for state in (RunState.PREPARING, RunState.BUILDING):
        await store.move_run(queued, state)
    number = await store.start_attempt(queued)
    await store.record_turn(queued, number, 1, "Looking.", Usage(input=5), MicroUsd(1))
    await store.record_tool_started(queued, number, 1, "c1", "bash", "ls -la")
    await store.record_tool_finished(queued, number, 1, "c1", "bash", True, 0.2, "a\nb")
    assert (reader.board()[0].turns, reader.board()[0].last_action) == (1, "bash: ls -la")

    for state in (RunState.COLLECTING, RunState.EVALUATING):
        await store.move_run(queued, state)
    await store.record_scenario(queued, number, result("one"), 1, 3)
    await store.record_scenario(queued, number, result("two", Result.FAIL), 2, 3)
    row = reader.board()[0]
    assert (row.scenarios_passed, row.scenarios_done, row.scenarios_total) == (1, 2, 3)

    view = reader.run(queued)
    assert view is not None
    assert [each.id for each in view.attempts[0].scenarios] == ["one", "two"]


async def test_a_second_evaluation_replaces_the_results_of_the_first(
    store: Store, queued: RunId, reader: Reader
) -> None:
    for state in (RunState.PREPARING, RunState.BUILDING, RunState.COLLECTING, RunState.EVALUATING):
        await store.move_run(queued, state)
    number = await store.start_attempt(queued)
    await store.record_scenario(queued, number, result("one"), 1, 2)
    await store.move_run(queued, RunState.SHIPPING)
    await store.move_run(queued, RunState.EVALUATING)
    await store.record_scenario(queued, number, result("two"), 1, 2)

    assert reader.board()[0].scenarios_passed == 1
    assert [each.id for each in reader.run(queued).attempts[0].scenarios] == ["two"]


async def test_the_log_shows_words_commands_and_outputs_in_order(store: Store, queued: RunId, reader: Reader) -> None:
    number = await store.start_attempt(queued)
    await store.record_turn(queued, number, 1, "Looking.\nAt what is there.", Usage(), MicroUsd(0))
    await store.record_tool_started(queued, number, 1, "c1", "bash", "ls")
    await store.record_tool_finished(queued, number, 1, "c1", "bash", False, 0.25, "one\ntwo\n")
    lines = reader.log(queued)

    assert [(line.kind, line.text) for line in lines][-6:] == [
        ("turn.finished", "Looking."),
        ("turn.finished", "At what is there."),
        ("tool.started", "$ ls"),
        ("output", "one"),
        ("output", "two"),
        ("tool.finished", "failed after 0.25 s"),
    ]
    assert reader.log(queued, after_seq=lines[-1].seq) == []


async def test_failures_are_filed_once_each_and_grouped_by_class(store: Store, queued: RunId, reader: Reader) -> None:
    failures = [
        Failure(failure_class=FailureClass.INCOMPLETE, layer=FailureLayer.SPEC, cause="half", scenario="s1"),
        Failure(failure_class=FailureClass.BUDGET, layer=FailureLayer.SPEC, cause="spent"),
        Failure(failure_class=FailureClass.INCOMPLETE, layer=FailureLayer.SPEC, cause="other half", scenario="s2"),
    ]
    await store.record_failures(queued, 1, "bank-withdraw", failures)
    groups = reader.failures()

    assert [(group.failure_class, group.count, group.specs) for group in groups] == [
        (FailureClass.BUDGET, 1, 1),
        (FailureClass.INCOMPLETE, 2, 1),
    ]
    assert reader.failure(groups[1].records[0].id).cause == "other half"
    assert [event.data["class"] for event in reader.events() if event.type == "failure.recorded"] == [
        "INCOMPLETE",
        "BUDGET",
        "INCOMPLETE",
    ]


async def test_a_disclosure_is_on_record(store: Store, queued: RunId, reader: Reader) -> None:
    feedback = Feedback(rules=(("R1", RuleStatus.SATISFIED), ("R2", RuleStatus.PARTLY)), passed=1, total=3)
    await store.record_disclosure(queued, 1, feedback)
    line = reader.log(queued)[-1]

    assert line.text == "the agent is told: 1 of 3 scenarios passed; R1 satisfied, R2 partly satisfied"


async def test_a_batch_counts_its_runs_and_closes_once(store: Store, new_run, reader: Reader) -> None:
    await store.open_batch(BatchId("b1"), MicroUsd(7))
    for run in ("r1", "r2", "r3"):
        await store.queue_run(new_run(run))
    await store.move_run("r1", RunState.CANCELLED)
    await store.move_run("r2", RunState.PREPARING)
    summary = reader.batch()
    assert (summary.queued, summary.running, summary.cancelled, summary.cap) == (1, 1, 1, 7)

    await store.close_batch(BatchId("b1"))
    await store.close_batch(BatchId("b1"))
    assert [event.type for event in reader.events()].count("batch.finished") == 1
    assert await store.open_batches() == []


async def test_the_board_keeps_what_is_unfinished_from_earlier_batches(store: Store, new_run, reader: Reader) -> None:
    await store.open_batch(BatchId("b1"))
    for run in ("r1", "r2"):
        await store.queue_run(new_run(run))
    await store.move_run("r1", RunState.HELD, why="decide")
    await store.move_run("r2", RunState.CANCELLED)
    await store.open_batch(BatchId("b2"))
    await store.queue_run(new_run("r3", batch="b2"))

    assert [row.run for row in reader.board()] == ["r1", "r3"]
    assert [row.run for row in reader.board("b1")] == ["r1", "r2"]


async def test_a_name_means_a_run_a_spec_or_a_prefix(store: Store, new_run, reader: Reader) -> None:
    await store.open_batch(BatchId("b1"))
    for run, spec in (("rab1", "bank"), ("rab2", "bank"), ("rcd1", "r")):
        await store.queue_run(new_run(run, spec=spec))

    assert reader.matching_runs("rab1") == ["rab1"]
    assert reader.matching_runs("bank") == ["rab2"]
    assert reader.matching_runs("ra") == ["rab1", "rab2"]
    assert reader.matching_runs("r") == ["rcd1"]
    assert reader.matching_runs("r%") == []
    assert reader.matching_runs("") == []


async def test_containers_are_open_until_they_are_gone(store: Store, queued: RunId, reader: Reader) -> None:
    await store.record_container("c1", queued, 1, "build")
    await store.record_container("c2", queued, 1, "evaluate")
    await store.container_gone("c1")
    assert await store.open_containers() == ["c2"]

    await store.container_gone("c2", reaped=True)
    assert await store.open_containers() == []
    assert [event.type for event in reader.events()].count("container.reaped") == 1


async def test_the_last_run_of_a_spec_is_its_newest_in_whatever_state(store: Store, new_run) -> None:
    await store.open_batch(BatchId("b1"))
    await store.queue_run(new_run("r1", spec_hash="old"))
    await store.move_run("r1", RunState.CANCELLED)
    await store.queue_run(new_run("r2", spec_hash="new"))

    assert (await store.last_run_of("bank-withdraw")).run == "r2"
    assert await store.last_state("unheard-of") is None


async def test_dependents_are_found_by_what_holds_them(store: Store, new_run) -> None:
    await store.open_batch(BatchId("b1"))
    await store.queue_run(new_run("r1", spec="child", depends_on=("parent",)))
    await store.move_run("r1", RunState.HELD, hold=HoldReason.DEPENDENCY)

    assert [each.run for each in await store.held_for_dependency("parent")] == ["r1"]
    assert await store.held_for_dependency("other") == []


async def test_waiting_for_the_operator_is_no_work(store: Store, new_run) -> None:
    await store.open_batch(BatchId("b1"))
    await store.queue_run(new_run("r1"))
    await store.move_run("r1", RunState.PREPARING)
    await store.move_run("r1", RunState.HELD, hold=HoldReason.QUESTION)
    ended = (await store.last_run_of("bank-withdraw")).finished
    await store.move_run("r1", RunState.CANCELLED, why="a newer run of the spec takes its place")
    assert ended is not None
    assert (await store.last_run_of("bank-withdraw")).finished == ended
