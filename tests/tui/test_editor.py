"""The editor: typing, findings while typing, ways through the text, and the template's guidance."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

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
        assert "✓ can be Ready" in seen(room)
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


async def test_f8_walks_through_the_findings_in_the_order_of_the_file() -> None:
    source = busy()
    async with editing(source) as (_, pilot, editor):
        await pilot.press("f8", "end", *" and", "down", "enter", *"TBD", "home")
        await until(pilot, lambda: editor.is_settled and len(editor.findings or ()) == 2, "two findings")
        visited = []
        for key in ("f8", "f8", "f8", "f20", "shift+f8"):
            await pilot.press(key)
            visited.append(editor.area.cursor_row + 1)
        assert visited == [26, 28, 26, 28, 26]


async def test_a_section_is_reached_by_its_number_and_by_arrows() -> None:
    async with editing(busy()) as (room, pilot, _):
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(room.screen, ChooseScreen), "the list of questions")
        assert "1 finding" in seen(room)
        await pilot.press("5")
        await until(pilot, lambda: "RULES ·" in seen(room), "the section")
        await pilot.press("ctrl+down")
        assert "EVALUATION ·" in seen(room)
        await pilot.press("ctrl+up", "ctrl+up")
        assert "OUTPUTS ·" in seen(room)


async def test_the_guidance_is_that_of_the_section() -> None:
    async with editing(busy(), size=LARGE) as (_, pilot, editor):
        assert "Every output" in side(editor)
        await pilot.press("ctrl+down", "ctrl+down")
        assert "How each rule is shown to hold" in side(editor)


async def test_typing_is_undone_and_done_again() -> None:
    async with editing(busy()) as (_, pilot, editor):
        before = editor.area.text
        await pilot.press(*"abc", "ctrl+z")
        assert editor.area.text == before
        assert not editor.unsaved
        await pilot.press("ctrl+y")
        assert editor.unsaved


async def test_characters_are_text_and_never_commands() -> None:
    source = busy()
    async with editing(source) as (room, pilot, editor):
        await pilot.press("end", *"12345qrxdRCu:?/y")
        assert editor.area.document.get_line(26).endswith("12345qrxdRCu:?/y")
        assert isinstance(room.room_screen, EditorScreen)
        assert [each for each in source.commands if not each.startswith("keep")] == []


HOSTILE = "\x1b]52;c;ZXZpbA==\x07\x1b[2J\u202eevil\u200b\x85\u2028"


async def test_what_a_file_holds_never_reaches_the_terminal_and_is_saved_as_it_was() -> None:
    source = busy()
    async with opened(source) as (room, pilot):
        await source.read_spec(SPEC)
        text = source.texts[SPEC].replace("Format: TBD", f"Format: {HOSTILE} TBD").replace("\n", "\r\n")
        source.texts[SPEC] = "\ufeff" + text
        room.room_screen.point_at(SPEC)  # type: ignore[union-attr]
        await pilot.press("i")
        await until(pilot, lambda: settled(room), "the editor")
        assert "␛]52;c;ZXZpbA==␇␛[2J�evil���" in seen(room)
        shown = terminal_output(room)
        assert not any(each in shown for each in ("\x1b]52", "\x1b[2J", "\x07", "\u202e", "\u200b", "\x85", "\u2028"))
        await pilot.press("ctrl+home", "down", "end", *"!", "f2")
        await until(pilot, lambda: "saved" in room.room_screen.message, "the save")  # type: ignore[union-attr]
        assert source.texts[SPEC] == "\ufeff" + text.replace("id: bank-withdraw", "id: bank-withdraw!")


async def test_pasted_control_characters_are_taken_out_and_said() -> None:
    async with editing(busy()) as (_, pilot, editor):
        editor.area.post_message(events.Paste("one\x1b[2J\r\ntwo\x07"))
        await until(pilot, lambda: "control characters" in editor.message, "the message")
        assert editor.area.document.get_line(27).startswith("two\ufffd")
        assert "\x1b" not in editor.area.text


async def test_a_large_paste_is_taken_and_one_beyond_reason_is_not() -> None:
    async with editing(busy()) as (_, pilot, editor):
        editor.area.post_message(events.Paste("some words on a line\n" * 5_000))
        await until(pilot, lambda: editor.area.document.line_count > 5_000, "the paste")
        await pilot.press(*"still here")
        editor.area.post_message(events.Paste("x" * 200_000))
        await until(pilot, lambda: "too many to paste" in editor.message, "the message")
        assert len(editor.area.text) < 200_000


@pytest.mark.parametrize(
    ("text", "why"),
    [("a line\n" * 40_000, "slow to edit"), ("x" * 30_000, "slow to edit"), ("a\r\nb\n", "CRLF and LF")],
)
async def test_what_cannot_be_edited_here_says_why_and_offers_the_other_editor(text: str, why: str) -> None:
    source = busy()
    source.texts[SPEC] = text
    async with opened(source) as (room, pilot):
        room.room_screen.point_at(SPEC)  # type: ignore[union-attr]
        await pilot.press("i")
        await until(pilot, lambda: bool(room.room_screen.message), "the reason")  # type: ignore[union-attr]
        assert why in room.room_screen.message  # type: ignore[union-attr]
        assert "e opens it in $EDITOR" in room.room_screen.message  # type: ignore[union-attr]


async def test_a_read_only_room_refuses_to_edit() -> None:
    source = busy()
    source.read_only = True
    async with opened(source) as (room, pilot):
        for key in ("i", "n"):
            await pilot.press(key)
            await until(pilot, lambda: "read-only" in room.room_screen.message, "the refusal")  # type: ignore[union-attr]
            await pilot.press("escape")
        assert room.screen is room.room_screen


async def test_a_check_that_fails_is_told_and_typing_goes_on() -> None:
    source = busy()
    async with editing(source) as (room, pilot, editor):
        source.error = SourceError("factory.toml cannot be read", "mend it")
        await pilot.press(*"abc")
        await until(pilot, lambda: "factory.toml" in editor.message, "the error")
        await pilot.press(*"def")
        assert "abcdef" in editor.area.text
        source.error = None
        await pilot.press("g")
        await until(pilot, lambda: settled(room), "the check")


async def test_findings_in_scenario_files_stand_beside_the_text() -> None:
    async with editing(busy(), size=LARGE) as (_, pilot, editor):
        row = next(each for each in busy().spec_rows if each.id == SPEC)
        editor.findings = tuple(each for each in row.findings if each.path)
        editor.show_state()
        assert "scenarios/bank-withdraw/receipt.yaml:12" in side(editor)
        await pilot.press("f8")
        assert "scenario files" in editor.message


async def test_a_new_template_renews_the_guidance() -> None:
    source = busy()
    async with editing(source, size=LARGE) as (_, pilot, editor):

        async def guidance(kind: object) -> dict[object, str]:
            return {"OUTPUTS": "Ask for the exit code, too."}

        source.guidance = guidance  # type: ignore[method-assign,assignment]
        source.tell(Change(Topic.TEMPLATES))
        await until(pilot, lambda: "Ask for the exit code" in side(editor), "the new guidance")


async def test_a_new_spec_is_made_and_opened() -> None:
    source = busy()
    async with opened(source) as (room, pilot):
        await pilot.press("n")
        await until(pilot, lambda: "A new spec" in seen(room), "the dialog")
        await pilot.press(*"Not An Id", "enter")
        assert "a letter first" in seen(room)
        await pilot.press("ctrl+u")
        await pilot.press(*"pay-out", "down", "enter")
        await until(pilot, lambda: settled(room), "the editor")
        assert source.commands[0] == "create pay-out architectural"
        assert editor_of(room).spec == "pay-out"


async def test_a_name_that_is_taken_is_told() -> None:
    source = busy()
    async with opened(source) as (room, pilot):
        await pilot.press("n")
        await until(pilot, lambda: "A new spec" in seen(room), "the dialog")
        await pilot.press(*SPEC, "enter")
        await until(pilot, lambda: "already" in room.room_screen.message, "the refusal")  # type: ignore[union-attr]


def test_levels_are_marked_by_a_glyph_not_only_by_colour() -> None:
    from factory_tui.tui.look import LEVELS

    assert len({glyph for glyph, _ in LEVELS.values()}) == len(Level)


def test_nothing_of_the_editor_is_imported_before_it_is_opened() -> None:
    import subprocess
    import sys

    code = "import sys, factory_tui.tui.app; print('factory_tui.tui.screens.editor' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["False"]
