"""What the operator does and sees."""

import asyncio
from pathlib import Path

from factory_tui.model.run import RunState
from factory_tui.model.spec import Status
from factory_tui.tui.actions import Where
from factory_tui.tui.screens.board import BoardScreen
from factory_tui.tui.screens.confirm import ConfirmScreen
from factory_tui.tui.screens.run import RunScreen
from factory_tui.tui.screens.specs import SpecsScreen
from factory_tui.tui.source import BoardView, Change, SourceError, Topic
from factory_tui.tui.widgets.text_pane import TextPane
from factory_tui.tui.words import why_not_running

from . import sample
from .driving import LARGE, opened, seen, until
from .fake_source import FakeSource, busy


async def test_a_draft_with_errors_cannot_be_marked_ready() -> None:
    source = busy()
    async with opened(source) as (room, pilot):
        room.screen.table.select("bank-withdraw")  # type: ignore[attr-defined]
        await pilot.press("r")
        await until(pilot, lambda: "bank-withdraw cannot be Ready" in seen(room), "the refusal")
        assert "add an item such as" in seen(room)
        await pilot.press("escape")
        assert "cannot be Ready" not in seen(room)


async def test_a_clean_draft_becomes_ready_and_back() -> None:
    source = busy()
    async with opened(source) as (room, pilot):
        screen = room.screen
        screen.table.select("readme-examples")  # type: ignore[attr-defined]
        await pilot.press("r")
        await until(pilot, lambda: screen.current.status is Status.READY, "Ready")  # type: ignore[attr-defined]
        assert screen.current.id == "readme-examples"  # type: ignore[attr-defined]
        await pilot.press("x")
        await until(pilot, lambda: screen.current.status is Status.PARKED, "Parked")  # type: ignore[attr-defined]
        await pilot.press("d")
        await until(pilot, lambda: screen.current.status is Status.DRAFT, "Draft")  # type: ignore[attr-defined]
    assert source.commands == ["ready readme-examples", "parked readme-examples", "draft readme-examples"]


async def test_running_every_ready_spec_asks_first_and_no_is_the_default() -> None:
    source = busy()
    async with opened(source, Where.BOARD) as (room, pilot):
        await pilot.press("R")
        await until(pilot, lambda: isinstance(room.screen, ConfirmScreen), "the question")
        assert "Run 6 Ready specs?" in seen(room)
        assert "$2.00 a run, $10.00 a batch" in seen(room)
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(room.screen, ConfirmScreen), "the board")
        assert source.commands == []
        await pilot.press("R")
        await until(pilot, lambda: isinstance(room.screen, ConfirmScreen), "the question")
        await pilot.press("y")
        await until(pilot, lambda: "6 runs queued" in seen(room), "the runs")
    assert source.commands[0].startswith("run csv-report")


async def test_what_became_ready_while_the_question_stood_is_not_run() -> None:
    source = busy()
    async with opened(source, Where.BOARD) as (room, pilot):
        await pilot.press("R")
        await until(pilot, lambda: isinstance(room.screen, ConfirmScreen), "the question")
        await source.set_status("readme-examples", Status.READY)
        source.commands.clear()
        await pilot.press("y")
        await until(pilot, lambda: "6 runs queued" in seen(room), "the runs")
    assert "readme-examples" not in source.commands[0]


async def test_a_batch_without_a_cap_is_named_as_such() -> None:
    source = busy()
    async with opened(source, Where.BOARD) as (room, pilot):
        source.batch_cap = None
        await pilot.press("R")
        await until(pilot, lambda: isinstance(room.screen, ConfirmScreen), "the question")
        assert "nothing is charged" in seen(room)


async def test_cancelling_asks_and_needs_a_yes() -> None:
    source = busy()
    async with opened(source, Where.BOARD) as (room, pilot):
        await pilot.press("j", "C")
        await until(pilot, lambda: isinstance(room.screen, ConfirmScreen), "the question")
        await pilot.press("right", "enter")
        await until(pilot, lambda: source.commands == ["cancel rlink2k7"], "the command")


async def test_only_a_stopped_run_is_retried() -> None:
    source = busy()
    async with opened(source, Where.BOARD) as (room, pilot):
        await pilot.press("u")
        await until(pilot, lambda: source.commands == ["retry rfast2k7"], "the command")
        await pilot.press("j", "u")
        await until(pilot, lambda: "only a stopped run can be retried" in seen(room), "the refusal")
    assert source.commands == ["retry rfast2k7"]


