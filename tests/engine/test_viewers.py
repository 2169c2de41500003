"""Several viewers act at the same moment, and a moment is when something ends: nothing is lost, the engine goes on."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest

from factory_tui.agents import ProviderHold, VoteRecords
from factory_tui.control import ControlClient, Refused
from factory_tui.engine.plant import Plant, workspace_hash
from factory_tui.engine.workstream import Workstream
from factory_tui.ledger import Book
from factory_tui.model.event import Event
from factory_tui.model.ids import BatchId, RunId
from factory_tui.model.run import FINAL, HoldReason, RunState, Verdict
from factory_tui.sandbox import open_host
from factory_tui.store import NewRun, Store, StoredRun
from tests.engine.factory import RIGHT, WRONG, Factory, delivers


def begins(*, then_waits_ms: int) -> list[dict[str, object]]:
    """An attempt that leaves something behind and thinks on."""
    return [
        {"tools": [{"write": {"path": "NOTES", "content": "begun"}}]},
        {"text": "I think.", "delay_ms": then_waits_ms},
    ]


async def test_what_is_cancelled_twice_is_still_kept(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "w")
    factory.add("greet", begins(then_waits_ms=60_000))
    async with factory.engine() as client:
        await client.run(())
        await factory.until("tool.finished", spec="greet")
        run = factory.run_of("greet").row.run
        async with ControlClient.connect(factory.workspace, factory.settings()) as other:
            for viewer in (client, other) * 20:
                with suppress(Refused):
                    await viewer.cancel(run)
        await factory.until("run.cancelled", spec="greet")
    view = factory.run_of("greet")
    assert view.failures == ()
    target = factory.workspace / "targets" / "greet"
    assert view.row.branch is not None
    assert "NOTES" in subprocess.check_output(["git", "-C", target, "ls-tree", view.row.branch], text=True)


async def test_what_reached_its_target_has_shipped_whoever_cancels_it(tmp_path: Path) -> None:
    specs = [f"greet-{number}" for number in range(6)]
    factory = Factory.at(tmp_path / "w", parallel=3)
    for spec in specs:
        factory.add(spec, delivers(RIGHT))
    async with factory.engine() as client:
        await client.run(())
        async with ControlClient.connect(factory.workspace, factory.settings()) as follower:
            async for event in follower.follow(0):
                if event.type == "run.shipping":
                    with suppress(Refused):
                        await client.cancel(str(event.run))
                if event.type == "batch.finished":
                    break
    for spec in specs:
        row = factory.run_of(spec).row
        target = factory.workspace / "targets" / spec
        there = "bin" in subprocess.check_output(["git", "-C", target, "ls-tree", "main"], text=True)
        assert there == (row.state is RunState.SHIPPED), (spec, row.state)


async def test_runs_that_are_cancelled_as_they_begin_take_nothing_with_them(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "w", parallel=8)
    specs = [f"greet-{number}" for number in range(8)]
    for spec in specs:
        factory.add(spec, begins(then_waits_ms=60_000))
    async with factory.engine() as client:
        for _ in range(3):
            await client.pause()
            runs = (await client.run(specs)).runs
            assert len(runs) == 8
            async with ControlClient.connect(factory.workspace, factory.settings()) as other:
                await asyncio.gather(
                    client.resume(), *(_cancel(other_run, factory) for other_run in runs), other.status()
                )
            for spec in specs:
                await _until_at_rest(factory, spec)
        assert (await client.status()).running == ()
    assert {factory.run_of(spec).row.state for spec in specs} == {RunState.CANCELLED}


async def _cancel(run: str, factory: Factory) -> None:
    async with ControlClient.connect(factory.workspace, factory.settings()) as client:
        await client.cancel(run)


async def _until_at_rest(factory: Factory, spec: str) -> None:
    async with asyncio.timeout(60):
        while factory.run_of(spec).row.state not in FINAL:  # noqa: ASYNC110 - the run may be at rest already
            await asyncio.sleep(0.02)


async def test_a_batch_is_not_closed_over_what_is_queued_meanwhile(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "w")
    for number in range(3):
        factory.add(f"greet-{number}", delivers(WRONG))
    async with factory.engine() as client:

        async def keep_running(spec: str) -> None:
            async with ControlClient.connect(factory.workspace, factory.settings()) as viewer:
                await viewer.hello(factory.settings())
                for _ in range(60):
                    with suppress(Refused):
                        answer = await viewer.run((spec,))
                        if answer.runs:
                            await viewer.cancel(answer.runs[0])
                    await asyncio.sleep(0.003)

        await asyncio.gather(*(keep_running(f"greet-{number}") for number in range(3)))
        await asyncio.sleep(0.2)
        assert (await client.status()).queued == 0
    finished: set[str | None] = set()
    for event in factory.events():
        if event.type == "batch.finished":
            assert event.batch not in finished
            finished.add(event.batch)
        assert not (event.type == "run.queued" and event.batch in finished), event
    assert {event.batch for event in factory.events() if event.type == "batch.started"} == finished


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Of a workspace in which `greet` has shipped once."""
    factory = Factory.at(tmp_path / "w")
    factory.add("greet", delivers(RIGHT))
    await factory.run_batch()
    async with await Store.open(factory.workspace / "runs.db") as opened:
        yield opened


