"""Pictures of triage in its states, at both sizes that matter. A change of a picture is read by a person."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from factory_tui.tui.screens.advice import AdviceScreen
from factory_tui.tui.screens.confirm import ConfirmScreen
from factory_tui.tui.widgets.table import Table

from .driving import LARGE, SMALL, loaded, room_for, until
from .triage_night import evening

Compare = Callable[..., bool]

sizes = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])

BULK = ("space", "j", "j", "space", "j", "j", "space", "space", "space")

STATES: dict[str, tuple[str, tuple[str, ...], Callable[[Pilot[int]], bool]]] = {
    "estimate": ("todo-api", (), lambda pilot: True),
    "little-history": ("slug-bug", (), lambda pilot: True),
    "marks": ("unreadable", BULK, lambda pilot: True),
    "hidden-marks": ("unreadable", (*BULK, "slash", *"state:draft", "enter"), lambda pilot: True),
    "question": ("unreadable", ("m", "slash", *"state:draft", "enter", "r"), lambda pilot: asks(pilot)),
    "result": ("unreadable", ("m", "r", "y"), lambda pilot: "2 refused" in said(pilot)),
    "dependencies": ("soup", ("D",), lambda pilot: True),
    "batch": ("todo-api", ("R",), lambda pilot: asks(pilot)),
    "advice": ("todo-api", ("w", "j", "j"), lambda pilot: isinstance(pilot.app.screen, AdviceScreen)),
    "filter": ("todo-api", ("slash",), lambda pilot: True),
    "wrong-filter": ("todo-api", ("slash", *"sate:x"), lambda pilot: True),
}
"""Name → the spec under the cursor, keys, and what they lead to."""


def asks(pilot: Pilot[int]) -> bool:
    return isinstance(pilot.app.screen, ConfirmScreen)


def said(pilot: Pilot[int]) -> str:
    return str(pilot.app.room_screen.message)  # type: ignore[attr-defined]


@sizes
@pytest.mark.parametrize("name", list(STATES))
def test_triage(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    spec, keys, there = STATES[name]
    room = room_for(evening())

    async def before(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: loaded(room) and room.engine_known and room.up_to_date, "the first views")
        room.screen.query_one("#list", Table).select(spec)
        for key in keys:
            await pilot.press(key)
            if key in "wry":
                await until(pilot, lambda: True, "a dialog")
        await until(pilot, lambda: there(pilot) and room.up_to_date, "the picture")
        await pilot.pause()

    assert snap_compare(room, terminal_size=size, run_before=before)
