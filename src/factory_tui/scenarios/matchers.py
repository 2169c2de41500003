"""Matchers: what a scenario expects of one observed value, and what to show when it does not hold.

Observed values are text (output, files, bodies), whole numbers (exit codes, statuses), JSON values, or `ABSENT`.
Text is compared after normalising line endings and one trailing newline. A number is compared with text by
reading the text as a number; a JSON text never equals a JSON number, and `true` never equals 1.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Final

from pydantic import JsonValue

from factory_tui.model.scenario import Matcher, matcher_of
from factory_tui.scenarios.jsonpath import BadPath, parse_path
from factory_tui.scenarios.regex import DEADLINE_S, Undecided, found

SHOWN = 2000
"""Characters of an expected or observed value kept in evidence."""


class Absent(Enum):
    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT
"""There is nothing to compare: no such file, no such place in the JSON."""

Observed = JsonValue | Absent


class ScenarioFault(Exception):
    """The scenario itself cannot be carried out, whatever the artifact does. The message says what to mend."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A condition that did not hold."""

    check: str
    expected: str
    observed: str


def check(matcher: Matcher, observed: Observed, label: str, *, strict: bool = False) -> list[Mismatch]:
    """Every condition of `matcher` that `observed` does not meet; empty when all hold.

    Args:
        matcher: all its conditions must hold.
        observed: the value.
        label: what the value is (`stdout`, `$.code`); a condition other than equality is added to it.
        strict: the value comes out of a JSON document, where text is not a number.

    Raises:
        ScenarioFault: a JSONPath in the matcher cannot be read.
    """
    try:
        return [mismatch for word in _given(matcher) for mismatch in _condition(matcher, word, observed, label, strict)]
    except Undecided:
        pattern = f"an answer of the pattern within {DEADLINE_S:g} s"
        return [Mismatch(f"{label} matches", pattern, show(observed))]


def check_json(expected: JsonValue, document: Observed, prefix: str = "") -> list[Mismatch]:
    """Check a parsed JSON document: `$`-keys are paths with a matcher each, anything else is the whole value.

    Args:
        expected: as written in the scenario.
        document: what was parsed.
        prefix: put before the path in labels, such as `stdout `.
    """
    if not (isinstance(expected, dict) and expected and all(key.startswith("$") for key in expected)):
        if same(document, expected, strict=True):
            return []
        return [Mismatch(f"{prefix}json", show(expected), show(document))]
    mismatches: list[Mismatch] = []
    for path, wanted in expected.items():
        matcher = matcher_of(wanted)
        mismatches += _check_path(matcher, path, document, f"{prefix}{path}")
    return mismatches


def parse_json(text: str) -> JsonValue:
    """Text → JSON value.

    Raises:
        ValueError: not JSON (NaN and Infinity are not), or nested or written beyond what can be read.
    """
    try:
        value: JsonValue = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def same(observed: Observed, expected: JsonValue, *, strict: bool = False) -> bool:
    """Equality as scenarios mean it; see the module's first lines."""
    if observed is ABSENT:
        return False
    if isinstance(observed, str) and isinstance(expected, str):
        return normalised(observed) == normalised(expected)
    if isinstance(observed, bool) or isinstance(expected, bool):
        if isinstance(observed, str) and not strict:
            return observed.strip().lower() == str(expected).lower()
        return observed is expected
    if _is_number(expected) or _is_number(observed):
        number = _number(observed, strict=strict)
        return number is not None and number == _number(expected, strict=strict)
    if isinstance(observed, list) and isinstance(expected, list):
        return len(observed) == len(expected) and all(
            _same_json(one, other) for one, other in zip(observed, expected, strict=True)
        )
    return _same_json(observed, expected)


def normalised(text: str) -> str:
    """`text` with `\\n` line endings and without one trailing newline."""
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")


def lines_of(text: str) -> list[str]:
    """The lines of `text`; none when it is empty."""
    plain = normalised(text)
    return plain.split("\n") if plain or text else []


def show(value: Observed) -> str:
    """A value as evidence shows it: text verbatim, the rest as JSON, cut to `SHOWN` characters from both ends."""
    if value is ABSENT:
        return "nothing there"
    if isinstance(value, str):
        return cut(value)
    try:
        return cut(json.dumps(value, ensure_ascii=False))
    except RecursionError:
        return "JSON nested too deeply to show"


def cut(text: str, limit: int = SHOWN) -> str:
    """At most about `limit` characters: the first and the last half, and how many are missing between.

    Lone surrogates, which JSON can smuggle in and UTF-8 cannot hold, become `?`.
    """
    text = text.encode("utf-8", errors="replace").decode("utf-8")
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters left out …\n{text[-half:]}"


def _given(matcher: Matcher) -> list[str]:
    """The conditions that were written, in a fixed order: presence first, because the others depend on it."""
    order = ("exists", "equals", "contains", "matches", "json_", "lines", "lt", "gt", "not_", "any_of")
    return [word for word in order if word in matcher.model_fields_set]


