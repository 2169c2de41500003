"""Expected and observed side by side, line by line, with what differs marked by a sign and by its place in the line."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby, zip_longest

from rich.cells import cell_len

from factory_tui.model.foreign import clean
from factory_tui.tui.look import Line, Span, Tone, line
from factory_tui.tui.words.lines import MOST_TEXT

LEAST_WIDTH = 56
"""Cells from which on two columns can be read; below, one stands under the other."""

MOST_LINES = 400
"""Lines of each side that are compared; comparing takes time with the square of them."""

AROUND = 3
"""Equal lines that are kept before and after one that differs; of more than that only their number is told."""

SAME, CHANGED, MISSING, EXTRA, ALIKE = " ", "~", "−", "+", "⋯"
"""Signs in front of a line: as expected, other than expected, expected only, observed only, several equal ones."""

Pair = tuple[str, str | None, str | None]
"""Sign, line of the left, line of the right."""


def beside(expected: str, observed: str, width: int, *, compare: bool = True) -> Iterator[Line]:
    """Two texts as lines of at most `width` cells.

    Args:
        expected: foreign.
        observed: foreign.
        width: cells.
        compare: mark what differs; without, as for a part that has to be somewhere in the other.
    """
    left, right = _lines(expected), _lines(observed)
    pairs = _folded(list(_pairs(left, right))) if compare else [(SAME, *both) for both in zip_longest(left, right)]
    if width < LEAST_WIDTH:
        yield from _stacked(pairs)
        return
    half = (width - 5) // 2
    yield line("  ", Span(_fill("expected", half), Tone.DIM), Span(" │ ", Tone.DIM), Span("observed", Tone.DIM))
    for sign, one, other in pairs:
        yield from _row(sign, one, other, half)


def _lines(text: str) -> list[str]:
    lines = clean(text, limit=MOST_TEXT).removesuffix("\n").split("\n")
    if len(lines) > MOST_LINES:
        lines[MOST_LINES:] = [f"… and {len(lines) - MOST_LINES} more lines"]
    return lines


def _pairs(left: Sequence[str], right: Sequence[str]) -> Iterator[Pair]:
    for what, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        for one, other in zip_longest(left[a:b], right[c:d]):
            if what == "equal":
                yield SAME, one, other
            elif one is None:
                yield EXTRA, None, other
            elif other is None:
                yield MISSING, one, None
            else:
                yield CHANGED, one, other


def _folded(pairs: Sequence[Pair]) -> list[Pair]:
    """Without the equal lines that stand far from any that differs."""
    folded: list[Pair] = []
    for sign, group in groupby(pairs, key=lambda pair: pair[0]):
        alike = list(group)
        first, last = not folded, alike[-1] is pairs[-1]
        before, after = (0 if first else AROUND), (0 if last else AROUND)
        if sign != SAME or len(alike) <= before + after + 1:
            folded += alike
            continue
        said = f"{len(alike) - before - after} lines alike"
        folded += [*alike[:before], (ALIKE, said, said), *alike[len(alike) - after :]]
    return folded


def _row(sign: str, one: str | None, other: str | None, half: int) -> Iterator[Line]:
    """A pair of lines, as many rows as the longer of them needs."""
    left, right = _toned(sign, one, other)
    for number, (a, b) in enumerate(zip_longest(_chunks(left, half), _chunks(right, half), fillvalue=())):
        mark = Span(f"{sign if not number else ' '} ", Tone.WARN)
        filled = (*a, Span(" " * (half - sum(cell_len(each.text) for each in a))))
        yield Line((mark, *filled, Span(" │ ", Tone.DIM), *b))


def _toned(sign: str, one: str | None, other: str | None) -> tuple[list[Span], list[Span]]:
    if sign == CHANGED and one is not None and other is not None:
        return _differing(one, other, Tone.GOOD), _differing(other, one, Tone.BAD)
    tones = {MISSING: Tone.GOOD, EXTRA: Tone.BAD, ALIKE: Tone.DIM}
    tone = tones.get(sign, Tone.PLAIN)
    return [Span(one or "", tone)], [Span(other or "", tone)]


def _differing(text: str, other: str, tone: Tone) -> list[Span]:
    """The text with the part toned that the other has not: all between what both begin with and what both end with."""
    least = min(len(text), len(other))
    begin = next((place for place in range(least) if text[place] != other[place]), least)
    end = next((place for place in range(least - begin) if text[-1 - place] != other[-1 - place]), least - begin)
    pieces = (text[:begin], Tone.PLAIN), (text[begin : len(text) - end], tone), (text[len(text) - end :], Tone.PLAIN)
    return [Span(*each) for each in pieces if each[0]]


def _chunks(spans: Sequence[Span], width: int) -> Iterator[tuple[Span, ...]]:
    """Spans cut into rows of at most `width` cells."""
    row: list[Span] = []
    used = 0
    for text, tone in spans:
        start, at = 0, 0
        while at < len(text):
            size = cell_len(text[at])
            if used + size > width:
                row.append(Span(text[start:at], tone))
                yield tuple(row)
                row, used, start = [], 0, at
            used += size
            at += 1
        row.append(Span(text[start:], tone))
    yield tuple(row)


def _stacked(pairs: Sequence[Pair]) -> Iterator[Line]:
    for name, side, sign in (("expected", 1, MISSING), ("observed", 2, EXTRA)):
        yield line(Span(name, Tone.DIM))
        for pair in pairs:
            text, other = pair[side], pair[3 - side]
            if text is None:
                continue
            left, right = _toned(pair[0], pair[1], pair[2])
            mark = sign if other is None and pair[0] in (MISSING, EXTRA) else pair[0]
            yield Line((Span(f"{mark} ", Tone.WARN), *(left if side == 1 else right)), indent=2)


def _fill(text: str, width: int) -> str:
    return text + " " * (width - len(text))
