"""Keys on a run: answer its question, mark it as an escaped defect, and what stands still and why."""

import asyncio

import pytest

from factory_tui.model.run import HoldReason, RunState
from factory_tui.model.views import RunView
from factory_tui.tui.actions import Where
from factory_tui.tui.screens.choose import Choice, ChooseScreen
from factory_tui.tui.screens.confirm import ConfirmScreen, ReasonScreen
from factory_tui.tui.source import Change, SourceError, Topic

from . import morning, sample
from .driving import LARGE, opened, seen, until
from .fake_source import FakeSource, morning_after


async def test_a_question_is_shown_with_its_numbered_answers() -> None:
    async with opened(morning_after(), Where.BOARD) as (room, pilot):
        room.screen.table.select(morning.ASKING.run)  # type: ignore[attr-defined]
        await until(pilot, lambda: "1 Exit code 4" in seen(room), "the answers")
        assert "o · asks:" in seen(room)
        assert "o answers; the answer goes into the spec" in seen(room)
        await pilot.press("enter")
        await until(pilot, lambda: "3 Exit code 1" in seen(room), "the answers on the run's own screen")


@pytest.mark.parametrize("where", [Where.BOARD, Where.REPORT])
async def test_a_digit_picks_an_answer_and_a_yes_writes_it(where: Where) -> None:
    source = morning_after()
    async with opened(source, where, size=LARGE) as (room, pilot):
        identity = morning.ASKING.run if where is Where.BOARD else f"run {morning.ASKING.run}"
        room.screen.table.select(identity)  # type: ignore[attr-defined]
        await pilot.press("o")
        await until(pilot, lambda: isinstance(room.screen, ChooseScreen), "the answers")
        await pilot.press("2")
        await until(pilot, lambda: isinstance(room.screen, ConfirmScreen), "the last question")
        assert "specs/order-import.md, RULES" in seen(room)
        await pilot.press("enter")
        await until(pilot, lambda: room.screen is room.room_screen, "the screen")
        assert source.commands == [], "no is the default"
        await pilot.press("o")
        await until(pilot, lambda: isinstance(room.screen, ChooseScreen), "the answers")
        await pilot.press("2")
        await until(pilot, lambda: isinstance(room.screen, ConfirmScreen), "the last question")
        await pilot.press("y")
        await until(pilot, lambda: "queued again as rorde2k7" in seen(room), "what came of it")
    assert source.commands == ["answer rorde2k7: Exit code 2, as for bad input"]


async def test_a_key_that_is_pressed_twice_asks_once() -> None:
    async with opened(morning_after(), Where.BOARD) as (room, pilot):
        screen = room.screen
        screen.action_cancel()  # type: ignore[attr-defined]
        screen.action_cancel()  # type: ignore[attr-defined]
        await until(pilot, lambda: isinstance(room.screen, ConfirmScreen), "the question")
        await pilot.press("n")
        await until(pilot, lambda: room.screen is screen, "no second question")
        await pilot.press("C")
        await until(pilot, lambda: isinstance(room.screen, ConfirmScreen), "a question of its own")


async def test_another_answer_is_typed() -> None:
    source = morning_after()
    async with opened(source, Where.BOARD) as (room, pilot):
        room.screen.table.select(morning.ASKING.run)  # type: ignore[attr-defined]
        await pilot.press("o")
        await until(pilot, lambda: isinstance(room.screen, ChooseScreen), "the answers")
        await pilot.press("tab", *"1 or 2", "enter")
        await until(pilot, lambda: isinstance(room.screen, ConfirmScreen), "the last question")
        await pilot.press("y")
        await until(pilot, lambda: bool(source.commands), "the command")
    assert source.commands == ["answer rorde2k7: 1 or 2"]


