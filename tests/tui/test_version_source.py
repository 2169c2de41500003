"""What the source promises about versions, held by the real one and by the fake."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from factory_tui import config
from factory_tui.model.spec import Status
from factory_tui.store.inbox import PLACE
from factory_tui.tui.live import LiveSource
from factory_tui.tui.source import SourceError

from .test_source import WORLDS, World, make_workspace


@pytest.fixture(params=list(WORLDS))
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    directory = tmp_path / "workspace"
    directory.mkdir()
    async with WORLDS[request.param](directory) as made:
        yield made


async def make_ready(world: World) -> None:
    await world.source.set_status(world.ready, Status.DRAFT)
    await world.source.set_status(world.ready, Status.READY)


async def change(world: World) -> None:
    read = await world.source.read_spec(world.ready)
    await world.source.save_spec(world.ready, read.text + "\nMore.\n", read.text)


async def test_becoming_ready_is_a_version_once(world: World) -> None:
    assert await world.source.versions(world.ready) == ()
    await make_ready(world)
    await make_ready(world)
    (found,) = await world.source.versions(world.ready)
    assert (found.number, found.current, found.version.spec, found.runs) == (1, True, world.ready, ())


async def test_a_version_is_compared_with_the_file_and_with_another(world: World) -> None:
    await make_ready(world)
    (first,) = await world.source.versions(world.ready)
    assert await world.source.version_diff(world.ready, first.version.hash, "") == ()
    await change(world)
    (left,) = await world.source.versions(world.ready)
    assert not left.current
    (added,) = await world.source.version_diff(world.ready, first.version.hash, "")
    assert (added.what, added.after) == ("added", "More.")
    await make_ready(world)
    _, second = await world.source.versions(world.ready)
    (gone,) = await world.source.version_diff(world.ready, second.version.hash, first.version.hash)
    assert (gone.what, gone.before) == ("removed", "More.")


async def test_a_version_that_there_is_not_is_told_with_a_remedy(world: World) -> None:
    with pytest.raises(SourceError, match="not on record") as error:
        await world.source.version_diff(world.ready, "0" * 64, "")
    assert error.value.todo


async def test_a_spec_whose_version_cannot_be_recorded_stays_a_draft(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    source = LiveSource(workspace, config.load(workspace, {}))
    await source.set_status("rotate-logs", Status.DRAFT)
    place = workspace / PLACE
    place.parent.mkdir(exist_ok=True)
    place.write_text("a file in its place")
    with pytest.raises(SourceError, match="not a directory") as error:
        await source.set_status("rotate-logs", Status.READY)
    assert error.value.todo
    assert "status: draft" in source.spec_file("rotate-logs").read_text()
    await source.close()


async def test_versions_and_changes_are_clean(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    source = LiveSource(workspace, config.load(workspace, {}))
    file = source.spec_file("rotate-logs")
    file.write_text(file.read_text() + "\nMore \x1b]0;title\x07\u202e text.\n")
    await source.set_status("rotate-logs", Status.READY)
    (found,) = await source.versions("rotate-logs")
    assert found.current
    file.write_text(file.read_text().replace("More", "Even \x9b31m more"))
    (change,) = await source.version_diff("rotate-logs", found.version.hash, "")
    for text in (found.model_dump_json(), change.model_dump_json()):
        assert not any(each in text for each in ("\\u001b", "\x1b", "\u202e", "\x9b"))
    await source.close()
