"""Pictures of the editor in its states, at both sizes that matter."""

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from factory_tui.model.spec import Kind
from factory_tui.tui.screens.choose import ChooseScreen
from factory_tui.tui.screens.editor_trace import TraceScreen
from factory_tui.tui.source import Change, Draft, Topic

from . import evening, sample
from .driving import LARGE, SMALL, loaded, room_for, until
from .fake_source import FakeSource, busy
from .test_editor import HOSTILE, SPEC, settled

Compare = Callable[..., bool]
Steps = Callable[[FakeSource, Pilot[int]], Awaitable[None]]

sizes = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])


async def dialog(pilot: Pilot[int]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, ChooseScreen), "the dialog")


async def finding(source: FakeSource, pilot: Pilot[int]) -> None:
    await pilot.press("f8", "end", *" mine")


async def ready(source: FakeSource, pilot: Pilot[int]) -> None:
    await pilot.press("f8", "end", *["backspace"] * 3, *"JSON")


async def hostile(source: FakeSource, pilot: Pilot[int]) -> None:
    await pilot.press("f8")


async def changed(source: FakeSource, pilot: Pilot[int]) -> None:
    await pilot.press(*"mine")
    source.texts[SPEC] += "theirs\n"
    source.tell(Change(Topic.SPECS))
    room = pilot.app
    await until(pilot, lambda: room.room_screen.has_class("-outside"), "the banner")  # type: ignore[attr-defined]


async def conflict(source: FakeSource, pilot: Pilot[int]) -> None:
    await changed(source, pilot)
    await pilot.press("f2")
    await dialog(pilot)


async def sections(source: FakeSource, pilot: Pilot[int]) -> None:
    await pilot.press("f4")
    await dialog(pilot)


async def turned(pilot: Pilot[int], times: int) -> None:
    for _ in range(times):
        await pilot.press("f3")
    room = pilot.app
    await until(pilot, lambda: bool(room.room_screen.message), "the view")  # type: ignore[attr-defined]
    room.room_screen.hush()  # type: ignore[attr-defined]


async def example(source: FakeSource, pilot: Pilot[int]) -> None:
    source.exemplars[Kind.FEATURE] = evening.EXEMPLAR
    await pilot.press("f8")
    await turned(pilot, 1)


async def no_example(source: FakeSource, pilot: Pilot[int]) -> None:
    await turned(pilot, 1)


async def trace(source: FakeSource, pilot: Pilot[int]) -> None:
    await turned(pilot, 2)
    await pilot.press("ctrl+down", "down", "down", "down", "end", "enter", *"- R2 It must add.")
    await until(pilot, lambda: settled(pilot.app), "the matrix")  # type: ignore[arg-type]


async def matrix(source: FakeSource, pilot: Pilot[int]) -> None:
    await pilot.press("ctrl+t")
    await until(pilot, lambda: isinstance(pilot.app.screen, TraceScreen), "the matrix")


async def fixed(source: FakeSource, pilot: Pilot[int]) -> None:
    await pilot.press("ctrl+down", "down", "up", "end", *["backspace"] * 5, *"Rules", "f6")
    room = pilot.app
    await until(pilot, lambda: "takes it back" in room.room_screen.message, "the fix")  # type: ignore[attr-defined]


async def fixable(source: FakeSource, pilot: Pilot[int]) -> None:
    await pilot.press("ctrl+down", "down", "up", "end", *["backspace"] * 5, *"Rules")


async def pieces(source: FakeSource, pilot: Pilot[int]) -> None:
    source.taken = frozenset({"R5"})
    await pilot.press("f5")
    await dialog(pilot)


async def added(source: FakeSource, pilot: Pilot[int]) -> None:
    await pieces(source, pilot)
    await pilot.press("r")
    room = pilot.app
    await until(pilot, lambda: "tab goes on" in room.room_screen.message, "the rule")  # type: ignore[attr-defined]


async def leaving(source: FakeSource, pilot: Pilot[int]) -> None:
    await pilot.press(*"mine", "escape")
    await dialog(pilot)


STATES: dict[str, Steps] = {
    "finding": finding,
    "ready": ready,
    "hostile": hostile,
    "changed": changed,
    "conflict": conflict,
    "sections": sections,
    "leaving": leaving,
    "example": example,
    "no example": no_example,
    "trace": trace,
    "matrix": matrix,
    "fixable": fixable,
    "fixed": fixed,
    "pieces": pieces,
    "added": added,
}


@sizes
@pytest.mark.parametrize("state", list(STATES))
def test_an_editor(snap_compare: Compare, state: str, size: tuple[int, int]) -> None:
    source = busy()
    room = room_for(source)

    async def before(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: loaded(room) and room.engine_known, "the first views")
        await source.read_spec(SPEC)
        if state == "hostile":
            source.texts[SPEC] = source.texts[SPEC].replace("TBD", f"{HOSTILE} TBD")
        room.room_screen.point_at(SPEC)  # type: ignore[union-attr]
        await pilot.press("i")
        await until(pilot, lambda: settled(room), "the editor")
        await STATES[state](source, pilot)
        await until(pilot, lambda: settled(room) and room.up_to_date, "the picture")

    assert snap_compare(room, terminal_size=size, run_before=before)


@sizes
def test_a_draft_that_is_offered(snap_compare: Compare, size: tuple[int, int]) -> None:
    source = busy()
    source.drafts[SPEC] = Draft("typed in the night\n", "", sample.NOW)
    room = room_for(source)

    async def before(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: loaded(room) and room.engine_known, "the first views")
        room.room_screen.point_at(SPEC)  # type: ignore[union-attr]
        await pilot.press("i")
        await dialog(pilot)
        await until(pilot, lambda: settled(room) and room.up_to_date, "the picture")

    assert snap_compare(room, terminal_size=size, run_before=before)


@sizes
def test_a_new_spec(snap_compare: Compare, size: tuple[int, int]) -> None:
    room = room_for(busy())

    async def before(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: loaded(room) and room.engine_known, "the first views")
        await pilot.press("n", *"pay-out", "down")
        await until(pilot, lambda: room.up_to_date, "the picture")

    assert snap_compare(room, terminal_size=size, run_before=before)
