"""The report as the history tells it: outcomes, money, decisions; of an empty batch, a half one, an old file."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from factory_tui.ledger import Caps
from factory_tui.model.evaluation import Aspect, Measure, Result, ScenarioResult, Trial
from factory_tui.model.failure import Failure, FailureClass, FailureLayer
from factory_tui.model.ids import BatchId
from factory_tui.model.money import MicroUsd
from factory_tui.model.question import AgentQuestion
from factory_tui.model.report import Change, ClassCount, Report
from factory_tui.model.run import HoldReason, RunState, Verdict
from factory_tui.model.usage import Usage
from factory_tui.store.reader import Reader
from factory_tui.store.store import Store
from tests.store.test_decisions import AMENDMENT, GROUP, WRONG, ship
from tests.store.test_migration import HISTORIES, opened
from tests.store.test_reader import hostile_history, is_clean, strings
from tests.store.test_runs import REPORT, result

CAPS = Caps(run=MicroUsd(2_000_000), batch=None, day=None)


def told(reader: Reader, batch: str | None = None, now: datetime | None = None) -> Report:
    report = reader.report("night shift", batch, MicroUsd(20_000_000), now or datetime.now(UTC))
    assert report is not None
    return report


def failed(failure_class: FailureClass, *scenarios: str, cause: str = "half") -> list[Failure]:
    about = [None, *scenarios]
    return [
        Failure(failure_class=failure_class, layer=FailureLayer.AGENT, cause=cause, scenario=each, rules=("R2",))
        for each in about
    ]


async def queue(store: Store, new_run, batch: str, *specs: str, spec_hash: str = "h") -> list[str]:
    await store.open_batch(BatchId(batch), MicroUsd(10_000_000))
    runs = [f"{batch}-{spec}" for spec in specs]
    for run, spec in zip(runs, specs, strict=True):
        await store.queue_run(new_run(run, spec=spec, batch=batch, spec_hash=f"{spec_hash}-{batch}"))
    return runs


async def spend(store: Store, run: str, amount: int) -> None:
    book = store.book(run, CAPS)
    reservation = await book.reserve(1, "build", "m", MicroUsd(amount))
    await book.sent(reservation)
    await book.settle(reservation, Usage(), MicroUsd(amount))


async def fail(store: Store, run: str, spec: str, failures: list[Failure]) -> None:
    await store.move_run(run, RunState.PREPARING)
    attempt = await store.start_attempt(run)
    await store.move_run(run, RunState.BUILDING)
    await store.record_failures(run, attempt, spec, failures)
    await store.finish_attempt(run, attempt, REPORT, Verdict.FAIL, charged=True)
    await store.move_run(run, RunState.FAILED, why=f"{failures[0].failure_class}: {failures[0].cause}")


async def test_without_a_batch_there_is_no_report(path: Path, store: Store, reader: Reader) -> None:
    now = datetime.now(UTC)
    assert Reader(path.with_name("missing.db")).report("f", None, None, now) is None
    assert reader.report("f", None, None, now) is None
    await store.open_batch(BatchId("b1"))
    assert reader.report("f", "b9", None, now) is None


async def test_an_empty_batch_has_a_report(store: Store, reader: Reader) -> None:
    await store.open_batch(BatchId("b1"))
    report = told(reader)

    assert (report.batch, report.finished, report.previous, report.outcomes) == ("b1", None, None, ())
    assert [(each.name, each.spent, each.cap) for each in report.spend] == [("batch", 0, None), ("day", 0, 20_000_000)]
    assert (report.decisions, report.changes, report.diagnosis, report.unattended) == ((), (), (), None)
    assert (report.escapes.low, report.escapes.high) == (0.0, 1.0)


async def test_a_batch_that_goes_on_is_told_as_far_as_it_is(store: Store, new_run, reader: Reader) -> None:
    done, live, _ = await queue(store, new_run, "b1", "done", "live", "queued")
    await ship(store, done)
    await store.move_run(live, RunState.PREPARING)
    later = datetime.now(UTC) + timedelta(minutes=10)
    report = told(reader, now=later)

    assert report.finished is None
    assert [(each.spec, each.state) for each in report.outcomes] == [
        ("live", RunState.PREPARING),
        ("queued", RunState.QUEUED),
        ("done", RunState.SHIPPED),
    ]
    assert report.outcomes[0].seconds == pytest.approx(600, abs=30)
    assert report.outcomes[1].seconds is None
    assert report.unattended == 1.0
    assert report.decisions == ()


async def test_every_ending_has_its_outcome(store: Store, new_run, reader: Reader) -> None:
    shipped, broken, asks, error, gone = await queue(store, new_run, "b1", "one", "two", "three", "four", "five")
    await ship(store, shipped)
    await store.bind_run(shipped, branch="factory/one", commit="abc")
    await fail(store, broken, "two", failed(FailureClass.INCOMPLETE, "s1", "s2"))
    question = AgentQuestion(text="Round up or down?", answers=("up", "down"))
    await store.record_question(asks, 1, question)
    await store.move_run(asks, RunState.HELD, why="the agent asks", hold=HoldReason.QUESTION)
    await store.move_run(error, RunState.PREPARING)
    await store.move_run(error, RunState.ERROR, why="the disk is full", remedy="make room")
    await store.move_run(gone, RunState.CANCELLED, why="cancelled by the operator")
    await store.close_batch(BatchId("b1"))
    report = told(reader)
    by_spec = {each.spec: each for each in report.outcomes}

    assert report.finished is not None
    assert (by_spec["one"].branch, by_spec["one"].commit, by_spec["one"].failure_class) == ("factory/one", "abc", None)
    assert (by_spec["two"].failure_class, by_spec["two"].failure, by_spec["two"].why, by_spec["two"].rules) == (
        FailureClass.INCOMPLETE,
        1,
        "half",
        ("R2",),
    )
    assert by_spec["two"].attempts == 1
    assert (by_spec["three"].question, by_spec["three"].hold) == (question, HoldReason.QUESTION)
    assert by_spec["four"].remedy == "make room"
    assert report.classes == (ClassCount(failure_class=FailureClass.INCOMPLETE, runs=1, before=0),)
    assert [(each.command, each.key) for each in report.decisions] == [
        ("answer b1-three", "2 o"),
        ("retry b1-four", "2 u"),
    ]
    assert report.unattended == pytest.approx(1 / 5)


async def test_the_operators_class_is_the_one_that_counts(store: Store, new_run, reader: Reader) -> None:
    first, second = await queue(store, new_run, "b1", "one", "two")
    for run, spec in ((first, "one"), (second, "two")):
        await fail(store, run, spec, failed(FailureClass.UNCLEAR, cause="nobody knows"))
    assert [each.command for each in told(reader).decisions] == [
        "failures classify 2 CLASS",
        "failures classify 1 CLASS",
    ]
    await store.reclassify(1, FailureClass.SPEC_GAP, "the spec is silent")
    report = told(reader)

    assert {each.spec: each.failure_class for each in report.outcomes} == {
        "one": FailureClass.SPEC_GAP,
        "two": FailureClass.UNCLEAR,
    }
    assert [(each.failure_class, each.runs) for each in report.classes] == [
        (FailureClass.SPEC_GAP, 1),
        (FailureClass.UNCLEAR, 1),
    ]
    assert [each.command for each in report.decisions] == ["failures classify 2 CLASS"]


async def test_only_the_last_attempt_tells_what_became_of_a_run(store: Store, new_run, reader: Reader) -> None:
    """An environment that broke leaves its record, and the attempt is made again under its number."""
    (run,) = await queue(store, new_run, "b1", "one")
    await store.move_run(run, RunState.PREPARING)
    attempt = await store.start_attempt(run)
    await store.record_failures(run, attempt, "one", failed(FailureClass.ENVIRONMENT))
    await store.finish_attempt(run, attempt, None, None, charged=False)
    assert await store.start_attempt(run) == attempt
    await store.move_run(run, RunState.BUILDING)
    await store.move_run(run, RunState.HELD, why="the agent asks", hold=HoldReason.QUESTION)

    report = told(reader)
    assert (report.outcomes[0].failure_class, report.outcomes[0].failure, report.classes) == (None, None, ())


async def test_money_is_told_against_the_caps(store: Store, new_run, reader: Reader) -> None:
    (first,) = await queue(store, new_run, "b1", "one")
    await spend(store, first, 700_000)
    (second,) = await queue(store, new_run, "b2", "one")
    await spend(store, second, 300_000)
    report = told(reader)

    assert [(each.name, each.spent, each.cap) for each in report.spend] == [
        ("batch", 300_000, 10_000_000),
        ("day", 1_000_000, 20_000_000),
    ]
    assert (report.cost_before, report.previous) == (700_000, "b1")
    assert told(reader, "b1").cost_before == 0


async def test_what_changed_since_an_earlier_batch_is_told(store: Store, new_run, reader: Reader) -> None:
    same, worse, better, open_still = await queue(store, new_run, "b1", "same", "worse", "better", "open")
    for run in (same, worse):
        await ship(store, run)
    await fail(store, better, "better", failed(FailureClass.INCOMPLETE))
    assert open_still
    same, worse, better, new, open_still = await queue(store, new_run, "b2", "same", "worse", "better", "new", "open")
    for run in (same, better, new):
        await ship(store, run)
    await fail(store, worse, "worse", failed(FailureClass.STUCK))

    assert told(reader).changes == (
        Change(spec="better", before=RunState.FAILED, after=RunState.SHIPPED),
        Change(spec="new", before=None, after=RunState.SHIPPED),
        Change(spec="worse", before=RunState.SHIPPED, after=RunState.FAILED),
    )
    assert [(each.failure_class, each.runs, each.before) for each in told(reader).classes] == [
        (FailureClass.STUCK, 1, 0),
        (FailureClass.INCOMPLETE, 0, 1),
    ]
    assert told(reader, "b1").changes == ()


async def test_an_escaped_defect_asks_for_a_scenario_until_the_suite_changes(
    store: Store, new_run, reader: Reader
) -> None:
    (run,) = await queue(store, new_run, "b1", "one")
    await store.bind_run(run, suite_hash="suite-1")
    await ship(store, run)
    await store.record_escape(run, "cents are lost", "abc", WRONG)
    report = told(reader)

    assert (report.outcomes[0].escaped, report.unattended) == ("cents are lost", 0.0)
    assert (report.escapes.shipped, report.escapes.escaped) == (1, 1)
    assert [each.command for each in report.decisions] == ["scenario lint one", "failures classify 1 CLASS"]
    for batch, suite in (("b2", "suite-1"), ("b3", "suite-2")):
        (run,) = await queue(store, new_run, batch, "one")
        await store.bind_run(run, suite_hash=suite)
        await ship(store, run)
        asked = [each.command for each in told(reader).decisions]
        before = RunState.FAILED if batch == "b2" else None  # an escaped run did not ship what was asked for
        assert told(reader).changes == ((Change(spec="one", before=before, after=RunState.SHIPPED),) if before else ())
        assert asked == (["scenario lint one"] if suite == "suite-1" else [])
    assert told(reader).escapes.shipped == 3


async def test_the_newest_batch_lists_all_that_waits_and_an_older_one_its_own(
    store: Store, new_run, reader: Reader
) -> None:
    (old,) = await queue(store, new_run, "b1", "old")
    await store.move_run(old, RunState.HELD, why="no scenarios", hold=HoldReason.NO_SCENARIOS, remedy="write one")
    await store.propose_amendment(AMENDMENT, GROUP, "feature@1")
    await store.propose_amendment(AMENDMENT, GROUP, "feature@1")
    await store.reject_amendment(2, "no")
    (new,) = await queue(store, new_run, "b2", "new")
    await store.move_run(new, RunState.HELD, why="dirty", hold=HoldReason.TARGET_DIRTY)

    assert [each.command for each in told(reader).decisions] == [
        "retry b2-new",
        "retry b1-old",
        "template accept 1",
    ]
    assert [each.command for each in told(reader, "b1").decisions] == ["retry b1-old"]
    assert told(reader).decisions[1].what == "old (b1-old): write one"


async def test_a_run_that_a_human_touched_was_not_unattended(store: Store, new_run, reader: Reader) -> None:
    alone, retried, waited, classified, again = await queue(
        store, new_run, "b1", "alone", "retried", "waited", "classified", "again"
    )
    for run, hold in ((retried, HoldReason.TARGET_DIRTY), (waited, HoldReason.DEPENDENCY)):
        await store.move_run(run, RunState.HELD, hold=hold)
        await store.move_run(run, RunState.QUEUED)
    await store.record_failures(classified, 1, "classified", failed(FailureClass.UNCLEAR))
    await store.reclassify(1, FailureClass.ENVIRONMENT, "")
    await store.move_run(again, RunState.CANCELLED)
    await store.queue_run(new_run("b1-again-2", spec="again"))
    for run in (alone, retried, waited, classified, "b1-again-2"):
        await ship(store, run)

    # Six runs ended; `alone` and `waited`, which the engine itself took up again, needed nobody.
    assert told(reader).unattended == pytest.approx(2 / 6)


async def test_a_run_after_an_answer_was_not_unattended(store: Store, new_run, reader: Reader) -> None:
    (asks,) = await queue(store, new_run, "b1", "one")
    await store.record_question(asks, 1, AgentQuestion(text="Up?"))
    await store.move_run(asks, RunState.HELD, hold=HoldReason.QUESTION)
    await store.answer_question(asks, "down")
    (answered,) = await queue(store, new_run, "b2", "one")
    await ship(store, answered)

    assert told(reader).unattended == 0.0


async def test_reserve_scenarios_that_fail_in_shipped_work_are_a_symptom(store: Store, new_run, reader: Reader) -> None:
    from factory_tui.model.evaluation import Result
    from factory_tui.model.scenario import Layer

    (run,) = await queue(store, new_run, "b1", "one")
    for state in ("preparing", "building", "collecting", "evaluating"):
        await store.move_run(run, RunState(state))
    attempt = await store.start_attempt(run)
    await store.record_scenario(run, attempt, result("gate"), 1, 2)
    reserve = result("reserve", Result.FAIL).model_copy(update={"layer": Layer.RESERVE})
    await store.record_scenario(run, attempt, reserve, 2, 2)
    for state in ("shipping", "shipped"):
        await store.move_run(run, RunState(state))

    assert [each.signal for each in told(reader).diagnosis] == [
        "of what shipped, 1 of 1 gate scenarios passed, but 0 of 1 reserve scenarios"
    ]


async def test_versions_before_the_first_that_shipped_are_counted(store: Store, new_run, reader: Reader) -> None:
    for batch in ("b1", "b2", "b3"):
        runs = await queue(store, new_run, batch, "hard", "easy")
        await ship(store, runs[1])
        if batch == "b3":
            await ship(store, runs[0])
        else:
            await fail(store, runs[0], "hard", failed(FailureClass.SPEC_GAP))

    assert [each.signal for each in told(reader).diagnosis] == ["versions that ran before one shipped: hard 3"]
    (run,) = await queue(store, new_run, "b4", "hard")
    await ship(store, run)
    assert told(reader).diagnosis == ()


async def test_an_old_file_has_a_report_before_any_engine_has_migrated_it(path: Path) -> None:
    with opened(path) as raw:
        raw.executescript(HISTORIES[1].read_text())
    now = datetime.now(UTC)
    with Reader(path) as reader:
        before = {batch: reader.report("f", batch, None, now) for batch in ("b1", "b2")}
    await (await Store.open(path)).close()
    with Reader(path) as reader:
        after = {batch: reader.report("f", batch, None, now) for batch in ("b1", "b2")}

    assert before["b2"] == after["b2"]
    assert before["b1"].model_copy(update={"unattended": None}) == after["b1"].model_copy(update={"unattended": None})
    assert [(each.failure_class, each.rules) for each in after["b1"].outcomes if each.failure] == [
        (FailureClass.INCOMPLETE, ("R1",))
    ]


async def test_foreign_text_is_clean_in_a_report(store: Store, new_run, reader: Reader) -> None:
    await hostile_history(store, new_run)
    found = list(strings(told(reader)))

    assert len(found) > 30
    assert [text for text in found if not is_clean(text)] == []


async def test_the_qualities_of_the_last_attempts_are_told(store: Store, reader: Reader, new_run) -> None:
    (run,) = await queue(store, new_run, "b1", "thing")
    slow = Measure(step=1, aspect=Aspect.SPEED, name="p95 of 20 \x1b[31mcalls", holds=False, value=0.3, limit=0.2)
    words = Measure(step=2, aspect=Aspect.ERRORS, name="no traceback", holds=True)
    await store.move_run(run, RunState.PREPARING)
    attempt = await store.start_attempt(run)
    await store.record_scenario(run, attempt, judged("slow", (slow, words)), 1, 2)
    await store.record_scenario(run, attempt, judged("plain", ()), 2, 2)

    quality = told(reader).quality
    assert quality is not None
    assert (quality.measured, quality.held, quality.closest) == (2, 1, ())
    (missed,) = quality.missed
    assert (missed.run, missed.spec, missed.scenario) == (run, "thing", "slow")
    assert missed.measure == slow.model_copy(update={"name": "p95 of 20 calls"})


def judged(scenario: str, measures: tuple[Measure, ...]) -> ScenarioResult:
    trial = Trial(result=Result.PASS, seconds=1.0, measures=measures)
    return ScenarioResult(id=scenario, covers=("R1",), result=Result.PASS, trials=(trial,))