async def test_what_needs_me_is_first_and_every_standing_row_names_a_key() -> None:
    async with opened(busy(), Where.BOARD, size=LARGE) as (room, _):
        rows = room.screen.table.items  # type: ignore[attr-defined]
        assert [row.state for row in rows][:2] == [RunState.HELD, RunState.EVALUATING]
        text = seen(room)
        assert "u · passed, but targets/dedupe has" in text
        assert "u · INCOMPLETE: 2 of 6 scenarios fail" in text
        assert "waits for a free lane" in text


async def test_work_without_an_engine_says_so_and_r_starts_one() -> None:
    source = busy()
    source.engine = None
    async with opened(source, Where.BOARD) as (room, pilot):
        await until(pilot, lambda: "No engine runs" in seen(room), "the banner")
        await until(pilot, lambda: "R · no engine runs" in seen(room), "the rows")
        await until(pilot, lambda: " running" not in seen(room), "no run that is called running")
        await pilot.press("R")
        await until(pilot, lambda: "Start the engine?" in seen(room), "the question")
        source.engine = sample.ENGINE
        await pilot.press("y")
        await until(pilot, lambda: "engine up" in seen(room) and "no engine runs" not in seen(room), "the engine")
        await until(pilot, lambda: " running" in seen(room), "the work")
    assert source.commands == [], "no batch was asked for"


async def test_a_read_only_room_without_an_engine_names_the_command() -> None:
    source = busy()
    source.engine, source.read_only = None, True
    async with opened(source, Where.BOARD) as (room, pilot):
        await until(pilot, lambda: "`factory-tui engine start`" in seen(room), "the command")


async def test_an_empty_board_that_waits_for_its_batch_does_not_ask_for_one(tmp_path: Path) -> None:
    news = tmp_path / "preparing"
    news.write_text("building the image\n")
    source = FakeSource(spec_rows=sample.SPECS)
    async with opened(source, Where.BOARD, start_batch=True, preparing=news) as (room, pilot):
        await until(pilot, lambda: "The batch starts" in seen(room), "what happens")
        assert "Nothing has run yet" not in seen(room)


async def test_a_window_made_large_enough_again_takes_keys() -> None:
    async with opened(busy(), Where.BOARD) as (room, pilot):
        await pilot.resize_terminal(60, 20)
        await until(pilot, lambda: "Make the window larger" in seen(room), "the advice")
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: room.focused is not None, "the focus")
        before = room.screen.current  # type: ignore[attr-defined]
        await pilot.press("j")
        assert room.screen.current != before  # type: ignore[attr-defined]


async def test_a_run_that_stands_still_says_why_in_full_on_its_own_screen() -> None:
    remedy = "commit or stash them, then: git -C /srv/a-target-with-a-long-name merge --ff-only 5c7e22fba2be"
    held = sample.run("slug-bug", RunState.HELD, why="main is checked out with changes", remedy=remedy)
    source = FakeSource(spec_rows=sample.SPECS, rows=(held,), batch=sample.BATCH)
    async with opened(source, Where.BOARD) as (room, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: "main is checked out" in seen(room), "the reason")
        shown = " ".join(seen(room).split())
        assert "--ff-only 5c7e22fba2be" in shown
        assert "then u retries" in shown


async def test_what_was_said_on_a_screen_is_gone_when_it_is_seen_again() -> None:
    source = busy()
    async with opened(source) as (room, pilot):
        room.screen.table.select("bank-withdraw")  # type: ignore[attr-defined]
        await pilot.press("r")
        await until(pilot, lambda: "bank-withdraw cannot be Ready" in seen(room), "the refusal")
        await pilot.press("2")
        await until(pilot, lambda: isinstance(room.screen, BoardScreen), "the board")
        await pilot.press("1")
        await until(pilot, lambda: isinstance(room.screen, SpecsScreen), "the specs")
        assert "cannot be Ready" not in seen(room)


def test_a_queued_run_names_what_it_starts_after() -> None:
    assert why_not_running(sample.run("docs", RunState.QUEUED, awaits=("rotate-logs",))) == "starts after rotate-logs"
    assert why_not_running(sample.run("docs", RunState.QUEUED)) == "waits for a lane"


async def test_news_changes_a_row_and_the_cursor_stays_on_its_run() -> None:
    source = busy()
    async with opened(source, Where.BOARD) as (room, pilot):
        await pilot.press("j", "j")
        assert room.screen.current.run == "rslug2k7"  # type: ignore[attr-defined]
        source.rows = (sample.run("brand-new", RunState.HELD, why="a question"), *reversed(source.rows))
        source.tell(Change(Topic.RUNS))
        await until(pilot, lambda: "brand-new" in seen(room), "the new row")
        assert room.screen.current.run == "rslug2k7"  # type: ignore[attr-defined]


