"""The editor: typing, findings while typing, ways through the text, and the template's guidance."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from factory_tui.model.finding import Level
from factory_tui.tui.app import ControlRoom
from factory_tui.tui.screens.choose import ChooseScreen
from factory_tui.tui.screens.editor import EditorScreen
from factory_tui.tui.source import Change, SourceError, Topic
from factory_tui.tui.widgets.text_pane import TextPane

from .driving import LARGE, SMALL, opened, seen, terminal_output, until
from .fake_source import FakeSource, busy

SPEC = "bank-withdraw"


def editor_of(room: ControlRoom) -> EditorScreen:
    screen = room.room_screen
    assert isinstance(screen, EditorScreen)
    return screen


def settled(room: ControlRoom) -> bool:
    """True once the editor has nothing to check or to keep any more."""
    screen = room.room_screen
    return isinstance(screen, EditorScreen) and screen.loaded and screen.is_settled


@asynccontextmanager
async def editing(
    source: FakeSource, spec: str = SPEC, size: tuple[int, int] = SMALL
) -> AsyncIterator[tuple[ControlRoom, Pilot[int], EditorScreen]]:
    """A control room with the editor of a spec open."""
    async with opened(source, size=size) as (room, pilot):
        room.room_screen.point_at(spec)  # type: ignore[union-attr]
        await pilot.pause()
        await pilot.press("i")
        await until(pilot, lambda: settled(room), "the editor")
        yield room, pilot, editor_of(room)


def side(editor: EditorScreen) -> str:
    return editor.query_one("#side", TextPane).text


async def test_the_editor_starts_at_the_first_error_and_shows_its_fix() -> None:
    async with editing(busy()) as (room, pilot, editor):
        assert editor.area.cursor_row == 26
        await pilot.press("f8")
        assert editor.area.cursor_row == 25
        assert "OUTPUTS · ✗ not Ready · 1 error" in seen(room)
        assert "say which format, with one example" in seen(room)
        assert "Every output with its channel and format" in side(editor)
        assert "✓ saved" in seen(room)


async def test_findings_follow_the_typing() -> None:
    async with editing(busy()) as (room, pilot, editor):
        await pilot.press("f8", "end", "backspace", "backspace", "backspace", *"JSON")
        assert "● unsaved" in seen(room)
        await until(pilot, lambda: editor.findings == (), "no findings")
        assert "✓ Ready" in seen(room)
        assert "✓ no findings here" in side(editor)


async def test_only_the_latest_text_is_shown_as_checked() -> None:
    source = busy()
    async with editing(source) as (room, pilot, editor):
        await pilot.press("f8", "end", *" TBD")
        await until(pilot, lambda: settled(room), "the pause")
        assert [each.line for each in editor.findings or ()] == [26]
        await pilot.press("enter", *"TBD")
        await until(pilot, lambda: settled(room), "the pause")
        assert [each.line for each in editor.findings or ()] == [26, 27]


async def test_keys_that_come_in_one_packet_keep_their_order() -> None:
    async with editing(busy()) as (room, pilot, editor):
        assert editor.area.cursor_row == 26
        for key in ("home", *"abc", "backspace", *"d", "up", "home", *"xy", "delete", "left", *"z", "f8", *"w"):
            character = key if len(key) == 1 else None
            room.post_message(events.Key(key, character))
        await until(pilot, lambda: settled(room) and editor.area.document.get_line(25)[0] == "w", "the keys")
        lines = editor.area.document.lines
        assert lines[26].startswith("abd")
        assert lines[25].startswith("wxzy Channel")
