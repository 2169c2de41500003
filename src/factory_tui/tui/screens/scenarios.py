"""Screen 4: can I trust the evidence? Every suite, those that need the operator first."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import ClassVar

from factory_tui.model.evidence_views import SuiteRow
from factory_tui.model.foreign import clean_line
from factory_tui.tui.actions import Where, bindings_for
from factory_tui.tui.lists import ListScreen, Order
from factory_tui.tui.look import Line, Span, Tone, line, show_count
from factory_tui.tui.proving_actions import ProvingActions
from factory_tui.tui.room import Room
from factory_tui.tui.source import Topic
from factory_tui.tui.suite_cells import COLUMNS, ORDERS, suite_cells
from factory_tui.tui.suite_filter import SuiteSearch, parse_suite_filter
from factory_tui.tui.widgets.table import Table
from factory_tui.tui.words.suite import suite_lines


class ScenariosScreen(ListScreen[SuiteRow], ProvingActions):
    """The suites, and what stands against the one under the cursor."""

    CSS_PATH = "scenarios.tcss"
    BINDINGS = bindings_for(Where.SCENARIOS)
    AUTO_FOCUS = "#list"

    where = Where.SCENARIOS
    topics = Topic.EVIDENCE
    prompt_hint = "words: R4 negative reserve burned flaky refused; kind: layer: state: has:; !not"
    orders: ClassVar[tuple[Order, ...]] = ORDERS

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._search = SuiteSearch(())

    def make_table(self) -> Table[SuiteRow]:
        return Table(COLUMNS, lambda row, here: suite_cells(row), lambda row: row.spec, id="list")

    async def reload(self, topics: Topic) -> None:
        if not topics & self.topics:
            return
        if not self.loaded:
            self.summarise((Span("reading the scenarios of every spec"),))
        suites = await self.source.suites()
        self._search = await asyncio.to_thread(SuiteSearch, suites)
        self.set_all(suites)

    def keep(self, items: Sequence[SuiteRow]) -> Sequence[SuiteRow]:
        return self._search.suites(self.filter_text, items) if self.filter_text else items

    def detail(self, item: SuiteRow) -> Iterable[Line]:
        return suite_lines(item)

    def empty_lines(self) -> list[Line]:
        return [
            line(Span("No suites yet", Tone.STRONG)),
            Line(),
            line(
                "A suite is the hidden proof of a spec: scenarios that say what must happen, and look whether it does."
            ),
            line(Span("1", Tone.KEY), " shows the specs; ", Span("n", Tone.KEY), " there writes the first one,"),
            line("and ", Span("n", Tone.KEY), " here then makes a scenario of one of its evaluation items."),
        ]

    def summary(self) -> None:
        rows = self.all_items
        if not rows:
            self.summarise((Span("no suites"),))
            return
        right = (Span(f"by {self.order_name}", Tone.DIM),)
        if self.filter_text and (problem := parse_suite_filter(self.filter_text).problem):
            self.summarise((Span("none shown · "), Span(f"! {clean_line(problem)}", Tone.WARN)), right)
            return
        count = f"{len(self.table.items):,} of {len(rows):,} shown"
        spans = [Span(count if self.filter_text else show_count(len(rows), "suite"))]
        spans.append(Span(f" · {show_count(sum(len(each.scenarios) for each in rows), 'scenario')}"))
        if needs := self._search.needs_me:
            spans += [Span(" · "), Span(f"◆ {show_count(needs, 'needs', 'need')} you", Tone.WARN)]
        else:
            spans += [Span(" · "), Span("✓ nothing needs you", Tone.GOOD)]
        self.summarise(spans, right)

    # Actions

    @property
    def suite_row(self) -> SuiteRow | None:
        return self.current

    def copy_text(self) -> str:
        return super().copy_text() or (clean_line(self.current.spec) if self.current else "")

    def action_open_suite(self) -> None:
        if self.current is not None:
            from factory_tui.tui.screens.suite import SuiteScreen

            self.app.push_screen(SuiteScreen(self.room, self.current.spec, self.current))
