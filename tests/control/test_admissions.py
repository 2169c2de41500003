"""Admission over the control socket."""

import asyncio

import pytest

from factory_tui.control import ControlClient, ControlError, Refused
from factory_tui.control import client as answers
from factory_tui.model.evaluation import Result
from tests.control.conftest import Plant


async def test_admissions_come_back_whole_and_need_no_agreed_configuration(plant: Plant) -> None:
    async with ControlClient.connect(plant.workspace) as client:
        first, second = await client.admit("greet")
    assert (first.scenario, first.admitted, first.reason, first.on_stub) == ("s", False, "why", Result.PASS)
    assert (second.observed, second.on_stub) == (Result.PASS, None)
    assert plant.engine.told == [("admit", "greet")]


async def test_a_name_that_the_engine_would_not_take_is_refused(plant: Plant) -> None:
    async with ControlClient.connect(plant.workspace) as client:
        with pytest.raises(Refused, match="spec: string should have"):
            await client.admit("")


async def test_one_is_waited_for_longer_than_other_answers(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    assert answers.ADMISSION_SECONDS > answers.ANSWER_SECONDS
    go_on = asyncio.Event()

    async def slow(spec: str) -> object:
        await go_on.wait()
        return await type(plant.engine).admit(plant.engine, spec)

    monkeypatch.setattr(plant.engine, "admit", slow)
    monkeypatch.setattr(answers, "ADMISSION_SECONDS", 0.05)
    async with ControlClient.connect(plant.workspace) as impatient:
        with pytest.raises(ControlError, match="does not answer"):
            await impatient.admit("greet")
    go_on.set()
