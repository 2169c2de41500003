"""The palette and `:`: actions, specs and runs from a few characters; and what to do first."""

import subprocess
import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from factory_tui.tui.actions import Where
from factory_tui.tui.guide import EntryKind, Guide, action_entries, run_entries, spec_entries
from factory_tui.tui.screens.palette import PaletteScreen
from factory_tui.tui.screens.run import RunScreen
from factory_tui.tui.source import Change, SourceError, Topic

from . import sample
from .driving import opened, seen, until
from .fake_source import FakeSource, busy, morning_after

ENTRIES = [
    *action_entries(Where.BOARD, read_only=False),
    *spec_entries(sample.SPECS),
    *run_entries(sample.RUNS),
]
GUIDE = Guide(ENTRIES)


def best(typed: str) -> str:
    return GUIDE.find(typed)[0].id


def test_what_begins_like_it_comes_before_what_contains_it() -> None:
    assert best("retry") == "retry"
    assert best("slug") == "slug-bug"
    assert best("bug") == "slug-bug"
    assert best("todo-api") == "todo-api"
    assert best("rtodo2k7") == "rtodo2k7"


def test_a_title_finds_its_spec() -> None:
    assert best("shell to python") == "legacy-invoice"
    assert best("withdraw money") == "bank-withdraw"


def test_a_slip_of_the_finger_is_forgiven() -> None:
    assert best("link-shortner") == "link-shortener"
    assert best("cancle") == "cancel"


def test_letters_of_a_name_are_short_for_it() -> None:
    assert best("lnkshrt") == "link-shortener"
    assert best("bwd") == "bank-withdraw"


def test_a_kind_in_front_looks_for_that_kind_only() -> None:
    assert {each.kind for each in GUIDE.find("spec re")} == {EntryKind.SPEC}
    assert {each.kind for each in GUIDE.find("run todo")} == {EntryKind.RUN}
    assert GUIDE.find("run rtodo2k7")[0].id == "rtodo2k7"
    assert {each.kind for each in GUIDE.find("spec ")} == {EntryKind.SPEC}
    assert best("run ready") == "run_ready", "an action may begin like a kind"


def test_a_run_of_an_earlier_batch_is_opened_by_its_id() -> None:
    entry = GUIDE.find("run r0tqzttpq")[0]
    assert (entry.kind, entry.id) == (EntryKind.RUN, "r0tqzttpq")
    assert [each.id for each in GUIDE.find("run rtodo2k7")].count("rtodo2k7") == 1
    alike = GUIDE.find("run rtodo2k8")
    assert alike[0].id == "rtodo2k8", "an id that is only alike is another run"
    assert GUIDE.find("run rtodo2")[0].id == "rtodo2k7", "who has not typed all of it means what begins so"


def test_nothing_like_it_is_nothing() -> None:
    assert GUIDE.find("zzzzqqqq") == []


@given(st.text(max_size=30))
@settings(deadline=None)
def test_whatever_is_typed_every_answer_is_an_entry_and_none_is_there_twice(typed: str) -> None:
    found = GUIDE.find(typed)
    assert len(set(found)) == len(found)
    assert set(found) <= set(ENTRIES)


def test_rapidfuzz_is_loaded_when_something_is_looked_for() -> None:
    code = "import sys, factory_tui.tui.app, factory_tui.tui.screens.palette; print('rapidfuzz' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


async def test_choosing_a_spec_goes_to_it_from_any_screen() -> None:
    async with opened(busy(), Where.BOARD) as (room, pilot):
        await pilot.press("colon", *"spec todo")
        await until(pilot, lambda: "todo-api" in seen(room), "the spec")
        await pilot.press("enter")
        await until(pilot, lambda: room.here is Where.SPECS, "the screen")
        await until(pilot, lambda: getattr(room.screen.current, "id", "") == "todo-api", "the cursor")  # type: ignore


async def test_a_spec_is_gone_to_although_a_filter_hides_it() -> None:
    async with opened(busy()) as (room, pilot):
        await pilot.press("slash", *"slug", "enter")
        await until(pilot, lambda: len(room.screen.table.items) == 1, "one row")  # type: ignore[attr-defined]
        await pilot.press("ctrl+p", *"todo-api", "enter")
        await until(pilot, lambda: getattr(room.screen.current, "id", "") == "todo-api", "the cursor")  # type: ignore


async def test_choosing_a_run_opens_it() -> None:
    async with opened(busy()) as (room, pilot):
        await pilot.press("colon", *"run rtodo2k7", "enter")
        await until(pilot, lambda: isinstance(room.screen, RunScreen), "the run")
        assert room.screen.run_id == "rtodo2k7"  # type: ignore[attr-defined]


async def test_specs_that_cannot_be_read_leave_the_keys() -> None:
    source = busy()
    async with opened(source, Where.FAILURES) as (room, pilot):
        source.error = SourceError("specs/ cannot be read", "check its permissions")
        await pilot.press("colon")
        await until(pilot, lambda: "no specs: specs/ cannot be read" in seen(room), "the reason")
        source.error = None
        await pilot.press(*"board", "enter")
        await until(pilot, lambda: room.here is Where.BOARD, "the screen")


async def test_nothing_found_is_chosen_by_nobody() -> None:
    async with opened(busy()) as (room, pilot):
        await pilot.press("colon", *"zzzzqqqq")
        await until(pilot, lambda: "nothing is called like this" in seen(room), "the reason")
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(room.screen, PaletteScreen), "the end of it")


async def test_a_workspace_where_nothing_ran_says_what_to_do_first() -> None:
    source = FakeSource(spec_rows=sample.SPECS)
    async with opened(source) as (room, pilot):
        await until(pilot, lambda: "First: r makes a draft" in seen(room), "the hint")
        for key, words in (
            ("2", "R runs every Ready spec"),
            ("3", "No failures on record"),
            ("5", "No batch has run yet"),
        ):
            await pilot.press(key)
            await until(pilot, lambda words=words: words in seen(room), words)  # type: ignore[misc]
        source.rows = sample.RUNS
        source.tell(Change(Topic.RUNS))
        await pilot.press("1")
        await until(pilot, lambda: "First:" not in seen(room), "a list without it")


async def test_a_room_with_runs_gives_no_lessons_to_beginners() -> None:
    async with opened(morning_after()) as (room, pilot):
        await until(pilot, lambda: room.up_to_date, "rest")
        assert "First:" not in seen(room)
