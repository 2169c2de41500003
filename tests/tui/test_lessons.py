"""Screen 3: evidence, one key to reclassify, and what recurring failures teach."""

import pytest

from factory_tui.model.amendment import AmendmentState
from factory_tui.model.failure import FailureClass
from factory_tui.model.run import FINAL
from factory_tui.tui.actions import Where
from factory_tui.tui.lessons import lessons_of
from factory_tui.tui.screens.choose import ChooseScreen
from factory_tui.tui.screens.confirm import ConfirmScreen, ReasonScreen
from factory_tui.tui.screens.run import RunScreen
from factory_tui.tui.source import Change, LessonsView, SourceError, Topic
from factory_tui.tui.taxonomy import CLASS_CHOICES
from factory_tui.tui.widgets.text_pane import TextPane
from factory_tui.tui.words import share_bar, trend_span

from . import morning, sample
from .driving import LARGE, SMALL, opened, seen, until
from .fake_source import FakeSource, morning_after


def test_a_trend_is_a_glyph_and_two_numbers() -> None:
    group = sample.FAILURES[0]
    known = ((1, 3, "▲ 1→3"), (3, 1, "▼ 3→1"), (2, 2, "= 2→2"), (0, 0, ""), (None, 3, "first batch"))
    for before, now, text in known:
        assert trend_span(group.model_copy(update={"last_batch": before, "this_batch": now})).text == text


def test_a_share_is_a_bar_that_is_never_empty_for_something() -> None:
    assert [share_bar(share) for share in (0.0, 0.01, 0.5, 1.0)] == ["░░░░░░", "█░░░░░", "███░░░", "██████"]


def test_every_class_has_a_key_of_its_own_and_a_meaning() -> None:
    keys = [choice.key for choice in CLASS_CHOICES]
    assert len(set(keys)) == len(FailureClass)
    assert not {"j", "k", "g", "q"} & set(keys)
    assert all(choice.about for choice in CLASS_CHOICES)


async def test_a_record_shows_the_rule_as_the_spec_has_it_and_the_sentence() -> None:
    async with opened(morning_after(), Where.FAILURES, size=LARGE) as (room, pilot):
        await pilot.press("j")
        await until(pilot, lambda: "line 57 of the spec" in seen(room), "the place")
        text = " ".join(seen(room).split())
        for wanted in ("A restart must keep", "when the item is marked", "section RULES · missing", "by rule · layer"):
            assert all(word in text for word in wanted.split()), wanted
        assert "3" in text
        assert "50%" in text
        assert "▲ 1→2" in text


async def test_a_record_that_the_operator_classified_says_what_the_rule_said() -> None:
    async with opened(morning_after(), Where.FAILURES, size=LARGE) as (room, pilot):
        await pilot.press("j", "j")
        detail = room.screen.query_one("#detail", TextPane)
        await until(pilot, lambda: "the rule said DISOBEYED" in detail.text, "the first class")
        assert "because   single items were simply forgotten" in detail.text
        assert "* unknown-item-is-404" in seen(room)


async def test_one_further_key_reclassifies_and_the_cursor_goes_with_its_record() -> None:
    source = morning_after()
    async with opened(source, Where.FAILURES) as (room, pilot):
        table = room.screen.table  # type: ignore[attr-defined]
        await pilot.press("j", "c")
        await until(pilot, lambda: isinstance(room.screen, ChooseScreen), "the classes")
        await pilot.press("8")
        await until(pilot, lambda: table.current.group.failure_class is FailureClass.SPEC_GAP, "the row elsewhere")
        assert table.current.record.id == 1
        assert "failure 1 is SPEC-GAP now; the rule said INCOMPLETE" in seen(room)
    assert source.commands == ["classify 1 SPEC-GAP"]


async def test_a_reason_goes_with_the_class() -> None:
    source = morning_after()
    async with opened(source, Where.FAILURES) as (room, pilot):
        await pilot.press("j", "c")
        await until(pilot, lambda: isinstance(room.screen, ChooseScreen), "the classes")
        await pilot.press("tab", *"R4 says it", "enter", "e")
        await until(pilot, lambda: bool(source.commands), "the command")
    assert source.commands == ["classify 1 DISOBEYED: R4 says it"]


