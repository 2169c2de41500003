"""X06 and X07: scenarios still prove the rules that they were written for.

X07 stands in the spec: the edit took an id away that a scenario covers. X06 stands in the scenario's file: the id is
there, but says something else now, and the scenario speaks of what it said before. An id that no version had is
Q02's business.
"""

import re
from collections.abc import Iterator, Mapping

from factory_tui.model.finding import Finding, Level
from factory_tui.model.scenario import LoadedScenario
from factory_tui.model.spec import Question
from factory_tui.specs.rules.consistency.example_text import EDGE_CASES, R1, R2, R3, R4
from factory_tui.specs.rules.rule import QUOTE_LIMIT, Example, Rule, Subject, found

LITTLE = 0.34
"""Share of their words that two texts have in common, below which they are two rules and not one in other words."""

LEAST_WORDS = 2
"""Words of the earlier rule alone that a scenario has to use to count as written for it."""

_WORD = re.compile(r"[^\W\d_]{4,}|\d{2,}")
_OF_EVERY_RULE = frozenset(
    {"must", "never", "then", "when", "with", "that", "this", "from", "exit", "code", "standard"}
)


def deleted_ids(subject: Subject) -> dict[str, str]:
    """Id → what it said last, of rules that earlier versions had and this text does not have."""
    now = {item.id for item in subject.spec.rules}
    return {id: text for version in subject.earlier for id, text in version.rules.items() if id not in now}


def no_covered_id_is_deleted(subject: Subject) -> Iterator[Finding]:
    """X07: an id that scenarios cover is not taken away from below them."""
    if subject.suite is None or not subject.earlier or not subject.suite.scenarios:
        return
    gone = deleted_ids(subject)
    section = subject.spec.section(Question.RULES)
    for rule in gone:
        by = [each.id for each in subject.suite.scenarios if rule in each.scenario.covers]
        if by:
            more = f" and {len(by) - 3} more" if len(by) > 3 else ""
            yield found(
                subject,
                "X07",
                f"{rule} is gone ({_short(gone[rule])}), but {', '.join(by[:3])}{more} still "
                f"cover{'s' * (len(by) == 1)} it: what was proven before would no longer be",
                f"bring {rule} back, or let the scenario{'s' * (len(by) > 1)} cover the rules of this version",
                line=section.line if section else 1,
                quote=subject.line(section.line) if section else "",
            )


def scenarios_fit_their_rules(subject: Subject) -> Iterator[Finding]:
    """X06: a scenario does not go on proving what an id said before it was given to another rule."""
    if subject.suite is None or not subject.earlier or not subject.suite.scenarios:
        return
    now = {item.id: item.text for item in subject.spec.rules}
    before = _rewritten(subject.earlier[-1].rules, now)
    for scenario in subject.suite.scenarios if before else ():
        for index, rule in enumerate(scenario.scenario.covers):
            if rule in before and _is_about_the_old(scenario, before[rule], now[rule]):
                yield _written_for(scenario, index, rule, before[rule])


def _rewritten(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """Id → earlier text, where an id is now that of plainly another rule."""
    changed = {id: text for id, text in before.items() if id in now and now[id] != text}
    return {id: text for id, text in changed.items() if _shared(_words(text), _words(now[id])) < LITTLE}


def _shared(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 1.0


def _is_about_the_old(scenario: LoadedScenario, before: str, now: str) -> bool:
    """Whether it uses words that only the earlier rule had, and none that only the new one has."""
    said = scenario.scenario
    parts = (said.id.replace("-", " "), said.given, said.when, said.then)
    used, old, new = (_words(text) for text in (" ".join(parts), before, now))
    return len(used & (old - new)) >= LEAST_WORDS and not used & (new - old)


def _words(text: str) -> set[str]:
    return {each.rstrip("s") for each in _WORD.findall(text.casefold())} - _OF_EVERY_RULE


def _written_for(scenario: LoadedScenario, index: int, rule: str, before: str) -> Finding:
    line, column = scenario.places.get(f"covers[{index}]", scenario.places.get("covers", (1, 1)))
    return Finding(
        rule="X06",
        level=Level.WARNING,
        line=line,
        column=column,
        quote=rule[:QUOTE_LIMIT],
        message=f"{rule} is another rule since the last version, which said: {_short(before)}; "
        "the scenario still speaks of that",
        fix=f"let it cover the rule that says so now, or write it anew for {rule}",
        path=str(scenario.path),
    )


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 80 else f"{plain[:79]}…"


RULES = (
    Rule(
        "X06",
        Level.WARNING,
        "a scenario that proves what the rule said before fails right work",
        scenarios_fit_their_rules,
        requires="a scenario is about what the rules it covers say in this version",
        example=Example(
            Question.RULES,
            good=f"{R1}{R2}{R3}{R4}{EDGE_CASES}",
            bad=f"{R1}{R2}- R3 If two paths are given, then `count-words` must stop with the usage line and exit "
            f"code 2, before anything is read.\n{R4}{EDGE_CASES}",
        ),
    ),
    Rule(
        "X07",
        Level.ERROR,
        "a result of a scenario whose rule is gone cannot be traced",
        no_covered_id_is_deleted,
        waivable=False,
        requires="no id is taken away that a scenario still covers",
        example=Example(
            Question.RULES,
            good=f"{R1}{R2}{R3}{R4}{EDGE_CASES}",
            bad=f"{R1}{R2}{R3}- R5 `count-words` must never change FILE.\n{EDGE_CASES}",
        ),
    ),
)
