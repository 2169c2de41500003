"""Go to a spec or a run, or find an action by name and do it."""

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from factory_tui.model.views import RunRow
from factory_tui.tui.actions import Where
from factory_tui.tui.guide import Entry, EntryKind, Guide, action_entries, run_entries, spec_entries
from factory_tui.tui.look import Span, Tone
from factory_tui.tui.source import Source, SourceError
from factory_tui.tui.widgets.bar import Bar
from factory_tui.tui.widgets.table import Cells, Column, Table

_TONES = {EntryKind.ACTION: Tone.DIM, EntryKind.SPEC: Tone.GOOD, EntryKind.RUN: Tone.BUSY}


_KEYS = "⏎ does it or goes there   spec ID   run ID   esc closes"


class PaletteScreen(ModalScreen[Entry | None]):
    """Gives what was chosen, or None."""

    CSS_PATH = "palette.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+p,ctrl+c", "close", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
    ]

    def __init__(self, where: Where, source: Source, runs: Iterable[RunRow]) -> None:
        super().__init__()
        self._problem = ""
        self._source = source
        self._actions, self._runs = action_entries(where, read_only=source.read_only), run_entries(runs)
        self._guide = Guide([*self._actions, *self._runs])

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            entry = Input(placeholder="what to do, or where to go", compact=True)
            entry.cursor_blink = False
            yield entry
            columns = (Column("", 4), Column("", 16, flex=1), Column("", 30, flex=3), Column("", 6, right=True))
            table: Table[Entry] = Table(columns, _cells, lambda entry: (entry.kind, entry.id), id="entries")
            table.can_focus = False
            yield table
            yield Bar(id="hint")

    def on_mount(self) -> None:
        self._show("")
        self.query_one(Input).focus()
        self.run_worker(self._read_specs())

    async def _read_specs(self) -> None:
        """Specs come from files: the keys are there before them."""
        try:
            self._guide = Guide([*self._actions, *spec_entries(await self._source.specs()), *self._runs])
        except SourceError as error:
            self._problem = f"! no specs: {error.what}"
        self._show(self.query_one(Input).value)

    @property
    def _table(self) -> Table[Entry]:
        return self.query_one("#entries", Table)

    def _hint(self, text: str) -> None:
        self.query_one("#hint", Bar).show((Span(text, Tone.DIM),))

    def _show(self, typed: str) -> None:
        found = self._guide.find(typed)
        self._table.set_items(found)
        self._hint(self._problem or (_KEYS if found else "nothing is called like this; backspace takes letters back"))
        if found:
            # The best one, and not where the cursor was among others.
            self._table.select((found[0].kind, found[0].id))

    def on_input_changed(self, event: Input.Changed) -> None:
        self._show(event.value)

    def on_input_submitted(self) -> None:
        self.dismiss(self._table.current)

    def action_move(self, by: int) -> None:
        self._table.action_move(by)

    def action_close(self) -> None:
        self.dismiss(None)


def _cells(entry: Entry, here: bool) -> Cells:
    return (
        Span(entry.kind, _TONES[entry.kind]),
        Span(entry.name, Tone.STRONG),
        Span(entry.about),
        Span(entry.key, Tone.KEY),
    )
