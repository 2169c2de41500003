"""Q04: what a check asserts can be derived from the spec. A scenario that is narrower than its spec fails right work.

Only what a reader can settle word by word is judged: names of fields, messages, exit codes and statuses. A number may
be computed, and a word may come from the scenario's own input, so neither is held against it. In doubt it is silent.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from factory_tui.model.artifact import EMPTY, Artifact
from factory_tui.model.matcher import Matcher, matcher_of, under_paths
from factory_tui.model.scenario import OnBase, Scenario
from factory_tui.model.spec import Spec
from factory_tui.model.step import Step
from factory_tui.scenarios.matching.expected import Of, matchers_of
from factory_tui.scenarios.matching.matchers import parts_of
from factory_tui.scenarios.matching.values import strings_in
from factory_tui.scenarios.sql import names_of_schema, texts_in
from factory_tui.specs.words import word_list

_WORD = re.compile(r"[^\W\d_]{4,}")
_REFERENCE = re.compile(r"\$\{?[a-z][a-z0-9_]*\}?")
_OF_ANY_PROGRAM = word_list("of_any_program")

MOST_OF_FIXTURES = 200_000
"""Bytes of a scenario's fixtures that are looked at."""

_USUAL_CODES = frozenset({0, 1, 200})
"""Codes that stand for success or failure without being named."""


@dataclass(frozen=True, slots=True)
class Narrow:
    """A check that asserts more than the spec states."""

    place: str
    """The part of the file that it is about, such as `steps[0].expect`."""
    literal: str
    """What it asserts, verbatim; a code as its number."""
    word: str
    """The word or number of it that the spec does not have."""


def underivable(scenario: Scenario, spec: Spec, fixtures: Artifact = EMPTY) -> Iterator[Narrow]:
    """Checks whose literals neither the spec nor the scenario's own input holds, in the order of the file.

    Behaviour to preserve (`base: pass`) is stated by the base, and is left out.
    """
    if scenario.base is OnBase.PASS:
        return
    stated = spec.text.casefold()
    known = stated + input_of(scenario, fixtures)
    for index, step in enumerate(scenario.steps):
        place = f"steps[{index}].expect"
        for literal in dict.fromkeys(_texts(step)):
            word = next(filter(None, (_unknown(word, known) for word in _WORD.findall(_plain(literal)))), None)
            if word is not None:
                yield Narrow(place, literal, word)
        for code in _codes(step):
            if not re.search(rf"(?<!\d){code}(?!\d)", stated):
                yield Narrow(place, str(code), str(code))


def _unknown(word: str, known: str) -> str | None:
    small = word.casefold()
    return None if small in known or small in _OF_ANY_PROGRAM else word


def _plain(literal: str) -> str:
    return _REFERENCE.sub(" ", literal)


def input_of(scenario: Scenario, fixtures: Artifact = EMPTY) -> str:
    """What the scenario puts in, and what it says about it; not what it expects. Of its fixtures the beginning."""
    parts = [scenario.given, scenario.when, *scenario.files, *scenario.files.values(), *scenario.env.values()]
    parts += [each.run for each in scenario.beside]
    for step in scenario.steps:
        parts += [step.command or "", step.stdin or ""]
        if step.tui is not None:
            parts += [each.type or "" for each in step.tui.do]
        if step.db is not None:
            parts += [step.db.file, *texts_in(step.db.query)]
        if step.http is not None:
            parts += [step.http.url, step.http.body or "", json.dumps(step.http.json_, ensure_ascii=False)]
    parts += _beginning_of(fixtures)
    return "\n".join(parts).casefold()


def _beginning_of(fixtures: Artifact) -> Iterator[str]:
    left = MOST_OF_FIXTURES
    for each in fixtures:
        text = each.text(left)
        yield str(each.path)
        yield text
        left -= len(text)


def _texts(step: Step) -> Iterator[str]:
    """The literals that a step compares output, bodies and files with, and the names of the fields it looks at."""
    if step.quality is not None:
        yield from step.quality.help or ()
    if step.db is not None:
        yield from names_of_schema(step.db.query)
    for matcher in matchers_of(step, Of.SIGHT, Of.CONTENT):
        yield from _literals(matcher)


def _literals(matcher: Matcher) -> Iterator[str]:
    """Patterns, negations and alternatives are not literals: they leave room."""
    given = matcher.model_fields_set
    if "equals" in given:
        yield from strings_in(matcher.equals)
    yield from (part for part in parts_of(matcher) if isinstance(part, str))
    if "json_" in given:
        yield from _of_json(matcher.json_)
    if isinstance(matcher.lines, list):
        yield from strings_in(matcher.lines)


def _of_json(expected: JsonValue) -> Iterator[str]:
    paths = under_paths(expected)
    if not paths:
        yield from strings_in(expected)
    for path, wanted in paths:
        yield path
        yield from _literals(matcher_of(wanted))


def _codes(step: Step) -> Iterator[int]:
    """Exit codes and statuses that a step asks for by number."""
    for wanted in (matcher.equals for matcher in matchers_of(step, Of.CODE)):
        if isinstance(wanted, int) and not isinstance(wanted, bool) and wanted not in _USUAL_CODES:
            yield wanted
