"""One suite: its scenarios, which of them proves which rule, and what stands against each."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events, on
from textual.containers import Container
from textual.widget import Widget

from factory_tui.model.evidence_views import ScenarioRow, SuiteRow
from factory_tui.model.foreign import clean_line
from factory_tui.tui.actions import Where, bindings_for
from factory_tui.tui.commands.evidence import show_evidence
from factory_tui.tui.coverage import COVERED, LEGEND, Coverage, MatrixRow, identity
from factory_tui.tui.lists import ListScreen, Order
from factory_tui.tui.look import Line, Span, Tone, line, show_count
from factory_tui.tui.proving_actions import ProvingActions
from factory_tui.tui.room import Room
from factory_tui.tui.source import Topic
from factory_tui.tui.suite_cells import SCENARIO_COLUMNS, SCENARIO_ORDERS, satisfaction_span, scenario_cells
from factory_tui.tui.suite_filter import SuiteSearch, parse_suite_filter
from factory_tui.tui.trust import suite_trust, unread_rows, without_negative
from factory_tui.tui.widgets.bar import Bar
from factory_tui.tui.widgets.table import GUTTER, Table
from factory_tui.tui.widgets.text_pane import TextPane
from factory_tui.tui.words.suite import rule_lines, scenario_row_lines


class SuiteScreen(ListScreen[ScenarioRow], ProvingActions):
    """The scenarios of a spec above, scenarios × rules below, and the detail of the one under the cursor."""

    CSS_PATH = "suite.tcss"
    BINDINGS = bindings_for(Where.SUITE)
    AUTO_FOCUS = "#list"

    where = Where.SUITE
    topics = Topic.EVIDENCE
    at_top: ClassVar[bool] = False
    prompt_hint = "words: R4 negative reserve burned flaky refused; kind: layer: last:; !not"
    orders: ClassVar[tuple[Order, ...]] = SCENARIO_ORDERS

    def __init__(self, room: Room, spec: str, known: SuiteRow | None = None) -> None:
        """
        Args:
            spec: id of the spec.
            known: its suite as it was shown last, so that nobody waits for what is there.
        """
        super().__init__(room)
        self.spec = spec
        self._suite = known
        self._search = SuiteSearch(())
        self._coverage: Coverage | None = None
        self._rules: dict[str, str] = {}
        self._in_matrix = False

    # Parts

    @property
    def tab(self) -> Where:
        return Where.SCENARIOS

    def compose_body(self) -> Iterable[Widget]:
        with Container(id="body"):
            with Container(id="lists"):
                yield self.make_table()
                yield Bar(id="matrix-head")
                yield Table[MatrixRow]((), self._matrix_cells, identity, id="matrix")
            yield TextPane(id="detail")

    def make_table(self) -> Table[ScenarioRow]:
        return Table(SCENARIO_COLUMNS, lambda row, here: scenario_cells(row), lambda row: row.id, id="list")

    @property
    def matrix(self) -> Table[MatrixRow]:
        return self.query_one("#matrix", Table)

    def _matrix_cells(self, row: MatrixRow, here: bool) -> tuple[Span, ...]:
        return self._coverage.cells(row) if self._coverage is not None else ()

    # Loading

    async def reload(self, topics: Topic) -> None:
        if not topics & self.topics:
            return
        suites = await self.source.suites()
        self._take(next((each for each in suites if each.spec == self.spec), None))

    def on_mount(self) -> None:
        super().on_mount()
        if self._suite is not None:
            self._take(self._suite)

    def _take(self, suite: SuiteRow | None) -> None:
        self._suite = suite
        rows = (*suite.scenarios, *unread_rows(suite)) if suite is not None else ()
        whole = () if suite is None else (suite.model_copy(update={"scenarios": rows}),)
        self._search = SuiteSearch(whole)
        self._rules = dict(suite.rules) if suite is not None else {}
        self._show_matrix()
        self.set_all(rows)
        # Neither table takes room that the other one could use.
        self.table.styles.max_height = len(self.all_items) + 1
        self.matrix.styles.max_height = len(self.all_items) + 3

    def _show_matrix(self, by: int = 0) -> None:
        """The rules that there is room for; `by` columns further to the right."""
        if self._suite is None:
            return
        width = self.matrix.scrollable_content_region.width - GUTTER
        first = self._coverage.first if self._coverage is not None else 0
        self._coverage = now = Coverage(self._suite, first).within(width).moved(by)
        self.matrix.set_columns(now.columns())
        self.matrix.set_items(now.rows())
        self.query_one("#matrix-head", Bar).show(
            (Span(" Rules × scenarios", Tone.HEAD), Span(f"  {LEGEND}", Tone.DIM)), (Span(f"{now.place()} ", Tone.DIM),)
        )

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self.call_after_refresh(self._show_matrix)

    def keep(self, items: Sequence[ScenarioRow]) -> Sequence[ScenarioRow]:
        return self._search.scenarios(self.filter_text, self.spec, items) if self.filter_text else items

    # Detail

    def detail(self, item: ScenarioRow) -> Iterable[Line]:
        return scenario_row_lines(item, self._rules)

    def show_detail(self) -> None:
        current = self.matrix.current if self._in_matrix else None
        if isinstance(current, str) and self._suite is not None:
            self.query_one("#detail", TextPane).set_lines(_about_rules(self._suite, current))
            return
        super().show_detail()

    @on(Table.Moved, "#matrix")
    def _matrix_moved(self, event: Table.Moved) -> None:
        """The list goes along, so that every key acts on the scenario that is looked at."""
        event.stop()
        current = self.matrix.current
        if self._in_matrix and isinstance(current, ScenarioRow):
            self.table.select(current.id)
        if self._in_matrix:
            self.show_detail()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Detail and keys follow the table that has the focus; the detail pane belongs to the one before it."""
        if event.widget.id not in ("list", "matrix"):
            return
        self._in_matrix = event.widget.id == "matrix"
        if self._in_matrix and self.current is not None and not isinstance(self.matrix.current, str):
            self.matrix.select(self.current.id)
        self.show_detail()

    # Lines

    def empty_lines(self) -> list[Line]:
        if self._suite is None:
            return [line(Span(f"There is no spec {clean_line(self.spec)}", Tone.STRONG)), Line(), line("esc goes back")]
        return [
            line(Span("No scenarios yet", Tone.STRONG)),
            Line(),
            line("Nothing shows whether this spec was built, so it cannot be Ready."),
            line(Span("n", Tone.KEY), " makes a scenario of one of its evaluation items."),
        ]

    def summary(self) -> None:
        suite = self._suite
        if suite is None:
            self.summarise((Span("no such spec"),))
            return
        right = (Span(f"by {self.order_name}", Tone.DIM),)
        if self.filter_text and (problem := parse_suite_filter(self.filter_text).problem):
            self.summarise((Span("none shown · "), Span(f"! {clean_line(problem)}", Tone.WARN)), right)
            return
        count = f"{len(self.table.items):,} of {len(suite.scenarios):,} shown"
        spans = [Span(f"{clean_line(suite.spec)}  ", Tone.STRONG), suite_trust(suite).span, Span(" · ")]
        spans.append(Span(count if self.filter_text else show_count(len(suite.scenarios), "scenario")))
        spans.append(Span(f" · gate {satisfaction_span(suite.gate).text}"))
        if suite.reserve.trials:
            spans.append(Span(f" · reserve {satisfaction_span(suite.reserve).text}"))
        self.summarise(spans, right)

    # Actions

    @property
    def suite_row(self) -> SuiteRow | None:
        return self._suite

    @property
    def scenario_row(self) -> ScenarioRow | None:
        if self._in_matrix and isinstance(self.matrix.current, str):
            return None
        return self.current

    def copy_text(self) -> str:
        row = self.scenario_row
        return super().copy_text() or (clean_line(row.path) if row is not None else "")

    def action_open_evidence(self) -> None:
        row = self.scenario_row
        if row is not None:
            show_evidence(self, row.spec, row.id, known=self._suite)

    def action_rules_right(self) -> None:
        self._show_matrix(by=1)

    def action_rules_left(self) -> None:
        self._show_matrix(by=-1)


def _about_rules(suite: SuiteRow, row: str) -> Iterable[Line]:
    if row == COVERED:
        todo = "n writes a scenario for one of them; one in reserve, or a burned one, does not gate"
        return rule_lines(suite, suite.uncovered, "uncovered", todo)
    todo = "a rule is kept only where breaking it is seen: write one with kind: negative"
    return rule_lines(suite, without_negative(suite), "without a negative case", todo)