async def test_a_question_without_proposed_answers_waits_for_one() -> None:
    source = morning_after()
    row = morning.ASKING.model_copy(update={"question": morning.QUESTION.model_copy(update={"answers": ()})})
    source.rows = (row,)
    async with opened(source, Where.BOARD) as (room, pilot):
        await pilot.press("o")
        await until(pilot, lambda: isinstance(room.screen, ChooseScreen), "the entry")
        await pilot.press("enter")
        assert isinstance(room.screen, ChooseScreen), "an empty answer is none"
        await pilot.press(*"four", "enter", "y")
        await until(pilot, lambda: source.commands == ["answer rorde2k7: four"], "the command")


async def test_a_run_that_asks_nothing_says_so() -> None:
    async with opened(morning_after(), Where.BOARD) as (room, pilot):
        await pilot.press("o")
        await until(pilot, lambda: "asks nothing" in seen(room), "the message")


async def test_an_escaped_defect_needs_a_reason_and_a_yes() -> None:
    source = morning_after()
    async with opened(source, Where.BOARD) as (room, pilot):
        room.screen.table.select("rcsv2k7")  # type: ignore[attr-defined]
        await pilot.press("E")
        await until(pilot, lambda: isinstance(room.screen, ReasonScreen), "the question")
        assert "reverted in the target" in seen(room)
        await pilot.press("enter")
        await until(pilot, lambda: "! say what is wrong" in seen(room), "the refusal of nothing")
        await pilot.press(*"sums are off", "enter", "enter")
        await until(pilot, lambda: room.screen is room.room_screen, "the board")
        assert source.commands == [], "no is the default"
        await pilot.press("E")
        await until(pilot, lambda: isinstance(room.screen, ReasonScreen), "the question")
        await pilot.press(*"sums are off", "tab", "y")
        await until(pilot, lambda: "↩ escaped" in seen(room) and "failure 99 filed" in seen(room), "what came of it")
        await until(pilot, lambda: "escaped defect: sums are off" in seen(room), "the reason")
        await pilot.press("E")
        await until(pilot, lambda: "is an escaped defect already" in seen(room), "the refusal")
    assert source.commands == ["escape rcsv2k7: sums are off"]


async def test_yes_without_a_reason_is_asked_for_the_reason() -> None:
    source = morning_after()
    async with opened(source, Where.BOARD) as (room, pilot):
        room.screen.table.select("rcsv2k7")  # type: ignore[attr-defined]
        await pilot.press("E")
        await until(pilot, lambda: isinstance(room.screen, ReasonScreen), "the question")
        room.screen.set_focus(None)
        await pilot.press("y")
        await until(pilot, lambda: "! say what is wrong" in seen(room), "the refusal of nothing")
        await pilot.press("escape")
    assert source.commands == []


async def test_only_what_has_shipped_can_have_escaped() -> None:
    async with opened(morning_after(), Where.BOARD) as (room, pilot):
        await pilot.press("E")
        await until(pilot, lambda: "only what has shipped" in seen(room), "the message")


async def test_a_provider_hold_is_told_on_every_screen_and_by_every_build() -> None:
    source = morning_after()
    source.holding = morning.HOLDING
    async with opened(source, Where.BOARD) as (room, pilot):
        await until(pilot, lambda: "provider hold until 03:12, goes on by itself" in seen(room), "the banner")
        assert seen(room).count("◷ until 03:12") == 1, "what is evaluated or prepared goes on, and so does the queue"
        for key in ("1", "3", "5"):
            await pilot.press(key)
            await until(pilot, lambda: "provider hold until 03:12" in seen(room), "the banner")
        room.open_run("rslug2k7")
        await until(pilot, lambda: "nothing is lost or paid twice" in " ".join(seen(room).split()), "the run")
        source.holding = None
        source.tell(Change(Topic.RUNS))
        await until(pilot, lambda: "provider hold" not in seen(room), "the end of it")


async def test_a_hold_without_an_end_names_none() -> None:
    source = morning_after()
    source.holding = morning.HOLDING.model_copy(update={"until": None})
    async with opened(source, Where.BOARD) as (room, pilot):
        await until(pilot, lambda: "provider hold, goes on by itself" in seen(room), "the banner")


