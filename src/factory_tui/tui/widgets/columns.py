"""Columns of a table, and which of them there is room for. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from factory_tui.tui.look import Span

GAP = 2
"""Cells between columns."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column. Columns are left out, highest `rank` first, until the rest fits."""

    title: str
    width: int
    """Cells; the least when `flex` is set."""
    flex: int = 0
    """Share of the room that is left."""
    rank: int = 0
    right: bool = False


Cells = tuple[Span, ...]
"""One span for each column, in order."""


def lay_out(columns: Sequence[Column], width: int) -> dict[int, int]:
    """Number of each column that fits → its width in cells. The highest ranks are left out first."""
    kept = list(range(len(columns)))
    while len(kept) > 1 and _needed(columns, kept) > width:
        kept.remove(max(kept, key=lambda number: columns[number].rank))
    spare = max(0, width - _needed(columns, kept))
    shares = sum(columns[number].flex for number in kept)
    widths = {}
    for number in kept:
        extra = spare * columns[number].flex // shares if shares else 0
        widths[number] = columns[number].width + extra
    return widths


def _needed(columns: Sequence[Column], kept: Sequence[int]) -> int:
    return sum(columns[number].width for number in kept) + GAP * (len(kept) - 1)
