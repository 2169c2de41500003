"""Mutation checks through a real engine: of what shipped, one at a time, recorded whoever still waits."""

import asyncio
from pathlib import Path

import pytest

from factory_tui.control import ControlClient, Refused
from factory_tui.model.mutation import Fate
from tests.engine.factory import PATIENCE_S, RIGHT, WRONG, Factory, delivers


async def shipped(tmp_path: Path, program: str = RIGHT) -> Factory:
    factory = Factory.at(tmp_path / "w")
    factory.add("greet", delivers(program))
    await factory.run_batch("greet")
    return factory


async def under_way(client: ControlClient) -> None:
    """Until the engine has begun: from then on it refuses a check of any other spec for that reason."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                await client.mutate("another")
            except Refused as refused:
                if "under way" in refused.what:
                    return
            await asyncio.sleep(0.01)


async def test_what_shipped_is_changed_and_the_report_is_kept(tmp_path: Path) -> None:
    factory = await shipped(tmp_path)
    async with factory.engine() as client:
        report = await client.mutate("greet", limit=50)
    assert report.fates
    assert report.run == factory.run_of("greet").row.run
    assert report.untried == 0
    assert "bin/greet" in {each.mutant.path for each in report.fates}
    caught = {each.mutant.what: each.caught_by for each in report.fates if each.fate is Fate.CAUGHT}
    assert caught["`2` becomes `3`"] == "refuses-without-a-name"
    with factory.reader() as reader:
        assert reader.mutations().get("greet") == report
    (event,) = [each for each in factory.events() if each.type == "suite.mutated"]
    assert (event.spec, event.data["caught"]) == ("greet", report.caught)


async def test_nothing_that_shipped_is_a_refusal_with_the_remedy(tmp_path: Path) -> None:
    factory = await shipped(tmp_path, WRONG)
    async with factory.engine() as client:
        with pytest.raises(Refused, match="has not shipped") as refused:
            await client.mutate("greet")
        assert "--run" in refused.value.todo
        run = factory.run_of("greet").row.run
        with pytest.raises(Refused, match="does not pass the suite"):
            await client.mutate("greet", run=run)
        with pytest.raises(Refused, match="there is no run rnone"):
            await client.mutate("greet", run="rnone")
        with pytest.raises(Refused, match="no spec"):
            await client.mutate("../greet")


async def test_a_suite_that_asks_for_more_than_shipped_is_refused(tmp_path: Path) -> None:
    factory = await shipped(tmp_path)
    path = factory.workspace / "scenarios" / "greet" / "s0.yaml"
    path.write_text(path.read_text().replace("exit: 0,", "exit: 7,"))
    async with factory.engine() as client:
        with pytest.raises(Refused, match="does not pass the suite as it is now"):
            await client.mutate("greet")


async def test_one_at_a_time_it_goes_on_alone_and_can_be_ended(tmp_path: Path) -> None:
    factory = await shipped(tmp_path)
    path = factory.workspace / "scenarios" / "greet" / "s0.yaml"
    path.write_text(path.read_text().replace("steps:\n", "steps:\n  - wait: 0.5s\n"))
    async with factory.engine() as client:
        async with ControlClient.connect(factory.workspace) as leaves:
            asked = asyncio.create_task(leaves.mutate("greet"))
            await under_way(client)
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)
        assert await client.stop_mutation("other") is False
        assert await client.stop_mutation("greet") is True
        await factory.until("suite.mutated")
        assert await client.stop_mutation("greet") is False
    with factory.reader() as reader:
        report = reader.mutations().get("greet")
    assert report is not None
    assert report.untried


async def test_an_engine_that_ends_leaves_no_half_report(tmp_path: Path) -> None:
    factory = await shipped(tmp_path)
    path = factory.workspace / "scenarios" / "greet" / "s0.yaml"
    path.write_text(path.read_text().replace("steps:\n", "steps:\n  - wait: 5s\n"))
    async with factory.engine() as client, ControlClient.connect(factory.workspace) as other:
        asked = asyncio.create_task(other.mutate("greet"))
        await under_way(client)
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
    with factory.reader() as reader:
        assert reader.mutations().get("greet") is None
