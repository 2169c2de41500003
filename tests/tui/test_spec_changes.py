"""What the source promises about changing many specs, held by the real one and by the fake."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from factory_tui.model.spec import Status
from factory_tui.model.views import SpecRow
from factory_tui.tui.source import Source, SourceError, SpecChange

from .test_source import WORLDS, World


@pytest.fixture(params=list(WORLDS))
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    directory = tmp_path / "workspace"
    directory.mkdir()
    async with WORLDS[request.param](directory) as made:
        yield made


async def row(source: Source, spec: str) -> SpecRow:
    return next(each for each in await source.specs() if each.id == spec)


async def test_a_priority_is_changed_and_seen_at_once(world: World) -> None:
    for wanted in (0, 4, 3):
        await world.source.set_priority(world.ready, wanted)
        assert (await row(world.source, world.ready)).priority == wanted


async def test_many_are_changed_and_the_refused_are_told_with_a_remedy(world: World) -> None:
    await world.source.set_status(world.ready, Status.DRAFT)
    changes = [SpecChange(world.broken, status=Status.READY), SpecChange(world.ready, status=Status.READY)]
    heard: list[int] = []
    changed = await world.source.change_specs(changes, heard.append)
    assert changed.done == (world.ready,)
    (refused,) = changed.refused
    assert refused.spec == world.broken
    assert "cannot be Ready" in refused.what
    assert refused.todo
    assert heard[-1] == 2
    assert (await row(world.source, world.ready)).status is Status.READY
    assert (await row(world.source, world.broken)).status is Status.DRAFT


async def test_the_list_is_right_after_many_changes(world: World) -> None:
    before = [each for each in await world.source.specs() if each.status is Status.READY]
    changed = await world.source.change_specs(
        [SpecChange(each.id, status=Status.PARKED) for each in before], lambda _: None
    )
    assert len(changed.done) == len(before)
    after = {each.id: each.status for each in await world.source.specs()}
    assert {after[each.id] for each in before} == {Status.PARKED}


async def test_every_category_has_advice(world: World) -> None:
    found = await world.source.advice()
    assert found
    assert all(each.word and each.why for each in found)


@pytest.mark.parametrize("name", list(WORLDS))
async def test_a_viewer_changes_nothing(name: str, tmp_path: Path) -> None:
    async with WORLDS[name](tmp_path, read_only=True) as world:  # type: ignore[operator]
        with pytest.raises(SourceError, match="read-only"):
            await world.source.set_priority(world.ready, 0)
        with pytest.raises(SourceError, match="read-only"):
            await world.source.set_status(world.ready, Status.PARKED)


async def test_the_expectation_of_a_batch_counts_what_has_no_history(world: World) -> None:
    plan = await world.source.plan()
    assert plan.expected is not None
    assert plan.expected.known + plan.expected.unknown == len(plan.specs)


async def test_a_batch_of_some_specs_leaves_out_what_is_not_ready(world: World) -> None:
    plan = await world.source.plan([world.ready, world.broken])
    assert (plan.specs, plan.not_ready) == ((world.ready,), 1)
