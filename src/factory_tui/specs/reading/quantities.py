"""Numbers and what they count: `2 seconds`, `1 to 60 characters`, `2.00 USD`, `100 requests a minute`.

Numbers are read as people write them in technical English: a point marks the fraction, groups of three digits are
divided by a comma, a blank, an apostrophe or an underscore. A comma marks the fraction where a unit follows and it
cannot divide groups (`0,5 s`). Dates, times of day, versions, addresses and ordinals are no quantities.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from factory_tui.specs.words import word_rows


class Measure(StrEnum):
    """What a unit measures."""

    TIME = "time"
    SIZE = "size"
    RATE = "rate"
    MONEY = "money"
    PERCENT = "percent"
    LENGTH = "length"
    MASS = "mass"
    TEMPERATURE = "temperature"
    POWER = "power"
    ENERGY = "energy"
    ANGLE = "angle"
    COUNT = "count"
    NUMBER = "number"
    """No unit that is known follows."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of `words/units.txt`."""

    name: str
    """One word for all its ways to be written: `second`, `kilobyte`, `USD`, `character`."""
    kind: Measure
    factor: Decimal
    """How many of the first unit of its kind it is; meaningless between units that cannot be converted."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text, with the unit that belongs to it."""

    value: Decimal
    unit: str
    """Name of the unit, `request/minute` for a rate; empty when none is known."""
    kind: Measure
    start: int
    """Offset of the number, or of the currency before it."""
    end: int
    """Offset behind the unit; behind the number where a range names its unit once (`1 to 60 characters`)."""
    scale: Decimal = Decimal(1)
    """How many of the first unit of its kind its unit is."""

    @property
    def base(self) -> Decimal:
        """The value in the first unit of its kind: 5000 ms and 5 s have the same."""
        return self.value * self.scale

    def same_scale(self, other: "Quantity") -> bool:
        """Whether the two can be compared by `base`: seconds with hours, but no dollars with euros."""
        converted = (Measure.TIME, Measure.SIZE, Measure.MASS)
        return self.kind is other.kind and (self.kind in converted or self.unit == other.unit)


_FALSE = re.compile(r"\d{1,30}(?:[-./:]\d{1,30}){2,8}|\d\d?:\d\d(?!\d)|\d{4}-\d\d(?!\d)")
"""What only looks like a number: dates, versions, addresses, times of day, months."""

_NUMBER = re.compile(
    r"\d{1,3}(?:([,_'’   ])\d{3})(?:\1\d{3}){0,8}(?!\d)(?P<grouped>\.\d{1,30})?"
    r"|(?P<whole>\d{1,30})(?P<fraction>\.\d{1,30}|,\d{1,2}(?![\d.]))?(?P<power>[eE][-+]?\d{1,2}(?!\w))?"
)
_BEFORE = re.compile(
    r"(?P<code>\b(?:USD|EUR|GBP|CHF|JPY|INR|CNY|SEK|NOK|DKK|PLN|CAD|AUD|BRL)\s?|(?:US\$|R\$|[$€£¥₹])\s?)?"
    r"(?P<sign>(?<![\d\w\])])[-+−])?$"
)
"""What belongs to a number and stands before it: a currency and a sign."""

_LEADS = frozenset("+-−$€£¥₹")
_FAR = 6
_INSIDE = frozenset("_./#@\\")
"""A digit behind one of these goes on with a word, a path or a number."""

_UNIT = re.compile(r"(?P<gap>[ \t   -]|\n[ \t]{0,8})?(?P<word>(?:US|R)?\$|[%‰€£¥₹]|°[CF]?|[^\W\d_]{1,30})")
_PER = re.compile(r"(?:\s?/\s?|\s(?:per|a|an|each|every|pro|par|por|al|je|jede)\s)(?P<word>[^\W\d_]{1,20})", re.I)
_TO = re.compile(
    r"(?:\s?(?:-|–|—|…|\.\.\.?)\s?|\s(?:to|and|or|through|until|bis|und|à|et|a|y|e|tot|en)\s)(?=[\d$€£¥₹+−-])"
)
_IN_A_RANGE = 8


def quantities(text: str, *, spelled: bool = False) -> Iterator[Quantity]:
    """Every number of a text, in order, in time linear in its length; a range gives all its ends the unit named last.

    Args:
        text: any text.
        spelled: number words before a unit too (`two seconds`); that takes several times as long.
    """
    waiting: list[Quantity] = []
    for quantity in _numbers(text, spelled):
        if waiting and not _goes_on(text, waiting[-1], quantity):
            yield from waiting
            waiting = []
        if quantity.kind is Measure.NUMBER and len(waiting) < _IN_A_RANGE and _TO.match(text, quantity.end):
            waiting.append(quantity)
            continue
        for each in waiting:
            yield _in_unit_of(quantity, each)
        waiting = []
        yield quantity
    yield from waiting


def _goes_on(text: str, before: Quantity, after: Quantity) -> bool:
    to = _TO.match(text, before.end)
    return to is not None and to.end() == after.start


