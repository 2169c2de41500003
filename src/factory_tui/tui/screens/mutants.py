"""The last mutation check of a suite: small changes of what shipped, and whether anything noticed them."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from factory_tui.model.evidence_views import SuiteRow
from factory_tui.model.foreign import clean_line
from factory_tui.model.mutation import Fate, MutantFate, MutationReport
from factory_tui.tui.look import Span, Tone
from factory_tui.tui.widgets.bar import Bar
from factory_tui.tui.widgets.table import Cells, Column, Table
from factory_tui.tui.widgets.text_pane import TextPane
from factory_tui.tui.words.suite import mutant_lines, mutation_words

COLUMNS = (
    Column("FATE", 12),
    Column("WHERE", 20, flex=1),
    Column("CHANGE", 24, flex=1),
    Column("NOTICED BY", 18, rank=1),
)

_FATES = {
    Fate.SURVIVED: ("!", "unnoticed", Tone.WARN),
    Fate.UNTRIED: ("○", "not tried", Tone.DIM),
    Fate.CAUGHT: ("✓", "noticed", Tone.GOOD),
}
"""In the order of the list: what is missing first."""


class MutantsScreen(ModalScreen[str | None]):
    """Gives `n` when the operator wants to write a scenario that is missing, or None."""

    CSS_PATH = "mutants.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c", "close", show=False, priority=True),
        Binding("q,M", "close", show=False),
        Binding("n", "write", show=False),
    ]

    def __init__(self, suite: SuiteRow, report: MutationReport, *, read_only: bool = False) -> None:
        super().__init__()
        self._suite, self._report, self._read_only = suite, report, read_only

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Bar(id="question")
            yield Bar(id="counts")
            yield Table(COLUMNS, lambda fate, here: _cells(fate), lambda fate: fate.mutant, id="mutants")
            pane = TextPane(id="whole")
            pane.can_focus = False
            yield pane
            yield Bar(id="hint")

    def on_mount(self) -> None:
        self.query_one("#question", Bar).show((Span(f"Mutants of {clean_line(self._suite.spec)}", Tone.STRONG),))
        self.query_one("#counts", Bar).show((Span(mutation_words(self._report, self._suite.hash), Tone.DIM),))
        write = "" if self._read_only else "n writes a scenario   "
        self.query_one("#hint", Bar).show((Span(f"{write}esc closes", Tone.DIM),))
        order = list(_FATES)
        self._table.set_items(sorted(self._report.fates, key=lambda each: order.index(each.fate)))
        self._table.focus()

    @on(Table.Moved, "#mutants")
    def _moved(self, event: Table.Moved) -> None:
        event.stop()
        current = self._table.current
        self.query_one("#whole", TextPane).set_lines(mutant_lines(current) if current is not None else ())

    @property
    def _table(self) -> Table[MutantFate]:
        return self.query_one("#mutants", Table)

    def action_write(self) -> None:
        self.dismiss(None if self._read_only else "n")

    def action_close(self) -> None:
        self.dismiss(None)


def _cells(fate: MutantFate) -> Cells:
    glyph, word, tone = _FATES[fate.fate]
    mutant = fate.mutant
    return (
        Span(f"{glyph} {word}", tone),
        Span(f"{clean_line(mutant.path)}:{mutant.line}"),
        Span(clean_line(mutant.what)),
        Span(clean_line(fate.caught_by or "–"), Tone.DIM),
    )
