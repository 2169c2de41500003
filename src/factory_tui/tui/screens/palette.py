"""Find an action by name and do it."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from factory_tui.tui.actions import Action, Where, actions_of, show_key
from factory_tui.tui.look import Span, Tone
from factory_tui.tui.widgets.bar import Bar
from factory_tui.tui.widgets.table import Cells, Column, Table


class PaletteScreen(ModalScreen[str | None]):
    """Gives the name of an action, or None."""

    CSS_PATH = "palette.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+p,ctrl+c", "close", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
    ]

    def __init__(self, where: Where, read_only: bool) -> None:
        super().__init__()
        self._actions = [each for each in actions_of(where) if each.in_palette and not (read_only and each.commands)]

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            entry = Input(placeholder="what to do", compact=True)
            entry.cursor_blink = False
            yield entry
            columns = (Column("", 10), Column("", 30, flex=1), Column("", 6, right=True))
            table: Table[Action] = Table(columns, _cells, lambda action: action.name, id="actions")
            table.can_focus = False
            yield table
            yield Bar(id="hint")

    def on_mount(self) -> None:
        self._table.set_items(self._actions)
        self.query_one("#hint", Bar).show((Span("⏎ does it   esc closes", Tone.DIM),))
        self.query_one(Input).focus()

    @property
    def _table(self) -> Table[Action]:
        return self.query_one("#actions", Table)

    def on_input_changed(self, event: Input.Changed) -> None:
        words = event.value.casefold().split()
        found = [each for each in self._actions if _matches(each, words)]
        self._table.set_items(sorted(found, key=lambda each: not each.label.casefold().startswith(tuple(words))))

    def on_input_submitted(self) -> None:
        chosen = self._table.current
        self.dismiss(chosen.name if chosen else None)

    def action_move(self, by: int) -> None:
        self._table.action_move(by)

    def action_close(self) -> None:
        self.dismiss(None)


def _matches(action: Action, words: list[str]) -> bool:
    text = f"{action.name} {action.label} {action.help}".casefold()
    return all(word in text for word in words)


def _cells(action: Action, here: bool) -> Cells:
    key = show_key(action.keys[0]) if action.keys else ""
    return (Span(action.label, Tone.STRONG), Span(action.help), Span(key, Tone.KEY))
