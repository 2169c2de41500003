"""A question before something that costs money or cannot be undone. The answer is No unless the operator says yes."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input

from factory_tui.tui.look import Line, Span, Tone
from factory_tui.tui.widgets.bar import Bar
from factory_tui.tui.widgets.text_pane import TextPane, wrap

Result = TypeVar("Result")

NARROW, WIDE = 64, 108
"""Cells of a dialog; it never takes more than the style sheet allows of the window."""

_FRAME_WIDTH, _FRAME_HEIGHT = 8, 10
"""Cells of a dialog that are not its text: border, padding, scrollbar; and question, answers, an entry."""


class YesNo(ModalScreen[Result]):
    """A question, what it means, and No or Yes; esc, q and n are No."""

    CSS_PATH = "confirm.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", show=False),
        Binding("n,escape,q,ctrl+c", "answer(False)", show=False),
        Binding("left,right,tab,shift+tab,h,l", "turn", show=False),
        Binding("enter", "take", show=False),
        Binding("down,j", "lines(1)", show=False),
        Binding("up,k", "lines(-1)", show=False),
    ]

    def __init__(self, question: str, lines: Sequence[Line], yes: str, *, wide: bool = False) -> None:
        """
        Args:
            question: one line.
            lines: what it means and what it may cost.
            yes: the verb that yes stands for.
            wide: for text that reads badly when it is wrapped.
        """
        super().__init__()
        self._question, self._lines, self._yes_word = question, lines, yes
        self._wide = wide
        self._yes = False
        self._scrolls = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Bar(id="question")
            text = TextPane(id="text")
            text.can_focus = False
            yield text
            yield from self.compose_more()
            yield Bar(id="answers")

    def compose_more(self) -> Iterable[Widget]:
        """What stands between the text and the answers."""
        return ()

    def on_mount(self) -> None:
        self.query_one("#question", Bar).show((Span(self._question, Tone.STRONG),))
        self.query_one(TextPane).set_lines(self._lines)
        self._draw()

    def on_resize(self) -> None:
        width = min(WIDE if self._wide else NARROW, self.size.width * 94 // 100)
        self.query_one(".dialog").styles.width = width
        rows = sum(len(wrap(each, width - _FRAME_WIDTH)) for each in self._lines)
        height = max(1, min(rows, self.size.height - _FRAME_HEIGHT - 2))
        self.query_one(TextPane).styles.height = height
        self._scrolls = rows > height
        self._draw()

    def _draw(self) -> None:
        answers = ((" n  No ", not self._yes), (f" y  {self._yes_word} ", self._yes))
        spans = []
        for text, chosen in answers:
            spans.append(Span(f"[{text}]" if chosen else f" {text} ", Tone.KEY if chosen else Tone.DIM))
            spans.append(Span("   "))
        self.query_one("#answers", Bar).show(spans, (Span("j k scroll", Tone.DIM),) if self._scrolls else ())

    def answered(self, yes: bool) -> None:
        """What the dialog gives back."""
        raise NotImplementedError

    def action_turn(self) -> None:
        self._yes = not self._yes
        self._draw()

    def action_take(self) -> None:
        self.answered(self._yes)

    def action_answer(self, yes: bool) -> None:
        self.answered(yes)

    def action_lines(self, by: int) -> None:
        self.query_one(TextPane).action_lines(by)


class ConfirmScreen(YesNo[bool]):
    """Yes or No."""

    def answered(self, yes: bool) -> None:
        self.dismiss(yes)


class ReasonScreen(YesNo[str | None]):
    """Yes with a reason, or None. The reason is typed first; an empty one is refused."""

    def __init__(self, question: str, lines: Sequence[Line], yes: str, wanted: str) -> None:
        """
        Args:
            wanted: what the reason says, such as `what is wrong`.
        """
        super().__init__(question, lines, yes)
        self._wanted = wanted

    def compose_more(self) -> Iterable[Widget]:
        entry = Input(placeholder=f"{self._wanted} (needed)", compact=True, max_length=1000)
        entry.cursor_blink = False
        yield entry
        yield Bar(id="missing")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(Input).focus()
        self._hint("⏎ goes on to the answer")

    @property
    def _reason(self) -> str:
        return " ".join(self.query_one(Input).value.split())

    def _hint(self, text: str, tone: Tone = Tone.DIM) -> None:
        self.query_one("#missing", Bar).show((Span(text, tone),))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._leave_entry()

    def action_turn(self) -> None:
        if self.focused is None:
            super().action_turn()
        else:
            self._leave_entry()

    def _leave_entry(self) -> None:
        if not self._reason:
            self._hint(f"! say {self._wanted}; esc leaves everything as it is", Tone.WARN)
            return
        self.set_focus(None)
        self._hint("y does it, n or esc leaves everything as it is")

    def answered(self, yes: bool) -> None:
        if yes and not self._reason:
            self.query_one(Input).focus()
            self._leave_entry()
            return
        self.dismiss(self._reason if yes else None)
