"""Decisions on record: questions, reclassification, escaped defects, amendments, holds; each once, none lost."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factory_tui.model.amendment import Amendment, AmendmentKind, AmendmentState, Ask, RecurringGroup
from factory_tui.model.event import EventDraft
from factory_tui.model.failure import DecidedBy, Failure, FailureClass, FailureLayer
from factory_tui.model.ids import BatchId, RunId
from factory_tui.model.question import AgentQuestion
from factory_tui.model.run import HoldReason, RunState
from factory_tui.model.spec import Kind, Question
from factory_tui.store import AlreadyDecided
from factory_tui.store.log_lines import summary_of
from factory_tui.store.reader import Reader
from factory_tui.store.store import Store

QUESTION = AgentQuestion(text="Round up or down?", answers=("down", "up"), section=Question.RULES)
HALF = Failure(failure_class=FailureClass.INCOMPLETE, layer=FailureLayer.AGENT, cause="half", rules=("R1",))
WRONG = Failure(
    failure_class=FailureClass.UNCLEAR, layer=FailureLayer.SCENARIO, cause="wrong", escaped=True,
    decided_by=DecidedBy.OPERATOR,
)  # fmt: skip
ASK = Ask(section=Question.RULES, subsection="Edge cases", label="Interrupted", words=("interrupt",), since=2)
AMENDMENT = Amendment(
    kind=AmendmentKind.EDGE_CASE, template=Kind.FEATURE, ask=ASK, line="- Interrupted: …", why="3 runs broke on it."
)
GROUP = RecurringGroup(
    failure_class=FailureClass.SPEC_GAP, section=Question.RULES, qualifier=None, theme="interrupted", records=(1, 2, 3),
    specs=("bank", "todo"), first=datetime(2026, 1, 1, tzinfo=UTC), last=datetime(2026, 1, 2, tzinfo=UTC), cause="cut",
)  # fmt: skip


def types(reader: Reader, prefix: str) -> list[str]:
    return [event.type for event in reader.events() if event.type.startswith(prefix)]


async def ship(store: Store, run: str) -> None:
    for state in ("preparing", "building", "collecting", "evaluating", "shipping", "shipped"):
        await store.move_run(run, RunState(state))


# Questions


async def test_a_run_that_is_held_with_a_question_shows_it(store: Store, queued: RunId, reader: Reader) -> None:
    await store.record_question(queued, 1, QUESTION)
    assert reader.board()[0].question is None
    await store.move_run(queued, RunState.HELD, why="a question", hold=HoldReason.QUESTION)

    assert reader.board()[0].question == QUESTION
    assert reader.run(queued).row.question == QUESTION
    assert reader.last_runs()["bank-withdraw"].question == QUESTION
    assert await store.open_question(queued) == QUESTION


async def test_an_answer_closes_the_question_once(store: Store, queued: RunId, reader: Reader) -> None:
    await store.record_question(queued, 1, QUESTION)
    await store.move_run(queued, RunState.HELD, hold=HoldReason.QUESTION)
    await store.answer_question(queued, "down")

    assert await store.open_question(queued) is None
    assert reader.board()[0].question is None
    event = reader.events()[-1]
    assert (event.type, event.attempt, event.data) == (
        "run.answered",
        1,
        {"question": "Round up or down?", "answer": "down"},
    )
    with pytest.raises(LookupError):
        await store.answer_question(queued, "up")
    assert types(reader, "run.answered") == ["run.answered"]


async def test_only_the_newest_question_is_open(store: Store, queued: RunId) -> None:
    await store.record_question(queued, 1, QUESTION)
    await store.record_question(queued, 2, AgentQuestion(text="And cents?"))
    assert (await store.open_question(queued)).text == "And cents?"
    await store.answer_question(queued, "none")
    with pytest.raises(LookupError):
        await store.answer_question(queued, "up")


async def test_a_question_or_an_answer_of_nobody_is_refused(store: Store, queued: RunId, reader: Reader) -> None:
    with pytest.raises(LookupError):
        await store.answer_question(queued, "down")
    with pytest.raises(LookupError):
        await store.answer_question("nobody", "down")
    with pytest.raises(LookupError):
        await store.record_question("nobody", 1, QUESTION)
    assert types(reader, "run.answered") == []


# Failures


async def test_the_operators_class_holds_and_the_first_one_is_kept(store: Store, queued: RunId, reader: Reader) -> None:
    await store.record_failures(queued, 1, "bank-withdraw", [HALF, HALF])
    await store.reclassify(1, FailureClass.SPEC_GAP, "the spec is silent")
    await store.reclassify(1, FailureClass.SPEC_AMBIGUOUS, "two readings")

    record = reader.failure(1)
    assert (record.failure_class, record.first_class, record.reclassified, record.decided_by) == (
        FailureClass.SPEC_AMBIGUOUS,
        FailureClass.INCOMPLETE,
        "two readings",
        DecidedBy.OPERATOR,
    )
    assert (record.layer, reader.failure(2).layer) == (FailureLayer.SPEC, FailureLayer.AGENT)
    assert [(group.failure_class, group.count) for group in reader.failures()] == [
        (FailureClass.SPEC_AMBIGUOUS, 1),
        (FailureClass.INCOMPLETE, 1),
    ]
    assert reader.run(queued).failures == tuple(await store.failure_records()) == tuple(reader.lessons_records())
    assert [event.data for event in reader.events() if event.type == "failure.reclassified"] == [
        {"failure": 1, "from": "INCOMPLETE", "to": "SPEC-GAP", "reason": "the spec is silent"},
        {"failure": 1, "from": "SPEC-GAP", "to": "SPEC-AMBIGUOUS", "reason": "two readings"},
    ]
    assert reader.events()[-1].run == queued


async def test_naming_the_same_class_confirms_it(store: Store, queued: RunId, reader: Reader) -> None:
    await store.record_failures(queued, 1, "bank-withdraw", [HALF])
    await store.reclassify(1, FailureClass.INCOMPLETE, "")

    record = reader.failure(1)
    assert (record.failure_class, record.first_class, record.reclassified) == (FailureClass.INCOMPLETE, None, "")
    assert record.decided_by is DecidedBy.OPERATOR


async def test_a_record_that_is_unknown_is_not_reclassified(store: Store, reader: Reader) -> None:
    with pytest.raises(LookupError):
        await store.reclassify(7, FailureClass.SPEC_GAP, "")
    assert reader.events() == []


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.tuples(st.integers(1, 3), st.sampled_from(list(FailureClass))), max_size=12))
async def test_the_last_word_holds_and_every_word_is_kept(
    tmp_path_factory: pytest.TempPathFactory, new_run, words: list[tuple[int, FailureClass]]
) -> None:
    path = tmp_path_factory.mktemp("store") / "runs.db"
    async with await Store.open(path) as store:
        await store.open_batch(BatchId("b1"))
        await store.queue_run(new_run("r1"))
        await store.record_failures("r1", 1, "bank-withdraw", [HALF] * 3)
        holds = dict.fromkeys((1, 2, 3), FailureClass.INCOMPLETE)
        for number, failure_class in words:
            await store.reclassify(number, failure_class, "")
            holds[number] = failure_class
        reader = Reader(path)
        assert {each.id: each.failure_class for each in await store.failure_records()} == holds
        assert {each.id: group.failure_class for group in reader.failures() for each in group.records} == holds
        told = [event.data for event in reader.events() if event.type == "failure.reclassified"]
        assert [(each["failure"], each["to"]) for each in told] == words


async def test_failure_records_can_be_asked_for_from_a_time_on(store: Store, queued: RunId) -> None:
    await store.record_failures(queued, 1, "bank-withdraw", [HALF])
    (record,) = await store.failure_records()
    assert record.batch == "b1"
    assert await store.failure_records(since=record.ts) == [record]
    assert await store.failure_records(since=record.ts + timedelta(microseconds=1)) == []


async def test_groups_tell_share_and_trend(store: Store, new_run, reader: Reader) -> None:
    for batch, count in (("b1", 1), ("b2", 3), ("b3", 2)):
        await store.open_batch(BatchId(batch))
        await store.queue_run(new_run(f"r{batch}", batch=batch))
        await store.record_failures(f"r{batch}", 1, "bank-withdraw", [HALF] * count)
    await store.record_failures("rb3", 1, "bank-withdraw", [WRONG, WRONG])

    assert [(each.failure_class, each.share, each.this_batch, each.last_batch) for each in reader.failures()] == [
        (FailureClass.INCOMPLETE, 6 / 8, 2, 3),
        (FailureClass.UNCLEAR, 2 / 8, 2, 0),
    ]


async def test_the_first_batch_has_no_trend(store: Store, queued: RunId, reader: Reader) -> None:
    await store.record_failures(queued, 1, "bank-withdraw", [HALF])
    assert [(each.this_batch, each.last_batch) for each in reader.failures()] == [(1, None)]


# Escaped defects


async def test_an_escaped_defect_is_filed_with_its_run(store: Store, queued: RunId, reader: Reader) -> None:
    await ship(store, queued)
    assert await store.last_state("bank-withdraw") is RunState.SHIPPED
    number = await store.record_escape(queued, "cents are lost", "abc123", WRONG)

    assert reader.failure(number).escaped
    assert reader.board()[0].escaped == "cents are lost"
    assert reader.board()[0].state is RunState.SHIPPED
    assert await store.has_escaped(queued)
    assert await store.last_state("bank-withdraw") is RunState.FAILED
    assert [(event.type, event.data) for event in reader.events()][-1] == (
        "run.escaped",
        {"reason": "cents are lost", "reverted": "abc123", "failure": number},
    )


async def test_a_run_escapes_once(store: Store, queued: RunId, reader: Reader) -> None:
    await ship(store, queued)
    number = await store.record_escape(queued, "cents are lost", None, WRONG)
    with pytest.raises(AlreadyDecided, match="cents are lost") as refusal:
        await store.record_escape(queued, "again", None, WRONG)

    assert refusal.value.record == reader.failure(number)
    assert types(reader, "run.escaped") == ["run.escaped"]
    assert len(reader.lessons_records()) == 1
    assert reader.board()[0].escaped == "cents are lost"


async def test_what_has_not_shipped_has_not_escaped(store: Store, queued: RunId, reader: Reader) -> None:
    for run in (queued, "nobody"):
        with pytest.raises(LookupError):
            await store.record_escape(run, "wrong", None, WRONG)
    assert not await store.has_escaped(queued)
    assert reader.lessons_records() == []


async def test_a_newer_run_takes_the_place_of_an_escaped_one(store: Store, queued: RunId, new_run) -> None:
    await ship(store, queued)
    await store.record_escape(queued, "cents are lost", None, WRONG)
    await store.queue_run(new_run("r00000002"))
    await ship(store, "r00000002")
    assert await store.last_state("bank-withdraw") is RunState.SHIPPED


# Amendments


async def test_an_amendment_is_kept_as_it_was_proposed(store: Store, reader: Reader) -> None:
    number = await store.propose_amendment(AMENDMENT, GROUP, "feature@1")
    record = await store.amendment(number)

    assert (record.amendment, record.group, record.template_before) == (AMENDMENT, GROUP, "feature@1")
    assert (record.state, record.template_after, record.decided) == (AmendmentState.PROPOSED, None, None)
    assert await store.amendments() == reader.amendments() == [record]
    assert types(reader, "amendment") == ["amendment.proposed"]
    with pytest.raises(LookupError):
        await store.amendment(number + 1)


@pytest.mark.parametrize("first", ["accept", "reject"])
@pytest.mark.parametrize("second", ["accept", "reject"])
async def test_an_amendment_is_decided_once(store: Store, reader: Reader, first: str, second: str) -> None:
    number = await store.propose_amendment(AMENDMENT, GROUP, "feature@1")
    other = await store.propose_amendment(AMENDMENT, GROUP, "feature@1")

    async def decide(how: str, word: str) -> None:
        if how == "accept":
            await store.accept_amendment(number, word)
        else:
            await store.reject_amendment(number, word)

    await decide(first, "feature@2")
    record = await store.amendment(number)
    with pytest.raises(AlreadyDecided) as refusal:
        await decide(second, "feature@3")

    assert refusal.value.record == record == await store.amendment(number)
    assert record.state.value == f"{first}ed"
    assert (record.template_after, record.reason) == (("feature@2", "") if first == "accept" else (None, "feature@2"))
    assert record.decided is not None
    assert (await store.amendment(other)).state is AmendmentState.PROPOSED
    assert types(reader, "amendment") == ["amendment.proposed"] * 2 + [f"amendment.{first}ed"]


async def test_an_amendment_that_is_unknown_is_not_decided(store: Store, reader: Reader) -> None:
    with pytest.raises(LookupError):
        await store.accept_amendment(1, "feature@2")
    with pytest.raises(LookupError):
        await store.reject_amendment(1, "no")
    assert reader.events() == []


# The provider


async def test_a_hold_begins_and_ends_once(store: Store, reader: Reader) -> None:
    until = datetime(2026, 12, 1, 6, tzinfo=UTC)
    await store.end_hold()
    assert await store.holding() is None
    await store.start_hold(None, "the account's limit is reached")
    first = reader.holding()
    await store.start_hold(until, "the limit of the day is reached")

    assert (first.until, first.why) == (None, "the account's limit is reached")
    assert await store.holding() == reader.holding()
    assert (reader.holding().since, reader.holding().until) == (first.since, until)

    await store.end_hold()
    await store.end_hold()
    assert reader.holding() is None
    assert types(reader, "hold") == ["hold.started", "hold.ended"]

    await store.start_hold(until, "again")
    assert reader.holding().why == "again"
    assert types(reader, "hold") == ["hold.started", "hold.ended", "hold.started"]


async def test_a_hold_outlives_its_engine_until_somebody_ends_it(path, reader: Reader) -> None:
    async with await Store.open(path) as store:
        await store.start_hold(None, "the key was rejected")
    assert reader.holding() is not None
    async with await Store.open(path) as store:
        await store.end_hold()
    assert reader.holding() is None


async def test_a_pause_outlives_its_engine_and_is_told_once(path, reader: Reader) -> None:
    async with await Store.open(path) as store:
        assert not await store.paused()
        await store.set_paused(True)
        await store.set_paused(True)
    assert reader.paused()
    async with await Store.open(path) as store:
        assert await store.paused()
        await store.set_paused(False)
    assert not reader.paused()
    told = [each.type for each in reader.events() if each.type.startswith("engine.")]
    assert told == ["engine.paused", "engine.resumed"]


async def test_batches_come_newest_first_with_their_counts(store: Store, new_run, reader: Reader) -> None:
    assert reader.batches() == []
    for batch, runs in (("b1", ("r1", "r2")), ("b2", ()), ("b3", ("r3",))):
        await store.open_batch(BatchId(batch))
        for run in runs:
            await store.queue_run(new_run(run, batch=batch))
    await ship(store, "r1")

    assert [(each.batch, each.queued, each.shipped) for each in reader.batches()] == [
        ("b3", 1, 0),
        ("b2", 0, 0),
        ("b1", 1, 1),
    ]
    assert reader.batches()[2] == reader.batch("b1")


# The log


async def test_the_log_tells_what_was_decided(store: Store, queued: RunId, reader: Reader) -> None:
    await store.record_question(queued, 1, QUESTION)
    await store.answer_question(queued, "down")
    await ship(store, queued)
    await store.record_escape(queued, "cents are lost", "abc123", WRONG)
    await store.reclassify(1, FailureClass.SPEC_GAP, "the spec is silent")
    await store.reclassify(1, FailureClass.SPEC_GAP, "")

    said = [line.text for line in reader.log(queued)]
    assert "the operator answers: down (asked: Round up or down?)" in said
    assert "marked as an escaped defect: cents are lost; abc123 takes it back" in said
    assert said[-2:] == [
        "failure 1 is SPEC-GAP instead of UNCLEAR: the spec is silent",
        "failure 1 is SPEC-GAP, confirmed",
    ]


async def test_what_concerns_no_run_is_told_in_one_line_each(store: Store, reader: Reader) -> None:
    await store.emit(EventDraft(type="engine.paused"))
    await store.emit(EventDraft(type="engine.resumed"))
    until = datetime(2026, 12, 1, 6, tzinfo=UTC)
    await store.start_hold(until, "the limit is reached")
    await store.end_hold()
    for _ in range(2):
        await store.propose_amendment(AMENDMENT, GROUP, "feature@1")
    await store.accept_amendment(1, "feature@2")
    await store.reject_amendment(2, "too much")

    assert [summary_of(event).split(", after")[0] for event in reader.events()] == [
        "the engine starts no further run",
        "the engine starts runs again",
        f"the provider refuses calls until {until.astimezone():%H:%M:%S}: the limit is reached",
        "the provider answers again",
        "amendment 1 proposed: - Interrupted: …",
        "amendment 2 proposed: - Interrupted: …",
        "amendment 1 accepted: feature@2",
        "amendment 2 rejected: too much",
    ]
