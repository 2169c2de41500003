"""Pick one of a few things with one key, with a line to type: a reason, or something that is not listed."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from factory_tui.model.foreign import clean_line
from factory_tui.tui.look import Line, Span, Tone
from factory_tui.tui.widgets.bar import Bar
from factory_tui.tui.widgets.table import Cells, Column, Table
from factory_tui.tui.widgets.text_pane import TextPane, wrap

FREE_KEYS = "123456789abcdefhimno"
"""Keys for choices that have none of their own: those that move no cursor. What comes after them is typed."""


class Choice(NamedTuple):
    """One thing to pick."""

    key: str
    """The character that picks it."""
    value: str
    """What is given back."""
    name: str
    about: str = ""


class Chosen(NamedTuple):
    """What was picked, and what was typed. With `entry_needed` one of them is empty, never both."""

    choice: str
    entry: str


class ChooseScreen(ModalScreen[Chosen | None]):
    """Gives a choice, or None after esc."""

    CSS_PATH = "choose.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c", "close", show=False, priority=True),
        Binding("tab,shift+tab", "turn", show=False, priority=True),
        Binding("q", "close", show=False),
        Binding("enter", "take", show=False),
    ]

    def __init__(
        self,
        question: str,
        choices: Sequence[Choice],
        *,
        above: Sequence[Line] = (),
        entry: str = "",
        entry_needed: bool = False,
        at: str = "",
        names: int = 14,
    ) -> None:
        """
        Args:
            question: one line.
            choices: keys must not be those that move the cursor.
            above: what the operator has to know before.
            entry: what may be typed; empty when nothing may.
            entry_needed: what is typed is a choice of its own, not a remark on one.
            at: value of the choice that the cursor starts on.
            names: cells of the names' column, when choices say more than their name.
        """
        super().__init__()
        self._question, self._choices, self._above = question, tuple(choices), above
        self._entry, self._entry_needed = entry, entry_needed
        self._at, self._names = at, names

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Bar(id="question")
            text = TextPane(id="text")
            text.can_focus = False
            yield text
            columns: tuple[Column, ...] = (Column("", 1), Column("", 40, flex=1))
            if any(choice.about for choice in self._choices):
                columns = (Column("", 1), Column("", self._names), Column("", 30, flex=1))
            yield Table(columns, self._cells, lambda choice: choice.key, id="choices")
            yield Bar(id="about")
            entry = Input(placeholder=self._entry, compact=True, max_length=1000)
            entry.cursor_blink = False
            yield entry
            yield Bar(id="hint")

    def on_mount(self) -> None:
        self.query_one("#question", Bar).show((Span(self._question, Tone.STRONG),))
        self.query_one(TextPane).set_lines(self._above)
        self._table.set_items(self._choices)
        self._table.select(next((each.key for each in self._choices if each.value == self._at), None))
        self._table.styles.height = len(self._choices) + 1
        self._table.display = bool(self._choices)
        self.query_one(Input).display = bool(self._entry)
        (self._table if self._choices else self.query_one(Input)).focus()
        self._show_hint()

    def on_resize(self) -> None:
        pane = self.query_one(TextPane)
        pane.display = bool(self._above)
        width = min(84, self.size.width * 94 // 100) - 8
        pane.styles.height = min(6, sum(len(wrap(each, width)) for each in self._above)) + 1
        room = width - self._names - 5
        self.query_one("#about", Bar).display = any(cell_len(choice.about) > room for choice in self._choices)

    @property
    def _table(self) -> Table[Choice]:
        return self.query_one("#choices", Table)

    def _cells(self, choice: Choice, here: bool) -> Cells:
        cells = (Span(choice.key, Tone.KEY), Span(clean_line(choice.name), Tone.STRONG))
        return (*cells, Span(choice.about)) if any(each.about for each in self._choices) else cells

    @on(Table.Moved, "#choices")
    def _moved(self, event: Table.Moved) -> None:
        event.stop()
        current = self._table.current
        # What the column had no room for.
        self.query_one("#about", Bar).show((Span(current.about if current else "", Tone.DIM),))

    def _show_hint(self) -> None:
        letters = [choice.key for choice in self._choices]
        counted = len(letters) > 1 and all(key.isdigit() for key in letters)
        named = f"{letters[0]}–{letters[-1]}" if counted else " ".join(letters)
        keys = f"{named} picks   " if letters else ""
        entry = f"tab {self._entry}   " if self._choices else f"⏎ takes {self._entry}   "
        entry = entry if self._entry else ""
        self.query_one("#hint", Bar).show((Span(f"{keys}{entry}esc closes", Tone.DIM),))

    # Keys

    def on_key(self, event: events.Key) -> None:
        """A choice's own key picks it. Typing goes to the entry, which keeps its keys to itself."""
        picked = next((each for each in self._choices if each.key == event.character), None)
        if picked is not None:
            event.stop()
            self._give(picked.value)

    def action_take(self) -> None:
        current = self._table.current
        if current is not None:
            self._give(current.value)

    def action_turn(self) -> None:
        entry = self.query_one(Input)
        (self._table if not self._entry or (entry.has_focus and self._choices) else entry).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        typed = " ".join(event.value.split())
        if self._entry_needed and typed:
            self.dismiss(Chosen("", typed))
        elif self._choices:
            self._table.focus()

    def _give(self, value: str) -> None:
        typed = " ".join(self.query_one(Input).value.split())
        self.dismiss(Chosen(value, "" if self._entry_needed else typed))

    def action_close(self) -> None:
        self.dismiss(None)
