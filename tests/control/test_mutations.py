"""Mutation checks over the control socket."""

import pytest

from factory_tui.control import ControlClient, Refused
from factory_tui.control import client as answers
from tests.control.conftest import Plant


async def test_a_report_comes_back_whole_and_needs_no_agreed_configuration(plant: Plant) -> None:
    async with ControlClient.connect(plant.workspace) as client:
        report = await client.mutate("greet", run="r7", limit=5, minutes=2.5)
    assert (report.spec, report.run, len(report.survived)) == ("greet", "r7", 1)
    assert plant.engine.told == [("mutate", "greet", "r7", 5, 2.5)]


async def test_a_check_is_ended_by_its_spec(plant: Plant) -> None:
    async with ControlClient.connect(plant.workspace) as client:
        assert await client.stop_mutation("greet") is True
        assert await client.stop_mutation("other") is False


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 1001}, {"minutes": 0}, {"minutes": 601}, {"run": ""}])
async def test_what_the_engine_would_not_take_is_refused(plant: Plant, wrong: dict[str, object]) -> None:
    async with ControlClient.connect(plant.workspace) as client:
        with pytest.raises(Refused):
            await client.mutate("greet", **wrong)  # type: ignore[arg-type]


async def test_one_is_waited_for_as_long_as_it_may_take() -> None:
    assert answers.MUTATION_SECONDS > answers.ANSWER_SECONDS
