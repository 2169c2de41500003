"""Triage by keyboard: marks, what is done with all of them at once, what it would come to, who waits for whom."""

import asyncio

import pytest
from textual.pilot import Pilot

from factory_tui.model.spec import Status
from factory_tui.tui.app import ControlRoom
from factory_tui.tui.screens.advice import AdviceScreen
from factory_tui.tui.screens.confirm import ConfirmScreen
from factory_tui.tui.screens.specs import SpecsScreen
from factory_tui.tui.source import SourceError

from .driving import LARGE, opened, seen, terminal_output, until
from .fake_source import FakeSource
from .test_hostile_text import assert_harmless, poisoned
from .test_snapshots import many
from .triage_night import evening


def screen_of(room: ControlRoom) -> SpecsScreen:
    screen = room.room_screen
    assert isinstance(screen, SpecsScreen)
    return screen


def status_of(source: FakeSource, spec: str) -> Status | None:
    return next(row.status for row in source.spec_rows if row.id == spec)


def priority_of(source: FakeSource, spec: str) -> int:
    return next(row.priority for row in source.spec_rows if row.id == spec)


def current(room: ControlRoom) -> str:
    row = screen_of(room).current
    assert row is not None
    return row.id


async def mark(pilot: Pilot[int], room: ControlRoom, *specs: str) -> None:
    for spec in specs:
        screen_of(room).table.select(spec)
        await pilot.press("space")


async def confirmed(pilot: Pilot[int], room: ControlRoom, *keys: str) -> str:
    """Press keys that lead to a question, say yes, and give the question back."""
    await pilot.press(*keys)
    await until(pilot, lambda: isinstance(room.screen, ConfirmScreen), "the question")
    asked = seen(room)
    await pilot.press("y")
    await until(pilot, lambda: not isinstance(room.screen, ConfirmScreen), "the list")
    return asked


async def test_space_marks_and_goes_on_and_a_mark_stays_with_its_spec() -> None:
    async with opened(evening()) as (room, pilot):
        await pilot.press("j", "space", "space")
        assert screen_of(room).marks == {"slug-bug", "csv-report"}
        assert current(room) == "link-shortener"
        await pilot.press("s", "s")
        await pilot.press("slash", *"csv", "enter")
        assert "1 of 13 shown · + 2 marked, 1 hidden" in seen(room)
        await pilot.press("space")
        assert screen_of(room).marks == {"slug-bug"}
        await pilot.press("m")
        assert screen_of(room).marks == {"slug-bug", "csv-report"}
        await pilot.press("M", "escape")
        assert screen_of(room).marks == frozenset()


async def test_marks_are_shown_without_colour() -> None:
    async with opened(evening()) as (room, pilot):
        await mark(pilot, room, "todo-api")
        line = next(each for each in seen(room).splitlines() if "todo-api" in each)
        assert line[1] == "+"


async def test_a_bulk_change_asks_once_tells_what_is_hidden_and_leaves_the_refused_marked() -> None:
    source = evening()
    async with opened(source) as (room, pilot):
        await mark(pilot, room, "bank-withdraw", "readme-examples", "egg", "todo-api")
        await pilot.press("slash", *"egg", "enter")
        asked = " ".join(confirm for confirm in (await confirmed(pilot, room, "r")).split())
        assert "Make 3 marked specs Ready?" in asked
        assert "2 of them not shown" in asked
        assert "1 spec with errors" in asked
        assert "1 marked, but ready already" in asked
        await until(pilot, lambda: "2 specs ready, 1 refused" in seen(room), "the result")
        assert "C09" in seen(room)
        assert screen_of(room).marks == {"bank-withdraw"}
        assert status_of(source, "egg") is Status.READY
        assert status_of(source, "bank-withdraw") is Status.DRAFT
        await pilot.press("escape", "escape", "slash", *"is:marked", "enter")
        assert [row.id for row in screen_of(room).table.items] == ["bank-withdraw"]


