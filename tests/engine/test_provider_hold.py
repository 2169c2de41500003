"""The provider refuses everybody for a while: the night waits and goes on by itself, at the turn where it was."""

from pathlib import Path

from factory_tui.model.run import RunState
from tests.engine.factory import RIGHT, Factory, delivers


def refusing(workspace: Path, seconds: int) -> Factory:
    """A factory whose provider refuses the second turn for so long."""
    factory = Factory.at(workspace)
    factory.add("greet", delivers(RIGHT))
    factory.break_twin("greet", {"turn": 2, "kind": "rate_limit", "times": 1, "retry_after": seconds})
    return factory


async def test_a_hold_is_announced_and_ends_by_itself_and_the_run_ships(tmp_path: Path) -> None:
    factory = refusing(tmp_path / "w", 6)
    async with factory.engine() as client:
        await client.run(())
        started = await factory.until("hold.started")
        holding = (await client.status()).holding
        assert holding is not None
        assert "rate limit" in holding.why
        assert holding.until is not None
        assert (holding.until - started.ts).total_seconds() > 3
        await factory.until("batch.finished")
        assert (await client.status()).holding is None
    view = factory.run_of("greet")
    assert view.row.state is RunState.SHIPPED
    assert view.row.turns == 3, "no turn was made twice"
    types = [event.type for event in factory.events()]
    assert types.count("hold.started") == types.count("hold.ended") == 1
    assert types.index("hold.started") < types.index("hold.ended") < types.index("run.shipped")


async def test_a_cancel_in_a_hold_ends_the_run_at_once(tmp_path: Path) -> None:
    factory = refusing(tmp_path / "w", 3600)
    async with factory.engine() as client:
        await client.run(())
        await factory.until("hold.started")
        await client.cancel(factory.run_of("greet").row.run)
        await factory.until("run.cancelled")
    assert factory.run_of("greet").row.state is RunState.CANCELLED


async def test_a_hold_of_a_dead_engine_is_over_at_the_next_start(tmp_path: Path) -> None:
    factory = refusing(tmp_path / "w", 3600)
    async with factory.engine() as client:
        await client.run(())
        await factory.until("hold.started")
    # The twin is a new process with the next engine, so its script begins anew: no fault is left behind by the test.
    factory.break_twin("greet")
    async with factory.engine() as client:
        assert (await client.status()).holding is None
        await factory.until("run.shipped")
