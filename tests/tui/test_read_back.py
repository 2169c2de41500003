"""The read-back screen: asked for, answered with one key, never in the way."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from factory_tui.model.spec import Status
from factory_tui.tui.app import ControlRoom
from factory_tui.tui.screens.confirm import ConfirmScreen
from factory_tui.tui.screens.editor import EditorScreen
from factory_tui.tui.screens.read_back import ASKING, ReadBackScreen
from factory_tui.tui.source import SourceError, Topic

from . import reading, sample
from .driving import LARGE, SMALL, loaded, opened, room_for, seen, until
from .fake_source import FakeSource

Compare = Callable[..., bool]
SPEC = "todo-api"


def source(*, read: bool = True, status: Status = Status.READY) -> FakeSource:
    made = FakeSource(spec_rows=(sample.spec(SPEC, status=status),))
    if read:
        made.read_backs[SPEC] = reading.READ_BACK.model_copy(update={"hash": made.version(SPEC)})
    return made


@asynccontextmanager
async def read_back(
    made: FakeSource, size: tuple[int, int] = SMALL
) -> AsyncIterator[tuple[ControlRoom, Pilot[int], ReadBackScreen]]:
    async with opened(made, size=size) as (room, pilot):
        await pilot.press("b")
        await until(pilot, lambda: isinstance(room.room_screen, ReadBackScreen) and loaded(room), "the read-back")
        screen = room.room_screen
        assert isinstance(screen, ReadBackScreen)
        yield room, pilot, screen


def asked(made: FakeSource) -> list[str]:
    return [each for each in made.commands if each.startswith("read back")]


class TestAsking:
    async def test_the_twin_is_asked_at_once_when_there_is_none(self) -> None:
        made = source(read=False)
        async with read_back(made) as (room, pilot, screen):
            await until(pilot, lambda: screen.view is not None, "an answer")
            assert "One person keeps a to-do list" in seen(room)
        assert asked(made) == [f"read back {SPEC}"]

    async def test_a_model_that_is_charged_is_asked_after_a_yes_with_the_most_it_costs(self) -> None:
        made = source(read=False)
        made.charged = True
        async with read_back(made) as (room, pilot, screen):
            await until(pilot, lambda: isinstance(room.screen, ConfirmScreen), "the question")
            assert "at most $0.08" in seen(room)
            assert "claude-sonnet-4-6" in seen(room)
            await pilot.press("n")
            await until(pilot, lambda: room.screen is screen, "the screen")
            assert "Nobody has read todo-api back yet" in seen(room)
            assert asked(made) == []
            await pilot.press("a")
            await until(pilot, lambda: isinstance(room.screen, ConfirmScreen), "the question")
            await pilot.press("y")
            await until(pilot, lambda: screen.view is not None, "an answer")
        assert asked(made) == [f"read back {SPEC}"]

    async def test_what_was_read_is_shown_without_asking(self) -> None:
        made = source()
        async with read_back(made) as (room, pilot, _screen):
            assert "3 of 3 open" in seen(room)
            assert "claude-sonnet-4-6 · $0.01" in seen(room)
            made.texts[SPEC] += "\nAnd more.\n"
            room.ask(Topic.SPECS)
            await until(pilot, lambda: "earlier version · $0.01" in seen(room), "that the spec changed")
        assert asked(made) == []

    async def test_a_version_that_was_read_is_read_anew_on_a(self) -> None:
        made = source(read=False)
        async with read_back(made) as (_, pilot, screen):
            await until(pilot, lambda: screen.view is not None, "an answer")
            await pilot.press("a")
            await until(pilot, lambda: len(asked(made)) == 2, "another answer")
        assert asked(made)[-1] == f"read back {SPEC} anew"

    async def test_one_line_says_that_work_goes_on_and_leaving_ends_nothing(self) -> None:
        made = source(read=False)
        made.reading = asyncio.Event()
        async with read_back(made) as (room, pilot, screen):
            await until(pilot, lambda: screen.asking and ASKING in seen(room), "the line")
            await pilot.press("a")
            await until(pilot, lambda: bool(screen.message), "a message")
            await pilot.press("escape")
            await until(pilot, lambda: room.screen is not screen, "the list")
            await pilot.press("b")
            await until(pilot, lambda: isinstance(room.screen, ReadBackScreen) and room.screen.asking, "it waits again")
            made.reading.set()
            again = room.screen
            assert isinstance(again, ReadBackScreen)
            await until(pilot, lambda: again.view is not None and not again.asking, "the answer")

    async def test_whoever_left_hears_of_the_answer_where_they_are(self) -> None:
        made = source(read=False)
        made.reading = asyncio.Event()
        async with read_back(made) as (room, pilot, screen):
            await until(pilot, lambda: screen.asking, "it asks")
            await pilot.press("q")
            await until(pilot, lambda: room.room_screen is not screen, "the list")
            made.reading.set()
            await until(pilot, lambda: "is read back, with 3 questions" in seen(room), "the news")

    async def test_whoever_left_hears_of_a_failure_too(self) -> None:
        made = source(read=False)
        made.reading = asyncio.Event()
        made.read_back_fails = SourceError("the day cap of $1.00 leaves $0.00", "raise it")
        async with read_back(made) as (room, pilot, screen):
            await until(pilot, lambda: screen.asking, "it asks")
            await pilot.press("q", "2")
            made.reading.set()
            await until(pilot, lambda: "todo-api was not read back: the day cap" in seen(room), "the news")

    async def test_a_failure_is_said_with_what_to_do(self) -> None:
        made = source(read=False)
        made.refusal = SourceError("the day cap of $1.00 leaves $0.00", "raise that cap in [limits]")
        async with read_back(made) as (_, pilot, screen):
            await until(pilot, lambda: "day cap" in screen.message, "the error")
            assert "→ raise that cap" in screen.message
            assert not screen.asking

    async def test_read_only_shows_and_does_not_ask(self) -> None:
        made = source()
        made.read_only = True
        async with read_back(made) as (room, pilot, screen):
            assert "One person keeps" in seen(room)
            for key in ("a", "1", "o"):
                await pilot.press(key)
                assert "read-only" in screen.message
            assert made.commands == []


class TestAnswering:
    async def test_a_digit_writes_the_answer_into_the_file_and_the_cursor_goes_on(self) -> None:
        made = source()
        async with read_back(made) as (room, pilot, screen):
            await pilot.press("2")
            await until(pilot, lambda: "written below RULES" in screen.message, "the message")
            assert "draft again" in screen.message
            assert screen.table.current is not None
            assert screen.table.current.number == 2
            assert "2 of 3 open" in seen(room)
            await pilot.press("1")
            await until(pilot, lambda: "Answer: Oldest first." in made.texts[SPEC], "the second answer")
        assert "- Question: What keeps the items" in made.texts[SPEC]
        assert made.texts[SPEC].count("### Answered questions") == 1

    async def test_the_numbered_screens_are_not_reached_by_digits_here(self) -> None:
        async with read_back(source()) as (room, pilot, screen):
            await pilot.press("5")
            await until(pilot, lambda: "there is no answer 5" in screen.message, "the message")
            assert room.screen is screen

    async def test_other_words_are_typed_digits_included(self) -> None:
        made = source()
        async with read_back(made) as (_, pilot, screen):
            await pilot.press("o", *"within 5 s", "enter")
            await until(pilot, lambda: "written" in screen.message, "the message")
        assert "  Answer: within 5 s\n" in made.texts[SPEC]

    async def test_esc_while_typing_writes_nothing(self) -> None:
        made = source()
        async with read_back(made) as (room, pilot, screen):
            await pilot.press("o", "n", "o", "escape")
            assert room.screen is screen
            await pilot.press("j")
            assert screen.table.current is not None
            assert screen.table.current.number == 2
        assert SPEC not in made.texts or "Answered" not in made.texts[SPEC]

    async def test_a_question_is_left_out_and_taken_up_again(self) -> None:
        async with read_back(source()) as (room, pilot, screen):
            await pilot.press("x")
            await until(pilot, lambda: "– left out" in seen(room), "the mark")
            assert screen.table.current is not None
            assert screen.table.current.number == 2
            await pilot.press("k", "x")
            await until(pilot, lambda: "– left out" not in seen(room), "no mark")

    async def test_what_the_file_answers_is_shown_as_answered(self) -> None:
        made = source()
        async with read_back(made) as (room, pilot, screen):
            await pilot.press("1")
            await until(pilot, lambda: "written" in screen.message, "the message")
            made.texts[SPEC] = made.texts[SPEC].replace("Answer: An item whose", "Answer: Any item whose")
            room.ask(Topic.SPECS)
            await pilot.press("k")
            await until(pilot, lambda: "Any item whose" in seen(room), "the answer of the file")

    async def test_enter_opens_the_editor_at_the_quote(self) -> None:
        async with read_back(source()) as (room, pilot, _):
            await pilot.press("j", "enter")
            await until(pilot, lambda: isinstance(room.screen, EditorScreen) and room.screen.loaded, "the editor")
            editor = room.screen
            assert isinstance(editor, EditorScreen)
            assert "must answer with every item" in editor.area.document.get_line(editor.area.cursor_row)


class TestFromTheEditor:
    @staticmethod
    @asynccontextmanager
    async def edited(made: FakeSource) -> AsyncIterator[tuple[ControlRoom, Pilot[int], EditorScreen]]:
        async with opened(made) as (room, pilot):
            await pilot.press("i")
            await until(pilot, lambda: isinstance(room.screen, EditorScreen) and room.screen.loaded, "the editor")
            editor = room.screen
            assert isinstance(editor, EditorScreen)
            await pilot.press("f7")
            await until(pilot, lambda: isinstance(room.screen, ReadBackScreen) and room.screen.loaded, "the read-back")
            yield room, pilot, editor

    async def test_an_answer_is_one_step_in_the_text_and_not_in_the_file(self) -> None:
        made = source()
        async with self.edited(made) as (room, pilot, editor):
            before = editor.text
            await pilot.press("1")
            await until(pilot, lambda: "Answer: An item whose POST" in editor.text, "the answer")
            screen = room.screen
            assert isinstance(screen, ReadBackScreen)
            await until(pilot, lambda: "2 of 3 open" in seen(room), "it counts as answered")
            assert "Answered questions" not in made.texts[SPEC]
            await pilot.press("escape")
            await until(pilot, lambda: room.screen is editor, "the editor")
            assert editor.unsaved
            await pilot.press("ctrl+z")
            await until(pilot, lambda: editor.text == before and editor.is_settled, "one step back")

    async def test_enter_goes_back_to_the_line(self) -> None:
        async with self.edited(source()) as (room, pilot, editor):
            await pilot.press("enter")
            await until(pilot, lambda: room.screen is editor, "the editor")
            assert "A restart must keep" in editor.area.document.get_line(editor.area.cursor_row)


async def test_hostile_words_of_a_model_reach_no_widget_as_they_are() -> None:
    evil = "\x1b]52;c;aGk=\x07[link=x]\u202e[/nothing]"
    made = source()
    asked_for = reading.QUESTIONS[0].model_copy(update={"text": evil, "quote": evil, "answers": (evil, "b")})
    made.read_backs[SPEC] = reading.READ_BACK.model_copy(
        update={"summary": evil, "model": evil, "questions": (asked_for,)}
    )
    async with read_back(made) as (room, _, _screen):
        text = seen(room)
        assert "[link=x]" in text
        assert not set("\x1b\x07\u202e") & set(text)


async def asking(pilot: Pilot[int], made: FakeSource) -> None:
    made.reading = asyncio.Event()
    await pilot.press("a")
    screen = pilot.app.screen
    await until(pilot, lambda: isinstance(screen, ReadBackScreen) and screen.asking, "asking")


async def charged(pilot: Pilot[int], made: FakeSource) -> None:
    made.charged = True
    await pilot.press("a")
    await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen), "the question")


async def answered(pilot: Pilot[int], made: FakeSource) -> None:
    await pilot.press("1", "x")
    screen = pilot.app.screen
    await until(pilot, lambda: isinstance(screen, ReadBackScreen) and "written" in screen.message, "the answer")


async def other(pilot: Pilot[int], made: FakeSource) -> None:
    await pilot.press("o", *"kept for 30 days")


async def plain(pilot: Pilot[int], made: FakeSource) -> None: ...


STATES = {each.__name__: each for each in (plain, asking, charged, answered, other)}


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("state", [*STATES, "nothing", "no_question"])
def test_pictures(snap_compare: Compare, state: str, size: tuple[int, int]) -> None:
    made = source(read=state != "nothing")
    if state == "nothing":
        made.refusal = SourceError("the twin has no read-back for todo-api", "add `readback:` to its script")
    if state == "no_question":
        made.read_backs[SPEC] = made.read_backs[SPEC].model_copy(update={"questions": (), "dropped": 0})

    async def before(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: made.questions > 0, "the list")
        await pilot.press("b")
        room = pilot.app
        await until(pilot, lambda: isinstance(room.screen, ReadBackScreen) and room.screen.loaded, "the read-back")
        await STATES.get(state, plain)(pilot, made)
        await pilot.pause()

    assert snap_compare(room_for(made), terminal_size=size, run_before=before)


def test_the_screen_is_loaded_when_it_is_asked_for() -> None:
    text = (Path(__file__).parents[2] / "src/factory_tui/tui/screens/specs.py").read_text()
    assert "import ReadBackScreen" not in text.split("class ", 1)[0]
