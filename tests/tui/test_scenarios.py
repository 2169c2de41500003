"""Screen 4: what stands against the evidence, what each scenario saw, and what can be done about it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from factory_tui.model.evidence_views import SuiteRow
from factory_tui.tui.actions import Where
from factory_tui.tui.app import ControlRoom
from factory_tui.tui.screens.choose import ChooseScreen
from factory_tui.tui.screens.confirm import ConfirmScreen, ReasonScreen
from factory_tui.tui.screens.evidence import EvidenceScreen
from factory_tui.tui.screens.mutants import MutantsScreen
from factory_tui.tui.screens.run import RunScreen
from factory_tui.tui.screens.scenarios import ScenariosScreen
from factory_tui.tui.screens.suite import SuiteScreen
from factory_tui.tui.source import SourceError, Topic
from factory_tui.tui.widgets.table import Table
from factory_tui.tui.widgets.text_pane import TextPane

from . import proof, sample
from .driving import LARGE, SMALL, loaded, opened, seen, until
from .fake_source import FakeSource, proving


@asynccontextmanager
async def suites(
    source: FakeSource | None = None, spec: str = "bank-withdraw", size: tuple[int, int] = LARGE
) -> AsyncIterator[tuple[ControlRoom, Pilot[int], FakeSource]]:
    """Screen 4 with the cursor on a suite."""
    made = source or proving()
    async with opened(made, Where.SCENARIOS, size=size) as (room, pilot):
        screen = room.room_screen
        assert isinstance(screen, ScenariosScreen)
        screen.table.select(spec)
        await pilot.pause()
        yield room, pilot, made


async def into(room: ControlRoom, pilot: Pilot[int], scenario: str) -> SuiteScreen:
    """The suite under the cursor, with the cursor on one of its scenarios."""
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(room.room_screen, SuiteScreen) and loaded(room), "the suite")
    screen = room.room_screen
    assert isinstance(screen, SuiteScreen)
    screen.table.select(scenario)
    await until(pilot, lambda: screen.scenario_row is not None and screen.scenario_row.id == scenario, scenario)
    return screen


async def evidence_of(room: ControlRoom, pilot: Pilot[int], scenario: str) -> EvidenceScreen:
    await into(room, pilot, scenario)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(room.room_screen, EvidenceScreen) and loaded(room), "the evidence")
    screen = room.room_screen
    assert isinstance(screen, EvidenceScreen)
    return screen


def text(room: ControlRoom, pane: str = "#detail") -> str:
    return room.screen.query_one(pane, TextPane).text


# The suites


async def test_suites_that_need_the_operator_come_first_and_say_why_and_which_key_helps() -> None:
    async with suites() as (room, _, _):
        screen = room.room_screen
        assert isinstance(screen, ScenariosScreen)
        specs = [row.spec for row in screen.table.items]
        assert specs == ["todo-api", "bank-withdraw", "legacy-invoice", "old-exporter", "csv-report", "link-shortener"]
        assert "3 need you" in seen(room)
        assert "passes on the untouched base" in text(room)
        assert "→ ⏎ shows them" in text(room)
        assert "M lists the missing scenarios" in text(room)


async def test_a_share_never_stands_without_its_interval_and_over_fitting_is_said_in_words() -> None:
    async with suites() as (room, _, _):
        row = next(line for line in seen(room).splitlines() if "bank-withdraw" in line)
        assert "92% 84–96" in row
        assert "+42 over-fits" in row
        assert "over-fitting" in text(room)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("burned", {"bank-withdraw"}),
        ("negative flaky", {"bank-withdraw"}),
        ("negative burned", set()),
        ("reserve", {"bank-withdraw"}),
        ("refused", {"bank-withdraw"}),
        ("uncovered", {"todo-api", "legacy-invoice"}),
        ("R5 recovery", {"bank-withdraw", "legacy-invoice", "link-shortener"}),
        ("!admitted", {"old-exporter"}),
        ("has:mutants", {"bank-withdraw"}),
        ("empty", {"old-exporter"}),
    ],
)
async def test_the_filter_finds_suites_in_which_one_scenario_fits(typed: str, wanted: set[str]) -> None:
    async with suites() as (room, pilot, _):
        await pilot.press("slash", *("space" if each == " " else each for each in typed), "enter")
        screen = room.room_screen
        assert isinstance(screen, ScenariosScreen)
        await until(pilot, lambda: screen.filter_text == typed, "the filter")
        assert {row.spec for row in screen.table.items} == wanted


async def test_a_filter_that_means_nothing_says_so() -> None:
    async with suites() as (room, pilot, _):
        await pilot.press("slash", *"layr:gate")
        await until(pilot, lambda: "did you mean layer:?" in seen(room), "the words")


async def test_nothing_at_all_says_what_to_press() -> None:
    async with opened(FakeSource(), Where.SCENARIOS) as (room, _):
        assert "No suites yet" in seen(room)
        assert "1 shows the specs" in seen(room)


async def test_four_goes_there_from_every_screen() -> None:
    async with opened(proving()) as (room, pilot):
        for key in ("2", "4", "5", "4", "3", "4"):
            await pilot.press(key)
        await until(pilot, lambda: room.here is Where.SCENARIOS and "bank-withdraw" in seen(room), "the screen")


# One suite


async def test_a_suite_shows_what_covers_each_rule_and_which_rule_has_no_negative() -> None:
    async with suites() as (room, pilot, _):
        await into(room, pilot, "withdrawal-lowers-the-balance")
        await pilot.press("tab")
        await until(pilot, lambda: "no rule is uncovered" in text(room), "the first row of the matrix")
        await pilot.press("j")
        await until(pilot, lambda: "4 rules are without a negative case" in text(room), "the second row")
        assert "R5   Two withdrawals" in text(room)
        rows = [line for line in seen(room).splitlines() if "overdrawn-withdrawal-is-refused" in line]
        assert rows[-1].split()[1:] == ["·", "·", "neg", "·", "·", "·"]


async def test_rules_that_there_is_no_room_for_are_reached_sideways() -> None:
    async with suites(spec="legacy-invoice", size=SMALL) as (room, pilot, _):
        await into(room, pilot, "case-00")
        assert " R12" not in seen(room)
        await pilot.press("tab", *["right"] * 20)
        await until(pilot, lambda: " R24" in seen(room), "the last rule")
        assert "of 24 rules" in seen(room)
        await pilot.press(*["left"] * 20)
        await until(pilot, lambda: " R1 " in seen(room), "the first rule")


async def test_the_cursor_of_the_matrix_and_of_the_list_are_on_the_same_scenario() -> None:
    async with suites() as (room, pilot, _):
        screen = await into(room, pilot, "two-at-once-lose-nothing")
        await pilot.press("tab", "G", "k")
        await until(pilot, lambda: screen.current is not None and screen.current.id == "odd-cents-in-reserve", "it")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(room.room_screen, EvidenceScreen), "its evidence")


async def test_each_scenario_says_why_it_cannot_be_trusted_and_what_mends_it() -> None:
    said = {
        "less-than-a-cent-is-refused": ("passes on the untouched base", "e mends the file"),
        "receipt-tells-the-new-balance": ("tool output of attempt 2", "n rotates it"),
        "two-at-once-lose-nothing": ("disagreed", "clock: or seed:"),
        "help-is-readable": ("judges of its rubric disagreed", "shows what they said"),
        "thousand-withdrawals-are-fast": ("nothing has shown yet that it can fail", "a tries it now"),
    }
    async with suites() as (room, pilot, _):
        screen = await into(room, pilot, "help-is-readable")
        for scenario, words in said.items():
            screen.table.select(scenario)
            await until(pilot, lambda words=words: all(each in text(room) for each in words), scenario)  # type: ignore[misc]


async def test_a_suite_that_is_gone_says_so_and_esc_goes_back() -> None:
    async with suites() as (room, pilot, made):
        await into(room, pilot, "help-is-readable")
        made.suite_rows = ()
        room.ask(Topic.EVIDENCE)
        await until(pilot, lambda: "There is no spec bank-withdraw" in seen(room), "the words")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(room.room_screen, ScenariosScreen), "the suites")


async def test_a_file_that_is_no_scenario_is_listed_with_what_is_wrong_and_can_be_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened_files: list[str] = []
    monkeypatch.setattr(
        "factory_tui.tui.editing.outside.edit_outside",
        lambda app, path, line: opened_files.append(f"{path.name}:{line}"),
    )
    async with suites(spec="todo-api") as (room, pilot, _):
        await into(room, pilot, "item-is-ticked-off")
        await until(pilot, lambda: "it judges nothing" in text(room), "the detail")
        assert "`stesp` is no field of a scenario." in text(room)
        await pilot.press("e")
        await until(pilot, lambda: "until it has none it judges nothing" in seen(room), "what is left")
        assert opened_files == ["item-is-ticked-off.yaml:7"]


# Evidence


async def test_expected_and_observed_stand_beside_each_other_with_their_differences_marked() -> None:
    async with suites() as (room, pilot, _):
        await evidence_of(room, pilot, "overdrawn-withdrawal-is-refused")
        await until(pilot, lambda: "withdrawn 20.00 EUR" in text(room, "#seen"), "the evidence")
        lines = text(room, "#seen").splitlines()
        assert next(each for each in lines if "20.00 EUR" in each).startswith("~ withdrawn 20.00 ")
        assert next(each for each in lines if "account" in each and "│" in each).startswith("  account   a1")


async def test_runs_are_gone_through_from_wherever_the_focus_is() -> None:
    async with suites() as (room, pilot, _):
        screen = await evidence_of(room, pilot, "withdrawal-lowers-the-balance")
        await pilot.press("tab", "n")
        await until(pilot, lambda: "rbank1k2" in text(room, "#seen"), "the older one")
        assert "its file has changed since" in text(room, "#seen")
        await pilot.press("p")
        await until(pilot, lambda: "rbank2k7" in text(room, "#seen"), "the newer one")
        assert screen.table.cursor == 0


async def test_quality_and_judges_are_told_apart_from_what_the_artifact_does() -> None:
    async with suites() as (room, pilot, _):
        await evidence_of(room, pilot, "help-is-readable")
        await until(pilot, lambda: "68 MiB of 64 MiB" in text(room, "#seen"), "the measure")
        said = text(room, "#seen")
        assert "Quality  2 of 3 hold" in said
        assert "“usage: bank withdraw ACCOUNT AMOUNT”" in said
        assert "1 quote left out: not in the output" in said


async def test_enter_opens_the_run_and_v_comes_back_to_the_scenario_that_failed_there() -> None:
    made = proving()
    made.rows = (sample.FAILED_RUN.row.model_copy(update={"run": "rbank2k7"}), *made.rows)
    made.views = {"rbank2k7": sample.FAILED_RUN}
    async with suites(made) as (room, pilot, _):
        await evidence_of(room, pilot, "overdrawn-withdrawal-is-refused")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(room.room_screen, RunScreen) and "Timeline" in seen(room), "the run")
        await pilot.press("v")
        await until(pilot, lambda: isinstance(room.screen, ChooseScreen | EvidenceScreen), "the evidence")


async def test_a_failure_record_leads_to_the_evidence_of_its_scenario() -> None:
    made = proving()
    record = sample.RECORDS[0]
    assert record.scenario is not None
    made.seen[record.spec, record.scenario] = (
        proof.shown(record.run, 5, proof.EVALUATIONS["bank-withdraw", proof.FAILING.id][0].result, record.attempt),
    )
    async with opened(made, Where.FAILURES) as (room, pilot):
        room.screen.query_one("#list", Table).select(record.id)
        await pilot.press("v")
        await until(pilot, lambda: isinstance(room.room_screen, EvidenceScreen) and loaded(room), "the evidence")
        await until(pilot, lambda: record.run in seen(room), "its run")


async def test_a_scenario_that_judged_nothing_says_what_to_press() -> None:
    async with suites() as (room, pilot, _):
        await evidence_of(room, pilot, "thousand-withdrawals-are-fast")
        await until(pilot, lambda: "has judged nothing yet" in seen(room), "the words")
        assert "tries whether it can fail" in seen(room)


async def test_evidence_is_copied_as_both_texts_whole() -> None:
    async with suites() as (room, pilot, _):
        screen = await evidence_of(room, pilot, "overdrawn-withdrawal-is-refused")
        assert "observed:\ndone: 80.00 withdrawn\nhave a nice day" in screen.copy_text()


# Acting


async def test_a_suite_is_admitted_while_one_goes_elsewhere_and_the_end_is_told_there() -> None:
    async with suites() as (room, pilot, made):
        made.trying = asyncio.Event()
        await pilot.press("a")
        await until(pilot, lambda: "◌ At work" in seen(room), "the banner")
        await pilot.press("a")
        await until(pilot, lambda: "already" in room.room_screen.message, "the second one")  # type: ignore[union-attr]
        await pilot.press("2")
        await until(pilot, lambda: room.here is Where.BOARD and "the engine admits bank-withdraw" in seen(room), "it")
        made.trying.set()
        await until(pilot, lambda: "are admitted" in seen(room) or "can fail, and" in seen(room), "the end")
        assert made.commands == ["admit bank-withdraw"]
        assert room.at_work == ()


async def test_what_the_engine_refuses_is_told_with_what_it_was() -> None:
    async with suites() as (room, pilot, made):
        made.refusal = SourceError("no container engine answers", "factory-tui doctor says what is missing")
        await pilot.press("a")
        await until(pilot, lambda: "no container engine answers" in seen(room), "the error")
        assert "admits bank-withdraw:" in seen(room)


async def test_mutants_are_asked_for_and_survivors_lead_to_a_new_scenario() -> None:
    async with suites(spec="csv-report") as (room, pilot, made):
        await pilot.press("M")
        await until(pilot, lambda: "never checked with mutants" in seen(room), "the words")
        await pilot.press("m")
        await until(pilot, lambda: isinstance(room.screen, ConfirmScreen), "the question")
        await pilot.press("enter")
        await until(pilot, lambda: room.screen is room.room_screen, "No")
        assert made.commands == []
        await pilot.press("m")
        await until(pilot, lambda: isinstance(room.screen, ConfirmScreen), "the question")
        await pilot.press("y")
        await until(pilot, lambda: "2 of 3 small changes unnoticed" in seen(room), "the end")
        await until(pilot, lambda: room.up_to_date, "the new row")
        await pilot.press("M")
        await until(pilot, lambda: isinstance(room.screen, MutantsScreen), "the survivors")
        assert "missing scenario" in text(room, "#whole")


async def test_a_scenario_is_burned_only_with_a_reason_and_after_a_yes() -> None:
    async with suites() as (room, pilot, made):
        await pilot.press("B")
        await into(room, pilot, "withdrawal-lowers-the-balance")
        await pilot.press("B")
        await until(pilot, lambda: isinstance(room.screen, ReasonScreen), "the question")
        await pilot.press(*"told", "enter", "enter")
        await until(pilot, lambda: room.screen is room.room_screen, "No is the answer that is given first")
        assert made.commands == []
        await pilot.press("B")
        await until(pilot, lambda: isinstance(room.screen, ReasonScreen), "the question")
        await pilot.press(*"told", "enter", "y")
        await until(pilot, lambda: made.commands != [], "the command")
        assert made.commands == ["burn bank-withdraw/withdrawal-lowers-the-balance: told"]
        await until(pilot, lambda: "an agent knows it: told" in text(room), "the reason")


async def test_a_new_scenario_is_made_of_an_item_and_opened_in_the_editor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened_files: list[Path] = []
    monkeypatch.setattr(
        "factory_tui.tui.editing.outside.edit_outside", lambda app, path, line: opened_files.append(path)
    )
    async with suites() as (room, pilot, made):
        await pilot.press("n")
        await until(pilot, lambda: isinstance(room.screen, ChooseScreen), "the items")
        await pilot.press("4")
        await until(pilot, lambda: made.commands == ["new scenario bank-withdraw E4"], "the command")
        await until(pilot, lambda: "new-e4: no errors or warnings left" in seen(room), "what is left")
        assert [path.name for path in opened_files] == ["new-e4.yaml"]


async def test_a_spec_without_items_says_where_they_are_written() -> None:
    async with suites(spec="csv-report") as (room, pilot, _):
        await pilot.press("n")
        await until(pilot, lambda: "has no evaluation item" in seen(room), "the words")


async def test_nothing_is_changed_in_a_room_that_only_reads() -> None:
    made = proving()
    made.read_only = True
    async with suites(made) as (room, pilot, _):
        for key in ("a", "m", "n"):
            await pilot.press(key)
            await until(pilot, lambda: "read-only" in room.room_screen.message, key)  # type: ignore[union-attr]
        await into(room, pilot, "help-is-readable")
        for key in ("B", "e"):
            await pilot.press(key)
            await until(pilot, lambda: "read-only" in room.room_screen.message, key)  # type: ignore[union-attr]
        assert made.commands == []


async def test_ten_thousand_scenarios_are_listed_and_found() -> None:
    made = proving()
    made.suite_rows = tuple(proof.admitted(f"spec-{number:04}") for number in range(2_500))
    async with suites(made, spec="spec-0000") as (room, pilot, _):
        assert "10,000 scenarios" in seen(room)
        await pilot.press("slash", *"spec:spec-2499", "enter")
        screen = room.room_screen
        assert isinstance(screen, ScenariosScreen)
        await until(pilot, lambda: [each.spec for each in screen.table.items] == ["spec-2499"], "the last one")


async def test_news_of_files_change_a_row_and_the_cursor_stays_on_its_suite() -> None:
    async with suites() as (room, pilot, made):
        screen = room.room_screen
        assert isinstance(screen, ScenariosScreen)
        mended: tuple[SuiteRow, ...] = tuple(each for each in made.suite_rows if each.spec != "todo-api")
        made.suite_rows = mended
        room.ask(Topic.EVIDENCE)
        await until(pilot, lambda: len(screen.table.items) == len(mended), "the news")
        assert screen.current is not None
        assert screen.current.spec == "bank-withdraw"
