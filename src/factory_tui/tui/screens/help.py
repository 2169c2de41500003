"""The keys of a screen, made from the registry of actions."""

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from factory_tui.tui.actions import MOVEMENT, Action, Where, actions_of, show_key
from factory_tui.tui.look import BLANK, Line, Span, Tone, line
from factory_tui.tui.widgets.bar import Bar
from factory_tui.tui.widgets.text_pane import TextPane


class HelpScreen(ModalScreen[None]):
    """Any of the usual keys closes it."""

    CSS_PATH = "help.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,enter,ctrl+c", "close", show=False),
    ]

    def __init__(self, where: Where, read_only: bool) -> None:
        super().__init__()
        self._where, self._read_only = where, read_only

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Bar(id="question")
            yield TextPane(id="text")

    def on_mount(self) -> None:
        title = f"Keys of {self._where.capitalize()}"
        self.query_one(Bar).show((Span(title, Tone.STRONG),), (Span("esc closes", Tone.DIM),))
        self.query_one(TextPane).set_lines(help_lines(self._where, self._read_only))
        self.query_one(TextPane).focus()

    def action_close(self) -> None:
        self.dismiss(None)


def help_lines(where: Where, read_only: bool) -> Iterator[Line]:
    """Own keys first, then those of every screen, then movement."""
    own = [each for each in actions_of(where) if where in each.where]
    common = [each for each in actions_of(where) if where not in each.where]
    yield BLANK
    for action in own:
        yield _row(action, read_only)
    yield BLANK
    for action in common:
        if action.keys:
            yield _row(action, read_only)
    yield BLANK
    for keys, what in MOVEMENT:
        yield line(Span(f"{keys:<10}", Tone.KEY), what, indent=10)


def _row(action: Action, read_only: bool) -> Line:
    keys = " ".join(show_key(key) for key in action.keys)
    if read_only and action.commands:
        return line(Span(f"{keys:<10}{action.help} (not in read-only mode)", Tone.DIM), indent=10)
    return line(Span(f"{keys:<10}", Tone.KEY), action.help, indent=10)