def _in_unit_of(named: Quantity, bare: Quantity) -> Quantity:
    return replace(bare, unit=named.unit, kind=named.kind, scale=named.scale)


def _numbers(text: str, spelled: bool) -> Iterator[Quantity]:
    start = _spelled_or_digit() if spelled else _DIGIT
    match = start.search(text)
    position_before = 0
    while match is not None:
        at = match.start()
        if text[at].isdecimal():
            found, position = _written(text, at)
        else:
            found, position = _spelled(text, match), match.end()
        if found is not None:
            yield found if found.start >= position_before else replace(found, start=at)
            position_before = found.end
        match = start.search(text, position)


_DIGIT = re.compile(r"\d")


@cache
def _spelled_or_digit() -> re.Pattern[str]:
    words = "|".join(sorted(number_words(), key=len, reverse=True))
    return re.compile(rf"\d|(?<![\w-])(?:{words})(?=[ \t -][^\W\d_])", re.I)


def _spelled(text: str, match: re.Match[str]) -> Quantity | None:
    """A number word counts only before a unit: `one of` is no quantity."""
    unit, end = _unit_after(text, match.end())
    if unit is None:
        return None
    return Quantity(number_words()[match[0].casefold()], unit.name, unit.kind, match.start(), end, unit.factor)


def _written(text: str, at: int) -> tuple[Quantity | None, int]:
    """The number whose first digit stands at an offset, None when it only looks like one; and where to go on."""
    seeming = _FALSE.match(text, at)
    if seeming is not None:
        return None, seeming.end()
    match = _NUMBER.match(text, at)
    assert match is not None
    before = text[at - 1 : at]
    if (
        before.isalnum()
        or text[match.end() : match.end() + 1].isdecimal()
        or (before in _INSIDE and text[at - 2 : at] != "..")
    ):
        return None, match.end()
    whole = re.sub(r"\D", "", match["whole"] or match[0].partition(".")[0])
    fraction, power, end = match["fraction"] or match["grouped"] or "", match["power"] or "", match.end()
    currency, sign, start = _before(text, at)
    unit, after = _unit_after(text, end)
    if fraction.startswith(",") and unit is None and currency is None:
        fraction, end = "", match.start("fraction")
        after = end
    elif unit is None and (text[end : end + 1].isalpha() or text[end : end + 1] == "_"):
        return None, end
    if currency is not None:
        unit, after = (currency, end) if unit is None or unit.kind is Measure.MONEY else (unit, after)
    value = Decimal(f"{sign}{whole}{fraction.replace(',', '.')}{power}")
    if unit is None:
        return Quantity(value, "", Measure.NUMBER, start, end), end
    return Quantity(value, unit.name, unit.kind, start, after, unit.factor), after


def _before(text: str, at: int) -> tuple[Unit | None, str, int]:
    """The currency and the minus sign before a number, and where the whole starts."""
    if text[at - 1 : at] not in _LEADS and text[at - 2 : at - 1] not in _LEADS and not text[at - 2 : at - 1].isupper():
        return None, "", at
    lead = _BEFORE.search(text, max(0, at - _FAR), at)
    assert lead is not None
    currency = units().get((lead["code"] or "").strip())
    sign = "-" if lead["sign"] in ("-", "−") else ""
    return currency, sign, lead.start() if currency is not None or sign else at


def _unit_after(text: str, position: int) -> tuple[Unit | None, int]:
    rate = _PER.match(text, position) if text[position : position + 1] == "/" else None
    if rate is not None and (time := _time(rate["word"])) is not None:
        return Unit(f"/{time.name}", Measure.RATE, 1 / time.factor), rate.end()
    match = _UNIT.match(text, position)
    unit = _unit(match["word"], match["gap"] is None) if match else None
    if match is None or unit is None:
        return None, position
    rate = _PER.match(text, match.end())
    time = _time(rate["word"]) if rate else None
    if rate is None or time is None:
        return unit, match.end()
    return Unit(f"{unit.name}/{time.name}", Measure.RATE, unit.factor / time.factor), rate.end()


def _unit(word: str, is_attached: bool) -> Unit | None:
    """`5m` is said of minutes, `5 m` of metres."""
    if word == "m" and is_attached:
        word = "min"
    return units().get(word) or units().get(word.casefold())


def _time(word: str) -> Unit | None:
    unit = _unit(word, True)
    return unit if unit is not None and unit.kind is Measure.TIME else None


@cache
def units() -> Mapping[str, Unit]:
    """Every way to write a unit that is known."""
    found: dict[str, Unit] = {}
    for row in word_rows("units"):
        head, _, ways = row.partition(": ")
        kind, name, factor = head.split()
        for way in ways.split():
            found.setdefault(way, Unit(name, Measure(kind), Decimal(factor)))
    return MappingProxyType(found)


@cache
def number_words() -> Mapping[str, Decimal]:
    """Number words and their values."""
    return MappingProxyType({word: Decimal(value) for word, value in map(str.split, word_rows("number_words"))})
