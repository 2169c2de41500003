"""Which work suits the factory: a word for each category and agent, with what it rests on."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from factory_tui.model.estimate import Advice
from factory_tui.model.foreign import clean_line
from factory_tui.model.money import show_usd
from factory_tui.model.spec import Category
from factory_tui.report.advice import NOT_YET, SUITS, UNKNOWN, WATCH
from factory_tui.report.phrases import percent, took
from factory_tui.tui.look import Span, Tone, line
from factory_tui.tui.widgets.bar import Bar
from factory_tui.tui.widgets.table import Cells, Column, Table
from factory_tui.tui.widgets.text_pane import TextPane

_WORDS: dict[str, tuple[str, Tone]] = {
    SUITS: ("✓", Tone.GOOD),
    WATCH: ("◆", Tone.WARN),
    NOT_YET: ("✗", Tone.BAD),
    UNKNOWN: ("·", Tone.DIM),
}

_COLUMNS = (
    Column("CATEGORY", 14),
    Column("AGENT", 8, flex=1),
    Column("ADVICE", 12),
    Column("SHIPPED", 8, right=True),
    Column("CHANCE", 13, rank=1),
    Column("A RUN", 7, rank=2, right=True),
    Column("TAKES", 10, rank=3, right=True),
)


_AROUND = 9
"""Lines of the dialog that are not its table."""


class AdviceScreen(ModalScreen[Category | None]):
    """Gives the category whose specs the operator wants to see, or None."""

    CSS_PATH = "advice.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,w,ctrl+c", "close", show=False),
        Binding("enter", "take", show=False),
    ]

    def __init__(self, advice: Sequence[Advice]) -> None:
        super().__init__()
        self._advice = tuple(advice)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Bar(id="question")
            yield Table(_COLUMNS, _cells, lambda each: (each.category, each.agent), id="advice")
            why = TextPane(id="why")
            why.can_focus = False
            yield why
            yield Bar(id="hint")

    def on_mount(self) -> None:
        self.query_one("#question", Bar).show((Span("Which work suits the factory?", Tone.STRONG),))
        self.query_one("#hint", Bar).show((Span("⏎ shows its specs   esc closes", Tone.DIM),))
        self._table.set_items(self._advice)
        self._table.focus()

    def on_resize(self) -> None:
        self._table.styles.height = max(3, min(len(self._advice) + 1, self.size.height * 9 // 10 - _AROUND))

    @property
    def _table(self) -> Table[Advice]:
        return self.query_one("#advice", Table)

    @on(Table.Moved, "#advice")
    def _moved(self, event: Table.Moved) -> None:
        event.stop()
        current = self._table.current
        self.query_one("#why", TextPane).set_lines([line(clean_line(current.why, limit=400))] if current else [])

    def action_take(self) -> None:
        current = self._table.current
        self.dismiss(current.category if current else None)

    def action_close(self) -> None:
        self.dismiss(None)


def _cells(each: Advice, here: bool) -> Cells:
    glyph, tone = _WORDS[each.word]
    known = each.estimate
    cells = (Span(each.category), Span(clean_line(each.agent) or "–", Tone.DIM), Span(f"{glyph} {each.word}", tone))
    if not known.n:
        return (*cells, *(Span("", Tone.DIM) for _ in _COLUMNS[3:]))
    return (
        *cells,
        Span(f"{known.shipped}/{known.n}"),
        Span(f"{percent(known.low)} – {percent(known.high)}", Tone.DIM),
        Span(show_usd(known.cost), Tone.DIM),
        Span(took(known.seconds), Tone.DIM),
    )
