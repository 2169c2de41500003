"""What stands beside the text: findings, how a good spec answers, and the trace matrix."""

from textual.pilot import Pilot

from factory_tui.model.spec import Kind, Question
from factory_tui.model.trace import TraceRow
from factory_tui.tui.app import ControlRoom
from factory_tui.tui.editing.exemplar import exemplar_lines
from factory_tui.tui.editing.matrix import place_of, proven, trace_lines, trace_state
from factory_tui.tui.editing.outline import name_at, outline
from factory_tui.tui.screens.choose import ChooseScreen
from factory_tui.tui.screens.editor_trace import TraceScreen
from factory_tui.tui.source import Change, Exemplar, SourceError, Topic

from . import evening
from .driving import LARGE, seen, until
from .fake_source import FakeSource, busy
from .test_editor import SPEC, editing, settled, side


def learned() -> FakeSource:
    """A source with a spec to learn from."""
    source = busy()
    source.exemplars[Kind.FEATURE] = evening.EXEMPLAR
    return source


async def turned(pilot: Pilot[int], said: str, editor: object) -> None:
    await pilot.press("f3")
    await until(pilot, lambda: said in editor.message, f"the view: {said}")  # type: ignore[attr-defined]


async def test_f3_shows_one_after_the_other() -> None:
    async with editing(learned(), size=LARGE) as (_, pilot, editor):
        assert "Every output" in side(editor)
        await turned(pilot, "shipped with its first attempt", editor)
        assert "of csv-report" in side(editor)
        assert "day,amount" in side(editor)
        await turned(pilot, "shows and proves", editor)
        assert "✗ no scenario" not in side(editor).split("R1")[1].split("\n")[0]
        assert "! reserve only" not in side(editor), "R4 has no evaluation, which is worse"
        assert "1 of 2 rules are proven" in side(editor)
        await turned(pilot, "guidance", editor)
        assert "Every output" in side(editor)


async def test_the_example_answers_the_question_of_the_cursor() -> None:
    async with editing(learned(), size=LARGE) as (_, pilot, editor):
        await turned(pilot, "first attempt", editor)
        await pilot.press("ctrl+down")
        assert "one row for each day" in side(editor)
        await pilot.press("ctrl+down")
        assert "It has no answer to EVALUATION." in side(editor)
        await pilot.press("ctrl+home")
        assert "none of the seven answers" in side(editor)


async def test_without_an_example_it_says_why() -> None:
    async with editing(busy(), size=LARGE) as (_, pilot, editor):
        await turned(pilot, "first attempt", editor)
        assert "none has shipped with its first attempt yet" in side(editor)


async def test_the_matrix_follows_the_typing_and_the_cursor() -> None:
    async with editing(busy(), size=LARGE) as (_, pilot, editor):
        await turned(pilot, "first attempt", editor)
        await turned(pilot, "proves", editor)
        await pilot.press("ctrl+down", "down", "down", "end", "enter", *"- R2 A new rule must hold.")
        await until(pilot, lambda: "R2" in side(editor), "the new rule")
        row = next(each for each in side(editor).split("\n") if "R2" in each)
        assert row.startswith("▌R2")
        assert "✗ not evaluated" in row


async def test_a_matrix_that_cannot_be_made_is_told() -> None:
    source = busy()
    async with editing(source) as (_, pilot, editor):
        source.error = SourceError("factory.toml cannot be read", "mend it")
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "factory.toml" in editor.message, "the error")


async def traced(room: ControlRoom, pilot: Pilot[int]) -> str:
    await pilot.press("ctrl+t")
    await until(pilot, lambda: isinstance(room.screen, TraceScreen), "the matrix")
    return seen(room)


async def test_the_whole_matrix_leads_to_a_rule() -> None:
    async with editing(busy()) as (room, pilot, editor):
        shown = await traced(room, pilot)
        assert "1 of 2 rules are proven" in shown
        await until(pilot, lambda: "empty-list, list-of-many" in seen(room), "what the column has no room for")
        await pilot.press("down")
        await until(pilot, lambda: "restart (reserve)" in seen(room), "the next rule")
        assert "none names it" in seen(room)
        await pilot.press("enter")
        await until(pilot, lambda: room.screen is editor, "the editor")
        assert editor.area.document.get_line(editor.area.cursor_row).startswith("- R4")
        await traced(room, pilot)
        await pilot.press("up", "escape")
        await until(pilot, lambda: room.screen is editor, "the editor")
        assert editor.area.document.get_line(editor.area.cursor_row).startswith("- R4")


async def test_the_whole_matrix_starts_at_the_rule_of_the_cursor() -> None:
    async with editing(busy()) as (room, pilot, _):
        await pilot.press("ctrl+down", "down", "down", "down")
        shown = await traced(room, pilot)
        assert "✗ not evaluated  R4" in next(each for each in shown.split("\n") if "▌" in each)


async def test_without_rules_there_is_no_matrix() -> None:
    source = busy()
    await source.read_spec(SPEC)
    source.texts[SPEC] = "## WHAT\n\nNothing yet.\n"
    async with editing(source) as (_, pilot, editor):
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "no rules to trace" in editor.message, "the answer")
        assert "F5" in editor.message


