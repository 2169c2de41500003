"""Whether a text for an agent holds something of a scenario. Pure, and linear in the text.

Text is compared as its letters and digits alone, so that it does not matter how it is indented, wrapped, quoted,
escaped, numbered by line, coloured or written in capitals. Of every part of a scenario the agent may know what
stands in the spec, the context, the base and its own words; a run of enough characters that it cannot know is a leak.
How many are enough depends on the part: nobody guesses a sentence, but a program that is right prints what a scenario
expects. Recognised are whole files, parts of them, single sentences and long lines, ids, random tokens, and a file in
base64. Not recognised are other encodings (hexadecimal, compression), a part told in other words, and parts too short
or too common to be told from chance.
"""

import base64
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pydantic import JsonValue

from factory_tui.model.ids import ScenarioId
from factory_tui.model.scenario import LoadedScenario, Suite

SENTENCE, GIVEN, EXPECTED = 20, 32, 48
"""Unknown characters in a row that are a leak: of a sentence, of what a scenario puts in, of what it expects back."""
SEED, STRIDE = 12, 4
"""A text is probed for the scenarios' runs of `SEED` characters at every `STRIDE`th place: what both have in common is
found from `SEED + STRIDE - 1` characters on."""
_REACH = 512
"""Characters that a match is followed to either side: bounds the time, far beyond what is enough."""
_AT_ONCE = 4
"""Places of a run of characters that are looked at; what repeats itself more often says little."""
LONGEST = 64 * 1024
"""Characters of one part that are looked for."""
_SENTENCES = frozenset({"given", "when", "then", "rubric"})
_FILE = "file"
"""Says least: a part of it is named where one is recognised."""
_SHORTEST_ID = 16
_SHORTEST_TOKEN = 8
_TOKENS = 100
"""Random tokens of one part."""

_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_CODE = re.compile(r"\\u([0-9a-fA-F]{4})")
_ESCAPED = re.compile(r"\\[nrt]")
_NUMBERED = re.compile(r"^[ \t]*\d{1,9}[\t:|]", re.MULTILINE)
_NOISE = re.compile(r"[\W_]+")
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{6,}[A-Za-z0-9]")
_TURN = re.compile(r"(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z])")
_TURNS = 4
"""Changes between letters and digits that no word and no date has."""


class Leak(NamedTuple):
    """Something of a scenario that stands in a text."""

    scenario: ScenarioId
    part: str
    """Which part of it: `then`, `steps[2].run`, `id`."""


@dataclass(slots=True)
class _Part:
    leak: Leak
    text: str
    enough: int
    unknown: bytearray
    """1 for each character that the agent does not know."""


