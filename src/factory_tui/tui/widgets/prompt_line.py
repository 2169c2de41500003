"""A one-line question at the bottom of a screen: filter or search."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static


class PromptLine(Horizontal):
    """Hidden until asked for. Enter keeps the text and goes back to the list, esc clears it."""

    DEFAULT_CSS = """
    PromptLine { height: 1; display: none; }
    PromptLine.-open { display: block; }
    PromptLine > Static { width: auto; height: 1; }
    PromptLine > Input { height: 1; border: none; padding: 0; width: 1fr; }
    PromptLine > Input:focus { border: none; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "clear", show=False)]

    class Changed(Message):
        """The text is another one."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Done(Message):
        """The operator is back in the list. `kept` is False after esc."""

        def __init__(self, text: str, kept: bool) -> None:
            super().__init__()
            self.text, self.kept = text, kept

    def __init__(self, label: str, hint: str = "", *, id: str | None = None) -> None:
        """
        Args:
            label: what is typed here.
            hint: what may be typed, shown while nothing is.
        """
        super().__init__(id=id)
        self._label, self._hint = label, hint

    def compose(self) -> ComposeResult:
        yield Static(Content(f" {self._label} "), markup=False)
        entry = Input(placeholder=self._hint, compact=True, select_on_focus=False)
        entry.cursor_blink = False
        yield entry

    @property
    def text(self) -> str:
        return self.query_one(Input).value

    def open(self) -> None:
        """Show it and type into it."""
        self.add_class("-open")
        self.query_one(Input).focus()

    def put(self, text: str) -> None:
        """Have this text here as if it had been typed."""
        self.add_class("-open")
        self.query_one(Input).value = text

    def close(self) -> None:
        self.remove_class("-open")

    def clear(self) -> None:
        self.query_one(Input).value = ""
        self.close()

    def action_clear(self) -> None:
        self.clear()
        self.post_message(self.Done("", kept=False))

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if not event.value:
            self.close()
        self.post_message(self.Done(event.value, kept=True))
