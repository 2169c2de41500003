"""What a scenario does and checks, in words."""

from pathlib import Path

import pytest

from factory_tui.model.scenario import Scenario
from factory_tui.model.step import Step
from factory_tui.scenarios import load_suite
from factory_tui.scenarios.in_words import action, checks, preparations

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"run": "a\n  b", "stdin": "x\n"}, "run a ⏎ b, with “x” on standard input"),
        ({"http": {"url": "http://x/", "json": {"a": 1}}}, 'GET http://x/ with {"a": 1}'),
        ({"http": {"method": "PUT", "url": "http://x/", "body": "b"}}, "PUT http://x/ with b"),
        ({"file": "notes.txt"}, "look at the file notes.txt"),
        ({"db": {"file": "a.db", "query": "SELECT 1"}}, "ask a.db: SELECT 1"),
        ({"tui": {"run": "notes", "size": "100x30"}}, "in a terminal of 100x30, notes"),
        ({"wait": 2}, "wait 2 s"),
        ({"wait": {"file": "a", "within": "3s"}}, "wait for the file a within 3 s"),
        ({"wait": {"run": "test -e a", "within": "3s"}}, "wait for exit code 0 of test -e a within 3 s"),
        ({"run": "x" * 400}, f"run {'x' * 300}…"),
    ],
)
def test_what_a_step_does(step: dict[str, object], said: str) -> None:
    assert action(Step.model_validate(step)) == said


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"run": "x"}, ["exit code is 0"]),
        ({"run": "x", "expect": {"stdout": "a"}}, ["exit code is 0", "standard output is “a”"]),
        (
            {"run": "x", "expect": {"exit": {"not": 0}, "stderr": {"contains": ["a", 1]}, "within": "2s"}},
            ["exit code never is 0", "standard error has “a”", "standard error has 1", "takes at most 2 s"],
        ),
        ({"run": "x", "expect": {"exit": {"any_of": [0, 3]}}}, ["exit code is 0 or is 3"]),
        ({"run": "x", "expect": {"stdout": ""}}, ["exit code is 0", "standard output is empty"]),
        ({"file": "a", "expect": {"exists": False}}, ["its text is not there"]),
        ({"file": "a"}, ["it is there"]),
        ({"file": "a", "expect": {"lines": {"gt": 3}}}, ["its text has lines whose number is more than 3"]),
        ({"file": "a", "expect": {"lines": ["x", "y"]}}, ['its text has the lines ["x", "y"]']),
        ({"file": "a", "expect": {"lines": 1, "lt": 4}}, ["its text has 1 line", "its text is less than 4"]),
        ({"file": "a", "expect": {"json": {"$.a": {"gt": 1}}}}, ["its text as JSON $.a is more than 1"]),
        (
            {
                "http": {"url": "u"},
                "expect": {"status": 200, "headers": {"A": {"matches": "^b"}}, "json": {"$.c": True}},
            },
            ["status is 200", "header A matches /^b/", "answer $.c is true"],
        ),
        ({"db": {"file": "f", "query": "q"}, "expect": {"rows": 2}}, ["rows is 2"]),
        (
            {
                "tui": {"run": "n", "do": [{"press": ["down", "enter"]}, {"type": "hi"}, {"see": {"contains": "hi"}}]},
                "expect": {"screen": {"contains": "Saved"}, "exit": 0},
            },
            [
                "press down, enter",
                "type “hi”",
                "see within 5 s that the screen has “hi”",
                "screen has “Saved”",
                "exit code is 0",
            ],
        ),
        (
            {"run": "x", "quality": {"p95": "200ms", "memory": "64MiB", "output": "1kB", "no_traceback": True}},
            [
                "exit code is 0",
                "quality: 95 % of 20 further calls take at most 0.2 s",
                "quality: no process of it needs more than 64 MiB",
                "quality: prints at most 1000 B",
                "quality: errors are told in words, without a traceback",
            ],
        ),
        (
            {"run": "x", "quality": {"idempotent": True, "help": ["usage"], "check": "lint"}, "capture": {"a": "$"}},
            [
                "exit code is 0",
                "quality: a second call ends the same way, prints the same and changes no file",
                "quality: prints a help text with usage and exits 0",
                "quality: the check lint exits 0",
                "keeps the whole text as a",
            ],
        ),
    ],
)
def test_what_a_step_checks(step: dict[str, object], said: list[str]) -> None:
    assert list(checks(Step.model_validate(step))) == said


def test_what_is_there_before_the_steps() -> None:
    scenario = Scenario.model_validate(
        {
            "id": "s", "covers": ["R1"], "given": "g", "when": "w", "then": "t", "steps": [{"run": "x"}],
            "files": {"a.txt": "x"}, "fixtures": "big", "env": {"A": "1"}, "seed": 7,
            "clock": {"at": "2026-03-01 09:00", "frozen": True},
            "service": {"run": "serve", "ready": {"http": "http://x/", "within": "5s"}},
        }
    )  # fmt: skip
    assert list(preparations(scenario)) == [
        "files a.txt",
        "fixtures big",
        "environment A=1",
        "the time 2026-03-01 09:00 UTC, which stands still",
        "the seed 7",
        "service serve, ready with an answer of http://x/ within 5 s",
    ]


def test_every_scenario_here_can_be_told() -> None:
    for folder in sorted((REPOSITORY / "scenarios").iterdir()):
        suite, _ = load_suite(REPOSITORY / "scenarios", folder.name)
        for each in suite.scenarios:
            lines = [line for step in each.scenario.steps for line in (action(step), *checks(step))]
            assert lines
            assert all("\n" not in line and line.strip() for line in lines), each.id
