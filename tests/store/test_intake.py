"""What enters the queue does so at once: with what it replaces, what holds it, and the answer that led to it."""

import asyncio

import pytest

from factory_tui.model.ids import RunId
from factory_tui.model.question import AgentQuestion
from factory_tui.model.run import HoldReason, RunState
from factory_tui.model.spec import Question
from factory_tui.store import Answer, NotReady
from factory_tui.store.reader import Reader
from factory_tui.store.store import Store


async def hold_with_a_question(store: Store, run: RunId) -> None:
    await store.move_run(run, RunState.PREPARING)
    await store.record_question(run, 1, AgentQuestion(text="Up?", answers=("yes", "no"), section=Question.RULES))
    await store.move_run(run, RunState.HELD, why="Up?", hold=HoldReason.QUESTION)


async def test_a_run_that_is_not_ready_is_never_seen_in_the_queue(store: Store, queued: RunId, new_run) -> None:
    await store.move_run(queued, RunState.CANCELLED)
    bad = new_run("r2")
    adding = asyncio.create_task(store.queue_run(bad, not_ready=NotReady("a word is missing", "write it")))
    seen = [await store.queued_runs() for _ in range(20)]
    await adding
    assert [each for each in seen if each] == []
    stored = await store.stored_run("r2")
    assert (stored.state, stored.hold) == (RunState.HELD, HoldReason.SPEC_NOT_READY)
    assert (stored.why, stored.remedy) == ("a word is missing", "write it")


async def test_a_held_run_gives_way_only_to_a_run_that_is_there(store: Store, queued: RunId, new_run) -> None:
    await hold_with_a_question(store, queued)
    with pytest.raises(Exception, match="FOREIGN KEY"):
        await store.queue_run(new_run("r2", batch="no-such-batch"))
    assert (await store.stored_run(queued)).state is RunState.HELD
    await store.queue_run(new_run("r3"))
    assert (await store.stored_run(queued)).state is RunState.CANCELLED
    assert [each.run for each in await store.queued_runs()] == ["r3"]


async def test_an_answer_is_recorded_with_the_run_it_leads_to_or_not_at_all(
    store: Store, queued: RunId, new_run, reader: Reader
) -> None:
    await hold_with_a_question(store, queued)
    with pytest.raises(Exception, match="FOREIGN KEY"):
        await store.queue_run(new_run("r2", batch="no-such-batch"), answer=Answer(queued, "yes"))
    assert await store.open_question(queued) is not None
    await store.queue_run(new_run("r3"), answer=Answer(queued, "yes"))
    with pytest.raises(LookupError, match="asks nothing"):
        await store.queue_run(new_run("r4"), answer=Answer(queued, "no"))
    assert [each.run for each in await store.queued_runs()] == ["r3"]
    types = [each.type for each in reader.events()]
    assert types[-3:] == ["run.answered", "run.cancelled", "run.queued"]
