"""Matchers: what a scenario expects of one observed value, and what to note when it does not hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pydantic import JsonValue

from factory_tui.model.evaluation import Aspect
from factory_tui.model.matcher import Matcher, Part, matcher_of, nested_in, under_paths
from factory_tui.scenarios.matching.jsonpath import BadPath, parse_path
from factory_tui.scenarios.matching.regex import DEADLINE_S, Undecided, found
from factory_tui.scenarios.matching.values import (
    ABSENT,
    Observed,
    is_number,
    lines_of,
    normalised,
    number_in,
    parse_json,
    same,
    show,
    text_of,
)


class ScenarioFault(Exception):
    """The scenario itself cannot be carried out, whatever the artifact does. The message says what to mend."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A condition that did not hold."""

    check: str
    expected: str
    observed: str
    aspect: Aspect = Aspect.FUNCTION


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
    paths = under_paths(expected)
    if not paths:
        if same(document, expected, strict=True):
            return []
        return [Mismatch(f"{prefix}json", show(expected), show(document))]
    mismatches: list[Mismatch] = []
    for path, wanted in paths:
        matcher = matcher_of(wanted)
        mismatches += _check_path(matcher, path, document, f"{prefix}{path}")
    return mismatches


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
            for part in parts_of(matcher):
                if not _contains(observed, text_of(part)):
                    yield Mismatch(f"{label} contains", text_of(part), show(observed))
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


def parts_of(matcher: Matcher) -> tuple[Part, ...]:
    """What `contains` looks for, as a list."""
    wanted = matcher.contains
    return wanted if isinstance(wanted, tuple) else () if wanted is None else (wanted,)


def _contains(observed: Observed, part: str) -> bool:
    """A member is found by its text: an id that one command prints is a number in the list that another answers."""
    if isinstance(observed, list):
        scalars = [each for each in observed if isinstance(each, str | bool | int | float)]
        return any(normalised(text_of(each)) == normalised(part) for each in scalars)
    if isinstance(observed, dict):
        return part in observed
    if is_number(observed):
        return part in str(observed)
    return isinstance(observed, str) and normalised(part) in normalised(observed)


def _matches(observed: Observed, pattern: str) -> bool:
    if is_number(observed):
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
    return "exists" in matcher.model_fields_set or any(map(mentions_existence, nested_in(matcher)))


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
    number = number_in(observed, strict=False)
    bound = Decimal(str(limit))
    holds = number is not None and (number < bound if word == "lt" else number > bound)
    if not holds:
        sign = "<" if word == "lt" else ">"
        yield Mismatch(f"{label} {word}", f"{sign} {limit:g}", show(observed))
