"""What a row of INPUTS allows, as far as it can be told for certain, and whether a value keeps to it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from factory_tui.specs.reading.inputs import Case, code_spans, masked
from factory_tui.specs.reading.patterns import accepts
from factory_tui.specs.words import word_list

LONGEST = 1_000
"""Characters of a cell, and of a value, that are looked at."""

_NUMBER = r"[-+]?(?:\d{1,3}(?:[,_']\d{3})+|\d+)(?:\.\d+)?"
_ENDS = r"(?=\s*(?:[;|]|,\s|[,.]?$|\.\s))"
_STARTS = r"(?:^|[,;|]\s*)"
_INCLUSIVE = r"(?:,?\s+inclusive)?"
_RANGE = re.compile(
    rf"{_STARTS}(?:between |from )?(?P<low>{_NUMBER})\s*(?:to|and|through|–|—|\.\.+|…)\s*(?P<high>{_NUMBER})"
    rf"(?:\s+(?!inclusive)(?P<unit>[a-z]+))?{_INCLUSIVE}{_ENDS}",
    re.I,
)
_ONE_SIDED = re.compile(
    rf"{_STARTS}(?P<bound>at most|up to|at least|exactly)\s+(?P<number>{_NUMBER})(?:\s+(?!inclusive)(?P<unit>[a-z]+))?"
    rf"{_INCLUSIVE}{_ENDS}",
    re.I,
)
_DAYS = re.compile(rf"{_STARTS}(\d{{4}}-\d\d-\d\d) to (\d{{4}}-\d\d-\d\d){_INCLUSIVE}{_ENDS}", re.I)
_ONE_OF = re.compile(r"\b(?:one of|either|enum:?)\s*:?\s*(?P<values>[^.;|]+)", re.I)
_DIVIDED = re.compile(r"\s*,\s*(?:or\s+)?|\s+or\s+")
_DEFAULT = re.compile(rf"\bdefault(?:s to|:| is| of)?\s+(?P<value>`[^`\n]+`|{_NUMBER}(?![\w.-]))", re.I)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_OPEN = re.compile(r"\b(?:or|unless|except|exclusive|exclusively|other|also|any case|case-insensitive)\b", re.I)
"""Words that leave room for values which the rest of the row does not allow."""

_PLAIN_WORDS = word_list("of_any_value")
"""Words that restrict nothing beyond what is read from the row."""

_LENGTHS = frozenset({"character", "characters", "char", "chars"})
_TEXT = frozenset({"text", "string", "str"})
_WHOLE = frozenset({"integer", "int"})


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a row says of its value. What is None is not said, or not for certain."""

    patterns: tuple[str, ...] = ()
    values: tuple[str, ...] | None = None
    """All that it may be."""
    least: Decimal | None = None
    most: Decimal | None = None
    shortest: Decimal | None = None
    longest: Decimal | None = None
    first: str | None = None
    last: str | None = None
    """First and last day, as `YYYY-MM-DD`."""
    is_whole: bool = False
    is_text: bool = False
    whole_story: bool = False
    """Nothing else in the row restricts the value."""
    strict: bool = True
    """The row leaves no room for other values."""
    default: str | None = None

    def forbids(self, case: Case) -> str | None:
        """What of the row the value breaks for certain, in words."""
        value = case.value
        if not self.strict or len(value) > LONGEST:
            return None
        if self.values is not None and value.casefold() not in {each.casefold() for each in self.values}:
            return f"one of {', '.join(self.values[:6])}"
        number = _number(value)
        if self.is_whole and not case.is_quoted and (number is None or number != number.to_integral_value()):
            return "an integer"
        return self._outside(value, number) or next(
            (f"what `{each}` matches" for each in self.patterns if accepts(each, value) is False), None
        )

    def _outside(self, value: str, number: Decimal | None) -> str | None:
        if number is not None and self.is_whole:
            if self.least is not None and number < self.least:
                return f"at least {self.least}"
            if self.most is not None and number > self.most:
                return f"at most {self.most}"
        if self.is_text and self.shortest is not None and len(value) < self.shortest:
            return f"at least {self.shortest} characters"
        if self.is_text and self.longest is not None and len(value) > self.longest:
            return f"at most {self.longest} characters"
        return None

    def allows(self, case: Case, *, others_quoted: bool) -> str | None:
        """What of the row allows the value for certain, in words.

        Args:
            case: the value.
            others_quoted: texts of this cell are written in quotes, so that a bare `7` is a number.
        """
        value = case.value
        if self.values is not None:
            return f"one of {', '.join(self.values[:6])}" if value in self.values and not case.is_quoted else None
        if not self.whole_story or self.forbids(case) or len(value) > LONGEST:
            return None
        if self.is_whole and not case.is_quoted:
            both = self.least is not None and self.most is not None
            return f"{self.least} to {self.most}" if both and re.fullmatch(r"-?\d+", value) else None
        if self.first is not None and self.last is not None:
            return f"{self.first} to {self.last}" if _is_day(value) and self.first <= value <= self.last else None
        if not self.is_text or not self.patterns or (others_quoted and not case.is_quoted):
            return None  # A text of the right length may be wrong for what it says.
        return f"what `{self.patterns[0]}` matches" if all(accepts(each, value) for each in self.patterns) else None


