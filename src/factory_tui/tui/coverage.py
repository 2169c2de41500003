"""Which scenario proves which rule: a matrix with a column for each rule, of which as many are seen as fit. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from factory_tui.model.evidence_views import ScenarioRow, SuiteRow
from factory_tui.model.foreign import clean_line
from factory_tui.model.scenario import Layer, ScenarioKind
from factory_tui.tui.look import Span, Tone, show_count
from factory_tui.tui.trust import without_negative
from factory_tui.tui.widgets.columns import GAP, Cells, Column

LEAST_NAME = 22
"""Cells of a scenario's name; all that it needs, while it leaves half of the room to the rules."""

_KINDS = {
    ScenarioKind.PRIMARY: "pri",
    ScenarioKind.ALTERNATE: "alt",
    ScenarioKind.NEGATIVE: "neg",
    ScenarioKind.RECOVERY: "rec",
    ScenarioKind.LIMIT: "lim",
}
_LONGEST_RULE = 8
"""Cells of a rule's id."""

_RESERVE, _BURNED = "res", "bur"

LEGEND = "pri alt neg rec lim: kind · res: reserve · bur: burned"

COVERED, REFUSED = " covered", " negative"
"""Rows above those of the scenarios; no id of a scenario begins with a blank."""

MatrixRow = ScenarioRow | str
"""A scenario, or one of the two rows above."""


def identity(row: MatrixRow) -> str:
    return row if isinstance(row, str) else row.id


@dataclass(frozen=True, slots=True)
class Coverage:
    """The matrix of one suite, of which some columns are seen."""

    suite: SuiteRow
    first: int = 0
    """Number of the first rule that is seen."""
    room: int = 1
    """Rules that are seen."""
    names: int = LEAST_NAME
    """Cells of a scenario's name."""

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(rule for rule, _ in self.suite.rules)

    @property
    def seen(self) -> tuple[str, ...]:
        return self.rules[self.first : self.first + self.room]

    def within(self, width: int) -> "Coverage":
        """As many rules as `width` cells hold."""
        longest = max((len(each.id) for each in self.suite.scenarios), default=0)
        names = max(LEAST_NAME, min(longest, width // 2))
        widest = max((len(each) for each in self.rules), default=0)
        room = max(1, (width - names) // (max(3, min(widest, _LONGEST_RULE)) + GAP))
        return replace(self, first=max(0, min(self.first, len(self.rules) - room)), room=room, names=names)

    def moved(self, by: int) -> "Coverage":
        last = max(0, len(self.rules) - self.room)
        return replace(self, first=max(0, min(self.first + by, last)))

    def columns(self) -> tuple[Column, ...]:
        rules = (Column(clean_line(each), max(3, min(len(each), _LONGEST_RULE))) for each in self.seen)
        return (Column("", self.names), *rules)

    def rows(self) -> Sequence[MatrixRow]:
        return [COVERED, REFUSED, *self.suite.scenarios] if self.rules else []

    def cells(self, row: MatrixRow) -> Cells:
        if isinstance(row, str):
            return self._about_rules(row)
        name = Span(clean_line(row.id), Tone.DIM if row.layer is Layer.RESERVE else Tone.PLAIN)
        return (name, *(_cell(row, rule) for rule in self.seen))

    def _about_rules(self, row: str) -> Cells:
        lacking = self.suite.uncovered if row == COVERED else without_negative(self.suite)
        uncovered = self.suite.uncovered
        if row == COVERED:
            name = Span(f"✗ {len(lacking)} uncovered", Tone.BAD) if lacking else Span("✓ all covered", Tone.GOOD)
            return (name, *(Span("✗", Tone.BAD) if each in lacking else Span("✓", Tone.GOOD) for each in self.seen))
        none = (
            Span("– no negative yet", Tone.DIM) if len(uncovered) == len(self.rules) else Span("✓ negatives", Tone.GOOD)
        )
        name = Span(f"! {len(lacking)} without negative", Tone.WARN) if lacking else none
        return (name, *(_refusal(each, lacking, uncovered) for each in self.seen))

    def place(self) -> str:
        """`R1–R9 of 24 rules`."""
        if not self.rules:
            return "the spec has no rules"
        if self.room >= len(self.rules):
            return show_count(len(self.rules), "rule")
        return f"{clean_line(self.seen[0])}–{clean_line(self.seen[-1])} of {len(self.rules)} rules: ← →"


def _refusal(rule: str, lacking: Sequence[str], uncovered: Sequence[str]) -> Span:
    if rule in uncovered:
        return Span("·", Tone.DIM)  # the row above has it
    return Span("!", Tone.WARN) if rule in lacking else Span("✓", Tone.GOOD)


def _cell(row: ScenarioRow, rule: str) -> Span:
    if rule not in row.covers:
        return Span("·", Tone.DIM)
    if row.burned:
        return Span(_BURNED, Tone.WARN)
    return Span(_RESERVE, Tone.DIM) if row.layer is Layer.RESERVE else Span(_KINDS[row.kind], Tone.PLAIN)
