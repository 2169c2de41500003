"""Foreign text on every screen: nothing of it acts on the terminal, nothing of it is read as markup."""

import dataclasses
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from factory_tui.model.evidence_views import SuiteRow
from factory_tui.tui.actions import Where
from factory_tui.tui.look import Span, Tone
from factory_tui.tui.screens.evidence import EvidenceScreen
from factory_tui.tui.source import Change, SourceError
from factory_tui.tui.widgets.text_pane import TextPane
from factory_tui.tui.widgets.toned import Toned

from . import morning, proof, sample
from .driving import LARGE, SMALL, opened, seen, terminal_output, until
from .fake_source import FakeSource, busy, morning_after

HOSTILE = (
    "\x1b[2J\x1b]52;c;cm0gLXJm\x07\x1b]2;owned\x07\x1bP+q544e\x1b\\"
    "\x9b31m\x9d0;c1\x9c\u202egnp.exe\u2066\u200b\x07\x08\x7f\r"
    "[link=https://example.org]click[/link][bold red]x[/][@click=app.quit]y[/] $(id) \ufeff"
)

FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1a\x1c-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""What must not leave for the terminal; ESC and line ends are Textual's own and are looked at apart."""

OWN_SEQUENCES = re.compile(r"\x1b\[[0-9;]*[mHJK]|\x1b\[\?[0-9;]*[hl]|\n")
"""Colours, cursor places, erasing and modes: what the drawing itself writes."""


def poisoned(view: Any) -> Any:
    """The view with hostile text at the end of every text in it, however deep."""
    if isinstance(view, BaseModel):
        changes = {name: poisoned(getattr(view, name)) for name in type(view).model_fields}
        return view.model_copy(update=changes)
    if type(view) is str:
        return view + HOSTILE
    if isinstance(view, tuple):
        return tuple(poisoned(each) for each in view)
    if dataclasses.is_dataclass(view) and not isinstance(view, type):
        changes = {each.name: poisoned(getattr(view, each.name)) for each in dataclasses.fields(view)}
        return dataclasses.replace(view, **changes)
    return view


def poisoned_source() -> FakeSource:
    source = morning_after()
    source.spec_rows = tuple(row.model_copy(update={"id": row.id}) for row in poisoned(source.spec_rows))
    source.rows = tuple(
        row.model_copy(update={"run": clean.run, "escaped": row.escaped if clean.escaped else ""})
        for row, clean in zip(poisoned(source.rows), source.rows, strict=True)
    )
    source.batch = poisoned(source.batch)
    source.groups = tuple(
        group.model_copy(
            update={"records": tuple(record.model_copy(update={"run": "rtodo2k7"}) for record in group.records)}
        )
        for group in poisoned(source.groups)
    )
    source.views = {run: poisoned(view) for run, view in source.views.items()}
    source.log_lines = poisoned(source.log_lines)
    source.lessons_view = poisoned(source.lessons_view)
    source.report_view = poisoned(source.report_view)
    source.suite_rows = poisoned_suites()
    source.seen = {key: tuple(map(poisoned, seen)) for key, seen in proof.EVALUATIONS.items()}
    source.holding = poisoned(morning.HOLDING)
    source.name = "night" + HOSTILE
    return source


def poisoned_suites() -> tuple[SuiteRow, ...]:
    """Hostile in everything but the names by which they are asked for."""
    suites = []
    for suite in proof.SUITES:
        rows = [
            poisoned(each).model_copy(update={"id": each.id, "spec": each.spec, "burned": each.burned and HOSTILE})
            for each in suite.scenarios
        ]
        suites.append(poisoned(suite).model_copy(update={"spec": suite.spec, "scenarios": tuple(rows)}))
    return tuple(suites)


def assert_harmless(output: str) -> None:
    rest = OWN_SEQUENCES.sub("", output)
    assert "\x1b" not in rest
    assert FORBIDDEN.findall(rest) == []


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("where", [Where.SPECS, Where.BOARD, Where.FAILURES, Where.SCENARIOS, Where.REPORT], ids=str)
async def test_hostile_text_is_only_text(where: Where, size: tuple[int, int]) -> None:
    async with opened(poisoned_source(), where, size=size) as (room, pilot):
        for _ in range(len(room.screen.table.items)):  # type: ignore[attr-defined]
            await pilot.press("j")
            assert_harmless(terminal_output(room))
        assert "night" in seen(room)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_hostile_text_in_a_suite_its_evidence_and_its_mutants_is_only_text(size: tuple[int, int]) -> None:
    async with opened(poisoned_source(), Where.SCENARIOS, size=size) as (room, pilot):
        room.screen.table.select("bank-withdraw")  # type: ignore[attr-defined]
        await pilot.press("M")
        await until(pilot, lambda: room.screen is not room.room_screen, "the mutants")
        assert_harmless(terminal_output(room))
        await pilot.press("escape", "n")
        await until(pilot, lambda: "what is it to show" in seen(room), "the items")
        assert_harmless(terminal_output(room))
        await pilot.press("escape", "enter")
        await until(pilot, lambda: "Rules × scenarios" in seen(room), "the suite")
        await pilot.press("tab")
        for _ in proof.BANK.scenarios:
            await pilot.press("j")
            assert_harmless(terminal_output(room))
        for scenario in (proof.FAILING, proof.JUDGED, proof.BURNED):
            await pilot.press("1", "4")
            room.screen.app.push_screen(EvidenceScreen(room, "bank-withdraw", scenario.id))
            await until(pilot, lambda: "[link=https" in seen(room) and room.up_to_date, "the evidence")
            await pilot.press("tab")
            for _ in range(4):
                await pilot.press("pagedown")
                assert_harmless(terminal_output(room))


