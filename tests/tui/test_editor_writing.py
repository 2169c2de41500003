"""Fixes that are carried out, pieces that are added, and what takes them back."""

import pytest
from textual.pilot import Pilot

from factory_tui.model.finding import Edit, Finding, Level
from factory_tui.tui.app import ControlRoom
from factory_tui.tui.editing.fixing import nearest, told
from factory_tui.tui.screens.choose import ChooseScreen
from factory_tui.tui.screens.editor import EditorScreen
from factory_tui.tui.source import Change, Topic

from .driving import seen, until
from .fake_source import FakeSource, busy
from .test_editor import SPEC, editing, side


async def miswritten(heading: str = "## Rules") -> FakeSource:
    """A source whose spec has a heading that the validator can mend, and nothing else that is wrong."""
    source = busy()
    await source.read_spec(SPEC)
    source.texts[SPEC] = source.texts[SPEC].replace("TBD", "JSON").replace("## RULES", heading)
    return source


# Fixes


async def test_f6_does_what_the_finding_proposes_as_one_step() -> None:
    async with editing(await miswritten()) as (_, pilot, editor):
        before = editor.area.text
        await pilot.press("f8")
        assert "F6 does this" in side(editor)
        await pilot.press("f6")
        await until(pilot, lambda: "is “RULES” now" in editor.message, "what was done")
        assert "C01 line 28: “Rules” is “RULES” now; ^z takes it back" in editor.message
        assert editor.area.document.get_line(27) == "## RULES"
        assert editor.area.cursor_location == (27, 3)
        await until(pilot, lambda: editor.findings == (), "no findings")
        await pilot.press("ctrl+z")
        assert editor.area.text == before
        await pilot.press("ctrl+y")
        assert editor.area.document.get_line(27) == "## RULES"


async def test_typing_before_and_after_a_fix_is_undone_apart_from_it() -> None:
    async with editing(await miswritten()) as (_, pilot, editor):
        await pilot.press("ctrl+end", "x", "f6")
        await until(pilot, lambda: "now" in editor.message, "what was done")
        await pilot.press("y")
        await pilot.press("ctrl+z")
        assert editor.area.document.get_line(27) == "## RULES"
        await pilot.press("ctrl+z")
        assert editor.area.document.get_line(27) == "## Rules"
        assert editor.area.text.endswith("x")


async def test_a_fix_waits_for_the_findings_of_what_was_typed() -> None:
    async with editing(await miswritten()) as (_, pilot, editor):
        await pilot.press("ctrl+home", "down", "enter", "enter", "f6")
        await until(pilot, lambda: "now" in editor.message, "what was done")
        assert "line 30" in editor.message
        assert editor.area.document.get_line(29) == "## RULES"


async def test_what_only_a_person_can_fix_is_said() -> None:
    async with editing(busy()) as (_, pilot, editor):
        await pilot.press("ctrl+home", "f6")
        await until(pilot, lambda: "say which format" in editor.message, "the fix in words")
        assert editor.message.startswith("C02 line 26: ")
        assert editor.area.cursor_row == 25
        assert not editor.unsaved


async def test_with_nothing_to_fix_it_says_so() -> None:
    async with editing(await miswritten("## RULES")) as (_, pilot, editor):
        await pilot.press("f6")
        await until(pilot, lambda: "nothing to fix" in editor.message, "the answer")


async def test_a_fix_of_a_place_that_is_not_there_changes_nothing() -> None:
    source = await miswritten()

    async def check(spec: str, text: str) -> tuple[Finding, ...]:
        return (finding(3, Edit(line=3, column=400, end_line=3, end_column=401, text="x")),)

    source.check_spec = check  # type: ignore[method-assign]
    async with editing(source) as (_, pilot, editor):
        before = editor.area.text
        await pilot.press("f6")
        await until(pilot, lambda: "no such place" in editor.message, "the refusal")
        assert editor.area.text == before


async def test_what_a_fix_writes_cannot_act_on_the_terminal() -> None:
    source = await miswritten()

    async def check(spec: str, text: str) -> tuple[Finding, ...]:
        return (finding(3, Edit(line=3, column=1, end_line=3, end_column=1, text="a\r\n\x1b[2Jb")),)

    source.check_spec = check  # type: ignore[method-assign]
    async with editing(source) as (_, pilot, editor):
        await pilot.press("ctrl+home", "f6")
        await until(pilot, lambda: "added" in editor.message, "what was done")
        assert "\x1b" not in editor.area.text
        assert editor.area.document.get_line(2) == "a"
        assert editor.desk.file_text(editor.area.text).split("\n")[3].startswith("\x1b[2Jb")


def finding(line: int, edit: Edit | None = None, level: Level = Level.ERROR, path: str | None = None) -> Finding:
    return Finding(rule="C01", level=level, line=line, message="m", fix="f", path=path, edit=edit)


