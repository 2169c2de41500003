"""Pictures of every screen in its states, at both sizes that matter. A change of a picture is read by a person."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from factory_tui.model.run import HoldReason, RunState
from factory_tui.model.views import RunRow
from factory_tui.tui.actions import Where
from factory_tui.tui.screens.choose import ChooseScreen
from factory_tui.tui.screens.confirm import ConfirmScreen, ReasonScreen
from factory_tui.tui.screens.palette import PaletteScreen
from factory_tui.tui.source import Change, LessonsView, SourceError
from factory_tui.tui.widgets.text_pane import TextPane

from . import morning, sample
from .driving import LARGE, SMALL, loaded, room_for, until
from .fake_source import FakeSource, busy, morning_after

Compare = Callable[..., bool]
Before = Callable[[Pilot[int]], Awaitable[None]]

sizes = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])


def held() -> FakeSource:
    rows = tuple(
        sample.run(name, RunState.HELD, hold=hold, why=why, remedy=remedy, finished=sample.ago(4))
        for name, hold, why, remedy in (
            (
                "slug-bug",
                HoldReason.ADMISSION,
                "scenario keeps-umlauts passes on the untouched base",
                "mend it, then u",
            ),
            ("todo-api", HoldReason.TARGET_DIRTY, "targets/todo has uncommitted changes", "commit them there, then u"),
            ("csv-report", HoldReason.DEPENDENCY, "waits for slug-bug, which has not shipped", ""),
        )
    )
    return FakeSource(spec_rows=sample.SPECS, rows=rows, batch=sample.BATCH)


def failed() -> FakeSource:
    rows = (
        sample.FAILED_RUN.row,
        sample.run("slug-bug", RunState.ERROR, why="the container engine went away", finished=sample.ago(2)),
        sample.run("csv-report", RunState.CANCELLED, finished=sample.ago(1)),
    )
    return FakeSource(
        spec_rows=tuple(each for each in sample.SPECS if each.errors),
        rows=rows,
        groups=sample.groups(sample.RECORDS[:2]),
        views={rows[0].run: sample.FAILED_RUN},
        log_lines=sample.log(),
    )


def many() -> FakeSource:
    specs = tuple(sample.spec(f"spec-{number:05}", priority=number % 5) for number in range(10_000))
    rows = tuple(
        sample.run(f"work-{number:04}", RunState.BUILDING, run=f"r{number:06}", turns=number % 60)
        for number in range(1_000)
    )
    records = tuple(
        sample.RECORDS[number % len(sample.RECORDS)].model_copy(update={"id": number}) for number in range(1_000)
    )
    return FakeSource(
        spec_rows=specs, rows=rows, batch=sample.BATCH, groups=sample.groups(records), log_lines=sample.log(5_000)
    )


def limit_hold() -> FakeSource:
    source = morning_after()
    source.holding = morning.HOLDING
    return source


def paused() -> FakeSource:
    source = morning_after()
    source.paused = True
    return source


def first_time() -> FakeSource:
    return FakeSource(spec_rows=tuple(row.model_copy(update={"last_state": None, "cost": 0}) for row in sample.SPECS))


def broken_template() -> FakeSource:
    source = morning_after()
    source.lessons_view = morning.BROKEN_LESSONS
    return source


def stale_amendment() -> FakeSource:
    source = morning_after()
    source.lessons_view = LessonsView(amendments=(morning.STALE, *morning.LESSONS.amendments[1:]))
    return source


def empty_batch() -> FakeSource:
    source = busy()
    source.report_view = morning.EMPTY_REPORT
    return source


def half_batch() -> FakeSource:
    source = busy()
    source.report_view = morning.HALF_REPORT
    return source


STATES = {
    "empty": FakeSource,
    "busy": busy,
    "held": held,
    "failed": failed,
    "many": many,
    "morning": morning_after,
    "limit-hold": limit_hold,
    "paused": paused,
    "first": first_time,
}


def pressing(*keys: str, wait: Callable[[Pilot[int]], bool] = lambda pilot: True) -> Before:
    """Wait for the first views, press keys, wait for what they lead to."""

    async def before(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: loaded(pilot.app) and pilot.app.engine_known, "the first views")  # type: ignore
        await pilot.press(*keys)
        await until(pilot, lambda: wait(pilot) and pilot.app.up_to_date, "the picture")  # type: ignore[attr-defined]
        await pilot.pause()

    return before


@sizes
@pytest.mark.parametrize("state", ["empty", "busy", "held", "failed", "many"])
@pytest.mark.parametrize("where", [Where.SPECS, Where.BOARD, Where.FAILURES], ids=str)
def test_a_numbered_screen(snap_compare: Compare, where: Where, state: str, size: tuple[int, int]) -> None:
    keys = ("j",) if where is Where.FAILURES else ()
    assert snap_compare(room_for(STATES[state](), where), terminal_size=size, run_before=pressing(*keys))


@sizes
@pytest.mark.parametrize(
    ("where", "state"),
    [
        (Where.BOARD, "morning"),
        (Where.BOARD, "limit-hold"),
        (Where.BOARD, "paused"),
        (Where.FAILURES, "morning"),
        (Where.REPORT, "empty"),
        (Where.REPORT, "morning"),
        (Where.SPECS, "first"),
    ],
    ids=lambda value: str(value),
)
def test_what_the_morning_adds(snap_compare: Compare, where: Where, state: str, size: tuple[int, int]) -> None:
    keys = () if where is Where.SPECS else ("j", "j") if where is Where.FAILURES else ("j",)
    assert snap_compare(room_for(STATES[state](), where), terminal_size=size, run_before=pressing(*keys))


LESSONS: dict[str, tuple[Callable[[], FakeSource], list[str]]] = {
    "proposed": (morning_after, ["tab"]),
    "no-proposal": (morning_after, ["tab", "j"]),
    "accepted": (morning_after, ["tab", "j", "j"]),
    "rejected": (morning_after, ["tab", "G"]),
    "broken-template": (broken_template, ["tab"]),
    "stale": (stale_amendment, ["tab"]),
}


@sizes
@pytest.mark.parametrize("name", list(LESSONS))
def test_lessons(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    source, keys = LESSONS[name]
    assert snap_compare(room_for(source(), Where.FAILURES), terminal_size=size, run_before=pressing(*keys))


@sizes
@pytest.mark.parametrize("source", [empty_batch, half_batch], ids=["empty", "half"])
def test_a_report_of_a_batch_that_goes_on(
    snap_compare: Compare, source: Callable[[], FakeSource], size: tuple[int, int]
) -> None:
    assert snap_compare(room_for(source(), Where.REPORT), terminal_size=size, run_before=pressing("j"))


@sizes
def test_the_end_of_a_report(snap_compare: Compare, size: tuple[int, int]) -> None:
    before = pressing("G", "k", "k", "k")
    assert snap_compare(room_for(morning_after(), Where.REPORT), terminal_size=size, run_before=before)


@sizes
@pytest.mark.parametrize("run", [morning.ASKING, morning.ESCAPED], ids=["asks", "escaped"])
def test_a_run_of_the_morning(snap_compare: Compare, run: RunRow, size: tuple[int, int]) -> None:
    room = room_for(morning_after(), Where.BOARD)

    async def before(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: loaded(room) and room.engine_known, "the first views")
        room.open_run(run.run)
        await until(pilot, lambda: getattr(room.screen, "view", None) is not None and room.up_to_date, "the run")
        pane = room.screen.query_one("#log", TextPane)
        await until(pilot, lambda: pane.vertical_scrollbar.position == pane.scroll_y, "the log at rest")

    assert snap_compare(room, terminal_size=size, run_before=before)


Steps = list[tuple[list[str], type[Screen[Any]]]]
"""Keys, and the dialog that they lead to."""

DIALOGS: dict[str, tuple[Where, Steps]] = {
    "answer": (Where.BOARD, [(["j", "o"], ChooseScreen)]),
    "answer-sure": (Where.BOARD, [(["j", "o"], ChooseScreen), (["1"], ConfirmScreen)]),
    "escape": (Where.REPORT, [(["j", "E"], ReasonScreen)]),
    "escape-empty": (Where.REPORT, [(["j", "E"], ReasonScreen), (["enter"], ReasonScreen)]),
    "escape-sure": (Where.REPORT, [(["j", "E"], ReasonScreen), ([*"sums are off", "enter"], ReasonScreen)]),
    "classes": (Where.FAILURES, [(["j", "c"], ChooseScreen)]),
    "accept": (Where.FAILURES, [(["tab", "a"], ConfirmScreen)]),
    "reject": (Where.FAILURES, [(["tab", "A"], ReasonScreen)]),
    "find-spec": (Where.BOARD, [(["colon"], PaletteScreen), ([*"spec to"], PaletteScreen)]),
    "find-anything": (Where.FAILURES, [(["colon"], PaletteScreen), ([*"re"], PaletteScreen)]),
}


@sizes
@pytest.mark.parametrize("name", list(DIALOGS))
def test_a_dialog_of_the_morning(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    where, steps = DIALOGS[name]
    room = room_for(morning_after(), where)

    async def before(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: loaded(room) and room.engine_known, "the first views")
        for keys, dialog in steps:
            await pilot.press(*keys)
            await until(pilot, lambda dialog=dialog: isinstance(room.screen, dialog), "the dialog")  # type: ignore[misc]
        await until(pilot, lambda: room.up_to_date, "rest")
        await pilot.pause()

    assert snap_compare(room, terminal_size=size, run_before=before)


@sizes
@pytest.mark.parametrize("state", ["busy", "failed", "many"])
def test_a_run(snap_compare: Compare, state: str, size: tuple[int, int]) -> None:
    source = STATES[state]()
    keys = ["enter"] if state != "busy" else ["j"] * 5 + ["enter"]
    if state == "failed":
        keys = ["j", "enter"]

    def ready(pilot: Pilot[int]) -> bool:
        screen = pilot.app.room_screen  # type: ignore[attr-defined]
        if getattr(screen, "view", None) is None or len(screen.log_pane.lines) != len(source.log_lines):
            return False
        pane = screen.log_pane
        return not pane.show_vertical_scrollbar or pane.vertical_scrollbar.position == pane.scroll_y

    before = pressing(*keys, wait=ready)
    assert snap_compare(room_for(source, Where.BOARD), terminal_size=size, run_before=before)


@sizes
@pytest.mark.parametrize(
    ("name", "keys"), [("help", ["question_mark"]), ("palette", ["colon", "r"]), ("confirm", ["R"]), ("cancel", ["C"])]
)
def test_a_dialog(snap_compare: Compare, name: str, keys: list[str], size: tuple[int, int]) -> None:
    before = pressing(*keys, wait=lambda pilot: pilot.app.screen is not pilot.app.room_screen)  # type: ignore
    assert snap_compare(room_for(busy(), Where.BOARD), terminal_size=size, run_before=before)


@sizes
def test_findings_of_a_draft(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(room_for(busy()), terminal_size=size, run_before=pressing("j", "j", "j", "j", "j", "j", "j"))


@sizes
def test_a_filter_stays_visible(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(room_for(busy()), terminal_size=size, run_before=pressing("slash", *"!bug", "enter"))


def test_read_only_shows_no_keys_that_command(snap_compare: Compare) -> None:
    source = busy()
    source.read_only = True
    assert snap_compare(room_for(source, Where.BOARD), terminal_size=SMALL, run_before=pressing())


def test_an_engine_that_does_not_start(snap_compare: Compare) -> None:
    source = busy()
    source.engine = None
    source.engine_error = SourceError(
        "another engine (pid 77) works on this workspace", "factory-tui engine stop, then open the control room again"
    )
    assert snap_compare(room_for(source), terminal_size=SMALL, run_before=pressing())


def test_preparing(snap_compare: Compare, tmp_path: Path) -> None:
    news = tmp_path / "preparing"
    news.write_text("fetching packages\nbuilding the sandbox image: installing python3 (3 of 7)\n")
    room = room_for(busy(), Where.BOARD, preparing=news)

    async def before(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: loaded(room) and "3 of 7" in room.progress and room.up_to_date, "the banner")

    assert snap_compare(room, terminal_size=SMALL, run_before=before)
    os.unlink(news)


def test_too_small_says_so(snap_compare: Compare) -> None:
    assert snap_compare(room_for(busy()), terminal_size=(70, 20), run_before=pressing())


def test_news_of_an_image_build(snap_compare: Compare) -> None:
    source = busy()
    room = room_for(source, Where.BOARD)

    async def before(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: loaded(room), "the first views")
        source.tell(Change(progress="unpacking the base system"))
        await until(pilot, lambda: room.progress != "", "the banner")

    assert snap_compare(room, terminal_size=SMALL, run_before=before)
