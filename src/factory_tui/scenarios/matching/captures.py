"""Variables of a trial: its free ports and what earlier steps captured.

They reach a `run` step as environment variables only and are never spliced into shell text, because
their values come from the artifact. Everywhere else `${name}` stands for the text of the value; in a regular
expression for that text literally, so that an artifact cannot hand in a pattern that matches itself.
"""

import json
import re
from collections.abc import Callable, Mapping

from pydantic import JsonValue

from factory_tui.model.matcher import Matcher, matcher_of, under_paths
from factory_tui.scenarios.matching.jsonpath import BadPath, parse_path
from factory_tui.scenarios.matching.matchers import Mismatch, ScenarioFault, parts_of
from factory_tui.scenarios.matching.values import ABSENT, Observed, normalised, parse_json, show, text_of

Variables = Mapping[str, JsonValue]
"""Name → value. A value taken out of a JSON document keeps its type."""

LONGEST = 32_768
"""Characters of a captured value: one environment variable holds at most 128 KiB (Linux `MAX_ARG_STRLEN`)."""

_REFERENCE = re.compile(r"\$\{([a-z][a-z0-9_]*)\}")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]+")


class UnusableCapture(Exception):
    """A captured value cannot stand where it is used. What the artifact answered is at fault."""

    def __init__(self, mismatch: Mismatch) -> None:
        super().__init__(mismatch.check)
        self.mismatch = mismatch


def captured(wanted: Mapping[str, str], text: str, *, complete: bool) -> tuple[dict[str, JsonValue], list[Mismatch]]:
    """What a step's answer gives for each name, and what could not be found in it.

    Args:
        wanted: name → JSONPath; `$` alone is the whole text. Of several values, the first.
        text: the answer.
        complete: False when the answer was cut, so that nothing may be concluded from it.

    Raises:
        ScenarioFault: a path cannot be read.
    """
    values: dict[str, JsonValue] = {}
    missing: list[Mismatch] = []
    for name, path in wanted.items():
        found = _look_up(path, text) if complete else ABSENT
        if found is ABSENT:
            missing.append(Mismatch(f"capture {name}", f"a value at {path}", show(text)))
        elif len(as_text(found)) > LONGEST:
            missing.append(Mismatch(f"capture {name}", f"at most {LONGEST} characters", show(found)))
        else:
            values[name] = found
    return values, missing


def as_text(value: JsonValue) -> str:
    """A captured value as text: text as it is (lone surrogates, which UTF-8 cannot hold, as `?`), the rest as JSON."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", errors="replace").decode("utf-8")


def environment(variables: Variables) -> dict[str, str]:
    """Variables as a command's environment holds them: without NUL, which an environment cannot carry."""
    return {name: as_text(value).replace("\0", "") for name, value in variables.items()}


def references_in(text: str) -> set[str]:
    """The names that `text` refers to."""
    return set(_REFERENCE.findall(text))


def without_references(path: str) -> str:
    """A JSONPath with a plain name in the place of every reference, as it will be when it is read."""
    return _REFERENCE.sub("x", path)


def filled(text: str, variables: Variables, form: Callable[[str], str] = str) -> str:
    """`text` with every `${name}` replaced, once: a value that looks like a reference stays as it is.

    Names that cannot be a capture (`${HOME}`) are left alone. `form` is applied to each value's text.

    Raises:
        ScenarioFault: a name that no earlier step captures.
    """
    return _REFERENCE.sub(lambda match: form(as_text(_value(match[1], variables))), text)


def filled_json(value: JsonValue, variables: Variables) -> JsonValue:
    """`filled` for every text in a JSON value; a text that is one reference and nothing else keeps the value's type."""
    if isinstance(value, str):
        alone = _REFERENCE.fullmatch(value)
        return _value(alone[1], variables) if alone else filled(value, variables)
    if isinstance(value, list):
        return [filled_json(each, variables) for each in value]
    if isinstance(value, dict):
        return {filled(key, variables): filled_json(each, variables) for key, each in value.items()}
    return value


def filled_matcher(matcher: Matcher, variables: Variables) -> Matcher:
    """The matcher with every reference replaced.

    Raises:
        ScenarioFault: a name that no earlier step captures.
        UnusableCapture: a value inside a JSONPath that is not a plain name or number.
    """
    given: dict[str, object] = {name: getattr(matcher, name) for name in matcher.model_fields_set}
    if "equals" in given:
        options = _equal_values(matcher.equals, variables)
        if len(options) > 1 and matcher.any_of is None:
            del given["equals"]
            given["any_of"] = tuple(options)
        else:
            given["equals"] = options[0]
    if matcher.contains is not None:
        given["contains"] = tuple(filled(text_of(part), variables) for part in parts_of(matcher))
    if matcher.matches is not None:
        given["matches"] = filled(matcher.matches, variables, re.escape)
    if "json_" in given:
        given["json_"] = filled_expectation(matcher.json_, variables)
    if "lines" in given:
        lines = matcher.lines
        given["lines"] = (
            filled_matcher(matcher_of(lines), variables).model_dump(by_alias=True, exclude_unset=True)
            if isinstance(lines, dict)
            else filled_json(lines, variables)
        )
    if "not_" in given:
        given["not_"] = filled_matcher(matcher_of(matcher.not_), variables)
    if matcher.any_of is not None:
        given["any_of"] = tuple(filled_matcher(matcher_of(each), variables) for each in matcher.any_of)
    return Matcher.model_validate(given)


def filled_expectation(expected: JsonValue, variables: Variables) -> JsonValue:
    """An expected JSON value with references replaced, in the matchers below its paths and in the paths too.

    Raises:
        ScenarioFault, UnusableCapture: as `filled_matcher`.
    """
    paths = under_paths(expected)
    if not paths:
        return filled_json(expected, variables)
    return {
        filled(path, variables, _plain_name): filled_matcher(matcher_of(wanted), variables).model_dump(
            mode="json", by_alias=True, exclude_unset=True
        )
        for path, wanted in paths
    }


def _equal_values(expected: JsonValue, variables: Variables) -> list[JsonValue]:
    """What a bare expected value may equal. A reference alone stands for the value, its text, and the number it says:
    a number printed by one step may come back as a JSON number from the next."""
    if not (isinstance(expected, str) and _REFERENCE.fullmatch(expected)):
        return [filled_json(expected, variables)]
    value = filled_json(expected, variables)
    options = [value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        options.append(as_text(value))
    elif isinstance(value, str) and re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", value):
        options.append(float(value) if "." in value else int(value))
    return options


def _value(name: str, variables: Variables) -> JsonValue:
    if name not in variables:
        known = ", ".join(sorted(variables)) or "none"
        raise ScenarioFault(
            f"${{{name}}} is used, but no earlier step captures {name} (known here: {known}); "
            f"add `capture: {{{name}: …}}` to the step that sees it"
        )
    return variables[name]


def _plain_name(text: str) -> str:
    if not _PLAIN_NAME.fullmatch(text):
        raise UnusableCapture(Mismatch("capture in a path", "a plain name or number", show(text)))
    return text


def _look_up(path: str, text: str) -> Observed:
    if path.strip() == "$":
        return normalised(text)
    try:
        parsed = parse_path(path)
    except BadPath as error:
        raise ScenarioFault(f"capture: {error}") from None
    try:
        return next(iter(parsed.find(parse_json(text))), ABSENT)
    except ValueError:
        return ABSENT
