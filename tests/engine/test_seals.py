"""A run is judged by the scenarios that it was queued with."""

from pathlib import Path

from factory_tui.model.run import HoldReason, RunState
from tests.engine.factory import GREETS, REFUSES, RIGHT, Factory, delivers


async def test_a_suite_is_sealed_by_the_commit_that_queues_its_run(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "ws")
    factory.add("greet", delivers(RIGHT))
    await factory.run_batch()
    queued, sealed = [each for each in factory.events() if each.type in ("run.queued", "suite.sealed")]
    assert (queued.type, sealed.type, sealed.run) == ("run.queued", "suite.sealed", queued.run)
    assert queued.ts == sealed.ts, "one transaction"
    assert sealed.data == {"suite_hash": factory.run_of("greet").suite_hash, "scenarios": 2}


async def test_scenarios_that_changed_in_the_queue_hold_the_run_until_it_is_retried(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "ws")
    factory.add("greet", delivers(RIGHT))
    suite = factory.workspace / "scenarios" / "greet"
    async with factory.engine() as client:
        await client.pause()
        await client.run(("greet",))
        (suite / "s0.yaml").write_text(GREETS.replace("ada", "eve") + "# stricter\n")
        (suite / "s1.yaml").unlink()
        (suite / "s2.yaml").write_text(REFUSES.replace("refuses-without-a-name", "refuses-nobody"))
        await client.resume()
        await factory.until("run.held", spec="greet")
        run = factory.run_of("greet")
        assert run.row.hold is HoldReason.SEALED
        assert "refuses-nobody is new, refuses-without-a-name is gone, greets-by-name is another" in run.row.why
        assert run.row.remedy.startswith(f"retry {run.row.run}")
        assert run.attempts == ()
        assert await client.retry(run.row.run) == run.row.run
        await factory.until("run.shipped", spec="greet")
    assert [each.type for each in factory.events()].count("suite.sealed") == 2


async def test_scenarios_that_changed_during_the_build_judge_nothing(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "ws")
    factory.add("greet", delivers(RIGHT, delay_ms=1500))
    async with factory.engine() as client:
        await client.run(("greet",))
        await factory.until("run.building", spec="greet")
        (factory.workspace / "scenarios" / "greet" / "s1.yaml").unlink()
        await factory.until("run.held", spec="greet")
        run = factory.run_of("greet")
        assert run.row.hold is HoldReason.SEALED
        seq = factory.events()[-1].seq
        await client.retry(run.row.run)
        await factory.until("run.shipped", spec="greet", after=seq)


async def test_a_change_of_a_fixture_breaks_the_seal(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "ws")
    factory.add("greet", delivers(RIGHT), scenarios=(GREETS + "fixtures: [names]\n", REFUSES))
    names = factory.workspace / "scenarios" / "greet" / "fixtures" / "names"
    names.mkdir(parents=True)
    (names / "list.txt").write_text("ada\n")
    async with factory.engine() as client:
        await client.pause()
        await client.run(("greet",))
        (names / "list.txt").write_text("eve\n")
        await client.resume()
        await factory.until("run.held", spec="greet")
    assert factory.run_of("greet").row.hold is HoldReason.SEALED


async def test_an_engine_that_was_killed_leaves_the_seal_as_it_was(tmp_path: Path) -> None:
    factory = Factory.at(tmp_path / "ws")
    factory.add("greet", delivers(RIGHT))
    async with factory.engine() as client:
        await client.pause()
        await client.run(("greet",))
    (factory.workspace / "scenarios" / "greet" / "s0.yaml").write_text(GREETS + "# later\n")
    async with factory.engine() as client:
        await client.resume()
        await factory.until("run.held", spec="greet")
    assert factory.run_of("greet").row.state is RunState.HELD
    assert factory.run_of("greet").row.hold is HoldReason.SEALED
