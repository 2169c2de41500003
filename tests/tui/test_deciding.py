"""A rubric that its judges could not decide, decided with a key."""

import pytest

from factory_tui.model.run import HoldReason
from factory_tui.tui.actions import Where
from factory_tui.tui.screens.choose import ChooseScreen
from factory_tui.tui.screens.confirm import ReasonScreen

from . import morning
from .driving import opened, seen, until
from .fake_source import FakeSource, morning_after

WHY = "the judges came to no decision about says-why: 1 meets, 1 misses, 0 no vote, and 3 of 3 must agree"


def undecided() -> FakeSource:
    source = morning_after()
    source._change(source._row(morning.ASKING.run), hold=HoldReason.JUDGE, question=None, why=WHY)
    return source


@pytest.mark.parametrize(("key", "word"), [("m", "meets"), ("n", "misses")])
async def test_a_letter_and_a_reason_decide(key: str, word: str) -> None:
    source = undecided()
    async with opened(source, Where.BOARD) as (room, pilot):
        room.screen.table.select(morning.ASKING.run)  # type: ignore[attr-defined]
        await until(pilot, lambda: "o decides" in seen(room), "what moves it")
        await pilot.press("o")
        await until(pilot, lambda: isinstance(room.screen, ChooseScreen), "the choice")
        assert "meet its rubric?" in seen(room)
        assert "1 meets, 1 misses" in seen(room)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(room.screen, ReasonScreen), "the question for the reason")
        await pilot.press(*"I read it", "enter", "y")
        await until(pilot, lambda: bool(source.commands), "the command")
        await until(pilot, lambda: "is judged again" in seen(room), "what came of it")
    assert source.commands == [f"decide {morning.ASKING.run} {word}: I read it"]


async def test_who_goes_away_decides_nothing() -> None:
    source = undecided()
    async with opened(source, Where.BOARD) as (room, pilot):
        room.screen.table.select(morning.ASKING.run)  # type: ignore[attr-defined]
        await pilot.press("o")
        await until(pilot, lambda: isinstance(room.screen, ChooseScreen), "the choice")
        await pilot.press("escape")
        await until(pilot, lambda: room.screen is room.room_screen, "the screen")
    assert source.commands == []
