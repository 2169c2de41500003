"""Saving from the editor: neither the operator's text nor another program's is lost, whatever happens outside."""

import asyncio

from textual.pilot import Pilot

from factory_tui.tui.app import ControlRoom
from factory_tui.tui.screens.choose import ChooseScreen
from factory_tui.tui.screens.editor import EditorScreen
from factory_tui.tui.source import Change, Draft, SourceError, Topic

from . import sample
from .driving import opened, seen, until
from .fake_source import FakeSource, busy
from .test_editor import SPEC, editing, editor_of, settled

OUTSIDE = Change(Topic.SPECS)


async def asked(room: ControlRoom, pilot: Pilot[int]) -> str:
    """Wait for a dialog; the screen with it."""
    await until(pilot, lambda: isinstance(room.screen, ChooseScreen), "the dialog")
    return seen(room)


async def test_f2_saves_and_says_so() -> None:
    source = busy()
    async with editing(source) as (room, pilot, editor):
        await pilot.press("end", *" more", "f2")
        await until(pilot, lambda: editor.message == "saved", "the save")
        assert "more" in source.texts[SPEC]
        assert "✓ saved" in seen(room)
        await until(pilot, lambda: SPEC not in source.drafts, "the draft's end")
        await pilot.press("f2")
        await until(pilot, lambda: editor.message == "nothing to save", "the answer")


async def test_esc_leaves_at_once_though_something_was_said_a_moment_ago() -> None:
    async with editing(busy()) as (room, pilot, editor):
        await pilot.press("end", *" more", "f2")
        await until(pilot, lambda: editor.message == "saved", "the save")
        await pilot.press("escape")
        await until(pilot, lambda: room.screen is not editor, "the list")


async def test_a_ready_spec_that_changed_is_saved_as_a_draft_and_says_so() -> None:
    source = busy()
    await source.read_spec(SPEC)
    source.texts[SPEC] = source.texts[SPEC].replace("status: draft", "status: ready").replace("TBD", "JSON")
    async with editing(source) as (_, pilot, editor):
        await pilot.press("end", *" more", "f2")
        await until(pilot, lambda: "saved as a draft" in editor.message, "the save")
        assert "status: draft" in source.texts[SPEC]
        assert "status: draft" in editor.area.text
        assert not editor.unsaved


async def test_a_priority_that_changed_leaves_a_spec_ready() -> None:
    source = busy()
    await source.read_spec(SPEC)
    source.texts[SPEC] = source.texts[SPEC].replace("status: draft", "status: ready\npriority: 1")
    async with editing(source) as (_, pilot, editor):
        editor.area.change_to(editor.area.text.replace("priority: 1", "priority: 0"))
        await pilot.press("f2")
        await until(pilot, lambda: editor.message == "saved", "the save")
        assert "status: ready\npriority: 0" in source.texts[SPEC]


async def test_a_refused_save_keeps_the_text_and_tells_the_remedy() -> None:
    source = busy()
    async with editing(source) as (room, pilot, editor):
        await pilot.press(*"abc")
        await until(pilot, lambda: settled(room), "the draft")
        source.refusal = SourceError("bank-withdraw.md: it is read-only", "chmod u+w bank-withdraw.md, then save again")
        await pilot.press("f2")
        await until(pilot, lambda: "chmod u+w" in editor.message, "the remedy")
        assert editor.unsaved


# Another program


async def test_a_change_outside_is_taken_over_while_nothing_is_typed() -> None:
    source = busy()
    async with editing(source) as (room, pilot, editor):
        await pilot.press("f8")
        source.texts[SPEC] = source.texts[SPEC].replace("kind: feature", "kind: feature\nagent: careful")
        source.tell(OUTSIDE)
        await until(pilot, lambda: "agent: careful" in editor.area.text, "their text")
        assert "TBD" in editor.area.document.get_line(editor.area.cursor_row), "the cursor stays on its line"
        assert "another program changed the file" in editor.message
        assert not editor.unsaved
        await until(pilot, lambda: settled(room), "the check")


async def test_a_change_outside_never_touches_text_that_is_not_saved() -> None:
    source = busy()
    async with editing(source) as (room, pilot, editor):
        await pilot.press(*"mine ")
        source.texts[SPEC] += "theirs\n"
        source.tell(OUTSIDE)
        await until(pilot, lambda: "changed by another program" in seen(room), "the banner")
        assert "theirs" not in editor.area.text
        assert editor.unsaved


