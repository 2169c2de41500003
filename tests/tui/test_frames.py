"""Frames: less is sent, and the terminal shows the same."""

import pyte
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.tui.frames import Frames

ROWS, COLUMNS = 6, 20

STYLES = (
    "",
    "38;2;200;208;218;48;2;16;20;26",
    "1;38;2;122;133;148;48;2;16;20;26",
    "1;4;38;2;122;133;148",
    "38;5;12;48;5;238",
    "7",
    "31;47",
    "94;100",
)

text = st.text(st.sampled_from("ab  ─●漢é\u0301"), min_size=1, max_size=8)
piece = st.tuples(st.integers(1, ROWS), st.integers(1, 4), text, st.sampled_from(STYLES))
frame = st.lists(piece, max_size=8)


def drawn(pieces: list[tuple[int, int, str, str]]) -> str:
    """A frame as Textual writes it."""
    lines = []
    for y, x, words, style in pieces:
        lines.append(f"\x1b[{y};{x}H" + (f"\x1b[{style}m{words}\x1b[0m" if style else words))
    return "\r\n".join(lines) + "\x1b[1;2H"


class Shown:
    def __init__(self) -> None:
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.Stream(self.screen)

    def show(self, data: str) -> None:
        # A terminal whose last line is full would scroll: every line end here is followed by a place.
        self._stream.feed(data.replace("\r\n", ""))

    @property
    def cells(self) -> list[list[object]]:
        return [[self.screen.buffer[y][x] for x in range(COLUMNS)] for y in range(ROWS)]


@given(st.lists(frame, min_size=1, max_size=6))
def test_the_terminal_shows_the_same(frames: list[list[tuple[int, int, str, str]]]) -> None:
    whole, thin, kept = Shown(), Shown(), Frames()
    for pieces in frames:
        whole.show(drawn(pieces))
        thin.show(kept.thin(drawn(pieces)))
        assert thin.cells == whole.cells
        assert (thin.screen.cursor.y, thin.screen.cursor.x) == (whole.screen.cursor.y, whole.screen.cursor.x)


def test_only_the_cells_that_changed_are_sent() -> None:
    frames, style = Frames(), STYLES[1]
    frames.thin(drawn([(1, 1, "building  12", style), (2, 1, "held", style)]))
    assert frames.thin(drawn([(1, 1, "building  12", style), (2, 1, "held", style)])) == ""
    assert frames.thin(drawn([(1, 1, "building  13", style)])) == f"\x1b[1;12H\x1b[{style}m3\x1b[0m\x1b[1;2H"


def test_styles_are_sent_as_what_changes() -> None:
    sent = Frames().thin(drawn([(1, 1, "ab", STYLES[1]), (1, 3, "cd", "38;2;1;2;3;48;2;16;20;26")]))
    assert sent == f"\x1b[1;1H\x1b[{STYLES[1]}mab\x1b[38;2;1;2;3mcd\x1b[0m\x1b[1;2H"


def test_what_is_no_frame_goes_through_and_nothing_is_relied_on_after_it() -> None:
    first = drawn([(1, 1, "ab", STYLES[1])])
    for harmless in ("\x1b[?2026h", "\x07", "\x1b]2;needs you\x07", "\x1b[?25l"):
        frames = Frames()
        frames.thin(first)
        assert frames.thin(harmless) == harmless
        assert frames.thin(first) == ""
    for other in ("\x1b[?1049h", "\x1b[2J", "\x1b[3S", "text without a place", "\x1b[?1049l"):
        frames = Frames()
        before = frames.thin(first)
        assert frames.thin(other) == other
        assert frames.thin(first) == before
