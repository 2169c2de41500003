"""Lines that every noun's words are made of."""

from collections.abc import Iterator

from factory_tui.model.foreign import clean
from factory_tui.tui.look import Line, Span, Tone, line

MOST_TEXT = 4_000
"""Characters of one piece of evidence that a pane shows."""


def head(text: str) -> Line:
    return line(Span(text, Tone.HEAD))


def fact(name: str, value: str, tone: Tone = Tone.PLAIN, width: int = 10) -> Line:
    """`name      value`, the value wrapped under itself."""
    return line(Span(f"{name:<{width}}", Tone.DIM), Span(value, tone), indent=width)


def block(label: str, text: str, tone: Tone = Tone.PLAIN, width: int = 10) -> Iterator[Line]:
    """A label and a text of one or more lines beside it."""
    pieces = clean(text, limit=MOST_TEXT).split("\n")
    yield line(Span(f"{label:<{width}}", Tone.DIM), Span(pieces[0], tone), indent=width)
    for piece in pieces[1:]:
        yield line(" " * width, Span(piece, tone), indent=width)
