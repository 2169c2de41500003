"""What one scenario showed: each evaluation, and of the one under the cursor everything that was seen."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events, on
from textual.containers import Container
from textual.widget import Widget

from factory_tui.model.evidence_views import ScenarioRow, Seen, SuiteRow
from factory_tui.model.foreign import clean, clean_line
from factory_tui.tui.actions import Where, bindings_for
from factory_tui.tui.look import RESULTS, Line, Span, Tone, line, show_count, show_moment
from factory_tui.tui.proving_actions import ProvingActions
from factory_tui.tui.room import Room
from factory_tui.tui.source import Topic
from factory_tui.tui.suite_cells import satisfaction_span
from factory_tui.tui.trust import scenario_trust
from factory_tui.tui.widgets.table import Cells, Column, Table
from factory_tui.tui.widgets.text_pane import TextPane
from factory_tui.tui.words.evidence import seen_lines, seen_text, trial_count

COLUMNS = (
    Column("RESULT", 14),
    Column("WHEN", 12),
    Column("RUN", 9, flex=1),
    Column("TRY", 3, right=True, rank=2),
    Column("TRIALS", 6, right=True),
    Column("RUBRIC", 12, rank=3),
    Column("SCENARIO", 12, rank=1),
)


MOST_ROWS = 6
"""Of the list with its head; what was seen needs the rest."""


class EvidenceScreen(ProvingActions):
    """Evaluations of a scenario, newest first; below, expected and observed side by side."""

    CSS_PATH = "evidence.tcss"
    BINDINGS = bindings_for(Where.EVIDENCE)
    AUTO_FOCUS = "#list"

    where = Where.EVIDENCE
    topics = Topic.EVIDENCE
    at_top: ClassVar[bool] = False

    def __init__(
        self, room: Room, spec: str, scenario: str, *, run: str = "", attempt: int = 0, known: SuiteRow | None = None
    ) -> None:
        """
        Args:
            spec: id of the spec.
            scenario: id of the scenario; its file may be gone.
            run: whose evaluation the cursor starts on; empty for the newest.
            attempt: of that run; 0 for its last one.
            known: the suite as it was shown last.
        """
        super().__init__(room)
        self.spec, self.scenario = spec, scenario
        self.loaded = False
        self._run, self._attempt = run, attempt
        self._suite = known
        self._shown: Seen | None = None

    # Parts

    @property
    def tab(self) -> Where:
        return self.room.here

    def compose_body(self) -> Iterable[Widget]:
        with Container(id="body"):
            yield Table(COLUMNS, self._cells, lambda seen: (seen.run, seen.attempt), id="list")
            yield TextPane(id="seen")

    @property
    def table(self) -> Table[Seen]:
        return self.query_one("#list", Table)

    @property
    def pane(self) -> TextPane:
        return self.query_one("#seen", TextPane)

    def _cells(self, seen: Seen, here: bool) -> Cells:
        result = seen.result
        glyph, tone = RESULTS[result.result]
        now = self.scenario_row
        old = now is not None and bool(result.hash) and result.hash != now.hash
        rubric = f"{result.judgement.outcome}" if result.judgement is not None else ""
        return (
            Span(f"{glyph} {result.result}", tone),
            Span(show_moment(seen.when) if seen.when else "", Tone.DIM),
            Span(clean_line(seen.run)),
            Span(str(seen.attempt), Tone.DIM),
            Span(trial_count(result.trials), Tone.DIM),
            Span(rubric),
            Span("◈ burned", Tone.WARN) if result.burned else Span("older" if old else "as it is", Tone.DIM),
        )

    # Loading

    async def reload(self, topics: Topic) -> None:
        if not topics & self.topics:
            return
        seen = await self.source.evaluations(self.spec, self.scenario)
        if self._suite is not None and not self.loaded:
            self._take(seen)
        suites = await self.source.suites()
        self._suite = next((each for each in suites if each.spec == self.spec), None)
        self._take(seen)

    def _take(self, seen: Sequence[Seen]) -> None:
        self.loaded = True
        self.show_empty([] if seen else self._never_ran())
        self.table.set_items(seen)
        self.table.styles.height = min(len(seen) + 1, MOST_ROWS)
        wanted = [each for each in seen if each.run == self._run and self._attempt in (0, each.attempt)]
        if wanted:
            self.table.select((wanted[0].run, wanted[0].attempt))
            self._run = ""
        if seen and self.focused is None:
            self.call_after_refresh(self.focus_main)
        self.summary()

    @on(Table.Moved, "#list")
    def _moved(self, event: Table.Moved) -> None:
        event.stop()
        self._show()

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        """Both columns are made for the width that there is."""
        current = self.table.current
        width = self.pane.scrollable_content_region.width - 1
        if current is None or width < 1:
            return
        same, self._shown = current == self._shown, current
        row = self.scenario_row
        self.pane.set_lines(seen_lines(current, width, row.hash if row is not None else ""), keep_place=same)

    # Lines

    def _never_ran(self) -> list[Line]:
        row = self.scenario_row
        lines = [line(Span(f"{clean_line(self.scenario)} has judged nothing yet", Tone.STRONG)), Line()]
        if row is not None:
            lines += [line(clean_line(row.sentence)), Line()]
        return [
            *lines,
            line("What it expects and observes is kept here for each evaluation of a run."),
            line(Span("a", Tone.KEY), " tries whether it can fail; ", Span("esc", Tone.KEY), " goes back,"),
            line("and ", Span("R", Tone.KEY), " on screen 1 runs every Ready spec."),
        ]

    def summary(self) -> None:
        row = self.scenario_row
        spans = [Span(f"{clean_line(self.scenario)}  ", Tone.STRONG)]
        if row is None:
            spans.append(Span("! its file is gone", Tone.WARN))
        else:
            about = " · ".join((clean_line(" ".join(row.covers)), row.kind, row.layer))
            spans += [scenario_trust(row).span, Span(f" · {about} · "), satisfaction_span(row.satisfaction)]
        count = show_count(len(self.table.items), "evaluation")
        self.summarise(spans, (Span(f"{clean_line(self.spec)} · {count}", Tone.DIM),))

    # Actions

    @property
    def suite_row(self) -> SuiteRow | None:
        return self._suite

    @property
    def scenario_row(self) -> ScenarioRow | None:
        rows = self._suite.scenarios if self._suite is not None else ()
        return next((each for each in rows if each.id == self.scenario), None)

    def copy_text(self) -> str:
        current = self.table.current
        if current is None:
            return ""
        return clean(seen_text(current)) or super().copy_text() or clean_line(current.run)

    def action_open_seen_run(self) -> None:
        if (current := self.table.current) is not None:
            self.room.open_run(current.run)

    def action_older(self) -> None:
        self.table.action_move(1)

    def action_newer(self) -> None:
        self.table.action_move(-1)
