"""Where a quote stands in a spec: any run of blanks is as good as any other, every other character counts."""

import re
from bisect import bisect_right

from factory_tui.model.spec import Question, Spec
from factory_tui.specs.reading.lines import line_ends

_BLANKS = re.compile(r"\s+")


class Quotes:
    """The text of one spec, folded once, to look many quotes up."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._ends = line_ends(spec.text)
        self._starts: list[int] = []
        """Where each word begins in the folded text …"""
        self._origins: list[int] = []
        """… and in the spec's own."""
        words: list[str] = []
        place = 0
        for blank in _BLANKS.finditer(spec.text):
            self._add(words, place, spec.text[place : blank.start()])
            place = blank.end()
        self._add(words, place, spec.text[place:])
        self._folded = " ".join(words)

    def _add(self, words: list[str], origin: int, word: str) -> None:
        self._starts.append(self._starts[-1] + len(words[-1]) + 1 if words else 0)
        self._origins.append(origin)
        words.append(word)

    def line_of(self, quote: str, section: Question) -> int | None:
        """1-based line on which the quote begins, in that section if it stands there; None when it stands nowhere."""
        wanted = " ".join(quote.split())
        if not wanted:
            return None
        within = self._spec.section(section)
        place = self._folded.find(wanted, self._fold(within.line)) if within is not None else -1
        if place < 0 or (within is not None and self._line(place) > within.last_line):
            place = self._folded.find(wanted)
        return self._line(place) if place >= 0 else None

    def _fold(self, line: int) -> int:
        """Where a line of the spec begins in the folded text."""
        origin = self._ends[line - 2] if line > 1 else 0
        return self._starts[max(0, bisect_right(self._origins, origin) - 1)]

    def _line(self, place: int) -> int:
        word = bisect_right(self._starts, place) - 1
        return bisect_right(self._ends, self._origins[word] + place - self._starts[word]) + 1