@lru_cache(maxsize=4096)
def allowed(said: tuple[str, ...]) -> Allowed:
    """What the cells for type and bounds allow."""
    if any(len(each) > LONGEST for each in said):
        return Allowed(strict=False)
    text = " | ".join(said)
    hidden = masked(text)
    codes = code_spans(text)
    patterns = tuple(each for each in codes if each.startswith("^") and each.endswith("$"))
    words = set(_WORD.findall(hidden.casefold()))
    values = _values(text, hidden)
    more = _numbers(hidden)
    days = _DAYS.search(hidden)
    spans = len(codes) == len(patterns) or (days is not None and codes == ["YYYY-MM-DD"])
    default = _DEFAULT.search(text)
    return Allowed(
        patterns=patterns,
        values=values,
        least=more.get("least"),
        most=more.get("most"),
        shortest=more.get("shortest"),
        longest=more.get("longest"),
        first=days[1] if days else None,
        last=days[2] if days else None,
        is_whole=bool(words & _WHOLE) or "whole number" in hidden,
        is_text=bool(words & _TEXT),
        whole_story=spans and words <= _PLAIN_WORDS and default is None,
        strict=_OPEN.search(re.sub(_ONE_OF, "", hidden)) is None,
        default=default["value"].strip("`") if default else None,
    )


def _values(text: str, hidden: str) -> tuple[str, ...] | None:
    """The values of `one of …`, when there is nothing but values up to the end of the clause."""
    match = _ONE_OF.search(hidden)
    if match is None:
        return None
    start, found = match.start("values"), list[str]()
    for part in _split(match["values"]):
        raw = text[start + part[0] : start + part[1]].strip().rstrip("|").strip()
        if raw.startswith("`") and raw.endswith("`") and "`" not in raw[1:-1]:
            found.append(raw[1:-1].replace("\\|", "|"))
        elif re.fullmatch(r"[\w.+-]+", raw):
            found.append(raw)
        else:
            return None
    return tuple(dict.fromkeys(found)) if len(found) > 1 else None


def _split(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _DIVIDED.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def _numbers(hidden: str) -> dict[str, Decimal]:
    """The bounds of the number, or of the length, when the row gives each once."""
    if "xclusive" in hidden:
        return {}
    number: dict[str, Decimal] = {}
    for match in (*_RANGE.finditer(hidden), *_ONE_SIDED.finditer(hidden)):
        is_range = "low" in match.groupdict()
        bound = "" if is_range else match["bound"].casefold()
        low = (
            _number(match["low"])
            if is_range
            else _number(match["number"])
            if bound in ("at least", "exactly")
            else None
        )
        high = _number(match["high"]) if is_range else _number(match["number"]) if bound != "at least" else None
        keys = ("shortest", "longest") if (match["unit"] or "").casefold() in _LENGTHS else ("least", "most")
        if (match["unit"] and keys[0] == "least") or number.keys() & set(keys):
            return {}
        number |= {key: value for key, value in zip(keys, (low, high), strict=True) if value is not None}
    return number


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(re.sub(r"(?<=\d)[,_'](?=\d{3})", "", text)) if re.fullmatch(_NUMBER, text) else None
    except InvalidOperation:
        return None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
