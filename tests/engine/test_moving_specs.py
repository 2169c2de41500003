"""Specs that are renamed, deleted or changed while a run of theirs is under way: the run stands on what was queued."""

import asyncio
from pathlib import Path

import pytest

from factory_tui.control import Refused
from factory_tui.model.run import RunState
from tests.engine.factory import RIGHT, WRONG, Factory, delivers

SLOW_MS = 400
"""Long enough for a file to move between two turns."""


async def test_a_spec_deleted_while_it_is_built_ships_what_was_queued(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "w")
    factory.add("greet", delivers(RIGHT, delay_ms=SLOW_MS))
    async with factory.engine() as client:
        await client.run(())
        await factory.until("run.building", spec="greet")
        (factory.workspace / "specs" / "greet.md").unlink()
        await factory.until("batch.finished")
    assert factory.run_of("greet").row.state is RunState.SHIPPED


async def test_a_failed_run_of_a_deleted_spec_cannot_be_retried_and_says_what_is_missing(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "w")
    factory.add("greet", delivers(WRONG))
    async with factory.engine() as client:
        await client.run(())
        await factory.until("run.failed", spec="greet")
        failed = factory.run_of("greet").row.run
        (factory.workspace / "specs" / "greet.md").rename(factory.workspace / "specs" / "hello.md")
        with pytest.raises(Refused, match=r"specs/greet\.md is gone") as refused:
            await client.retry(failed)
        assert "put the spec back" in refused.value.todo
        answer = await client.run(("hello",))
    # The id in the file still says greet: the renamed file is held with that finding, not run as something else.
    assert answer.runs == () or factory.run_of("hello").row.state is RunState.HELD


async def test_a_spec_changed_while_it_is_built_is_judged_by_the_version_that_was_queued(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "w")
    factory.add("greet", delivers(RIGHT, delay_ms=SLOW_MS))
    spec = factory.workspace / "specs" / "greet.md"
    async with factory.engine() as client:
        await client.run(())
        await factory.until("run.building", spec="greet")
        before = factory.run_of("greet").spec_hash
        spec.write_text(spec.read_text().replace("exit code 2", "exit code 9"))
        await factory.until("batch.finished")
        seq = factory.events()[-1].seq
        assert factory.run_of("greet").spec_hash == before
        await client.run(())
        await factory.until("batch.finished", after=seq)
    assert factory.run_of("greet").spec_hash != before, "the new text is a new version with a run of its own"


async def test_of_two_viewers_that_retry_one_run_only_one_queues_it(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "w")
    factory.add("greet", delivers(WRONG))
    async with factory.engine() as client:
        await client.run(())
        await factory.until("batch.finished")
        failed = factory.run_of("greet").row.run
        seq = factory.events()[-1].seq
        async with type(client).connect(factory.workspace, factory.settings()) as other:
            outcomes = await asyncio.gather(client.retry(failed), other.retry(failed), return_exceptions=True)
        await factory.until("batch.finished", after=seq)
    (refused,) = [each for each in outcomes if isinstance(each, Refused)]
    assert "already" in refused.what
    assert sum(event.type == "run.queued" for event in factory.events()) == 2


async def test_a_run_whose_spec_was_taken_back_is_not_retried(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "w")
    factory.add("greet", delivers(WRONG))
    spec = factory.workspace / "specs" / "greet.md"
    async with factory.engine() as client:
        await client.run(())
        await factory.until("batch.finished")
        spec.write_text(spec.read_text().replace("status: ready", "status: parked"))
        with pytest.raises(Refused, match="greet is parked, and a retry would run it"):
            await client.retry(factory.run_of("greet").row.run)
    assert sum(event.type == "run.queued" for event in factory.events()) == 1