async def test_no_leaves_everything_as_it_is() -> None:
    source = evening()
    async with opened(source) as (room, pilot):
        await mark(pilot, room, "egg", "todo-api")
        await pilot.press("x")
        await until(pilot, lambda: isinstance(room.screen, ConfirmScreen), "the question")
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(room.screen, ConfirmScreen), "the list")
        assert source.commands == []
        assert screen_of(room).marks == {"egg", "todo-api"}


async def test_what_all_marked_are_already_is_said_and_not_asked() -> None:
    source = evening()
    async with opened(source) as (room, pilot):
        await mark(pilot, room, "todo-api", "csv-report")
        await pilot.press("r")
        await until(pilot, lambda: "all 2 marked are ready already" in seen(room), "the message")
        assert source.commands == []


async def test_priority_is_changed_at_once_as_often_as_the_key_is_pressed() -> None:
    source = evening()
    async with opened(source) as (room, pilot):
        await mark(pilot, room)
        screen_of(room).table.select("todo-api")
        await pilot.press("p", "p", "p")
        await until(pilot, lambda: "the highest priority" in seen(room), "the end of it")
        assert priority_of(source, "todo-api") == 0
        assert current(room) == "todo-api", "the cursor goes with the row"
        await pilot.press("P")
        await until(pilot, lambda: priority_of(source, "todo-api") == 1, "the way back")
        assert source.commands == ["priority 1 todo-api", "priority 0 todo-api", "priority 1 todo-api"]


async def test_all_marked_become_more_urgent_after_one_question() -> None:
    source = evening()
    async with opened(source) as (room, pilot):
        await mark(pilot, room, "csv-report", "slug-bug", "old-exporter")
        asked = await confirmed(pilot, room, "p")
        assert "Make 2 marked specs more urgent" in asked
        await until(pilot, lambda: "2 specs one step more urgent" in seen(room), "the result")
        assert [priority_of(source, each) for each in ("csv-report", "slug-bug", "old-exporter")] == [0, 0, 3]


async def test_the_last_change_can_be_taken_back_one_or_many() -> None:
    source = evening()
    async with opened(source) as (room, pilot):
        screen_of(room).table.select("egg")
        await pilot.press("x")
        await until(pilot, lambda: status_of(source, "egg") is Status.PARKED, "parked")
        await pilot.press("z")
        await until(pilot, lambda: status_of(source, "egg") is Status.DRAFT, "as it was")
        await mark(pilot, room, "csv-report", "egg")
        await confirmed(pilot, room, "x")
        await until(pilot, lambda: "2 specs parked; z takes it back" in seen(room), "the result")
        asked = await confirmed(pilot, room, "z")
        assert "Take the last change of 2 specs back?" in asked
        await until(pilot, lambda: "2 specs as before" in seen(room), "the result")
        assert (status_of(source, "csv-report"), status_of(source, "egg")) == (Status.READY, Status.DRAFT)


async def test_nothing_to_take_back_is_said() -> None:
    async with opened(evening()) as (room, pilot):
        await pilot.press("z")
        await until(pilot, lambda: "nothing was changed here" in seen(room), "the message")


async def test_while_many_are_changed_the_list_can_be_read_and_nothing_else_is_changed() -> None:
    source, go_on = evening(), asyncio.Event()
    source.slowly = go_on.wait
    async with opened(source) as (room, pilot):
        await mark(pilot, room, "csv-report", "todo-api")
        await confirmed(pilot, room, "x")
        before = current(room)
        await pilot.press("k")
        assert current(room) != before
        await pilot.press("d")
        await until(pilot, lambda: "has to wait" in seen(room), "the refusal")
        go_on.set()
        await until(pilot, lambda: "2 specs parked" in seen(room), "the result")