async def test_an_engine_is_paused_and_goes_on() -> None:
    source = morning_after()
    async with opened(source, Where.BOARD) as (room, pilot):
        await pilot.press("H")
        await until(pilot, lambda: "Paused" in seen(room) and "H · engine paused" in seen(room), "the pause")
        assert "scenario exp" in seen(room), "what runs goes on"
        await pilot.press("H")
        await until(pilot, lambda: "Paused" not in seen(room), "the end of it")
    assert source.commands == ["pause", "resume"]


async def test_every_row_at_rest_names_its_reason_and_a_key() -> None:
    rows = tuple(
        sample.run(f"spec-{number}", state, hold=hold)
        for number, (state, hold) in enumerate(
            [
                *((RunState.HELD, hold) for hold in HoldReason),
                (RunState.FAILED, None),
                (RunState.ERROR, None),
                (RunState.CANCELLED, None),
                (RunState.SHIPPED, None),
            ]
        )
    )
    rows = tuple(row.model_copy(update={"run": f"r{number}"}) for number, row in enumerate(rows))
    async with opened(FakeSource(rows=rows, batch=sample.BATCH), Where.BOARD, size=LARGE) as (room, pilot):
        for row in rows:
            room.screen.table.select(row.run)  # type: ignore[attr-defined]
            await until(pilot, lambda: "next" in seen(room) and "why" in seen(room), "the reason and what moves it")
            cells = room.screen._cells(row, False)  # type: ignore[attr-defined]
            assert cells[-1].text[:4] in ("u · ", "⏎ · ", "o · ")
            assert len(cells[-1].text) > 4


async def test_a_command_that_somebody_else_gave_first_is_calm_news() -> None:
    source = morning_after()

    def answered_elsewhere() -> None:
        source._change(source._row("rorde2k7"), state=RunState.QUEUED, question=None, hold=None)

    source.meanwhile = answered_elsewhere
    source.refusal = SourceError("rorde2k7 asks nothing (it is queued)", "`factory-tui status` shows what waits")
    async with opened(source, Where.BOARD) as (room, pilot):
        room.screen.table.select("rorde2k7")  # type: ignore[attr-defined]
        await pilot.press("o")
        await until(pilot, lambda: isinstance(room.screen, ChooseScreen), "the answers")
        await pilot.press("1", "y")
        await until(pilot, lambda: "rorde2k7 is queued already" in seen(room), "the news")
        assert "! " not in room.room_screen.message  # type: ignore[union-attr]
        await until(pilot, lambda: "◆ 1 needs you" in seen(room), "the board as it is now")
        assert room.screen.current.run == "rorde2k7"  # type: ignore[attr-defined]


async def test_a_run_that_another_viewer_took_up_anew_is_calm_news() -> None:
    source = morning_after()
    again = sample.run("todo-api", RunState.QUEUED, run="ragain", queued=sample.NOW)
    source.meanwhile = lambda: setattr(source, "rows", (*source.rows, again))
    source.refusal = SourceError("todo-api is queued already, as ragain", "follow that run")
    async with opened(source, Where.BOARD) as (room, pilot):
        room.screen.table.select("rtodo2k7")  # type: ignore[attr-defined]
        await pilot.press("u")
        await until(pilot, lambda: "rtodo2k7 is queued as ragain already" in seen(room), "the news")
        await until(pilot, lambda: "○ 2 queued" in seen(room), "the board as it is now")


@pytest.mark.parametrize(("key", "run"), [("C", "rlink2k7"), ("u", "rtodo2k7")])
async def test_a_refusal_of_a_run_that_has_not_changed_stays_an_error(key: str, run: str) -> None:
    source = morning_after()
    source.refusal = SourceError("the engine is going down", "start it again")
    async with opened(source, Where.BOARD) as (room, pilot):
        room.screen.table.select(run)  # type: ignore[attr-defined]
        await pilot.press(key)
        if key == "C":
            await until(pilot, lambda: isinstance(room.screen, ConfirmScreen), "the question")
            await pilot.press("y")
        await until(pilot, lambda: "! the engine is going down" in seen(room), "the error")
        assert "→ start it again" in seen(room)