async def test_news_about_something_else_asks_nothing() -> None:
    source = busy()
    async with opened(source, Where.SPECS) as (room, pilot):
        await until(pilot, lambda: room.up_to_date, "rest")
        before = source.questions
        source.tell(Change(Topic.LOG))
        source.tell(Change(Topic.FAILURES))
        await until(pilot, lambda: room.up_to_date, "rest")
        assert source.questions == before


async def test_a_flood_of_news_is_answered_together() -> None:
    source = busy()
    async with opened(source, Where.BOARD) as (room, pilot):
        await until(pilot, lambda: room.up_to_date, "rest")
        before = source.questions
        for _ in range(500):
            source.tell(Change(Topic.RUNS))
        await until(pilot, lambda: source.questions > before and room.up_to_date, "an answer")
        await asyncio.sleep(0)
        assert source.questions - before < 10


async def test_a_filter_keeps_what_matches_and_an_exclamation_mark_turns_it_around() -> None:
    async with opened(busy()) as (room, pilot):
        await pilot.press("slash", *"slug")
        await until(pilot, lambda: len(room.screen.table.items) == 1, "one row")  # type: ignore[attr-defined]
        await pilot.press("enter")
        assert "filter slug" in seen(room)
        await pilot.press("slash", "home", "!")
        await until(pilot, lambda: len(room.screen.table.items) == 9, "the others")  # type: ignore[attr-defined]
        await pilot.press("escape")
        await until(pilot, lambda: len(room.screen.table.items) == 10, "all")  # type: ignore[attr-defined]


async def test_sorting_goes_through_the_orders() -> None:
    async with opened(busy()) as (room, pilot):
        await pilot.press("s", "s")
        await until(pilot, lambda: "by name" in seen(room), "the order")
        ids = [row.id for row in room.screen.table.items]  # type: ignore[attr-defined]
        assert ids == sorted(ids)


async def test_a_class_of_failures_folds_and_a_record_opens_its_run() -> None:
    async with opened(busy(), Where.FAILURES) as (room, pilot):
        table = room.screen.table  # type: ignore[attr-defined]
        full = len(table.items)
        await pilot.press("enter")
        await until(pilot, lambda: len(table.items) == full - 3, "a folded class")
        await pilot.press("enter", "j", "enter")
        await until(pilot, lambda: isinstance(room.screen, RunScreen), "the run")
        assert room.screen.run_id == "rtodo2k7"  # type: ignore[attr-defined]


async def test_evidence_shows_expected_observed_rule_and_sentence() -> None:
    async with opened(busy(), Where.FAILURES, size=LARGE) as (room, pilot):
        await pilot.press("j")
        await until(pilot, lambda: "item, when the item is marked" in seen(room), "the sentence")
        text = seen(room)
        for wanted in ("expected  true", "observed  false", "rules     R4", "$.items[0].done equals"):
            assert wanted in text


async def test_a_run_shows_attempts_scenarios_costs_and_its_log() -> None:
    async with opened(busy(), Where.BOARD, size=(120, 60)) as (room, pilot):
        room.open_run("rtodo2k7")
        await until(pilot, lambda: "failed: 2 of 6 scenarios fail" in seen(room), "the log")
        text = seen(room)
        for wanted in (
            "attempt 1",
            "done → fail",
            "✗ done-survives-a-restart",
            "Ledger",
            "$1.73 / $2.00",
            "a41c77e09d12",
        ):
            assert wanted in text
        await pilot.press("q")
        assert room.screen.where is Where.BOARD  # type: ignore[attr-defined]


async def test_the_log_grows_stops_following_and_is_searched() -> None:
    source = busy()
    async with opened(source, Where.BOARD) as (room, pilot):
        room.open_run("rtodo2k7")
        await until(pilot, lambda: "failed: 2 of 6" in seen(room), "the log")
        source.log_lines = sample.log(60)
        source.tell(Change(Topic.LOG))
        pane = room.screen.query_one("#log", TextPane)
        await until(pilot, lambda: len(pane.lines) == 60, "more lines")
        await pilot.press("f")
        assert not pane.follows
        await pilot.press("slash", *"readme", "enter", "n")
        await until(pilot, lambda: "ls -la && cat README" in seen(room), "the match")
        await pilot.press("t")
        await until(pilot, lambda: "23:30:10" not in pane.text, "lines without times")


async def test_a_run_that_is_not_there_says_so() -> None:
    async with opened(FakeSource(), Where.BOARD) as (room, pilot):
        room.open_run("rnothing")
        await until(pilot, lambda: "There is no run rnothing" in seen(room), "the message")


async def test_the_palette_finds_and_does() -> None:
    async with opened(busy()) as (room, pilot):
        await pilot.press("ctrl+p", *"failures", "enter")
        await until(pilot, lambda: room.here is Where.FAILURES, "the screen")


