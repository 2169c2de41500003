"""Q04 and Q05: a scenario asserts what the spec states, and no exact sentence that the spec leaves to the agent."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from factory_tui.model.finding import Finding, Level
from factory_tui.model.matcher import Matcher, matcher_of, under_paths
from factory_tui.model.scenario import LoadedScenario, OnBase
from factory_tui.model.step import Step
from factory_tui.scenarios.matching.expected import Of, matchers_of
from factory_tui.scenarios.matching.values import strings_in
from factory_tui.scenarios.rules.about import about, scenarios_of
from factory_tui.scenarios.rules.derivable import input_of, underivable
from factory_tui.scenarios.rules.example_text import HEAD, STEPS
from factory_tui.specs.rules.rule import QUOTE_LIMIT, Example, Rule, Subject

FREE_WORDS = 5
"""Words of the artifact's own, in one line, that make a free sentence; `no such file: a.txt` has three."""

FURTHEST = 4
"""Words that may lie between two words of a message where the spec states it: names and values that differ."""

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def is_not_narrower(subject: Subject) -> Iterator[Finding]:
    """Q04: a check that asserts what the spec does not state would fail work that keeps to the spec."""
    for scenario in scenarios_of(subject):
        for narrow in underivable(scenario.scenario, subject.spec, scenario.fixtures):
            yield about(
                scenario,
                narrow.place,
                "Q04",
                f"it asserts {narrow.word[:60]!r}, which neither the spec nor the scenario's input has: "
                "right work may fail it",
                "state it in the spec, where the rule or OUTPUTS says what is seen, or assert only what the spec "
                "states",
                quote=narrow.literal[:QUOTE_LIMIT],
                level=Level.WARNING,
            )


def no_exact_free_text(subject: Subject) -> Iterator[Finding]:
    """Q05: a sentence is compared as a whole only where the spec states it word by word."""
    spec: _Sequence | None = None
    for scenario in scenarios_of(subject):
        if scenario.scenario.base is OnBase.PASS:
            continue
        for place, line, words in _free_lines(scenario):
            spec = spec or _Sequence.of(subject.spec.text)
            if not spec.states(words):
                yield about(
                    scenario,
                    place,
                    "Q05",
                    "it compares a whole sentence that the spec does not state word by word: work that says it "
                    "otherwise fails",
                    "state the sentence in the spec, or look for the part that matters with contains or matches",
                    quote=line,
                    level=Level.WARNING,
                )


def _free_lines(loaded: LoadedScenario) -> Iterator[tuple[str, str, list[str]]]:
    """Lines that are compared exactly and have many words that the scenario itself did not put in."""
    own: frozenset[str] | None = None
    for index, step in enumerate(loaded.scenario.steps):
        for text in dict.fromkeys(_compared(step)):
            for line in text.splitlines():
                words = [each.casefold() for each in _WORD.findall(line)]
                if len(words) < FREE_WORDS:
                    continue
                if own is None:
                    own = frozenset(_WORD.findall(input_of(loaded.scenario, loaded.fixtures)))
                free = [each for each in words if each not in own]
                if len(free) >= FREE_WORDS:
                    yield f"steps[{index}].expect", line, free


def _compared(step: Step) -> Iterator[str]:
    """The texts that a step compares as a whole."""
    for matcher in matchers_of(step, Of.SIGHT, Of.CONTENT):
        yield from _whole(matcher)


def _whole(matcher: Matcher) -> Iterator[str]:
    yield from strings_in(matcher.equals)
    if isinstance(matcher.lines, list):
        yield from strings_in(matcher.lines)
    yield from _whole_json(matcher.json_)


def _whole_json(expected: JsonValue) -> Iterator[str]:
    paths = under_paths(expected)
    if not paths:
        yield from strings_in(expected)
    for _, wanted in paths:
        yield from _whole(matcher_of(wanted))


@dataclass(frozen=True, slots=True)
class _Sequence:
    """The words of a text by their places."""

    places: dict[str, list[int]]

    @classmethod
    def of(cls, text: str) -> "_Sequence":
        places: dict[str, list[int]] = {}
        for index, word in enumerate(_WORD.findall(text.casefold())):
            places.setdefault(word, []).append(index)
        return cls(places)

    def states(self, words: list[str]) -> bool:
        """Whether the words stand in the text in this order, with no more than a few others between two of them."""
        reached = set(self.places.get(words[0], ()))
        for word in words[1:]:
            here = self.places.get(word, ())
            reached = {at for at in here if any(at - step in reached for step in range(1, FURTHEST + 2))}
            if not reached:
                return False
        return bool(reached)


_GOOD = f"{HEAD}{STEPS}"

RULES = (
    Rule(
        "Q04",
        Level.WARNING,
        "a scenario narrower than the spec fails right work",
        is_not_narrower,
        requires="every word, field, message and code that a check asserts is in the spec or in the scenario's input",
        example=Example("scenario", _GOOD, _GOOD.replace('stdout: "2"', 'stdout: "2 tokens"')),
    ),
    Rule(
        "Q05",
        Level.WARNING,
        "work that says the same in other words fails",
        no_exact_free_text,
        requires="no exact comparison with a sentence that the spec does not state word by word",
        example=Example(
            "scenario",
            _GOOD,
            _GOOD.replace('stdout: "2"', 'stdout: "2", stderr: "every word of standard input is counted twice"'),
        ),
    ),
)
