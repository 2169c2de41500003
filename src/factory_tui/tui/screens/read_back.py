"""What a model made of a spec: how it understood it, and what it would have to guess, to be answered with one key."""

from collections.abc import Iterable
from typing import ClassVar

from textual import events, on
from textual.containers import Container
from textual.widget import Widget

from factory_tui.model.foreign import clean_line
from factory_tui.model.readback import ReadBack, ReadBackPlan
from factory_tui.tui.actions import Where, bindings_for
from factory_tui.tui.base import RoomScreen
from factory_tui.tui.look import Span, Tone, show_count
from factory_tui.tui.reading_back import Place
from factory_tui.tui.room import Room
from factory_tui.tui.screens.confirm import ConfirmScreen
from factory_tui.tui.source import ReadBackView, SourceError, Topic
from factory_tui.tui.widgets.bar import Bar
from factory_tui.tui.widgets.prompt_line import PromptLine
from factory_tui.tui.widgets.table import Cells, Column, Table
from factory_tui.tui.widgets.text_pane import TextPane, wrap
from factory_tui.tui.words.read_back import (
    Asked,
    asked_span,
    not_read_yet,
    plan_lines,
    question_detail,
    read_back_head,
    read_back_summary,
)

COLUMNS = (Column("", 1), Column("STATE", 10), Column("ABOUT", 11), Column("QUESTION", 30, flex=1))

ASKING = "asking the model … you can go on working, also on other screens"

_SUMMARY_ROWS = 5
"""Rows of the summary at the least size; it scrolls."""


