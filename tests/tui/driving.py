"""Driving the control room in a test: open it, wait for what should be seen, read the screen."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from rich.console import Console
from textual.geometry import Region
from textual.pilot import Pilot

from factory_tui.tui.actions import Where
from factory_tui.tui.app import ControlRoom

from . import sample
from .fake_source import FakeSource

SMALL, LARGE = (80, 24), (120, 40)


def room_for(source: FakeSource, first: Where = Where.SPECS, **options: object) -> ControlRoom:
    """A control room whose clock stands still."""
    return ControlRoom(source, clock=lambda: sample.NOW, first=first, **options)  # type: ignore[arg-type]


@asynccontextmanager
async def opened(
    source: FakeSource, first: Where = Where.SPECS, size: tuple[int, int] = SMALL, **options: object
) -> AsyncIterator[tuple[ControlRoom, Pilot[int]]]:
    """An open control room that has shown its first views."""
    room = room_for(source, first, **options)
    async with room.run_test(size=size) as pilot:
        await until(pilot, lambda: source.questions > 0 and loaded(room), "the first views")
        yield room, pilot


def loaded(room: ControlRoom) -> bool:
    screen = room.room_screen
    return screen is not None and (getattr(screen, "loaded", True) or bool(screen.message))


async def until(pilot: Pilot[int], condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition; fail with `what` when it does not come true."""
    for _ in range(500):
        if condition():
            await pilot.pause()
            return
        await pilot.pause(0.01)
    raise AssertionError(f"waited in vain for {what}\n{seen(pilot.app)}")  # type: ignore[arg-type]


def seen(room: ControlRoom) -> str:
    """The text of the whole screen, one line a row."""
    screen = room.screen
    height = screen.size.height
    lines = screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in lines[:height])


def terminal_output(room: ControlRoom) -> str:
    """What a full repaint writes to a terminal, sequences included."""
    screen = room.screen
    console = Console(width=screen.size.width, force_terminal=True, color_system="truecolor", legacy_windows=False)
    screen._compositor._dirty_regions.add(Region(0, 0, *screen.size))
    return str(screen._compositor.render_update(full=True).render_segments(console))