def test_the_finding_of_the_line_counts_then_the_nearest() -> None:
    edit = Edit(line=4, column=1, end_line=4, end_column=2, text="")
    found = [finding(4), finding(4, edit, Level.WARNING), finding(9), finding(5, path="scenarios/x/a.yaml")]
    assert nearest(found, 3) is found[1], "what can be carried out comes first"
    assert nearest(found, 4) is found[1]
    assert nearest(found, 8) is found[2]
    assert nearest(found[3:], 4) is None


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("R3", "R4", "“R3” is “R4” now"),
        ("etc.", "", "“etc.” is removed"),
        ("", "\n### Out of scope\n", "“### Out of scope” is added"),
        ("\n", "", "a line break is removed"),
        ("x" * 99, "y", f"“{'x' * 39}…” is “y” now"),
    ],
)
def test_what_was_done_is_told(before: str, after: str, said: str) -> None:
    edit = Edit(line=4, column=1, end_line=4, end_column=2, text=after)
    assert told(finding(4), edit, before) == f"C01 line 4: {said}"


# Pieces


async def adding(room: ControlRoom, pilot: Pilot[int], key: str) -> None:
    await pilot.press("f5")
    await until(pilot, lambda: isinstance(room.screen, ChooseScreen), "the pieces")
    await pilot.press(key)
    await until(pilot, lambda: not isinstance(room.screen, ChooseScreen), "the editor")


def chosen(editor: EditorScreen) -> str:
    return editor.area.selected_text


async def test_a_rule_is_added_with_a_fresh_id_and_filled_in_with_tab() -> None:
    source = busy()
    source.taken = frozenset({"R5"})
    async with editing(source) as (room, pilot, editor):
        before = editor.area.text
        await adding(room, pilot, "r")
        await until(pilot, lambda: chosen(editor) == "<this happens>", "the first thing to say")
        assert editor.area.document.get_line(editor.area.cursor_row).startswith("- R6 If <this happens>")
        await pilot.press(*"the disk is full", "tab")
        assert chosen(editor) == "<the feature>"
        await pilot.press(*"the list", "tab", *"answer 507")
        assert "- R6 If the disk is full, then the list must answer 507." in editor.area.document.lines
        await pilot.press("tab")
        assert not editor.area.has_focus, "nothing is left to say: tab is the next pane again"
        await pilot.press("tab")
        for _ in range(20):
            await pilot.press("ctrl+z")
        assert editor.area.text == before


async def test_a_piece_is_taken_back_in_one_step() -> None:
    async with editing(busy()) as (room, pilot, editor):
        await pilot.press(*"abc")
        before = editor.area.text
        await adding(room, pilot, "e")
        assert "- E2 (R4): given <a situation>" in editor.area.text
        await pilot.press("ctrl+z")
        assert editor.area.text == before


@pytest.mark.parametrize(
    ("key", "line"),
    [("c", "- Empty: <rule id, or why it cannot happen>"), ("i", "| <name> | <type> | <bounds> | <invalid case")],
)
async def test_edge_cases_and_inputs_are_added_where_they_belong(key: str, line: str) -> None:
    async with editing(busy()) as (room, pilot, editor):
        await adding(room, pilot, key)
        assert editor.area.document.get_line(editor.area.cursor_row).startswith(line)
        assert chosen(editor).startswith("<")


async def test_a_piece_without_its_section_says_what_to_write() -> None:
    source = busy()
    await source.read_spec(SPEC)
    source.texts[SPEC] = "## WHAT\n\nSomething.\n"
    async with editing(source) as (room, pilot, editor):
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(room.screen, ChooseScreen), "the pieces")
        assert "there is no section RULES" in seen(room)
        await pilot.press("r")
        await until(pilot, lambda: "## RULES on a line of its own" in editor.message, "what to write")
        assert not editor.unsaved


async def test_a_change_outside_while_a_piece_is_picked_does_not_move_it_to_a_wrong_place() -> None:
    source = busy()
    async with editing(source) as (room, pilot, editor):
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(room.screen, ChooseScreen), "the pieces")
        source.texts[SPEC] = source.texts[SPEC].replace("## WHO\n", "More words.\n\n## WHO\n")
        source.tell(Change(Topic.SPECS))
        await until(pilot, lambda: "More words." in editor.area.text, "their text")
        await pilot.press("r")
        await until(pilot, lambda: chosen(editor) == "<this happens>", "the new rule")
        lines = list(editor.area.document.lines)
        assert lines.index("- R4 A restart must keep every item.") + 1 == editor.area.cursor_row


async def test_the_cursor_elsewhere_gives_tab_back_to_the_panes() -> None:
    async with editing(busy()) as (room, pilot, editor):
        await adding(room, pilot, "r")
        await pilot.press("ctrl+home", "tab")
        assert not editor.area.has_focus


async def test_a_file_with_other_line_ends_takes_pieces_too() -> None:
    source = busy()
    await source.read_spec(SPEC)
    source.texts[SPEC] = source.texts[SPEC].replace("\n", "\r\n")
    async with editing(source) as (room, pilot, editor):
        await adding(room, pilot, "r")
        await pilot.press("f2")
        await until(pilot, lambda: editor.message == "saved", "the save")
        assert "\r\n- R5 If <this happens>, then <the feature> must <do that>.\r\n" in source.texts[SPEC]
        assert "\n" not in source.texts[SPEC].replace("\r\n", "")
