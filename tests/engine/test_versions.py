"""Versions that become Ready with and without an engine, and files that are changed by hand."""

import logging
from pathlib import Path

import pytest

from factory_tui.model.run import RunState
from factory_tui.specs import read_spec
from factory_tui.store.inbox import PLACE, Inbox, version_of
from tests.engine.factory import RIGHT, Factory, delivers
from tests.store.test_inbox import NOON, hostile


@pytest.fixture
def factory(tmp_path: Path) -> Factory:
    made = Factory.at(tmp_path / "w")
    made.add("greet", delivers(RIGHT))
    return made


def spec_of(factory: Factory) -> Path:
    return factory.workspace / "specs" / "greet.md"


def keep(factory: Factory) -> None:
    Inbox(factory.workspace).keep(version_of(read_spec(spec_of(factory)), (), NOON))


async def test_what_became_ready_without_an_engine_is_recorded_when_one_starts(factory: Factory) -> None:
    keep(factory)
    async with factory.engine():
        pass
    assert list((factory.workspace / PLACE).iterdir()) == []
    with factory.reader() as reader:
        (found,) = reader.versions("greet")
    assert (found.version.when, found.runs) == (NOON, ())


async def test_what_becomes_ready_under_an_engine_is_recorded_before_it_is_queued(factory: Factory) -> None:
    async with factory.engine() as client:
        keep(factory)
        await client.run(())
        await factory.until("batch.finished")
    assert list((factory.workspace / PLACE).iterdir()) == []
    with factory.reader() as reader:
        (found,) = reader.versions("greet")
    assert found.version.when == NOON
    assert [each.state for each in found.runs] == [RunState.SHIPPED]


async def test_a_ready_file_that_is_changed_by_hand_is_a_version_of_its_own(factory: Factory) -> None:
    async with factory.engine() as client:
        await client.run(())
        await factory.until("batch.finished")
        seq = factory.events()[-1].seq
        spec_of(factory).write_text(spec_of(factory).read_text().replace("exit code 2", "exit code 3"))
        await client.run(())
        await factory.until("batch.finished", after=seq)
        with factory.reader() as reader:
            versions = reader.versions("greet")
    assert [each.number for each in versions] == [1, 2]
    assert versions[1].version.hash == read_spec(spec_of(factory)).hash
    assert "exit code 3" in versions[1].version.text


async def test_a_ready_file_with_errors_is_held_and_its_version_says_why(factory: Factory) -> None:
    spec_of(factory).write_text(spec_of(factory).read_text().replace("- R2 If", "- R9 If"))
    async with factory.engine() as client:
        await client.run(())
        await factory.until("run.held", spec="greet")
    with factory.reader() as reader:
        (found,) = reader.versions("greet")
    assert "error" in {each.level.value for each in found.version.findings}
    assert [each.state for each in found.runs] == [RunState.HELD]


async def test_what_is_no_version_is_set_aside_and_told_and_stops_nothing(
    factory: Factory, caplog: pytest.LogCaptureFixture
) -> None:
    keep(factory)
    hostile(factory.workspace / PLACE)
    with caplog.at_level(logging.WARNING):
        async with factory.engine() as client:
            await client.run(())
            await factory.until("batch.finished")
    names = [each.name for each in (factory.workspace / PLACE).iterdir()]
    assert len(names) == 11
    assert {Path(each).suffix for each in names} == {".refused"}
    assert "broken.json: it is no version" in caplog.text
    assert "another hash" in caplog.text
    assert factory.run_of("greet").row.state is RunState.SHIPPED


async def test_an_engine_judges_by_what_earlier_versions_said(factory: Factory) -> None:
    """A rule that a scenario still covers was there before and is gone now."""
    before = spec_of(factory).read_text()
    keep(factory)
    gone = "\n".join(each for each in before.split("\n") if not each.startswith(("- R2", "- E2")))
    spec_of(factory).write_text(gone.replace("R2", "R1"))
    async with factory.engine() as client:
        await client.run(())
        await factory.until("run.held", spec="greet")
    with factory.reader() as reader:
        _, found = reader.versions("greet")
    assert {"X06", "X07"} & {each.rule for each in found.version.findings}
