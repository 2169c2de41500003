"""Drawing with tones: line-API widgets share how a span becomes a coloured segment."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.strip import Strip
from textual.widget import Widget

from factory_tui.model.foreign import clean_line
from factory_tui.tui.look import Span, Tone
from factory_tui.tui.themes import INKS, Ink

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
"""What must not reach a terminal. Views are clean already; this is the second lock, at the one place that draws."""

_inks: WeakKeyDictionary[App[Any], tuple[Mapping[str, str], dict[Tone, Style]]] = WeakKeyDictionary()
"""The variables of an app's theme, and the tones made of them."""


def tone_style(app: App[Any], tone: Tone) -> Style:
    """What the theme says about a tone; only what it says, so that it lies over any background.

    Not a component class: Textual would work out every tone anew for every widget whenever a style changes anywhere,
    and then draw the whole widget again.
    """
    variables, styles = _inks.get(app, ({}, {}))
    if variables is not app.theme_variables:
        variables = app.theme_variables
        styles = {each: _made(ink, variables) for each, ink in INKS.items()}
        _inks[app] = (variables, styles)
    return styles[tone]


def _made(ink: Ink, variables: Mapping[str, str]) -> Style:
    color, background = (variables.get(name) if name else None for name in (ink.color, ink.background))
    return Style(
        color=Color.parse(color).rich_color if color else None,
        bgcolor=Color.parse(background).rich_color if background else None,
        bold=ink.bold or None,
    )


class Toned(Widget):
    """A widget that draws spans. Spans become segments as they are: nothing in them is read as markup."""

    def tone_style(self, tone: Tone) -> Style:
        """A tone in the theme of the moment."""
        return tone_style(self.app, tone)

    def strip(self, spans: Iterable[Span], width: int, base: Style) -> Strip:
        """Spans on `base`, cut or filled up to `width` cells."""
        segments = [Segment(_safe(span.text), base + self.tone_style(span.tone)) for span in spans if span.text]
        return Strip(segments).adjust_cell_length(width, base).simplify()


def _safe(text: str) -> str:
    return clean_line(text, limit=len(text) + 1) if _UNSAFE.search(text) else text