async def test_an_engine_that_was_started_anew_is_told_and_the_cursor_stays() -> None:
    source = morning_after()
    async with opened(source, Where.BOARD) as (room, pilot):
        await until(pilot, lambda: room.engine_known, "the engine")
        room.screen.table.select("rslug2k7")  # type: ignore[attr-defined]
        source.engine = sample.ENGINE.model_copy(update={"epoch": 4, "pid": 4711})
        source.tell(Change(Topic.ENGINE | Topic.RUNS))
        await until(pilot, lambda: "the engine was started anew" in seen(room), "the news")
        assert room.screen.current.run == "rslug2k7"  # type: ignore[attr-defined]


async def test_an_engine_that_comes_back_after_it_was_gone_is_told() -> None:
    source = morning_after()
    async with opened(source, Where.BOARD) as (room, pilot):
        await until(pilot, lambda: room.engine_known, "the engine")
        source.engine = None
        source.tell(Change(Topic.ENGINE | Topic.RUNS))
        await until(pilot, lambda: "No engine runs" in seen(room), "its end")
        assert "started anew" not in seen(room)
        source.engine = sample.ENGINE.model_copy(update={"epoch": 4})
        source.tell(Change(Topic.ENGINE | Topic.RUNS))
        await until(pilot, lambda: "the engine was started anew" in seen(room), "the next one")
        await until(pilot, lambda: "No engine runs" not in seen(room), "a board without the banner")


async def test_a_spec_that_is_deleted_under_the_cursor_gives_it_to_its_neighbour() -> None:
    source = morning_after()
    async with opened(source) as (room, pilot):
        table = room.screen.table  # type: ignore[attr-defined]
        table.select("link-shortener")
        following = table.items[table.cursor + 1].id
        source.spec_rows = tuple(row for row in source.spec_rows if row.id != "link-shortener")
        source.tell(Change(Topic.SPECS))
        await until(pilot, lambda: "link-shortener" not in seen(room), "its end")
        assert room.screen.current.id == following  # type: ignore[attr-defined]


async def test_a_run_that_is_left_before_the_history_has_answered_is_no_error() -> None:
    source = morning_after()
    answer, asked, released = source.run, asyncio.Event(), asyncio.Event()

    async def late(run: str) -> RunView | None:
        asked.set()
        await released.wait()
        return await answer(run)

    source.run = late  # type: ignore[method-assign]
    async with opened(source, Where.BOARD) as (room, pilot):
        await pilot.press("enter")
        await asyncio.wait_for(asked.wait(), 5)
        await pilot.press("3")
        released.set()
        await until(pilot, lambda: room.up_to_date and room.here is Where.FAILURES, "the screen that was asked for")
        assert room.is_running


async def test_the_cursor_goes_with_a_run_that_somebody_took_up_anew() -> None:
    source = morning_after()
    async with opened(source, Where.BOARD) as (room, pilot):
        table = room.screen.table  # type: ignore[attr-defined]
        await pilot.press("G")
        before = table.current
        anew = before.model_copy(update={"run": "rnew2k7", "state": RunState.QUEUED})
        source.rows = tuple(anew if row is before else row for row in source.rows)
        source.tell(Change(Topic.RUNS))
        await until(pilot, lambda: table.current.run == "rnew2k7", "the newer run of the same spec")


@pytest.mark.parametrize(
    ("about", "again"), [("and leave", 1), ("what was typed since it was saved, and all that came before it", 2)]
)
async def test_what_a_choice_says_stands_a_second_time_only_where_its_row_cuts_it(about: str, again: int) -> None:
    async with opened(morning_after(), Where.BOARD) as (room, pilot):
        room.push_screen(ChooseScreen("Leave?", [Choice("s", "save", "save", about), Choice("n", "no", "not now", "")]))
        await until(pilot, lambda: "esc closes" in seen(room), "the choices")
        assert seen(room).count(about[:20]) == again