class ReadBackScreen(RoomScreen):
    """The last read-back of a spec. One that is asked for goes on when this screen is left."""

    CSS_PATH = "read_back.tcss"
    BINDINGS = bindings_for(Where.READ_BACK)
    AUTO_FOCUS = "#list"

    where = Where.READ_BACK
    topics = Topic.SPECS
    at_top: ClassVar[bool] = False
    prompt_label: ClassVar[str] = "answer"

    def __init__(self, room: Room, place: Place) -> None:
        super().__init__(room)
        self.view: ReadBackView | None = None
        self.loaded = self.asking = False
        self._place = place
        self._left_out: set[str] = set()
        """Texts of questions."""
        self._detailed = 0

    # Parts

    @property
    def tab(self) -> Where:
        return Where.SPECS

    def compose_body(self) -> Iterable[Widget]:
        yield Bar(id="asking")
        with Container(id="body"):
            yield TextPane(id="told")
            yield Table(COLUMNS, _cells, lambda asked: asked.number, id="list")
            yield TextPane(id="detail")

    @property
    def table(self) -> Table[Asked]:
        return self.query_one("#list", Table)

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#asking", Bar).show((Span(f"◌ {ASKING}", Tone.BUSY),))
        self.attempt(self._open())

    # Loading

    async def _open(self) -> None:
        """Show what there is; ask when there is nothing, and wait with whoever asked before."""
        await self._look()
        if self.source.read_only:
            return
        if self.view is None:
            self._ask()
        elif await self.source.connect(start=False) is not None:
            plan = await self.source.plan_read_back(self._place.spec)
            if plan.reading:
                self._ask()

    async def _look(self) -> None:
        self._show(await self._place.look())

    async def reload(self, topics: Topic) -> None:
        if topics & self.topics and self.loaded:
            await self._look()

    def _show(self, view: ReadBackView | None) -> None:
        self.view, self.loaded = view, True
        self.show_empty(not_read_yet(self._place.spec) if view is None else [])
        if view is None:
            self.summarise((Span(clean_line(self._place.spec), Tone.STRONG),))
            return
        asked = self._asked(view)
        self.summarise(*read_back_head(self._place.spec, view, asked))
        self.set_class(not asked, "-none")
        self.query_one("#told", TextPane).set_lines(read_back_summary(view.read), keep_place=True)
        self.table.set_items(asked)
        self.table.styles.height = len(asked) + 2
        self._fit()
        if self.focused is None:
            self.call_after_refresh(self.focus_main)

    def _asked(self, view: ReadBackView) -> tuple[Asked, ...]:
        return tuple(
            Asked(number, each, each.text in self._left_out) for number, each in enumerate(view.read.questions, start=1)
        )

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self._fit()

    def _fit(self) -> None:
        """The summary takes what it needs, up to a share of the window."""
        if self.view is None or not self.view.read.questions:
            return
        width = self.size.width - 4
        rows = sum(len(wrap(each, width)) for each in read_back_summary(self.view.read))
        self.query_one("#told").styles.height = min(rows, max(_SUMMARY_ROWS, self.size.height // 3))

    @on(Table.Moved, "#list")
    def _moved(self, event: Table.Moved) -> None:
        event.stop()
        asked = self.table.current
        number = asked.number if asked is not None else 0
        same, self._detailed = number == self._detailed, number
        lines = question_detail(asked) if asked is not None else ()
        self.query_one("#detail", TextPane).set_lines(lines, keep_place=same)

    # Asking

    def action_ask_again(self) -> None:
        if self.asking:
            self.say(ASKING)
        elif not self.refuse_read_only():
            self._ask()

    def _ask(self) -> None:
        """The answer is waited for by the app, which outlives this screen."""
        self._waits(True)
        self.app.run_worker(self._hear(), group="read-back")

    async def _hear(self) -> None:
        try:
            plan = await self.source.plan_read_back(self._place.spec)
            shown = self.view is not None and self.view.read.hash == plan.hash
            fresh = shown and not plan.reading  # the one that is under way may end before we join it
            heard = await self.source.read_back(plan.spec, fresh=fresh) if await self._may_ask(plan, fresh) else None
        except SourceError as error:
            self._waits(False)
            self._tell(error)
            return
        self._waits(False)
        if self.is_attached:
            self.attempt(self._look())
        elif heard is not None:
            self._tell(heard)

    async def _may_ask(self, plan: ReadBackPlan, fresh: bool) -> bool:
        """The operator says yes to what is charged; nobody is asked on another screen than this."""
        if not plan.charged or plan.reading or (plan.recorded and not fresh):
            if self._place.caution and self.is_attached:
                self.say(self._place.caution)
            return True
        if not self.is_attached:
            return False
        self._waits(False)
        question = f"Have {clean_line(plan.spec)} read back?"
        yes = await self.answer_to(ConfirmScreen(question, tuple(plan_lines(plan, self._place.caution)), "Ask"))
        self._waits(bool(yes))
        return bool(yes)

    def _tell(self, heard: ReadBack | SourceError) -> None:
        """Say it here, or on the screen for which this one was left; not where another one waits for the same."""
        open_ones = (each for each in reversed(self.app.screen_stack) if isinstance(each, RoomScreen))
        shown = self if self.is_attached else next(open_ones, None)
        if shown is None or (shown is not self and isinstance(shown, ReadBackScreen)):
            return
        if isinstance(heard, SourceError):
            prefix = "" if shown is self else f"{self._place.spec} was not read back: "
            shown.say_error(f"{prefix}{heard.what}", heard.todo)
        else:
            left = show_count(len(heard.questions), "question")
            shown.say(f"{self._place.spec} is read back, with {left}; b on it shows them")

    def _waits(self, asking: bool) -> None:
        self.asking = asking
        if self.is_attached:
            self.set_class(asking, "-asking")

    # Answering

    def on_key(self, event: events.Key) -> None:
        """A digit picks the answer of that number. Typing goes to the prompt line, which keeps its keys to itself."""
        if event.character in _DIGITS:
            event.stop()
            event.prevent_default()
            self._pick(int(event.character))

    def action_pick_answer(self) -> None:
        self.say("1 to 5 write the answer of that number into the spec")

    def _pick(self, number: int) -> None:
        asked = self._current()
        if asked is None:
            return
        if number > len(asked.question.answers):
            self.say(f"there is no answer {number} to this question; o takes other words")
        elif not self.refuse_read_only():
            self.attempt(self._write(asked, asked.question.answers[number - 1]))

    def action_other_answer(self) -> None:
        if self._current() is not None and not self.refuse_read_only():
            self.query_one(PromptLine).open()

    @on(PromptLine.Done)
    def _typed(self, event: PromptLine.Done) -> None:
        event.stop()
        said, prompt = " ".join(event.text.split()), self.query_one(PromptLine)
        prompt.clear()
        self.focus_main()
        asked = self.table.current
        if event.kept and said and asked is not None:
            self.attempt(self._write(asked, said))

    @on(PromptLine.Changed)
    def _typing(self, event: PromptLine.Changed) -> None:
        event.stop()

    async def _write(self, asked: Asked, answer: str) -> None:
        said = await self._place.write(asked.question, answer)
        self._left_out.discard(asked.question.text)
        self._show(await self._place.look())
        self._go_to_next_open()
        self.say(said)
        self.room.ask(Topic.SPECS)

    def _go_to_next_open(self) -> None:
        here = self.table.current.number if self.table.current else 0
        still = [each.number for each in self.table.items if each.is_open]
        if still:
            self.table.select(next((number for number in still if number > here), still[0]))

    def action_leave_out(self) -> None:
        asked = self._current()
        if asked is None or self.view is None:
            return
        if asked.question.answered:
            self.say("it is answered; ^z in the editor, or the file itself, takes that back")
            return
        self._left_out ^= {asked.question.text}
        self._show(self.view)
        if asked.question.text in self._left_out:
            self._go_to_next_open()

    def action_open_line(self) -> None:
        asked = self._current()
        if asked is not None and not self.refuse_read_only():
            self.attempt(self._place.open_at(self, asked.question.line))

    def _current(self) -> Asked | None:
        if self.table.current is None:
            self.say("there is no question here")
        return self.table.current

    def copy_text(self) -> str:
        return super().copy_text() or (self.table.current.question.text if self.table.current else "")


_DIGITS = frozenset("12345")


def _cells(asked: Asked, here: bool) -> Cells:
    tone = Tone.PLAIN if asked.is_open else Tone.DIM
    return (
        Span(str(asked.number), Tone.DIM),
        asked_span(asked),
        Span(asked.question.section, tone),
        Span(clean_line(asked.question.text), tone),
    )