@dataclass(slots=True)
class Leaks:
    """The parts of a suite, and what of them an agent may know. Made by `of`; `tell` it what the agent knows."""

    _parts: list[_Part] = field(default_factory=list)
    _seeds: defaultdict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    _words: dict[str, Leak] = field(default_factory=dict)
    """Random tokens, squeezed."""
    _ids: dict[str, Leak] = field(default_factory=dict)

    @classmethod
    def of(cls, suite: Suite, files: Mapping[ScenarioId, str] | None = None) -> "Leaks":
        """
        Args:
            suite: whose scenarios are looked for.
            files: text of their files, as far as it is at hand.
        """
        leaks = cls()
        for each in suite.scenarios:
            leaks._add_scenario(each, (files or {}).get(each.id, ""))
        return leaks

    def tell(self, *texts: str) -> None:
        """The agent may know these texts: what of a scenario stands in them says nothing any more."""
        for text in texts:
            plain = squeezed(text)
            for number, start, end in self._common(plain):
                self._parts[number].unknown[start:end] = bytes(end - start)
            self._words = {word: leak for word, leak in self._words.items() if word not in plain}
            self._ids = {name: leak for name, leak in self._ids.items() if name not in text}

    def found_in(self, text: str) -> tuple[Leak, ...]:
        """One leak of each scenario of which the text holds something."""
        plain = squeezed(text)
        found: dict[ScenarioId, Leak] = {}
        for number, start, end in self._common(plain):
            part = self._parts[number]
            if part.unknown.count(1, start, end) >= part.enough:
                before = found.get(part.leak.scenario)
                if before is None or before.part == _FILE:
                    found[part.leak.scenario] = part.leak
        for name, leak in self._ids.items():
            if name in text:
                found.setdefault(leak.scenario, leak)
        for word, leak in self._words.items():
            if word in plain:
                found.setdefault(leak.scenario, leak)
        return tuple(found.values())

    def _add_scenario(self, loaded: LoadedScenario, file: str) -> None:
        name = loaded.id.rpartition("/")[2]
        if len(name) >= _SHORTEST_ID and name.count("-") >= 2:
            self._ids[name] = Leak(loaded.id, "id")
        self._add_tokens(Leak(loaded.id, "id"), name)
        said = loaded.scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"id", "covers"})
        for place, text in _texts(said):
            self._add(Leak(loaded.id, place), text, _enough(place))
        for each in loaded.fixtures:
            self._add(Leak(loaded.id, f"fixture {each.path}"), each.content[:LONGEST].decode("utf-8", "replace"), GIVEN)
        if file:
            self._add(Leak(loaded.id, _FILE), file, EXPECTED)
            self._add(Leak(loaded.id, "file in base64"), base64.b64encode(file.encode()).decode(), GIVEN)

    def _add(self, leak: Leak, text: str, enough: int) -> None:
        plain = squeezed(text[:LONGEST])
        if enough != EXPECTED:
            self._add_tokens(leak, text)
        if len(plain) < max(enough, SEED):
            return
        number = len(self._parts)
        self._parts.append(_Part(leak, plain, enough, bytearray(b"\x01") * len(plain)))
        for start in range(len(plain) - SEED + 1):
            places = self._seeds[plain[start : start + SEED]]
            if len(places) < _AT_ONCE:
                places.append((number, start))

    def _add_tokens(self, leak: Leak, text: str) -> None:
        for match, _ in zip(_TOKEN.finditer(text[:LONGEST]), range(10 * _TOKENS), strict=False):
            word = squeezed(match[0])
            if len(word) >= _SHORTEST_TOKEN and len(_TURN.findall(word)) >= _TURNS:
                self._words.setdefault(word, leak)

    def _common(self, plain: str) -> Iterator[tuple[int, int, int]]:
        """Runs of characters that the text and a part have in common: number of the part, start and end in it."""
        at, last, seeds = 0, len(plain) - SEED, self._seeds
        while at <= last:
            step = STRIDE
            for number, start in seeds.get(plain[at : at + SEED], ()):
                part = self._parts[number].text
                before = _alike(part[max(0, start - _REACH) : start][::-1], plain[max(0, at - _REACH) : at][::-1])
                after = _alike(part[start : start + _REACH], plain[at : at + _REACH])
                yield number, start - before, start + after
                step = max(step, after // 2)
            at += step


def squeezed(text: str) -> str:
    """Letters and digits alone, in lower case; escapes, colours and numbers of lines are taken out."""
    text = _CODE.sub(lambda match: chr(int(match[1], 16)), _COLOUR.sub("", text))
    return _NOISE.sub("", _NUMBERED.sub("", _ESCAPED.sub("\n", text))).casefold()


def _alike(one: str, other: str) -> int:
    """Length of what both begin with."""
    most = min(len(one), len(other))
    if one[:most] == other[:most]:
        return most
    return next(index for index in range(most) if one[index] != other[index])


def _enough(place: str) -> int:
    if place.rpartition(".")[2] in _SENTENCES:
        return SENTENCE
    return EXPECTED if "expect" in place.split(".") else GIVEN


def _texts(value: JsonValue, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text, with the part that it is of; lines of a list of texts together, as a program prints them."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, list):
        if lines := [each for each in value if isinstance(each, str)]:
            yield place, "\n".join(lines)
        for index, each in enumerate(value):
            if not isinstance(each, str):
                yield from _texts(each, f"{place}[{index + 1}]")
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _texts(each, f"{place}.{name}" if place else name)
