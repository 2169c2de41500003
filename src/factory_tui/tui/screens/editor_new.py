"""A name and a kind for a new spec."""

import re
from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from factory_tui.model.spec import ID_PATTERN, Kind
from factory_tui.tui.look import Span, Tone
from factory_tui.tui.widgets.bar import Bar

_ABOUT = {
    Kind.FEATURE: "something to build",
    Kind.ARCHITECTURAL: "how things are built",
    Kind.CONSTRAINT: "what always holds",
}


class NewSpec(NamedTuple):
    id: str
    kind: Kind


class NewSpecScreen(ModalScreen[NewSpec | None]):
    """Gives a name that can be one, and a kind; None after esc."""

    CSS_PATH = "editor_new.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c", "close", show=False, priority=True),
        Binding("down,tab", "turn(1)", show=False, priority=True),
        Binding("up,shift+tab", "turn(-1)", show=False, priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._kind = Kind.FEATURE

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Bar(id="question")
            entry = Input(placeholder="its id, such as bank-withdraw", compact=True, max_length=64)
            entry.cursor_blink = False
            yield entry
            for kind in Kind:
                yield Bar(id=f"kind-{kind}")
            yield Bar(id="hint")

    def on_mount(self) -> None:
        self.query_one("#question", Bar).show((Span("A new spec, as a draft", Tone.STRONG),))
        self.query_one(Input).focus()
        self._draw()

    def _draw(self, problem: str = "") -> None:
        for kind, about in _ABOUT.items():
            here = kind is self._kind
            mark, tone = ("● ", Tone.KEY) if here else ("○ ", Tone.DIM)
            spans = (Span(f"{mark}{kind:<15}", tone), Span(about, Tone.DIM))
            self.query_one(f"#kind-{kind}", Bar).show(spans)
        hint = Span(problem, Tone.BAD) if problem else Span("⏎ creates it   ↑ ↓ kind   esc closes", Tone.DIM)
        self.query_one("#hint", Bar).show((hint,))

    def action_turn(self, by: int) -> None:
        kinds = list(Kind)
        self._kind = kinds[(kinds.index(self._kind) + by) % len(kinds)]
        self._draw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        name = event.value.strip()
        if re.fullmatch(ID_PATTERN, name):
            self.dismiss(NewSpec(name, self._kind))
        else:
            self._draw("lower case letters, digits and dashes; a letter first")

    def action_close(self) -> None:
        self.dismiss(None)
