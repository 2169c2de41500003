"""Keys that come in one packet act one after the other, each on what the one before it left."""

import pytest
from textual import events
from textual.keys import _character_to_key  # type: ignore[attr-defined]

from factory_tui.tui.actions import Where
from factory_tui.tui.app import ControlRoom

from .driving import opened, seen, until
from .fake_source import busy

NAMED = {"\r": "enter", "\x1b": "escape", "\t": "tab"}


def packet(room: ControlRoom, text: str) -> None:
    """As the terminal's reader hands them over: all at once."""
    for character in text:
        key = NAMED.get(character) or _character_to_key(character)
        room.post_message(events.Key(key, character))


@pytest.mark.parametrize("first", [Where.SPECS, Where.BOARD, Where.FAILURES])
async def test_the_letters_behind_a_slash_are_the_filter_s(first: Where) -> None:
    source = busy()
    async with opened(source, first) as (room, pilot):
        packet(room, "/rxdRCAEq")
        await until(pilot, lambda: "filter rxdRCAEq" in seen(room), "the whole filter")
        assert source.commands == []


async def test_from_screen_to_screen_and_into_its_filter_in_one_packet() -> None:
    source = busy()
    async with opened(source) as (room, pilot):
        packet(room, "2/shipped\r1/draft\r")
        await until(pilot, lambda: "filter draft" in seen(room), "the filter of the last screen")
        packet(room, "2")
        await until(pilot, lambda: "filter shipped" in seen(room), "the filter of the other one")
        assert source.commands == []


async def test_an_answer_typed_ahead_goes_to_the_question_that_the_key_before_it_asks() -> None:
    source = busy()
    async with opened(source) as (room, pilot):
        packet(room, "Rn")
        await pilot.pause()
        await until(pilot, lambda: room.room_screen is room.screen, "the question to be answered with no")
        assert "start" not in " ".join(source.commands)


async def test_a_widget_that_goes_away_holds_up_nothing_for_long() -> None:
    source = busy()
    async with opened(source) as (room, pilot):
        for _ in range(5):
            packet(room, "?\x1b:\x1b?\x1b")
        packet(room, "/end")
        await until(pilot, lambda: "filter end" in seen(room), "the last word")