async def test_numbers_close_what_lies_over_a_screen() -> None:
    async with opened(busy(), Where.BOARD) as (room, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(room.screen, RunScreen), "the run")
        await pilot.press("1")
        await until(pilot, lambda: room.here is Where.SPECS, "the specs")
        await pilot.press("2")
        await until(pilot, lambda: not isinstance(room.screen, RunScreen), "the board")


async def test_read_only_refuses_commands_and_keeps_reading() -> None:
    source = busy()
    source.read_only = True
    async with opened(source, Where.BOARD) as (room, pilot):
        for key in ("R", "C", "u"):
            await pilot.press(key)
            await until(pilot, lambda: "read-only" in room.room_screen.message, "the refusal")  # type: ignore
            await pilot.press("escape")
        await pilot.press("1", "d")
        await until(pilot, lambda: room.here is Where.SPECS, "the specs")
    assert source.commands == []


async def test_a_broken_database_is_a_message_and_not_the_end() -> None:
    source = busy()
    source.error = SourceError("runs.db is damaged: malformed page 7", "restore it from a backup")
    async with opened(source, Where.BOARD) as (room, pilot):
        await until(pilot, lambda: "malformed page 7" in seen(room), "the message")
        source.error = None
        source.tell(Change(Topic.RUNS))
        await until(pilot, lambda: "slug-bug" in seen(room), "the board")


async def test_specs_are_there_although_the_history_cannot_be_read() -> None:
    source = busy()

    async def damaged() -> BoardView:
        raise SourceError("runs.db is damaged: malformed page 7", "restore it from a backup")

    source.board = damaged  # type: ignore[method-assign]
    async with opened(source) as (room, pilot):
        await until(pilot, lambda: "malformed page 7" in seen(room), "the message")
        await until(pilot, lambda: "bank-withdraw" in seen(room), "the specs")


async def test_an_engine_that_does_not_start_is_a_message_and_reading_goes_on() -> None:
    source = busy()
    source.engine_error = SourceError("the container engine does not answer", "start it, then press R")
    async with opened(source, Where.BOARD) as (room, pilot):
        await until(pilot, lambda: "! no engine" in seen(room), "the state")
        assert "start it, then press R" in seen(room)
        assert "slug-bug" in seen(room)


async def test_an_unsafe_sandbox_is_said_on_every_screen() -> None:
    source = busy()
    source.engine = sample.ENGINE.model_copy(update={"unsafe": True})
    async with opened(source) as (room, pilot):
        for key in ("1", "2", "3", "4", "5"):
            await pilot.press(key)
            await until(pilot, lambda: "unsafe sandbox" in seen(room), "the warning")
        top = seen(room).splitlines()[0]
        assert "1 2 3 4 5 Report" in top, "where there is no room, the keys of the other screens stay"


async def test_the_batch_is_queued_when_the_preparations_are_over(tmp_path: Path) -> None:
    source, news = busy(), tmp_path / "preparing"
    news.write_text("first\nbuilding the image\n")
    async with opened(source, Where.BOARD, start_batch=True, preparing=news) as (room, pilot):
        await until(pilot, lambda: "building the image" in seen(room), "the banner")
        assert source.commands == []
        news.unlink()
        await until(pilot, lambda: bool(source.commands), "the batch")
        assert "building the image" not in seen(room)
    assert source.commands[0].startswith("run ")


async def test_a_window_that_is_too_small_says_what_it_needs() -> None:
    async with opened(busy()) as (room, pilot):
        await pilot.resize_terminal(60, 20)
        await until(pilot, lambda: "80 × 24" in seen(room), "the message")
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "slug-bug" in seen(room), "the list")


async def test_q_leaves_the_room() -> None:
    async with opened(busy()) as (room, pilot):
        await pilot.press("q")
        await until(pilot, lambda: room._exit, "the end")


async def test_ten_thousand_specs_are_listed() -> None:
    source = FakeSource(spec_rows=tuple(sample.spec(f"spec-{number:05}") for number in range(10_000)))
    async with opened(source) as (room, pilot):
        await until(pilot, lambda: "10,000 specs" in seen(room), "the list")
        await pilot.press("G")
        await until(pilot, lambda: "spec-09999" in seen(room), "the last one")


async def test_keys_are_never_cut_at_the_edge() -> None:
    async with opened(busy(), Where.BOARD) as (room, _):
        keys = seen(room).splitlines()[-1]
        assert keys.rstrip().endswith("q quit")
        assert "? keys" in keys


async def test_the_theme_changes_without_a_restart() -> None:
    async with opened(busy()) as (room, pilot):
        before = room.theme
        await pilot.press("colon", *"theme", "enter")
        await until(pilot, lambda: room.theme != before, "other colours")
