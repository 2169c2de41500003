"""Every field of a scenario, broken in every way: told with file, line, what and fix; never raised, never lost."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from factory_tui.model.finding import Finding, Level
from factory_tui.model.ids import SpecId
from factory_tui.model.scenario import LoadedScenario
from factory_tui.scenarios.reading.load import read_scenario, suite_of
from factory_tui.scenarios.rulebook import RULEBOOK
from factory_tui.scenarios.rules import SCENARIO_FAMILY
from factory_tui.scenarios.soundness import faults_of
from factory_tui.specs import parse
from factory_tui.specs.rules.rule import Subject

Path_ = tuple[str | int, ...]

SPEC = parse(
    Path("specs/thing.md"),
    "---\nid: thing\n---\n## WHAT\nA thing.\n## RULES\n- R1 It is so\n- R2 It is not\n## EVALUATION\n- E1 (R1): x\n",
)

MATCHER = {
    "equals": "a",
    "contains": ["a"],
    "matches": "a",
    "json": {"$.a[*].b": {"lt": 3, "not": 2}},
    "lines": {"gt": 1},
    "lt": 9,
    "gt": 1,
    "exists": True,
    "not": {"contains": "b"},
    "any_of": ["a", {"equals": "c"}],
}

FULL = {
    "id": "full",
    "covers": ["R1", "R2"],
    "kind": "negative",
    "layer": "gate",
    "base": "fail",
    "given": "a",
    "when": "b",
    "then": "c",
    "files": {"note.txt": "text"},
    "env": {"LANG": "C.UTF-8"},
    "clock": {"at": "2026-03-01 09:00", "zone": "Europe/Berlin", "frozen": True},
    "seed": 7,
    "services": [
        {"run": "serve", "ready": {"http": "http://127.0.0.1:${port}/", "within": "5s"}, "shared": True},
        {"run": "serve", "ready": {"file": "up", "within": 5}},
        {"run": "serve", "ready": {"run": "true", "within": "5s"}},
    ],
    "steps": [
        {
            "run": "true",
            "stdin": "in",
            "timeout": "5s",
            "expect": {"exit": 0, "stdout": MATCHER, "stderr": "x", "within": "1s"},
            "quality": {
                "p95": "1s",
                "times": 5,
                "memory": "64MiB",
                "output": "1kB",
                "no_traceback": True,
                "idempotent": True,
                "help": ["usage"],
                "check": "lint",
            },
            "capture": {"found": "$.a"},
        },
        {
            "http": {"method": "POST", "url": "http://127.0.0.1:${port}/", "headers": {"A": "b"}, "json": {"a": 1}},
            "expect": {"status": 200, "headers": {"B": "c"}, "body": "x", "json": {"$.a": 1}, "within": "1s"},
        },
        {"http": {"url": "http://127.0.0.1:${port}/", "body": "x"}},
        {"file": "note.txt", "expect": MATCHER},
        {"wait": {"http": "http://127.0.0.1:${port}/", "within": "5s"}},
        {"wait": "1s"},
        {
            "tui": {
                "run": "app",
                "size": "80x24",
                "do": [{"press": "enter"}, {"type": "x"}, {"see": "y", "within": "2s"}, {"resize": "90x30"}],
            },
            "expect": {"screen": {"contains": "z"}, "exit": 0, "within": "9s"},
        },
        {
            "db": {"file": "a.db", "query": "select 1"},
            "expect": {"value": 1, "rows": 1, "json": {"$[0].a": 1}, "within": "1s"},
        },
    ],
    "trials": 2,
    "judge": {"rubric": "it is so", "votes": 3},
}

VALUES: tuple[object, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    10**30,
    "",
    "x",
    "../out",
    "${nobody}",
    "x\0y",
    "x" * 5000,
    [],
    ["x"],
    [None, {}],
    {},
    {"x": 1},
    {"x": {"y": [{"z": None}]}},
    ["x"] * 300,
)
"""Of the wrong type, empty, huge, or wrong further in, for most of the places."""


def places(value: object, at: Path_ = ()) -> Iterator[Path_]:
    """Every place in the data below the file itself."""
    found = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in found:
        yield (*at, key)
        yield from places(inner, (*at, key))


def holder(document: object, place: Path_) -> object:
    for part in place:
        document = document[part]  # type: ignore[index]
    return document


def changed(place: Path_, value: object, whole: dict[str, object] | None = None) -> dict[str, object]:
    document = copy.deepcopy(whole or FULL)
    holder(document, place[:-1])[place[-1]] = value  # type: ignore[index]
    return document


def without(place: Path_) -> dict[str, object]:
    document = copy.deepcopy(FULL)
    del holder(document, place[:-1])[place[-1]]  # type: ignore[attr-defined]
    return document


def read(document: object) -> tuple[LoadedScenario | None, tuple[Finding, ...], list[str]]:
    """What is read and told of a file that has one key or value a line, as JSON, which is YAML."""
    text = json.dumps(document, indent=1)
    loaded, found = read_scenario(Path("scenarios/thing/full.yaml"), text.encode(), SpecId("thing"))
    return loaded, found, text.splitlines()


def reach(document: object, place: Path_) -> tuple[int, int]:
    """First and last line of a place in that file."""
    lines = json.dumps(document, indent=1).splitlines()
    marked = copy.deepcopy(document)
    holder(marked, place[:-1])[place[-1]] = "\ufffemark"  # type: ignore[index]
    start = next(n for n, line in enumerate(json.dumps(marked, indent=1).splitlines(), 1) if "\\ufffemark" in line)
    inner = json.dumps(holder(document, place), indent=1).count("\n")
    assert start + inner <= len(lines)
    return start, start + inner


def assert_told(found: tuple[Finding, ...], lines: list[str]) -> None:
    errors = [each for each in found if each.level is Level.ERROR]
    assert errors, "neither read nor told"
    for each in errors:
        assert each.rule in ("Q01", "Q07")
        assert each.path == "scenarios/thing/full.yaml"
        assert 1 <= each.line <= len(lines)
        assert each.message.strip()
        assert each.fix.strip()
        assert len(each.message) < 500


EVERY = tuple(places(FULL))


def alone(place: Path_) -> tuple[dict[str, object], Path_]:
    """`FULL` with one step or service where the place is within one, and where it is now: a short file is read faster.

    Which port a step asks depends on the services, so those stay for the steps.
    """
    if len(place) < 2 or not isinstance(place[1], int):
        return FULL, place
    top, number, *inner = place
    smaller = {"steps"} if top == "steps" else {"steps", "services"}
    kept = {each: [FULL[each][number if each == top else 0]] for each in smaller}  # type: ignore[index]
    return {**FULL, **kept}, (top, 0, *inner)


def test_the_whole_is_good() -> None:
    loaded, found, _ = read(FULL)
    assert loaded is not None
    assert found == ()
    assert list(faults_of(loaded.scenario)) == []


@pytest.mark.parametrize("top", sorted({str(place[0]) for place in EVERY}))
def test_a_field_with_another_value_is_read_or_told_where_it_stands(top: str) -> None:
    for whole, place in (alone(each) for each in EVERY if each[0] == top):
        for value in VALUES:
            document = changed(place, value, whole)
            loaded, found, lines = read(document)
            if loaded is not None:
                assert not [each for each in found if each.level is Level.ERROR]
                assert_sound_or_told(loaded)
                continue
            assert_told(found, lines)
            parent = reach(document, place[:-1]) if len(place) > 1 else (1, len(lines))
            first, last = reach(document, place)
            told = [each for each in found if each.level is Level.ERROR]
            assert any(first <= each.line <= last or each.line == parent[0] for each in told), (place, value, told)


def assert_sound_or_told(loaded: LoadedScenario) -> None:
    """What the schema lets pass is carried out, or is told by the rules; nothing of them raises."""
    suite, _ = suite_of("thing", [(loaded, ())])
    for fault in faults_of(loaded.scenario):
        assert fault.what
        assert fault.todo
    for rule in (*SCENARIO_FAMILY.rules, *(each for family in RULEBOOK for each in family.rules if each.id == "C14")):
        for each in rule.check(Subject(SPEC, suite=suite)):
            assert each.message
            assert each.fix
            assert each.line >= 1


@pytest.mark.parametrize("top", sorted({str(place[0]) for place in EVERY}))
def test_a_field_that_is_missing_is_not_needed_or_told(top: str) -> None:
    for place in (each for each in EVERY if each[0] == top):
        loaded, found, lines = read(without(place))
        if loaded is None:
            assert_told(found, lines)


def test_a_key_that_nobody_knows_is_told_with_its_line_and_the_next_best() -> None:
    free = {("files",), ("env",), ("steps", 0, "capture"), ("steps", 1, "http", "headers")}
    free |= {("steps", 1, "expect", "headers"), ("steps", 1, "http", "json")}
    for place in ((), *EVERY):
        here = holder(FULL, place)
        if not isinstance(here, dict) or place in free or any("json" in str(part) for part in place):
            continue
        known = next(iter(here))
        wrong = f"{known}s_"
        document = copy.deepcopy(FULL)
        holder(document, place)[wrong] = 1  # type: ignore[index]
        loaded, found, lines = read(document)
        assert loaded is None, place
        assert_told(found, lines)
        line = next(n for n, text in enumerate(lines, 1) if f'"{wrong}"' in text)
        near = reach(document, place)[0] if place else line
        assert any(each.line in (line, near) and wrong in each.message for each in found), (place, found)


def test_several_broken_fields_are_told_at_once() -> None:
    document = copy.deepcopy(FULL)
    for place in (("kind",), ("clock", "at"), ("seed",), ("judge", "votes"), ("steps", 0, "timeout")):
        holder(document, place[:-1])[place[-1]] = {"x": 1}  # type: ignore[index]
    _, found, lines = read(document)
    told = {lines[each.line - 1].split('"')[1] for each in found}
    assert {"kind", "at", "seed", "votes", "timeout"} <= told


@pytest.mark.parametrize(
    ("place", "value", "says", "fix"),
    [
        (("clock", "at"), "tomorrow", "clock.at", "2026-03-01 09:00"),
        (("clock", "at"), "2026-03-01", "clock.at", "2026-03-01 09:00"),
        (("steps", 6, "tui", "size"), "wide", "steps[6].tui.size", "80x24"),
        (("steps", 6, "tui", "do", 3, "resize"), "0x0", "steps[6].tui.do[3].resize", "80x24"),
        (("steps", 0, "capture"), {"Found": "$"}, "steps[0].capture", "lower case"),
        (("seed",), -1, "seed is out of bounds: -1", "greater than or equal to 0"),
        (("seed",), 2**32, "seed is out of bounds", "less than or equal to"),
        (("seed",), "7", "seed is not a whole number", "whole number"),
        (("judge",), {"rubric": ""}, "judge.rubric is empty", "write what it is"),
        (("judge", "votes"), 10, "judge.votes is out of bounds: 10", "less than or equal to 9"),
        (("clock", "frozen"), "no", "clock.frozen is neither true nor false", "true or false"),
        (("services",), [], "", ""),
        (("services", 0, "ready"), {"within": 1}, "wait for exactly one of http, file, run", ""),
        (("services", 0, "ready", "within"), None, "within", ""),
        (("steps", 0, "quality"), {"times": 3}, "quality needs at least one of", ""),
        (("steps", 0, "quality", "memory"), "much", "", "64MiB"),
        (("steps", 0, "quality", "times"), 1, "times is out of bounds: 1", "greater than or equal to 2"),
    ],
)
def test_what_is_said_of_a_field_helps_to_mend_it(place: Path_, value: object, says: str, fix: str) -> None:
    loaded, found, _ = read(changed(place, value))
    if not says and not fix:
        assert loaded is not None
        return
    assert loaded is None
    assert any(says in each.message and fix in each.fix for each in found), found


def test_service_and_services_together_are_told() -> None:
    document = {**copy.deepcopy(FULL), "service": copy.deepcopy(FULL["services"][0])}  # type: ignore[index]
    loaded, found, _ = read(document)
    assert loaded is None
    assert "give service or services, not both" in found[0].message