def _condition(matcher: Matcher, word: str, observed: Observed, label: str, strict: bool) -> Iterator[Mismatch]:
    match word:
        case "exists":
            if matcher.exists is not None and (observed is not ABSENT) != matcher.exists:
                wanted = "something there" if matcher.exists else "nothing there"
                yield Mismatch(f"{label} exists", wanted, show(observed))
        case "equals":
            if not same(observed, matcher.equals, strict=strict):
                yield Mismatch(label, show(matcher.equals), show(observed))
        case "contains":
            wanted_parts = (matcher.contains,) if isinstance(matcher.contains, str) else matcher.contains or ()
            for part in wanted_parts:
                if not _contains(observed, part):
                    yield Mismatch(f"{label} contains", part, show(observed))
        case "matches":
            if matcher.matches is not None and not _matches(observed, matcher.matches):
                yield Mismatch(f"{label} matches", matcher.matches, show(observed))
        case "json_":
            yield from _json(matcher.json_, observed, label)
        case "lines":
            yield from _lines(matcher.lines, observed, label)
        case "lt" | "gt":
            yield from _bound(matcher, word, observed, label, strict)
        case "not_":
            inner = matcher_of(matcher.not_)
            if not _fails(inner, observed, strict):
                yield Mismatch(f"{label} not", f"not {show_matcher(inner)}", show(observed))
        case "any_of":
            options = [matcher_of(each) for each in matcher.any_of or ()]
            if all(_fails(option, observed, strict) for option in options):
                wanted = " or ".join(show_matcher(option) for option in options) or "one of nothing"
                yield Mismatch(f"{label} any_of", wanted, show(observed))


def _fails(matcher: Matcher, observed: Observed, strict: bool) -> bool:
    """Whether some condition does not hold. Lets `Undecided` through, so that `not` cannot turn it into a pass."""
    return any(True for word in _given(matcher) for _ in _condition(matcher, word, observed, "value", strict))


def show_matcher(matcher: Matcher) -> str:
    """A matcher as a scenario writes it, for evidence."""
    given = matcher.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return show(given["equals"] if set(given) == {"equals"} else given)


def _contains(observed: Observed, part: str) -> bool:
    if isinstance(observed, list):
        return any(isinstance(each, str) and normalised(each) == normalised(part) for each in observed)
    if isinstance(observed, dict):
        return part in observed
    return isinstance(observed, str) and normalised(part) in normalised(observed)


def _matches(observed: Observed, pattern: str) -> bool:
    if _is_number(observed):
        return found(pattern, str(observed))
    return isinstance(observed, str) and found(pattern, normalised(observed))


def _json(expected: JsonValue, observed: Observed, label: str) -> Iterator[Mismatch]:
    if not isinstance(observed, str):
        yield from check_json(expected, observed, f"{label} ")
        return
    try:
        document = parse_json(observed)
    except ValueError as error:
        yield Mismatch(f"{label} json", f"JSON ({error})", show(observed))
        return
    yield from check_json(expected, document, f"{label} ")


def _check_path(matcher: Matcher, path: str, document: Observed, label: str) -> list[Mismatch]:
    try:
        parsed = parse_path(path)
    except BadPath as error:
        raise ScenarioFault(str(error)) from None
    values = [] if document is ABSENT else parsed.find(document)
    if not parsed.is_plural:
        return check(matcher, values[0] if values else ABSENT, label, strict=True)
    if _speaks_of_the_list(matcher):
        together: Observed = values if values or not mentions_existence(matcher) else ABSENT
        return check(matcher, together, label, strict=True)
    if not values and set(_given(matcher)) != {"not_"}:
        return [Mismatch(label, show_matcher(matcher), show(ABSENT))]
    return next((wrong for each in values if (wrong := check(matcher, each, label, strict=True))), [])


def _speaks_of_the_list(matcher: Matcher) -> bool:
    """Behind a `*`: conditions that only make sense for all values together; any other holds for each of them.

    `contains` asks for a member of the list, but `not: {contains: …}` means that no value has it.
    """
    given = set(_given(matcher))
    if "not_" in given:
        inner = matcher_of(matcher.not_)
        return "contains" not in _given(inner) and _speaks_of_the_list(inner)
    return bool(given & {"exists", "contains", "lines"}) or isinstance(matcher.equals, list)


def mentions_existence(matcher: Matcher) -> bool:
    """Whether some condition, however deep, is about the value being there at all."""
    inner = [matcher_of(each) for each in matcher.any_of or ()]
    inner += [matcher_of(matcher.not_)] if "not_" in matcher.model_fields_set else []
    return "exists" in matcher.model_fields_set or any(map(mentions_existence, inner))


def _lines(expected: JsonValue, observed: Observed, label: str) -> Iterator[Mismatch]:
    if isinstance(observed, str):
        lines: list[JsonValue] = list(lines_of(observed))
    elif isinstance(observed, list):
        lines = observed
    else:
        yield Mismatch(f"{label} lines", show(expected), show(observed))
        return
    if isinstance(expected, list):
        if len(lines) != len(expected) or not all(map(same, lines, expected)):
            yield Mismatch(f"{label} lines", show(expected), show(lines))
    elif _fails(matcher_of(expected), len(lines), strict=False):
        yield Mismatch(f"{label} lines", show_matcher(matcher_of(expected)), str(len(lines)))


def _bound(matcher: Matcher, word: str, observed: Observed, label: str, strict: bool) -> Iterator[Mismatch]:
    limit = matcher.lt if word == "lt" else matcher.gt
    if limit is None:
        return
    number = _number(observed, strict=False)
    bound = Decimal(str(limit))
    holds = number is not None and (number < bound if word == "lt" else number > bound)
    if not holds:
        sign = "<" if word == "lt" else ">"
        yield Mismatch(f"{label} {word}", f"{sign} {limit:g}", show(observed))


def _is_number(value: Observed) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: Observed, *, strict: bool) -> Decimal | None:
    """The finite number that `value` is or, unless strict, that its text says."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or (strict and isinstance(value, str)):
        return None
    text = str(value).strip()
    if len(text) > 400 or "_" in text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _same_json(one: Observed, other: JsonValue) -> bool:
    """Deep equality of JSON: numbers by value, `true` is not 1, text exactly."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if _is_number(one) and _is_number(other):
        return one == other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same_json(one[key], other[key]) for key in other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same_json, one, other))
    return type(one) is type(other) and one == other


def _refuse_constant(name: str) -> JsonValue:
    raise ValueError(f"{name} is not JSON")
