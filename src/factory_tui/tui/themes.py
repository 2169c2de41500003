"""Colours: dark, light, and the terminal's own. Calm greys; colour only where a state needs it."""

from typing import NamedTuple

from textual.theme import Theme

from factory_tui.tui.look import Tone

DARK = Theme(
    name="factory-dark",
    primary="#7cb7ff",
    secondary="#8fa3bf",
    accent="#7cb7ff",
    foreground="#c8d0da",
    background="#10141a",
    surface="#141a21",
    panel="#1b222b",
    success="#7cc47f",
    warning="#e0b050",
    error="#ee7d83",
    dark=True,
    variables={
        "quiet": "#7a8594",
        "bright": "#f0f4f8",
        "busy": "#7cb7ff",
        "rule": "#2a333f",
        "cursor-row": "#1f2c3d",
        "cursor-row-away": "#1a212a",
        "match-row": "#4a3d12",
    },
)

LIGHT = Theme(
    name="factory-light",
    primary="#1f5fae",
    secondary="#56657a",
    accent="#1f5fae",
    foreground="#2a323c",
    background="#fbfbf9",
    surface="#f5f5f2",
    panel="#eaebe7",
    success="#2d7a33",
    warning="#8f6400",
    error="#b3323a",
    dark=False,
    variables={
        "quiet": "#6c7683",
        "bright": "#0c1116",
        "busy": "#1f5fae",
        "rule": "#d3d6d2",
        "cursor-row": "#dbe7f5",
        "cursor-row-away": "#ecedea",
        "match-row": "#fbeeb8",
    },
)

TERMINAL = Theme(
    name="factory-terminal",
    ansi=True,
    primary="ansi_blue",
    secondary="ansi_cyan",
    accent="ansi_blue",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    success="ansi_green",
    warning="ansi_yellow",
    error="ansi_red",
    dark=True,
    variables={
        # Textual's own rules for such themes name these, and it generates them only for themes with colours of RGB.
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "border-blurred": "ansi_bright_black",
        "block-cursor-foreground": "ansi_black",
        "block-cursor-background": "ansi_white",
        "input-cursor-background": "ansi_white",
        "input-cursor-foreground": "ansi_black",
        "input-cursor-text-style": "none",
        "input-selection-background": "ansi_bright_blue",
        "input-selection-foreground": "ansi_black",
        "screen-selection-background": "ansi_bright_blue",
        "screen-selection-foreground": "ansi_black",
        "quiet": "ansi_bright_black",
        "bright": "ansi_default",
        "busy": "ansi_cyan",
        "rule": "ansi_bright_black",
        "cursor-row": "ansi_bright_black",
        "cursor-row-away": "ansi_default",
        "match-row": "ansi_yellow",
    },
)

THEMES = (DARK, LIGHT, TERMINAL)
"""In the order in which the theme action walks through them."""


class Ink(NamedTuple):
    """How a tone is drawn, in variables of the theme; what is not said stays as it is below."""

    color: str | None = None
    background: str | None = None
    bold: bool = False


INKS: dict[Tone, Ink] = {
    Tone.PLAIN: Ink(),
    Tone.DIM: Ink("quiet"),
    Tone.STRONG: Ink("bright", bold=True),
    Tone.HEAD: Ink("secondary", bold=True),
    Tone.GOOD: Ink("success"),
    Tone.BAD: Ink("error"),
    Tone.WARN: Ink("warning"),
    Tone.BUSY: Ink("busy"),
    Tone.KEY: Ink("primary", bold=True),
    Tone.MATCH: Ink("bright", background="match-row"),
}