async def conflict(room: ControlRoom, pilot: Pilot[int], source: FakeSource) -> str:
    """Type, have the file changed, try to save."""
    await pilot.press(*"mine ")
    source.texts[SPEC] += "theirs\n"
    await pilot.press("f2")
    return await asked(room, pilot)


async def test_a_save_over_another_program_asks_and_keeps_both_when_theirs_is_taken() -> None:
    source = busy()
    async with editing(source) as (room, pilot, editor):
        dialog = await conflict(room, pilot, source)
        assert "was changed outside" in dialog
        await pilot.press("t")
        await until(pilot, lambda: "kept in .factory/drafts" in editor.message, "where mine is")
        assert editor.area.text.endswith("theirs\n")
        assert "mine " in source.aside["mine"]
        assert not editor.unsaved
        await pilot.press("ctrl+z")
        assert "mine " in editor.area.text


async def test_a_save_over_another_program_asks_and_keeps_both_when_mine_is_taken() -> None:
    source = busy()
    async with editing(source) as (room, pilot, editor):
        await conflict(room, pilot, source)
        await pilot.press("o")
        await until(pilot, lambda: "that one is kept in" in editor.message, "where theirs is")
        assert "mine " in source.texts[SPEC]
        assert source.aside["theirs"].endswith("theirs\n")
        assert not editor.unsaved


async def test_not_now_changes_nothing() -> None:
    source = busy()
    async with editing(source) as (room, pilot, editor):
        await conflict(room, pilot, source)
        await pilot.press("escape")
        await until(pilot, lambda: room.screen is editor, "the editor")
        assert source.texts[SPEC].endswith("theirs\n")
        assert editor.unsaved
        assert not source.aside


async def test_a_change_while_the_question_is_asked_is_asked_about_again() -> None:
    source = busy()
    async with editing(source) as (room, pilot, editor):
        await conflict(room, pilot, source)
        source.texts[SPEC] += "theirs again\n"
        first = room.screen
        await pilot.press("o")
        await until(pilot, lambda: isinstance(room.screen, ChooseScreen) and room.screen is not first, "the question")
        assert source.texts[SPEC].endswith("theirs again\n")
        await pilot.press("o")
        await until(pilot, lambda: "that one is kept in" in editor.message, "the save")
        assert source.aside["theirs"].endswith("theirs again\n")


async def test_a_spec_that_is_gone_is_said_kept_and_written_again() -> None:
    source = busy()
    async with editing(source) as (room, pilot, _):
        rows, text = source.spec_rows, source.texts.pop(SPEC)
        source.spec_rows = tuple(each for each in rows if each.id != SPEC)
        source.tell(OUTSIDE)
        await until(pilot, lambda: "your text is kept, and F2 saves it" in seen(room), "the banner")
        await until(pilot, lambda: SPEC in source.drafts, "the draft")
        await pilot.press("f2")
        assert "deleted or renamed" in await asked(room, pilot)
        await pilot.press("w")
        await until(pilot, lambda: source.texts.get(SPEC) == text, "the file")
        source.spec_rows = rows
        source.tell(OUTSIDE)
        await until(pilot, lambda: "F2 saves it" not in seen(room), "the banner's end")


# Drafts


async def test_unsaved_text_is_kept_soon_and_let_go_when_it_is_undone() -> None:
    source = busy()
    async with editing(source) as (_, pilot, editor):
        await pilot.press(*"abc")
        await until(pilot, lambda: SPEC in source.drafts, "the draft")
        assert "abc" in source.drafts[SPEC].text
        assert source.drafts[SPEC].seen == source.texts[SPEC]
        await pilot.press("ctrl+z")
        await until(pilot, lambda: not source.drafts, "the draft's end")
        assert not editor.unsaved


async def test_typing_without_a_pause_is_kept_all_the_same() -> None:
    source = busy()
    async with editing(source) as (_, pilot, _editor):
        async with asyncio.timeout(10):
            while SPEC not in source.drafts:
                await pilot.press("a")


async def test_a_draft_that_cannot_be_kept_is_told_once() -> None:
    source = busy()
    async with editing(source) as (room, pilot, editor):
        source.refusal = SourceError("No space left on device", "make room")
        await pilot.press("a")
        await until(pilot, lambda: "unsaved text is not kept" in editor.message, "the warning")
        await pilot.press("escape", "b")
        await until(pilot, lambda: settled(room), "the pause")
        assert editor.message == ""


def with_draft(seen_then: str | None = None) -> FakeSource:
    source = busy()
    source.spec_rows = sample.SPECS
    base = "---\nid: bank-withdraw\n---\n## WHAT\n"
    source.texts[SPEC] = base
    source.drafts[SPEC] = Draft(base + "typed in the night\n", seen_then or base, sample.NOW)
    return source