def stream_of(run: StoredRun, store: Store, workspace: Path) -> Workstream:
    settings = Factory(workspace).settings()

    def no_agent(book: Book) -> NoReturn:
        raise AssertionError("nothing is built here")

    def no_judge(records: VoteRecords, attempt: int) -> NoReturn:
        raise AssertionError("nothing is judged here")

    host, hold = open_host(settings.sandbox), ProviderHold()
    plant = Plant(workspace, settings, store, host, no_agent, no_judge, lambda: datetime.now(UTC), hold)
    return Workstream(run, plant)


async def at_the_door(store: Store) -> StoredRun:
    """A run that passed, and that only its target would not take."""
    shipped = await store.last_run_of("greet")
    assert shipped is not None
    await store.open_batch(BatchId("b-next"))
    new = {each.name: getattr(shipped, each.name) for each in fields(NewRun)}
    run = RunId("r-next")
    await store.queue_run(NewRun(**{**new, "run": run, "batch": BatchId("b-next")}))
    for state in ("preparing", "building", "collecting", "evaluating"):
        await store.move_run(run, RunState(state))
    number = await store.start_attempt(run)
    await store.finish_attempt(run, number, None, verdict=Verdict.PASS, charged=True)
    await store.bind_run(run, base_commit=shipped.base_commit, commit=shipped.commit)
    await store.move_run(run, RunState.HELD, hold=HoldReason.TARGET_DIRTY)
    await store.move_run(run, RunState.QUEUED)
    return await store.stored_run(run)


async def stop_at(event_type: str, stream: Workstream, store: Store) -> None:
    """Cancel the task when the event is on record, and the task that wrote it does not know yet."""
    task = asyncio.create_task(stream.run_to_rest())

    def stop(event: Event) -> None:
        if event.type == event_type:
            task.cancel()

    unsubscribe = store.subscribe(stop)
    await asyncio.wait((task,))
    unsubscribe()
    assert task.cancelled()


async def test_a_run_that_is_cancelled_before_it_begins_stays_so(tmp_path: Path, store: Store) -> None:
    run = await at_the_door(store)
    await store.move_run(run.run, RunState.CANCELLED)
    await stream_of(run, store, tmp_path / "w").run_to_rest()
    assert (await store.stored_run(run.run)).state is RunState.CANCELLED


@pytest.mark.parametrize("by_operator", [True, False])
async def test_a_run_that_ships_in_the_moment_in_which_it_is_stopped_has_shipped(
    tmp_path: Path, store: Store, by_operator: bool
) -> None:
    run = await at_the_door(store)
    stream = stream_of(run, store, tmp_path / "w")
    stream.cancelled_by_operator = by_operator
    await stop_at("run.shipped", stream, store)
    assert (await store.stored_run(run.run)).state is RunState.SHIPPED


@pytest.mark.parametrize(("by_operator", "after"), [(True, RunState.CANCELLED), (False, RunState.HELD)])
async def test_of_a_run_that_is_held_in_the_moment_in_which_it_is_stopped_only_the_operator_has_more_to_say(
    tmp_path: Path, store: Store, by_operator: bool, after: RunState
) -> None:
    run = await at_the_door(store)
    target = tmp_path / "w" / "targets" / "greet"
    target.rename(tmp_path / "gone")
    target.write_text("no repository")
    stream = stream_of(run, store, tmp_path / "w")
    stream.cancelled_by_operator = by_operator
    await stop_at("run.held", stream, store)
    assert (await store.stored_run(run.run)).state is after


async def test_no_sandbox_outlives_a_run_that_is_cancelled_at_any_moment(tmp_path: Path) -> None:
    """Made but not on record yet, or half removed: it goes, and its row says so, while the engine lives on."""
    factory = Factory.at(tmp_path / "w", parallel=4)
    specs = [f"greet-{number}" for number in range(4)]
    for spec in specs:
        factory.add(spec, delivers(WRONG))
    async with factory.engine() as client:
        for round_ in range(6):
            runs = (await client.run(specs)).runs
            await asyncio.gather(
                *(_cancel_later(run, factory, 0.03 * round_ + 0.04 * number) for number, run in enumerate(runs))
            )
            for spec in specs:
                await _until_at_rest(factory, spec)
        host = open_host(factory.settings().sandbox)
        assert await host.sweep(workspace_hash(factory.workspace)) == ()
    async with await Store.open(factory.workspace / "runs.db") as store:
        assert await store.open_containers() == []


async def _cancel_later(run: str, factory: Factory, seconds: float) -> None:
    await asyncio.sleep(seconds)
    with suppress(Refused):
        await _cancel(run, factory)
