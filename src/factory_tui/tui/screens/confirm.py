"""A question before something that costs money or cannot be undone. The answer is No unless the operator says yes."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from factory_tui.tui.look import Line, Span, Tone
from factory_tui.tui.widgets.bar import Bar
from factory_tui.tui.widgets.text_pane import TextPane, wrap


class ConfirmScreen(ModalScreen[bool]):
    """Yes or No; esc, q and n are No."""

    CSS_PATH = "confirm.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", show=False),
        Binding("n,escape,q,ctrl+c", "answer(False)", show=False),
        Binding("left,right,tab,shift+tab,h,l", "turn", show=False),
        Binding("enter", "take", show=False),
    ]

    def __init__(self, question: str, lines: Sequence[Line], yes: str) -> None:
        """
        Args:
            question: one line.
            lines: what it means and what it may cost.
            yes: the verb that yes stands for.
        """
        super().__init__()
        self._question, self._lines, self._yes_word = question, lines, yes
        self._yes = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Bar(id="question")
            text = TextPane(id="text")
            text.can_focus = False
            yield text
            yield Bar(id="answers")

    def on_mount(self) -> None:
        self.query_one("#question", Bar).show((Span(self._question, Tone.STRONG),))
        self.query_one(TextPane).styles.height = min(12, _rows(self._lines))
        self.query_one(TextPane).set_lines(self._lines)
        self._draw()

    def _draw(self) -> None:
        answers = ((" n  No ", not self._yes), (f" y  {self._yes_word} ", self._yes))
        spans = []
        for text, chosen in answers:
            spans.append(Span(f"[{text}]" if chosen else f" {text} ", Tone.KEY if chosen else Tone.DIM))
            spans.append(Span("   "))
        self.query_one("#answers", Bar).show(spans)

    def action_turn(self) -> None:
        self._yes = not self._yes
        self._draw()

    def action_take(self) -> None:
        self.dismiss(self._yes)

    def action_answer(self, yes: bool) -> None:
        self.dismiss(yes)


TEXT_WIDTH = 54
"""Cells of the dialog's text, as its style sheet has it, without border, padding and scrollbar."""


def _rows(lines: Sequence[Line]) -> int:
    return sum(len(wrap(each, TEXT_WIDTH)) for each in lines)
