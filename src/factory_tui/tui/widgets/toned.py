"""Drawing with tones: line-API widgets share how a span becomes a coloured segment."""

import re
from collections.abc import Iterable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from factory_tui.model.foreign import clean_line
from factory_tui.tui.look import Span, Tone

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
"""What must not reach a terminal. Views are clean already; this is the second lock, at the one place that draws."""

TONE_CLASSES = {f"tone--{tone}" for tone in Tone}


class Toned(Widget):
    """A widget that draws spans. Spans become segments as they are: nothing in them is read as markup."""

    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES

    def tone_style(self, tone: Tone) -> Style:
        """What the theme says about a tone; only what it says, so that it lies over any background."""
        return self.get_component_rich_style(f"tone--{tone}", partial=True)

    def strip(self, spans: Iterable[Span], width: int, base: Style) -> Strip:
        """Spans on `base`, cut or filled up to `width` cells."""
        segments = [Segment(_safe(span.text), base + self.tone_style(span.tone)) for span in spans if span.text]
        return Strip(segments).adjust_cell_length(width, base).simplify()


def _safe(text: str) -> str:
    return clean_line(text, limit=len(text) + 1) if _UNSAFE.search(text) else text