async def test_the_same_class_again_is_no_command() -> None:
    source = morning_after()
    async with opened(source, Where.FAILURES) as (room, pilot):
        await pilot.press("c")
        await until(pilot, lambda: "put the cursor on a record" in seen(room), "the advice")
        await pilot.press("j", "c")
        await until(pilot, lambda: isinstance(room.screen, ChooseScreen), "the classes")
        await pilot.press("enter")
        await until(pilot, lambda: "failure 1 is INCOMPLETE already" in seen(room), "the message")
    assert source.commands == []


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_lesson_shows_its_group_the_proposal_its_label_and_the_records(size: tuple[int, int]) -> None:
    async with opened(morning_after(), Where.FAILURES, size=size) as (room, pilot):
        assert "1 amendment to decide: tab" in seen(room)
        await pilot.press("tab")
        await until(pilot, lambda: "Amendment 3 of the template feature" in " ".join(seen(room).split()), "the lesson")
        assert "not replayed yet" in seen(room)
        detail = room.screen.query_one("#detail", TextPane).text
        for wanted in ("INCOMPLETE · RULES · missing · interrupted", "3 records in 2 specs", "3 records behind it"):
            assert wanted in detail
        assert "done-survives-a-restart" in detail


async def test_accepting_shows_the_diff_and_no_is_the_default() -> None:
    source = morning_after()
    async with opened(source, Where.FAILURES) as (room, pilot):
        await pilot.press("tab", "enter")
        await until(pilot, lambda: isinstance(room.screen, ConfirmScreen), "the diff")
        text = seen(room)
        assert "not replayed yet" in text
        assert "+template: feature@2" in text
        await pilot.press("enter")
        await until(pilot, lambda: room.screen is room.room_screen, "the lessons")
        assert source.commands == []
        await pilot.press("a")
        await until(pilot, lambda: isinstance(room.screen, ConfirmScreen), "the diff")
        await pilot.press("y")
        await until(pilot, lambda: "new specs start from feature@2" in seen(room), "what came of it")
        await until(pilot, lambda: "✓ accepted" in seen(room), "the decision, which stays visible")
        assert room.screen.lesson.view.record.id == 3  # type: ignore[attr-defined]
        await until(pilot, lambda: not any(each.open for each in room.screen.lessons_table.items), "nothing open")  # type: ignore
        await pilot.press("a")
        await until(pilot, lambda: "accepted already, in feature@2" in seen(room), "the refusal to decide twice")
    assert source.commands == ["accept 3"]


async def test_rejecting_needs_a_reason() -> None:
    source = morning_after()
    async with opened(source, Where.FAILURES) as (room, pilot):
        await pilot.press("tab", "A")
        await until(pilot, lambda: isinstance(room.screen, ReasonScreen), "the question")
        await pilot.press("enter")
        await until(pilot, lambda: "! say why" in seen(room), "the refusal of nothing")
        await pilot.press(*"too narrow", "enter", "y")
        await until(pilot, lambda: "the reason is kept" in seen(room), "what came of it")
        await until(pilot, lambda: "too narrow" in room.screen.query_one("#detail", TextPane).text, "the reason")
    assert source.commands == ["reject 3: too narrow"]


async def test_a_broken_template_and_a_stale_amendment_say_what_to_do() -> None:
    source = morning_after()
    source.lessons_view = morning.BROKEN_LESSONS
    async with opened(source, Where.FAILURES, size=LARGE) as (room, pilot):
        await pilot.press("tab")
        await until(pilot, lambda: "names no version" in seen(room), "the problem")
        await pilot.press("a")
        await until(pilot, lambda: "use the packaged one" in room.room_screen.message, "the remedy")  # type: ignore
        await pilot.press("escape")
        source.lessons_view = LessonsView(amendments=(morning.STALE,))
        await pilot.press("p")
        await until(pilot, lambda: "! stale" in seen(room), "the new state")
        room.screen.lessons_table.select(("amendment", 4))  # type: ignore[attr-defined]
        await pilot.press("a")
        await until(pilot, lambda: "amendment 4 is stale" in room.room_screen.message, "why not")  # type: ignore
        assert "A rejects it; p proposes" in room.room_screen.message  # type: ignore[union-attr]
    assert source.commands == ["propose"]


