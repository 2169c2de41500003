"""C03, C06, C10, C11, C12 and C13: an aim, outputs, evaluations, limits, numbers and an end of the scope."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.config import Settings
from factory_tui.model.finding import Level
from specs.texts import NEEDS, SECTIONS, findings, front_text, spec_text

SCOPE = "\n\n### Out of scope\n\nUndo."


def told(rule: str, **sections: str) -> list[str]:
    found = [each for each in findings(spec_text(**sections)) if each.rule == rule]
    assert all(each.level is Level.ERROR for each in found)
    return [each.message.partition(":")[0] for each in found]


@pytest.mark.parametrize(
    "who",
    [
        "The shopkeeper, who wants to go home with correct books.",
        "Shopkeepers close the day with it.",
        "- Shopkeeper: wants correct books\n- Accountant: wants to read them",
        "Everyone who prints labels.",
        "Der Ladenbesitzer, der mit richtigen Büchern nach Hause will.",
        "店主",
        "> Quoted alone",
    ],
)
def test_an_aim_may_be_said_in_any_way(who: str) -> None:
    assert told("C03", WHO=who) == []


@pytest.mark.parametrize(
    "who",
    ["Users.", "The user", "All users", "Developers and operators", "- Users\n- Admins", "Shop owners", "Benutzer",
     "Everyone.", "Anyone who uses it.", "Users of the system", "The shopkeeper"],
)  # fmt: skip
def test_a_bare_name_is_no_aim(who: str) -> None:
    assert told("C03", WHO=who) == ["WHO names somebody, but not what they try to achieve"]


def test_the_title_once_more_is_no_answer() -> None:
    assert told("C03", WHAT="Close the day.") == ["WHAT says the title once more"]
    assert told("C03", WHO="To close the day.") == []
    assert told("C03", WHO="Day: close.") == ["WHO names somebody, but not what they try to achieve"]


@pytest.mark.parametrize(
    "outputs",
    [
        SECTIONS["OUTPUTS"],
        "One line on standard output, `closed`. Failure: exit code 2.",
        "The response is JSON:\n\n```json\n{}\n```\n\nIf it fails: status 400.",
        "The file `out.csv` has one row a day, for example 2026-01-01. Errors go to the log.",
        'It prints "closed" on the terminal, or "no such day".',
        "Returns the number of days, `3`; raises ValueError otherwise.",
        "None, because the work changes no output.",
        "Eine Zeile auf der Standardausgabe, `closed`. Ein Fehler wird mit dem Code 2 gemeldet, und das ist alles.",
    ],
)
def test_outputs_may_be_told_in_any_way(outputs: str) -> None:
    assert told("C06", OUTPUTS=outputs) == []


@pytest.mark.parametrize(
    ("outputs", "lacks"),
    [
        ("It prints the result.", ["channel", "format", "example", "failure"]),
        ("One line on standard output, `closed`.", ["failure"]),
        ("One line on standard output. Failure: exit code 2.", ["example"]),
        ("One line on standard output, `closed DAY`. Failure: exit code 2.", ["example"]),
        ("`bin/close` writes one line to standard output. Failure: exit code 2.", ["example"]),
    ],
)
def test_what_outputs_lack_is_named(outputs: str, lacks: list[str]) -> None:
    words = {"channel": "where it appears", "format": "no format", "example": "no example", "failure": "failure looks"}
    (said,) = told("C06", OUTPUTS=outputs)
    assert [name for name, word in words.items() if word in said] == lacks


@pytest.mark.parametrize(
    "item",
    [
        "given a day, when it is closed, then `closed` is printed.",
        "closing a closed day exits with code 2",
        "`close 2026-01-01` prints `closed`",
        "after a restart the day is still closed",
        "a call with a closed day → exit code 2",
        "for a file of 10 days, 10 lines are printed",
        "Repeat E1 twice: same output",
        "If DAY is no date, the exit code is 2.",
        "Wenn ein Tag zu ist, dann ist der Rückgabewert 2 und das Buch wird nicht geändert.",
        "\n  - Given a day\n  - When it is closed\n  - Then `closed` is printed",
    ],
)
def test_a_check_may_be_told_in_any_way(item: str) -> None:
    assert told("C10", EVALUATION=f"- E1 (R1, R2): {item}") == []


def test_a_row_says_it_by_its_columns() -> None:
    table = "| id | rules | when | then |\n|---|---|---|---|\n| E1 | (R1, R2) | a day closes | `closed` |"
    assert told("C10", EVALUATION=table) == []


@pytest.mark.parametrize("item", ["works well", "the output is right and the books too", "tested", "see above"])
def test_an_opinion_is_no_check(item: str) -> None:
    assert len(told("C10", EVALUATION=f"- E1 (R1, R2): {item}")) == 1


@pytest.mark.parametrize(
    "needs",
    [
        NEEDS,
        "None, because it is a trial of one day.",
        "- Performance: R1.\n- Cost: at most 1 USD. Security: none, because it reads nothing.\n- Compatibility: POSIX.",
        "| of | limit |\n|---|---|\n| speed | 2 s |\n| budget | 1 USD |\n| privacy | kept by R1 |\n| platform | x |",
        "It must end within 2 seconds, cost at most 1 USD, open no connection for security, and run on Python 3.11.",
        NEEDS.replace("at most 2 seconds", "none, because it runs at night"),
    ],
)
def test_limits_may_be_told_in_any_way(needs: str) -> None:
    assert told("C11", CONSTRAINTS=needs + SCOPE) == []


@pytest.mark.parametrize(
    ("needs", "said"),
    [
        (NEEDS.replace("at most 2 seconds", "fast enough"), "performance has no value that can be checked"),
        (NEEDS.replace("the command reads no network", "none"), "security is none without a reason"),
        (NEEDS.replace("Python 3.11", "as usual"), "compatibility has no value that can be checked"),
        (NEEDS.partition("\n")[2], "CONSTRAINTS says nothing about performance"),
    ],
)
def test_a_limit_without_a_value_is_told(needs: str, said: str) -> None:
    assert told("C11", CONSTRAINTS=needs + SCOPE) == [said]


@given(st.sets(st.integers(0, 3)))
def test_exactly_the_topics_that_are_left_out_are_named(left: set[int]) -> None:
    rows = ["- Performance: 2 s.", "- Cost: 1 USD.", "- Security: none, it writes nothing.", "- Compatibility: POSIX."]
    said = "".join(
        told("C11", CONSTRAINTS="\n".join(["- Size: A4."] + [r for n, r in enumerate(rows) if n not in left]))
    )
    topics = ["performance", "cost", "security", "compatibility"]
    assert [n for n, topic in enumerate(topics) if topic in said] == sorted(left)


def test_a_run_has_a_cap() -> None:
    text = spec_text(front_text(budget_usd=None))
    assert [each.rule for each in findings(text, settings=Settings())] == ["C11"]
    assert findings(text) == ()


def rule(text: str) -> dict[str, str]:
    return {"RULES": SECTIONS["RULES"].replace("the command must close it.", text)}


@pytest.mark.parametrize(
    "text",
    [
        "the command must retry 3 times.",
        "the command must retry twice.",
        "the command must retry until it is closed.",
        "the command must retry when the book is free.",
        "the command must never retry.",
        "the command must retry `--retries` times.",
        "the command must print the retry count.",
        "the command must print the file size and the rate.",
        "the command must end with the option `--timeout`.",
        "the command must wait for a short delay of 5 seconds.",
        "the session must expire at midnight.",
        "a tax of a high rate must be printed.",
        "the command must take the long line and the short one.",
    ],
)
def test_a_word_that_measures_nothing_here_needs_no_number(text: str) -> None:
    assert told("C12", **rule(text)) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("the command must retry a few times.", "retry"),
        ("the command must try it a few times.", "times"),
        ("the command must retry.", "retry"),
        ("the command must stop after a timeout.", "timeout"),
        ("the command must stop after a short delay.", "delay"),
        ("the command must wait for a reasonable time.", "time"),
        ("the entry must expire.", "expire"),
        ("the entry must be gone before its retention has ended.", "retention"),
        ("the command must retry several times.", "retry"),
    ],
)
def test_a_measure_without_a_number_is_told(text: str, word: str) -> None:
    assert told("C12", **rule(text)) == [f"{word} has no number"]


def test_a_number_elsewhere_is_the_number() -> None:
    needs = f"{NEEDS}\n- Timeout: 5 seconds.{SCOPE}"
    assert told("C12", CONSTRAINTS=needs, **rule("the command must stop after the timeout.")) == []
    assert told("C12", CONSTRAINTS=f"{NEEDS}\n- Latency: low.{SCOPE}") == ["Latency has no number"]


@pytest.mark.parametrize(
    "scope",
    [
        SCOPE,
        "\n\n### Non-goals\n\n- Undo.",
        "\n\n### Nicht Teil dieser Arbeit\n\n- Rückgängig.",
        "\n- Undo is out of scope.",
        "\n- Undo is not part of this work.",
        "\n\n### Out of scope\n\nNone, because it is all of it.",
    ],
)
def test_an_end_of_the_scope_may_be_told_in_any_way(scope: str) -> None:
    assert told("C13", CONSTRAINTS=NEEDS + scope) == []


def test_a_spec_without_an_end_is_told() -> None:
    assert told("C13", CONSTRAINTS=NEEDS) == ["the spec rules nothing out"]
    assert told("C13", CONSTRAINTS=f"{NEEDS}\n\n### Out of scope\n\nNothing.") == [
        "nothing is out of scope here, and no reason is given"
    ]


@pytest.mark.parametrize("section", ["WHO", "OUTPUTS", "EVALUATION", "CONSTRAINTS"])
@pytest.mark.parametrize("piece", ["- a: ", "retry ", "a few ", "`a", "(R1", "none, ", "short "])
def test_hostile_answers_take_linear_time(section: str, piece: str) -> None:
    start = time.perf_counter()
    findings(spec_text(**{section: "- E1 (R1): x\n" + (piece * 50 + "\n") * (60_000 // len(piece) // 50)}))
    assert time.perf_counter() - start < 20