async def test_a_change_of_many_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("factory_tui.tui.commands.specs.SIGN_OF_LIFE", 0.0)
    source, go_on, steps = evening(), asyncio.Event(), 0

    async def after_the_first() -> None:
        nonlocal steps
        steps += 1
        if steps > 1:
            await go_on.wait()

    source.slowly = after_the_first
    async with opened(source) as (room, pilot):
        await mark(pilot, room, "csv-report", "todo-api", "hen")
        await confirmed(pilot, room, "x")
        await until(pilot, lambda: "1 of 3 specs changed …" in seen(room), "a sign of life")
        go_on.set()
        await until(pilot, lambda: "3 specs parked" in seen(room), "the result")


async def test_a_source_that_fails_says_so_and_keeps_the_marks() -> None:
    source = evening()

    async def broken(changes: object, progress: object) -> None:
        raise SourceError("the disk is full", "make room")

    source.change_specs = broken  # type: ignore[method-assign,assignment]
    async with opened(source) as (room, pilot):
        await mark(pilot, room, "csv-report", "todo-api")
        await confirmed(pilot, room, "x")
        await until(pilot, lambda: "the disk is full" in seen(room), "the error")
        assert screen_of(room).marks == {"csv-report", "todo-api"}


async def test_what_is_gone_is_no_longer_marked() -> None:
    source = evening()
    async with opened(source) as (room, pilot):
        await mark(pilot, room, "csv-report", "todo-api")
        source.spec_rows = tuple(row for row in source.spec_rows if row.id != "csv-report")
        await pilot.press("2", "1")
        await until(pilot, lambda: screen_of(room).marks == {"todo-api"}, "the mark to go")


async def test_read_only_marks_and_looks_but_changes_nothing() -> None:
    source = evening()
    source.read_only = True
    async with opened(source) as (room, pilot):
        await mark(pilot, room, "csv-report", "todo-api")
        for key in ("r", "x", "p", "P", "z"):
            await pilot.press(key)
            await until(pilot, lambda: "read-only" in screen_of(room).message, "the refusal")
            await pilot.press("escape")
        assert source.commands == []


async def test_editing_is_about_one_spec_and_says_so() -> None:
    async with opened(evening()) as (room, pilot):
        await mark(pilot, room, "csv-report", "todo-api")
        await pilot.press("i")
        await until(pilot, lambda: room.room_screen is not room.screen_stack[0], "the editor")
        await pilot.press("escape")
        await until(pilot, lambda: "2 specs stay marked" in seen(room), "the reminder")


async def test_dependencies_take_the_place_of_the_findings_and_back() -> None:
    async with opened(evening(), size=LARGE) as (room, pilot):
        screen_of(room).table.select("todo-api")
        await pilot.press("D")
        text = seen(room)
        assert "✓ shipped  csv-report" in text
        assert "◑ at work  slug-bug" in text
        screen_of(room).table.select("soup")
        await pilot.pause()
        assert "a circle: it waits for itself" in seen(room)
        assert "no spec has this id" in seen(room)
        await pilot.press("D")
        assert "Is waited for by" not in seen(room)


async def test_waiting_and_unsaved_specs_carry_a_sign_and_a_sentence() -> None:
    async with opened(evening()) as (room, pilot):
        line = next(each for each in seen(room).splitlines() if "bank-withdraw" in each)
        assert "✎◷" in line
        screen_of(room).table.select("bank-withdraw")
        await pilot.pause()
        assert "not saved" in seen(room)
        assert "waits for todo-api (failed), currency-rates (missing)" in seen(room)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("todo-api", "about $0.42 and 3 min; 9 of 10 shipped; chance 60 % to 98 %"),
        ("slug-bug", "n = 2: little to go by"),
        ("csv-report", "no history"),
    ],
)
async def test_the_estimate_says_what_it_rests_on(spec: str, said: str) -> None:
    async with opened(evening(), size=LARGE) as (room, pilot):
        screen_of(room).table.select(spec)
        await pilot.pause()
        assert said in seen(room)


