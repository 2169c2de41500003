"""The versions of a spec: what each said, what came of it, what it changed."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from factory_tui.tui.app import ControlRoom
from factory_tui.tui.screens.run import RunScreen
from factory_tui.tui.screens.specs import SpecsScreen
from factory_tui.tui.screens.versions import VersionsScreen
from factory_tui.tui.source import SourceError, Topic
from factory_tui.tui.widgets.text_pane import TextPane

from . import history, sample
from .driving import LARGE, SMALL, loaded, opened, room_for, seen, until
from .fake_source import FakeSource

Compare = Callable[..., bool]


@asynccontextmanager
async def versions(
    made: FakeSource, size: tuple[int, int] = SMALL
) -> AsyncIterator[tuple[ControlRoom, Pilot[int], VersionsScreen]]:
    async with opened(made, size=size) as (room, pilot):
        await pilot.press("v")
        await until(pilot, lambda: isinstance(room.room_screen, VersionsScreen) and loaded(room), "the versions")
        screen = room.room_screen
        assert isinstance(screen, VersionsScreen)
        yield room, pilot, screen


def detail(screen: VersionsScreen) -> str:
    return screen.query_one("#detail", TextPane).text


async def told(pilot: Pilot[int], screen: VersionsScreen, words: str) -> None:
    await until(pilot, lambda: words in detail(screen), words)


async def test_the_newest_version_is_shown_with_what_it_changed() -> None:
    async with versions(history.source()) as (room, pilot, screen):
        await told(pilot, screen, "version 2 → version 3")
        assert "it is what the file says" in detail(screen)
        assert "+ Duplicate" in detail(screen)
        assert "file has changed" not in seen(room)


async def test_each_version_says_what_came_of_it() -> None:
    async with versions(history.source()) as (_, pilot, screen):
        await pilot.press("j")
        await told(pilot, screen, "lost one")
        assert "↩ escaped" in detail(screen)
        assert "→ R4 was R3" in detail(screen)
        assert "+ R2" in detail(screen)
        assert "C07: there is one user" in detail(screen)
        await pilot.press("j")
        await told(pilot, screen, "SPEC-GAP")
        assert "2 attempts" in detail(screen)
        assert "2 warnings" in detail(screen)
        assert "nothing to compare" in detail(screen)


async def test_a_file_that_is_no_version_stands_on_top() -> None:
    async with versions(history.source(history.NOW)) as (room, pilot, screen):
        await told(pilot, screen, "version 3 → the file")
        assert "budget_usd" in detail(screen)
        assert "the file has changed since" in seen(room)
        assert len(screen.table.items) == 4


async def test_the_cursor_stays_on_its_version_when_the_file_is_saved() -> None:
    made = history.source()
    async with versions(made) as (room, pilot, screen):
        await told(pilot, screen, "version 2 → version 3")
        made.texts[history.SPEC] = history.NOW
        room.ask(Topic.SPECS)
        await until(pilot, lambda: len(screen.table.items) == 4, "the file")
        assert screen.table.current is not None
        assert screen.table.current.name == "version 3"


async def test_enter_opens_the_last_run_of_a_version() -> None:
    made = history.source()
    made.rows = (sample.FAILED_RUN.row.model_copy(update={"run": "r0ac003"}),)
    async with versions(made) as (room, pilot, _):
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(room.room_screen, RunScreen), "the run")


async def test_a_spec_without_a_version_says_how_one_is_made() -> None:
    made = history.source()
    made.version_views.clear()
    async with versions(made) as (room, pilot, _):
        await until(pilot, lambda: "No version yet" in seen(room), "the words")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(room.room_screen, SpecsScreen), "the list")


async def test_a_version_that_cannot_be_read_is_told_and_the_screen_lives_on() -> None:
    made = history.source()
    async with versions(made) as (_, pilot, screen):
        await told(pilot, screen, "version 2 → version 3")
        made.error = SourceError("runs.db: the database is damaged", "restore a copy")
        await pilot.press("j")
        await until(pilot, lambda: "damaged" in screen.message, "the error")
        made.error = None
        await pilot.press("j")
        await told(pilot, screen, "SPEC-GAP")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("state", ["newest", "escaped", "first", "file", "none"])
def test_versions(snap_compare: Compare, state: str, size: tuple[int, int]) -> None:
    made = history.source(history.NOW if state == "file" else history.THIRD)
    if state == "none":
        made.version_views.clear()
    room = room_for(made)
    keys, words = {
        "newest": ("", "version 2 → version 3"),
        "escaped": ("j", "version 1 → version 2"),
        "first": ("G", "nothing to compare"),
        "file": ("", "version 3 → the file"),
        "none": ("", ""),
    }[state]

    async def before(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: loaded(room) and room.engine_known, "the first views")
        await pilot.press("v")
        await until(pilot, lambda: isinstance(room.room_screen, VersionsScreen) and loaded(room), "the versions")
        if keys:
            await pilot.press(*keys)
        screen = room.room_screen
        assert isinstance(screen, VersionsScreen)
        await until(pilot, lambda: words in detail(screen) and room.up_to_date, "the picture")

    assert snap_compare(room, terminal_size=size, run_before=before)