async def test_a_group_without_a_proposal_says_so() -> None:
    source = morning_after()
    source.rows = tuple(row for row in source.rows if row.state in FINAL)
    async with opened(source, Where.FAILURES) as (room, pilot):
        await pilot.press("tab", "j")
        await until(pilot, lambda: "no one item of the template" in seen(room), "the detail")
        await pilot.press("a")
        await until(pilot, lambda: "this group has no amendment" in seen(room), "the message")


async def test_while_a_batch_is_at_work_a_group_has_no_proposal_yet() -> None:
    source = morning_after()
    source.lessons_view = LessonsView(recurring=morning.LESSONS.recurring)
    async with opened(source, Where.FAILURES) as (room, pilot):
        await until(pilot, lambda: "none yet: p looks now" in seen(room), "the row")
        source.rows = tuple(row for row in source.rows if row.state in FINAL)
        source.tell(Change(Topic.RUNS | Topic.FAILURES))
        await until(pilot, lambda: "none: mend the specs" in seen(room), "what is known at the end")


def test_a_group_with_a_reclassified_record_may_be_new() -> None:
    (group, *_) = morning.LESSONS.recurring
    view = LessonsView(recurring=(group,))
    assert [lesson.early for lesson in lessons_of(view, {group.records[0]})] == [True]
    assert [lesson.early for lesson in lessons_of(view, {max(group.records) + 1})] == [False]


async def test_looking_for_lessons_says_what_it_found() -> None:
    source = morning_after()
    source.lessons_view = LessonsView()
    async with opened(source, Where.FAILURES) as (room, pilot):
        await pilot.press("a")
        await until(pilot, lambda: "p looks for recurring failures" in seen(room), "the advice")
        await pilot.press("p")
        await until(pilot, lambda: "1 new amendment proposed" in seen(room), "what it found")
        await until(pilot, lambda: "◇ proposed" in seen(room), "the lesson")
        await pilot.press("p")
        await until(pilot, lambda: "nothing new recurs" in seen(room), "nothing more")


async def test_an_amendment_that_another_viewer_decided_is_calm_news() -> None:
    source = morning_after()
    source.meanwhile = lambda: source._decide(3, state=AmendmentState.REJECTED, reason="too narrow")
    source.refusal = SourceError("amendment 3 is rejected already", "nothing is left to decide")
    async with opened(source, Where.FAILURES) as (room, pilot):
        await pilot.press("tab", "a")
        await until(pilot, lambda: isinstance(room.screen, ConfirmScreen), "the diff")
        await pilot.press("y")
        await until(pilot, lambda: "is rejected already, because too narrow" in seen(room), "the news")
        assert not room.room_screen.message.startswith("!")  # type: ignore[union-attr]


async def test_a_record_opens_its_run_from_the_taxonomy_only() -> None:
    async with opened(morning_after(), Where.FAILURES) as (room, pilot):
        await pilot.press("j", "enter")
        await until(pilot, lambda: isinstance(room.screen, RunScreen), "the run")


async def test_read_only_decides_nothing() -> None:
    source = morning_after()
    source.read_only = True
    async with opened(source, Where.FAILURES) as (room, pilot):
        await pilot.press("j", "c")
        await until(pilot, lambda: "read-only" in seen(room), "the refusal")
        await pilot.press("escape", "tab")
        for key in ("a", "A", "p"):
            await pilot.press(key)
            await until(pilot, lambda: "read-only" in room.room_screen.message, "the refusal")  # type: ignore
            await pilot.press("escape")
    assert source.commands == []


async def test_without_lessons_there_is_no_list_of_them() -> None:
    async with opened(FakeSource(groups=sample.FAILURES), Where.FAILURES) as (room, pilot):
        assert "LESSON" not in seen(room)
        await pilot.press("tab")
        assert room.focused is not None
        assert room.focused.id == "detail"


def test_lessons_are_ordered_by_what_is_to_decide() -> None:
    states = [lesson.view.record.state if lesson.view else "group" for lesson in lessons_of(morning.LESSONS)]
    assert states == ["proposed", "group", "accepted", "rejected"]