async def test_the_question_before_a_batch_says_what_it_would_likely_come_to() -> None:
    async with opened(evening()) as (room, pilot):
        await pilot.press("R")
        await until(pilot, lambda: isinstance(room.screen, ConfirmScreen), "the question")
        assert "about $4.51" in seen(room)
        assert "without history" in " ".join(seen(room).replace("│", " ").split())


async def test_of_marked_specs_only_those_are_run_that_are_ready() -> None:
    source = evening()
    async with opened(source) as (room, pilot):
        await mark(pilot, room, "legacy-invoice", "csv-report", "egg")
        asked = await confirmed(pilot, room, "R")
        assert "Run 2 Ready specs of 3 marked?" in asked
        assert "1 marked, but not Ready" in asked
        await until(pilot, lambda: "2 runs queued" in seen(room), "the runs")
        assert source.commands == ["run csv-report legacy-invoice"]
        await pilot.press("M")
        await mark(pilot, room, "egg")
        await pilot.press("R")
        await until(pilot, lambda: "no marked spec is Ready" in seen(room), "the reason")


async def test_advice_answers_which_work_suits_and_leads_to_its_specs() -> None:
    async with opened(evening()) as (room, pilot):
        await pilot.press("w")
        await until(pilot, lambda: isinstance(room.screen, AdviceScreen), "the advice")
        assert "✓ suits" in seen(room)
        assert "✗ not yet" in seen(room)
        await pilot.press("j", "j")
        assert "9 of 10 shipped and held" in seen(room)
        await pilot.press("enter")
        await until(pilot, lambda: "category:crud" in seen(room), "the filter")
        assert {row.id for row in screen_of(room).table.items} == {"todo-api", "bank-withdraw"}
        await pilot.press("escape")
        assert len(screen_of(room).table.items) == 13


async def test_a_filter_that_means_nothing_says_what_was_meant() -> None:
    async with opened(evening()) as (room, pilot):
        await pilot.press("slash")
        assert "state:ready" in seen(room)
        await pilot.press(*"sate:x")
        await until(pilot, lambda: "no sate: did you mean state:?" in seen(room), "the reason")


async def test_a_key_typed_into_the_filter_marks_nothing() -> None:
    async with opened(evening()) as (room, pilot):
        await pilot.press("slash", *"api", "space", "m")
        assert screen_of(room).marks == frozenset()


async def test_five_hundred_of_ten_thousand_are_changed_while_the_screen_lives() -> None:
    source = many()
    async with opened(source) as (room, pilot):
        await pilot.press("slash", *"spec-00 prio:0-3", "enter")
        await pilot.press("m")
        assert len(screen_of(room).marks) == 800
        await pilot.press("escape")
        asked = await confirmed(pilot, room, "d")
        assert "Make 800 marked specs draft?" in asked
        await until(pilot, lambda: "800 specs draft" in seen(room), "the result")
        assert sum(row.status is Status.DRAFT for row in source.spec_rows) == 800


async def test_only_what_can_be_put_back_is_remembered() -> None:
    source = evening()
    async with opened(source) as (room, pilot):
        screen_of(room).table.select("unreadable")
        await pilot.press("d")
        await until(pilot, lambda: status_of(source, "unreadable") is Status.DRAFT, "a draft")
        await pilot.press("z")
        await until(pilot, lambda: "nothing was changed here" in seen(room), "the message")


@pytest.mark.parametrize("keys", [("D",), ("m", "x"), ("m", "r", "y"), ("w",), ("R",), ("p",)], ids="-".join)
async def test_hostile_text_acts_on_no_terminal(keys: tuple[str, ...]) -> None:
    source = evening()
    source.spec_rows = tuple(poisoned(row) for row in source.spec_rows)
    source.past = tuple(poisoned(run) for run in source.past)
    async with opened(source, size=LARGE) as (room, pilot):
        await pilot.press("j", "j", "j", "j", "j")
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.2)
        await until(pilot, lambda: room.up_to_date, "rest")
        assert_harmless(terminal_output(room))
