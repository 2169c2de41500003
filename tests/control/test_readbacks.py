"""Read-backs over the control socket."""

import asyncio

import pytest

from factory_tui.config import Settings
from factory_tui.control import ControlClient, ControlError, Refused
from factory_tui.control import client as answers
from tests.control.conftest import Plant


async def test_a_read_back_and_its_plan_come_back_whole(plant: Plant) -> None:
    async with ControlClient.connect(plant.workspace, plant.engine.settings) as client:
        plan = await client.plan_read_back("greet")
        assert (plan.spec, plan.charged, plan.most, plan.reading) == ("greet", True, 70_000, False)
        read = await client.read_back("greet", fresh=True)
        assert (read.spec, read.summary, read.questions) == ("greet", "It greets.", ())
    assert plant.engine.told == [("read back", "greet", True)]


async def test_it_needs_an_agreed_configuration_as_it_spends_money(plant: Plant) -> None:
    async with ControlClient.connect(plant.workspace) as client:
        assert (await client.plan_read_back("greet")).most
        with pytest.raises(Refused, match="configuration"):
            await client.read_back("greet")
    assert plant.engine.told == []


@pytest.mark.parametrize("name", ["", "x" * 65])
async def test_a_name_that_the_engine_would_not_take_is_refused(plant: Plant, name: str) -> None:
    async with ControlClient.connect(plant.workspace, Settings()) as client:
        with pytest.raises(Refused, match="spec: string should have"):
            await client.read_back(name)


async def test_one_is_waited_for_longer_than_other_answers(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    assert answers.READ_BACK_SECONDS > answers.ANSWER_SECONDS
    go_on = asyncio.Event()

    async def slow(spec: str, fresh: bool) -> object:
        await go_on.wait()
        return await type(plant.engine).read_back(plant.engine, spec, fresh)

    monkeypatch.setattr(plant.engine, "read_back", slow)
    monkeypatch.setattr(answers, "READ_BACK_SECONDS", 0.05)
    async with ControlClient.connect(plant.workspace, plant.engine.settings) as impatient:
        with pytest.raises(ControlError, match="does not answer"):
            await impatient.read_back("greet")
    go_on.set()