async def test_hostile_text_in_a_run_and_its_log_is_only_text() -> None:
    source = poisoned_source()
    async with opened(source, Where.BOARD, size=LARGE) as (room, pilot):
        room.open_run("rtodo2k7")
        await until(pilot, lambda: "failed: 2 of 6" in seen(room), "the log")
        assert_harmless(terminal_output(room))
        assert "[link=https://example.org]click" in room.screen.query_one("#log", TextPane).text
        await pilot.press("tab")
        for _ in range(4):
            await pilot.press("pagedown")
            assert_harmless(terminal_output(room))


async def test_hostile_text_in_messages_and_dialogs_is_only_text() -> None:
    source = poisoned_source()
    async with opened(source, Where.BOARD) as (room, pilot):
        source.tell(Change(progress="building" + HOSTILE))
        await until(pilot, lambda: "building" in seen(room), "the banner")
        room.room_screen.say_error("broken" + HOSTILE, "mend" + HOSTILE)  # type: ignore[union-attr]
        await until(pilot, lambda: "broken" in seen(room), "the message")
        assert_harmless(terminal_output(room))
        for key in ("R", "C"):
            await pilot.press("escape", key)
            await until(pilot, lambda: room.screen is not room.room_screen, "the question")
            assert_harmless(terminal_output(room))
            await pilot.press("n")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_hostile_text_in_lessons_and_their_dialogs_is_only_text(size: tuple[int, int]) -> None:
    source = poisoned_source()
    async with opened(source, Where.FAILURES, size=size) as (room, pilot):
        await pilot.press("tab")
        for _ in room.screen.lessons_table.items:  # type: ignore[attr-defined]
            await pilot.press("j")
            assert_harmless(terminal_output(room))
        source.lessons_view = dataclasses.replace(
            source.lessons_view,
            problem="template" + HOSTILE,
            amendments=tuple(dataclasses.replace(each, stale="") for each in source.lessons_view.amendments),
        )
        await pilot.press("g", "p")
        await until(pilot, lambda: "template" in seen(room), "the problem")
        assert_harmless(terminal_output(room))
        source.lessons_view = dataclasses.replace(source.lessons_view, problem="")
        await pilot.press("p")
        await until(pilot, lambda: "shows the change" in seen(room), "no problem")
        for key in ("a", "A"):
            await pilot.press(key)
            await until(pilot, lambda: room.screen is not room.room_screen, "the question")
            assert_harmless(terminal_output(room))
            await pilot.press("escape")
            await until(pilot, lambda: room.screen is room.room_screen, "the lessons")


async def test_hostile_text_in_an_agents_question_and_its_answers_is_only_text() -> None:
    source = poisoned_source()
    async with opened(source, Where.BOARD) as (room, pilot):
        room.screen.table.select(morning.ASKING.run)  # type: ignore[attr-defined]
        await until(pilot, lambda: "asks" in seen(room), "the question")
        assert_harmless(terminal_output(room))
        await pilot.press("o")
        await until(pilot, lambda: room.screen is not room.room_screen, "the answers")
        assert_harmless(terminal_output(room))
        await pilot.press("1")
        await until(pilot, lambda: "Write this answer" in seen(room), "the last question")
        assert_harmless(terminal_output(room))
        await pilot.press("n")
        room.screen.table.select("rcsv2k7")  # type: ignore[attr-defined]
        source.refusal = SourceError("no" + HOSTILE, "mend" + HOSTILE)
        await pilot.press("colon", *"spec ")
        await until(pilot, lambda: "bank-withdraw" in seen(room), "specs in the palette")
        assert_harmless(terminal_output(room))


async def test_a_hostile_error_from_the_source_is_only_text() -> None:
    source = busy()
    source.error = SourceError("down" + HOSTILE, "up" + HOSTILE)
    async with opened(source, Where.BOARD) as (room, pilot):
        await until(pilot, lambda: "down" in seen(room), "the message")
        assert_harmless(terminal_output(room))


class Probe(Toned):
    def tone_style(self, tone: Tone) -> Any:
        from rich.style import Style

        return Style()


@given(st.text(max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_text_at_all_gets_a_control_past_the_place_that_draws(text: str) -> None:
    from rich.style import Style

    strip = Probe().strip((Span(text), Span("end")), 40, Style())
    assert FORBIDDEN.findall(strip.text) == []
    assert "\x1b" not in strip.text
    assert "\n" not in strip.text


def test_the_sample_really_is_hostile() -> None:
    assert FORBIDDEN.search(HOSTILE)
    assert HOSTILE in poisoned(sample.RUNS[0]).why
