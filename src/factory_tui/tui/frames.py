"""What a frame adds to what the terminal shows already.

Textual draws whole dirty regions, and all that stands left of them, with every style in full. Over a slow line that is
the cost. So each frame is compared with the cells that were drawn before, and only those that differ are sent.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rich.cells import cell_len

_TOKENS = re.compile(r"\x1b\[([0-9;]*)m|\x1b\[(\d+);(\d+)H|([^\x00-\x1f\x7f-\x9f]+)|([\r\n]+)")
"""All that a frame is made of: styles, places, text, and line ends, after which always a place follows."""

_HARMLESS = re.compile(
    r"(?:\x1b\[\?(?!1049|1047|47|3[hl]|5[hl])[0-9;]*[a-z$]|\x1b\[[<>=][0-9;]*u|\x1b\][^\x07\x1b]*\x07|\x07)+"
)
"""Modes, titles, the clipboard, the bell: they change no cell."""

Pen = tuple[str, str, str]
"""Attributes, foreground and background, as parameters of SGR."""

_PLAIN: Pen = ("", "", "")


class Frames:
    """The cells of a terminal as they were drawn last."""

    def __init__(self) -> None:
        self._rows: dict[int, dict[int, tuple[str, Pen]]] = {}
        self._rest: tuple[int, int] | None = None
        """Where the cursor was left."""

    def forget(self) -> None:
        """The terminal may show anything."""
        self._rows.clear()
        self._rest = None

    def thin(self, data: str) -> str:
        """What has to be written so that the terminal shows the same as after `data`; empty when it does already."""
        spans = _read(data)
        if spans is None:
            if not _HARMLESS.fullmatch(data):
                self.forget()
            return data
        pieces, end = spans
        out = _Writer(self._rest)
        for y, x, text, pen in pieces:
            self._draw(out, y, x, text, pen)
        self._rest = end
        return out.finish(end)

    def _draw(self, out: "_Writer", y: int, x: int, text: str, pen: Pen) -> None:
        row = self._rows.setdefault(y, {})
        if not _one_cell_each(text):
            # How wide such a text is, the terminal decides: it is sent whole, and nothing near it is relied on.
            for column in range(x - 1, x + 2 * len(text) + 1):
                row.pop(column, None)
            out.put(y, x, text, pen)
            return
        columns = range(x, x + len(text))
        before, after = list(map(row.get, columns)), [(character, pen) for character in text]
        if before == after:
            return
        row.update(zip(columns, after, strict=True))
        for first, end in _changed(before, after):
            out.put(y, x + first, text[first:end], pen)


def _changed(before: Sequence[object], after: Sequence[object]) -> Iterator[tuple[int, int]]:
    """Where runs of different cells begin and end."""
    first = None
    for place, (old, new) in enumerate(zip(before, after, strict=True)):
        if old == new:
            if first is not None:
                yield first, place
            first = None
        elif first is None:
            first = place
    if first is not None:
        yield first, len(after)


class _Writer:
    """Cells to sequences, with the shortest way from each to the next."""

    def __init__(self, rest: tuple[int, int] | None) -> None:
        self._parts: list[str] = []
        self._at: tuple[int, int] | None = None
        self._rest = rest
        self._pen = _PLAIN

    def put(self, y: int, x: int, text: str, pen: Pen) -> None:
        if self._at != (y, x):
            near = self._at is not None and self._at[0] == y and self._at[1] < x
            self._parts.append(f"\x1b[{x - self._at[1]}C" if self._at and near else f"\x1b[{y};{x}H")
        if pen != self._pen:
            self._parts.append(_change(self._pen, pen))
            self._pen = pen
        self._parts.append(text)
        # After anything else than ASCII the terminal may think otherwise about where the cursor is.
        self._at = (y, x + len(text)) if text.isascii() else None

    def finish(self, end: tuple[int, int] | None) -> str:
        if self._pen != _PLAIN:
            self._parts.append("\x1b[0m")
        if end is not None and end != (self._at if self._parts else self._rest):
            self._parts.append(f"\x1b[{end[0]};{end[1]}H")
        return "".join(self._parts)


def _read(data: str) -> tuple[list[tuple[int, int, str, Pen]], tuple[int, int] | None] | None:
    """Place, text and pen of everything drawn, and where the cursor is in the end; None when this is no frame."""
    pieces: list[tuple[int, int, str, Pen]] = []
    place: tuple[int, int] | None = None
    pen, begins = _PLAIN, 0
    while begins < len(data):
        match = _TOKENS.match(data, begins)
        if match is None:
            return None
        begins = match.end()
        style, y, x, text, _ = match.groups()
        if style is not None:
            pen = _pen(style)
        elif y is not None:
            place = (int(y), int(x))
        elif text is None:
            place = None
        elif place is None:
            return None
        else:
            pieces.append((*place, text, pen))
            place = (place[0], place[1] + _width(text))
    return pieces, place


def _one_cell_each(text: str) -> bool:
    return text.isascii() or all(map(_is_one_cell, text))


@lru_cache(maxsize=4096)
def _is_one_cell(character: str) -> bool:
    return cell_len(character) == 1


def _width(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)


@lru_cache(maxsize=1024)
def _pen(style: str) -> Pen:
    """Parameters of one SGR, each of which is complete: a style is always set from nothing."""
    attributes, colors = [], ["", ""]
    numbers = [each for each in style.split(";") if each and each != "0"]
    while numbers:
        number = int(numbers.pop(0))
        if number in (38, 48):
            count = {"2": 4, "5": 2}.get(numbers[0], 1)
            taken, numbers = numbers[:count], numbers[count:]
            colors[number == 48] = ";".join((str(number), *taken))
        elif 30 <= number <= 37 or 90 <= number <= 97:
            colors[0] = str(number)
        elif 40 <= number <= 47 or 100 <= number <= 107:
            colors[1] = str(number)
        elif number not in (39, 49):
            attributes.append(str(number))
    return ";".join(attributes), colors[0], colors[1]


@lru_cache(maxsize=4096)
def _change(before: Pen, after: Pen) -> str:
    """The shortest sequence from one pen to the other."""
    if before[0] and before[0] != after[0]:
        return f"\x1b[{';'.join(('0', *filter(None, after)))}m"
    parts = [after[0]] if after[0] != before[0] else []
    for place, nothing in ((1, "39"), (2, "49")):
        if after[place] != before[place]:
            parts.append(after[place] or nothing)
    return f"\x1b[{';'.join(parts)}m"
