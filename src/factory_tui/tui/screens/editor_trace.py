"""The trace matrix as a table: rules, what shows each of them, what proves it."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from factory_tui.model.foreign import clean_line
from factory_tui.model.trace import TraceRow
from factory_tui.tui.editing.matrix import COLUMNS, place_of, proven, trace_cells, whole_row
from factory_tui.tui.look import Span, Tone
from factory_tui.tui.widgets.bar import Bar
from factory_tui.tui.widgets.table import Table
from factory_tui.tui.widgets.text_pane import TextPane


class TraceScreen(ModalScreen[int | None]):
    """Gives the line of a rule, from 1, or None after esc."""

    CSS_PATH = "editor_trace.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c,ctrl+t", "close", show=False, priority=True),
        Binding("q", "close", show=False),
        Binding("enter", "take", show=False),
    ]

    def __init__(self, spec: str, rows: Sequence[TraceRow], line: int) -> None:
        """
        Args:
            spec: id of the spec.
            rows: at least one.
            line: where the author is, from 1: the cursor starts at that rule.
        """
        super().__init__()
        self._spec, self._rows, self._line = spec, rows, line

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Bar(id="question")
            yield Table(COLUMNS, trace_cells, lambda row: row.line, id="rules")
            pane = TextPane(id="whole")
            pane.can_focus = False
            yield pane
            yield Bar(id="hint")

    def on_mount(self) -> None:
        head = Span(f"Rules × evaluation × scenarios of {clean_line(self._spec)}", Tone.STRONG)
        self.query_one("#question", Bar).show((head,), (Span(proven(self._rows), Tone.DIM),))
        self.query_one("#hint", Bar).show((Span("⏎ goes to the rule   esc closes", Tone.DIM),))
        self._table.set_items(self._rows)
        self._table.select(self._rows[max(0, place_of(self._rows, self._line - 1) - 1)].line)
        self._table.focus()

    @on(Table.Moved, "#rules")
    def _moved(self, event: Table.Moved) -> None:
        """What the columns had no room for."""
        event.stop()
        current = self._table.current
        self.query_one("#whole", TextPane).set_lines(whole_row(current) if current is not None else ())

    @property
    def _table(self) -> Table[TraceRow]:
        return self.query_one("#rules", Table)

    def action_take(self) -> None:
        current = self._table.current
        self.dismiss(current.line if current is not None else None)

    def action_close(self) -> None:
        self.dismiss(None)
