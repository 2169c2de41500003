"""X06 and X07: scenarios still prove the rules that they were written for.

X07 stands in the spec: the edit took an id away that a scenario covers. X06 stands in the scenario's file: the id is
there, but says something else now, and the scenario speaks of what it said before. An id that no version had is
Q02's business.
"""

import re
from collections.abc import Iterator, Mapping

from factory_tui.model.finding import Finding, Level
from factory_tui.model.matcher import Matcher
from factory_tui.model.scenario import LoadedScenario, Scenario
from factory_tui.model.spec import Item, Question
from factory_tui.model.step import (
    Condition,
    DbExpect,
    DbQuery,
    HttpExpect,
    HttpRequest,
    Quality,
    RunExpect,
    Service,
    Step,
    TuiAction,
    TuiExpect,
    TuiSession,
)
from factory_tui.specs.rules.consistency.example_text import EDGE_CASES, R1, R2, R3, R4
from factory_tui.specs.rules.rule import QUOTE_LIMIT, Example, Rule, Subject, found

LITTLE = 0.34
"""Share of their words that two texts have in common, below which they are two rules and not one in other words."""

LEAST_WORDS = 2
"""Words of the earlier rule alone that a scenario has to use to count as written for it."""

_LEAST_NEW = 3
"""Words of the new rule alone, before it says something that none of them is in the scenario."""

_STEM = 4
"""Letters at the start that two forms of one word share."""

_SCHEMA = frozenset(
    name
    for model in (
        *(Step, RunExpect, HttpExpect, HttpRequest, Condition, Matcher, Service, Scenario),
        *(TuiSession, TuiAction, TuiExpect, DbQuery, DbExpect, Quality),
    )
    for name in model.model_fields
)
_RESULT = re.compile(r"\b(?P<what>exit code|status)\s+(?P<code>\d{1,3})\b", re.I)
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
    items = {item.id: item for item in subject.spec.rules}
    now = {id: item.text for id, item in items.items()}
    before = _rewritten(subject.earlier[-1].rules, now)
    for scenario in subject.suite.scenarios if before else ():
        for index, rule in enumerate(scenario.scenario.covers):
            if rule in before:
                left = _left_of_the_old(subject, scenario.scenario, before[rule], now[rule])
                if left:
                    yield _written_for(scenario, index, items[rule], before[rule], left)


def _rewritten(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """Id → earlier text, where an id is now that of plainly another rule."""
    changed = {id: text for id, text in before.items() if id in now and now[id] != text}
    return {id: text for id, text in changed.items() if _shared(_words(text), _words(now[id])) < LITTLE}


def _shared(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 1.0


def _left_of_the_old(subject: Subject, scenario: Scenario, before: str, now: str) -> str:
    """What shows that a scenario is about the earlier rule, as the end of a sentence; empty when nothing does."""
    results = _expected(scenario)
    if results & _results(now):
        return ""
    old, new = _words(before), _words(now)
    ours = {word[:_STEM] for word in new - old}
    is_about_the_new = bool(ours & _stems_of(scenario))
    if len(_words(_told_in(scenario)) & (old - new)) >= LEAST_WORDS and not is_about_the_new:
        return "the scenario still speaks of that"
    for what, code in sorted(results & _results(before)):
        if re.search(rf"\b{what}s?\b[^\n|;]{{0,40}}\b{code}\b", subject.spec.visible) is None:
            return f"the scenario still expects {what} {code}, which the spec names nowhere now"
    if len(ours) >= _LEAST_NEW and not is_about_the_new:
        return "nothing in the scenario speaks of what it says now"
    return ""


def _told_in(scenario: Scenario) -> str:
    return " ".join((scenario.id.replace("-", " "), scenario.given, scenario.when, scenario.then))


def _expected(scenario: Scenario) -> set[tuple[str, str]]:
    """The exit codes and statuses that its steps expect."""
    ends = (step.tui_expect.exit if step.tui is not None else step.run_expect.exit for step in scenario.steps)
    exits = (("exit code", each) for each in ends)
    statuses = (("status", step.http_expect.status) for step in scenario.steps if step.kind == "http")
    return {
        (what, str(matcher.equals))
        for what, matcher in (*exits, *statuses)
        if matcher is not None and isinstance(matcher.equals, int)
    }


def _results(text: str) -> set[tuple[str, str]]:
    return {(match["what"].casefold(), match["code"]) for match in _RESULT.finditer(text)}


def _stems_of(scenario: Scenario) -> set[str]:
    """The beginnings of all words of a scenario, those of its files, commands and checks among them."""
    parts = scenario.model_dump(include={"files", "service", "steps"}, exclude_none=True)
    text = f"{_told_in(scenario)} {' '.join(_texts(parts))}"
    return {word[:_STEM] for word in _WORD.findall(text.casefold())}


def _texts(value: object) -> Iterator[str]:
    """Every text and number of a part of a scenario, and every key that is no word of the schema."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from () if key in _SCHEMA else (str(key),)
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
    else:
        yield str(value)


def _words(text: str) -> set[str]:
    return {each.rstrip("s") for each in _WORD.findall(text.casefold())} - _OF_EVERY_RULE


def _written_for(scenario: LoadedScenario, index: int, item: Item, before: str, left: str) -> Finding:
    line, column = scenario.places.get(f"covers[{index}]", scenario.places.get("covers", (1, 1)))
    return Finding(
        rule="X06",
        level=Level.WARNING,
        line=line,
        column=column,
        quote=item.id[:QUOTE_LIMIT],
        message=f"{item.id} on line {item.line} of the spec is another rule since the last version, which said: "
        f"{_short(before)}; {left}",
        fix=f"let it cover the rule that says so now, or write it anew for {item.id}",
        path=str(scenario.path),
    )


def _short(text: str) -> str:
    plain = " ".join(text.split()).removesuffix(".")
    return f"“{plain if len(plain) <= 80 else f'{plain[:79]}…'}”"


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