# Sections and sub-sections

WITH_EDGE_CASES = "- R4 A restart must keep every item.\n\n### Edge cases\n\n- Empty: TBD\n"


async def test_a_sub_section_is_reached_by_its_letter_and_by_arrows() -> None:
    source = busy()
    await source.read_spec(SPEC)
    source.texts[SPEC] = source.texts[SPEC].replace("- R4 A restart must keep every item.\n", WITH_EDGE_CASES)
    async with editing(source) as (room, pilot, _):
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(room.screen, ChooseScreen), "the sections")
        row = next(each for each in seen(room).split("\n") if "Edge cases" in each)
        assert "a" in row.split()
        assert "1 finding" in row
        await pilot.press("a")
        await until(pilot, lambda: "RULES › Edge cases ·" in seen(room), "the sub-section")
        await pilot.press("ctrl+up")
        assert "RULES ·" in seen(room)
        await pilot.press("ctrl+down", "ctrl+down")
        assert "EVALUATION ·" in seen(room)


async def test_a_heading_that_stands_twice_is_gone_to_once_each() -> None:
    source = busy()
    await source.read_spec(SPEC)
    source.texts[SPEC] = source.texts[SPEC].replace("## WHO\n", "## RULES\n\n## WHO\n")
    async with editing(source) as (room, pilot, editor):
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(room.screen, ChooseScreen), "the sections")
        await pilot.press("5")
        await until(pilot, lambda: room.screen is editor, "the editor")
        first = editor.area.cursor_row
        assert editor.area.document.get_line(first) == "## RULES"
        for _ in range(4):
            await pilot.press("ctrl+down")
        assert editor.area.document.get_line(editor.area.cursor_row) == "## RULES"
        assert editor.area.cursor_row > first


async def test_an_unclosed_fence_hides_what_follows_and_nothing_breaks() -> None:
    source = busy()
    await source.read_spec(SPEC)
    source.texts[SPEC] = source.texts[SPEC].replace("## INPUTS\n", "```console\n## INPUTS\n")
    async with editing(source) as (room, pilot, editor):
        assert [each.name for each in editor.outline] == ["front matter", "WHAT", "WHO"]
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(room.screen, ChooseScreen), "the sections")
        assert seen(room).count("is missing") == 5
        await pilot.press("escape")
        await turned(pilot, "first attempt", editor)


async def test_the_next_finding_is_told_when_the_pane_shows_something_else() -> None:
    async with editing(learned()) as (room, pilot, editor):
        await pilot.press("f8")
        assert editor.message == ""
        await turned(pilot, "first attempt", editor)
        await pilot.press("f8")
        assert editor.message.startswith("C02 line 26: ")
        assert editor.message in seen(room)


async def test_news_do_not_turn_the_pane_back() -> None:
    source = learned()
    async with editing(source, size=LARGE) as (room, pilot, editor):
        await turned(pilot, "first attempt", editor)
        source.tell(Change(Topic.SPECS | Topic.TEMPLATES))
        await until(pilot, lambda: room.up_to_date and settled(room), "the news")
        assert "of csv-report" in side(editor)


# In words


def row(rule: str, line: int, evaluation: str = "E1", scenarios: str = "one", reserve: str = "") -> TraceRow:
    return TraceRow(
        rule=rule,
        text="It must hold.",
        line=line,
        evaluation=tuple(evaluation.split()),
        scenarios=tuple(scenarios.split()),
        reserve=tuple(reserve.split()),
    )


def test_what_a_rule_lacks_has_a_glyph_and_a_word() -> None:
    rows = (row("R1", 4), row("R2", 5, evaluation=""), row("R3", 6, scenarios=""), row("R4", 7, "E1", "", "later"))
    states = [trace_state(each).text for each in rows]
    assert states == ["✓ proven", "✗ not evaluated", "✗ no scenario", "! reserve only"]
    assert proven(rows) == "1 of 4 rules are proven"
    shown = [each.text for each in trace_lines(rows, 5)]
    assert [each for each in shown if each.startswith("▌")] == ["▌R3   E1 · ✗ no scenario"]
    assert [place_of(rows, at) for at in (0, 3, 4, 99)] == [0, 1, 2, 4]


def test_an_example_is_cut_to_the_question() -> None:
    example = Exemplar("good", "Good", {Question.WHO: "\n\nA clerk.\n"})
    found = outline(["## WHO", "x"])
    assert [each.text for each in exemplar_lines(found, 1, Kind.FEATURE, example)][-1] == "A clerk."


def test_a_place_has_a_name() -> None:
    found = outline(["## RULES", "- R1", "### Edge \x1b[2Jcases", "- Empty", "## WHO", "### "])
    assert [name_at(found, at) for at in (0, 1, 2, 3, 5)] == [
        "RULES", "RULES", "RULES › Edge cases", "RULES › Edge cases", "WHO"
    ]  # fmt: skip


def test_headings_are_found_in_time_whatever_the_line() -> None:
    worst = ["## " + "# " * 100_000 + "x", "## " + "\t" * 200_000, "##" + "#" * 200_000 + " x", "## " + "1" * 200_000]
    assert len(outline(worst * 5)) <= 21
