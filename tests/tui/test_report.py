"""Screen 5: the morning page."""

import pytest

from factory_tui.model.run import RunState
from factory_tui.tui.actions import Where
from factory_tui.tui.screens.confirm import ReasonScreen
from factory_tui.tui.screens.run import RunScreen
from factory_tui.tui.source import Change, Topic
from factory_tui.tui.words import report_lines

from . import morning
from .driving import LARGE, opened, seen, until
from .fake_source import FakeSource, morning_after


async def test_the_page_says_how_the_night_was() -> None:
    async with opened(morning_after(), Where.REPORT, size=LARGE) as (room, _):
        text = " ".join(seen(room).split())
        for wanted in (
            "✓ 2 shipped ✗ 1 failed ◆ 2 held ◆ 3 to decide",
            "▲ 0→1 INCOMPLETE",
            "o · asks: R4 says",
            "$2.99 of $10.00",
            "$3.40 no cap is set",
            "$2.10 in the batch before",
            "todo-api was shipped",
            "order-import ran for the first time",
            "the same spec fails again and again",
            "8% 1 of 12 ever shipped",
            "50% of the runs of this batch",
            "6h49m",
        ):
            assert wanted in text, wanted


async def test_a_line_opens_its_run_or_the_screen_where_it_is_dealt_with() -> None:
    async with opened(morning_after(), Where.REPORT, size=LARGE) as (room, pilot):
        table = room.screen.table  # type: ignore[attr-defined]
        table.select("decision 1")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(room.screen, RunScreen), "the run")
        assert room.screen.run_id == "rorde2k7"  # type: ignore[attr-defined]
        await pilot.press("q")
        table.select("decision 3")
        await pilot.press("enter")
        await until(pilot, lambda: room.here is Where.FAILURES, "the failures")
        await until(pilot, lambda: getattr(room.screen, "lesson", None) is not None, "the amendment")
        assert room.screen.lesson.view.record.id == 3  # type: ignore[attr-defined]
        await pilot.press("5")
        await until(pilot, lambda: room.here is Where.REPORT, "the report")
        table.select("class STUCK")
        await pilot.press("enter")
        await until(pilot, lambda: room.here is Where.FAILURES and room.screen.current is not None, "the class")  # type: ignore
        await until(pilot, lambda: room.screen.current.group.failure_class == "STUCK", "the class")  # type: ignore
        assert room.screen.lesson is None  # type: ignore[attr-defined]


async def test_a_decision_about_a_record_leads_to_it() -> None:
    source = morning_after()
    about = morning.REPORT.decisions[0].model_copy(update={"command": "failures classify 2 CLASS", "key": "3 c"})
    source.report_view = morning.REPORT.model_copy(update={"decisions": (about,)})
    async with opened(source, Where.REPORT, size=LARGE) as (room, pilot):
        room.screen.table.select("decision 1")  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, lambda: room.here is Where.FAILURES, "the failures")
        await until(pilot, lambda: getattr(room.screen, "record", None) is not None, "a record")
        await until(pilot, lambda: room.screen.record.id == 2, "the record")  # type: ignore[attr-defined]


async def test_keys_act_on_a_line_as_on_the_board() -> None:
    source = morning_after()
    async with opened(source, Where.REPORT, size=LARGE) as (room, pilot):
        table = room.screen.table  # type: ignore[attr-defined]
        table.select("run rtodo2k7")
        await pilot.press("u")
        await until(pilot, lambda: source.commands == ["retry rtodo2k7"], "the retry")
        table.select("run rcsv2k7")
        await pilot.press("E")
        await until(pilot, lambda: isinstance(room.screen, ReasonScreen), "the question")
        await pilot.press("escape")
        table.select("spend batch")
        await pilot.press("u")
        await until(pilot, lambda: "this line is about no run" in seen(room), "the message")


async def test_before_the_first_batch_it_says_what_it_will_say() -> None:
    async with opened(FakeSource(), Where.REPORT) as (room, pilot):
        await until(pilot, lambda: "No batch has run yet" in seen(room), "the words")
        source = room.source
        source.report_view = morning.REPORT  # type: ignore[attr-defined]
        source.tell(Change(Topic.RUNS))  # type: ignore[attr-defined]
        await until(pilot, lambda: "csv-report" in seen(room), "the report")
        await pilot.press("j")
        assert room.screen.table.cursor == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("report", [morning.EMPTY_REPORT, morning.HALF_REPORT])
async def test_an_empty_and_a_half_finished_batch_are_reports_too(report: object) -> None:
    source = morning_after()
    source.report_view = report  # type: ignore[assignment]
    async with opened(source, Where.REPORT, size=LARGE) as (room, _):
        text = seen(room)
        assert "at work" in text
        assert ("no run in this batch" in text) is (report is morning.EMPTY_REPORT)
        assert ("Not done yet" in text) is (report is morning.HALF_REPORT)


async def test_the_cursor_stays_on_its_line_while_the_batch_goes_on() -> None:
    source = morning_after()
    async with opened(source, Where.REPORT) as (room, pilot):
        table = room.screen.table  # type: ignore[attr-defined]
        table.select("run rtodo2k7")
        first = morning.REPORT.outcomes[0]
        more = tuple(first.model_copy(update={"run": f"rnew{n}", "state": RunState.SHIPPED}) for n in range(5))
        source.report_view = morning.REPORT.model_copy(update={"outcomes": (*more, *morning.REPORT.outcomes)})
        source.tell(Change(Topic.RUNS))
        await until(pilot, lambda: "✓ 7 shipped" in seen(room), "the news")
        assert table.current.identity == "run rtodo2k7"


def test_every_line_has_an_identity_of_its_own() -> None:
    for report in (morning.REPORT, morning.HALF_REPORT, morning.EMPTY_REPORT):
        identities = [each.identity for each in report_lines(report)]
        assert len(set(identities)) == len(identities)


async def test_the_report_of_an_earlier_batch_is_a_key_away() -> None:
    source = morning_after()
    assert source.report_view is not None
    night = source.report_view.model_copy(update={"batch": "bnight", "previous": None})
    source.earlier_reports["bnight"] = night
    source.report_view = source.report_view.model_copy(update={"batch": "bretry", "previous": "bnight"})
    async with opened(source, Where.REPORT, size=LARGE) as (room, pilot):
        await until(pilot, lambda: "batch bretry" in seen(room), "the newest")
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "batch bnight" in seen(room) and "] goes on" in seen(room), "the one before")
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "no batch before this one" in seen(room), "the first")
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "batch bretry" in seen(room) and "] goes on" not in seen(room), "the newest again")


def test_the_first_batch_is_compared_with_none() -> None:
    first = morning.REPORT.model_copy(update={"previous": None})
    text = "\n".join(span.text for each in report_lines(first) for span in each.cells)
    assert "✗ 1 run" in text
    assert "→" not in "".join(span.text for each in report_lines(first) if each.screen == "3" for span in each.cells)