async def offered(source: FakeSource, room: ControlRoom, pilot: Pilot[int]) -> EditorScreen:
    room.room_screen.point_at(SPEC)  # type: ignore[union-attr]
    await pilot.press("i")
    dialog = await asked(room, pilot)
    assert "Unsaved changes of bank-withdraw from 23:42" in dialog
    return editor_of(room)


async def test_a_draft_is_offered_and_taken() -> None:
    source = with_draft()
    async with opened(source) as (room, pilot):
        editor = await offered(source, room, pilot)
        await pilot.press("t")
        await until(pilot, lambda: "typed in the night" in editor.area.text, "the draft")
        assert editor.unsaved
        await pilot.press("f2")
        await until(pilot, lambda: "typed in the night" in source.texts[SPEC] and not source.drafts, "the save")


async def test_a_draft_is_discarded() -> None:
    source = with_draft()
    async with opened(source) as (room, pilot):
        editor = await offered(source, room, pilot)
        await pilot.press("d")
        await until(pilot, lambda: not source.drafts and room.screen is editor, "the draft's end")
        assert not editor.unsaved


async def test_a_draft_can_be_decided_on_later() -> None:
    source = with_draft()
    async with opened(source) as (room, pilot):
        await offered(source, room, pilot)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(room.room_screen, EditorScreen), "the list")
        assert "typed in the night" in source.drafts[SPEC].text


async def test_a_draft_over_a_file_that_changed_since_does_not_overwrite_it() -> None:
    source = with_draft(seen_then="---\nid: bank-withdraw\n---\n")
    async with opened(source) as (room, pilot):
        editor = await offered(source, room, pilot)
        await pilot.press("t")
        await until(pilot, lambda: "changed by another program" in seen(room), "the banner")
        await pilot.press("f2")
        await asked(room, pilot)
        await pilot.press("o")
        await until(pilot, lambda: "that one is kept in" in editor.message, "where theirs is")


async def test_a_draft_that_says_what_the_file_says_is_let_go() -> None:
    source = with_draft()
    source.texts[SPEC] = source.drafts[SPEC].text
    async with opened(source) as (room, pilot):
        room.room_screen.point_at(SPEC)  # type: ignore[union-attr]
        await pilot.press("i")
        await until(pilot, lambda: settled(room) and not source.drafts, "the editor")
        assert room.screen is room.room_screen


# Leaving


async def test_leaving_without_changes_does_not_ask() -> None:
    async with editing(busy()) as (room, pilot, editor):
        await pilot.press("escape")
        await until(pilot, lambda: room.room_screen is not editor, "the list")


async def test_leaving_with_changes_asks_and_saves() -> None:
    source = busy()
    async with editing(source) as (room, pilot, editor):
        await pilot.press(*"abc", "escape")
        assert "has unsaved changes" in await asked(room, pilot)
        await pilot.press("s")
        await until(pilot, lambda: room.room_screen is not editor, "the list")
        assert "abc" in source.texts[SPEC]
        await until(pilot, lambda: not source.drafts, "the draft's end")


async def test_leaving_with_changes_asks_and_discards() -> None:
    source = busy()
    async with editing(source) as (room, pilot, editor):
        await pilot.press(*"abc")
        await until(pilot, lambda: SPEC in source.drafts, "the draft")
        await pilot.press("escape")
        await asked(room, pilot)
        await pilot.press("d")
        await until(pilot, lambda: room.room_screen is not editor, "the list")
        assert "abc" not in source.texts[SPEC]
        assert not source.drafts


async def test_leaving_with_changes_asks_and_stays() -> None:
    async with editing(busy()) as (room, pilot, editor):
        await pilot.press(*"abc", "ctrl+q")
        await asked(room, pilot)
        await pilot.press("n")
        await until(pilot, lambda: room.screen is editor, "the editor")
        assert editor.unsaved


async def test_what_is_unsaved_is_kept_when_something_else_is_opened() -> None:
    source = busy()
    async with editing(source) as (room, pilot, editor):
        await pilot.press(*"abc", "ctrl+p")
        await until(pilot, lambda: room.screen is not editor, "the palette")
        await pilot.press(*"csv-report", "enter")
        await until(pilot, lambda: not isinstance(room.room_screen, EditorScreen), "the list")
        await until(pilot, lambda: SPEC in source.drafts, "the draft")
        assert "abc" in source.drafts[SPEC].text
