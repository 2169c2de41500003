"""One line with something on the left and something on the right."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual.strip import Strip

from factory_tui.tui.look import Span, Tone, fit
from factory_tui.tui.widgets.toned import Toned


def _width(spans: Sequence[Span]) -> int:
    return sum(cell_len(span.text) for span in spans)


class Bar(Toned):
    """A line of text. What stands on the right wins when there is no room for both."""

    DEFAULT_CSS = "Bar { height: 1; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._left: tuple[Span, ...] = ()
        self._right: tuple[Span, ...] = ()
        self._short: tuple[Span, ...] = ()

    def show(self, left: Sequence[Span], right: Sequence[Span] = (), short: Sequence[Span] = ()) -> None:
        """Draw these spans, if they are not what is drawn already; `short` in place of a left that does not fit."""
        if (tuple(left), tuple(right), tuple(short)) != (self._left, self._right, self._short):
            self._left, self._right, self._short = tuple(left), tuple(right), tuple(short)
            self.refresh()

    @property
    def text(self) -> str:
        """What it says, for tests and for copying."""
        return "".join(span.text for span in (*self._left, *self._right))

    def render_line(self, y: int) -> Strip:
        width, base = self.size.width, self.rich_style
        if y or not width:
            return Strip.blank(width, base)
        right = self._right if _width(self._right) + 12 <= width else ()
        room = width - _width(right)
        kept = self._short if self._short and _width(self._left) > room else self._left
        left = self.strip(cut(kept, room - 1 if right else room), room - 1 if right else room, base)
        if not right:
            return left
        return Strip.join([left, self.strip((Span(" "),), 1, base), self.strip(right, width - room, base)])


LEAST_PIECE = 16
"""A span that is cut off keeps at least this many cells; a shorter one is left out whole."""


def cut(spans: Sequence[Span], room: int) -> list[Span]:
    """The spans that fit, the last one shortened if enough of it is left."""
    kept: list[Span] = []
    for span in spans:
        size = cell_len(span.text.rstrip())
        if size > room:
            if room >= LEAST_PIECE:
                kept.append(Span(fit(span.text, room), span.tone))
            break
        kept.append(span)
        room -= cell_len(span.text)
    return kept


class KeyBar(Bar):
    """Keys of the screen. A key that does not fit is left out whole; `?` shows them all."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._hints: tuple[tuple[str, str], ...] = ()

    def show_keys(self, hints: Sequence[tuple[str, str]]) -> None:
        """Key and label, the most important first."""
        self._hints = tuple(hints)
        self._lay_out()

    def on_resize(self) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        room, kept = self.size.width - 1, 0
        for key, label in self._hints:
            size = cell_len(key) + cell_len(label) + 3
            if size > room:
                break
            room -= size
            kept += 1
        # The keys that stay whatever the width (open, help, leave) read best at the end of the line.
        first = [each for each in self._hints[:kept] if each[1] not in ("keys", "quit", "back")]
        last = [each for each in self._hints[:kept] if each not in first]
        spans: list[Span] = [Span(" ")]
        for key, label in first + last:
            spans += [Span(key, Tone.KEY), Span(f" {label}  ", Tone.DIM)]
        self.show(spans)
