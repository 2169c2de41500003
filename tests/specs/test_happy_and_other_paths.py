"""C07 and C08: what must never be, what happens when something goes wrong, and the edge cases."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.finding import Level
from specs.texts import EDGE_CASES, SECTIONS, findings, spec_text

FIRST = "- R1 If DAY is open, then the command must close it."
NEVER = "- R2 The command must never close a day twice."


def told(rule: str, rules: str) -> list[str]:
    found = [each for each in findings(spec_text(RULES=rules)) if each.rule == rule]
    assert all(each.level is Level.ERROR for each in found)
    return [each.message.partition(":")[0] for each in found]


@pytest.mark.parametrize(
    "rule",
    [
        "The command must never close a day twice.",
        "The command must not close a day twice.",
        "The command shall not close a day twice.",
        "The command shall never close a day twice.",
        "The command mustn't close a day twice.",
        "The command may not close a day twice.",
        "The command may only close an open day.",
        "Only an open day may be closed.",
        "No day may be closed twice.",
        "Nothing but DAY may change.",
        "Closing a day twice is forbidden.",
        "The command never closes a day twice.",
        "The command does not close a day twice.",
        "The command must close DAY without changing another day.",
        "The command must print nothing on success.",
        "Der Befehl darf einen Tag nie zweimal schließen.",
    ],
)
def test_a_prohibition_has_many_wordings(rule: str) -> None:
    assert told("C07", f"{FIRST}\n- R2 {rule}\n\n{EDGE_CASES}") == []


@pytest.mark.parametrize(
    "rule",
    [
        "If DAY is closed, then the exit code must be 2.",
        "If DAY is closed, the exit code must be 2.",
        "When DAY is not there, the exit code must be 2.",
        "When the disk fails, the command must stop.",
        "An invalid DAY must be refused.",
        "A missing DAY exits with code 2.",
        "Unless DAY is open, the command must stop.",
        "The command must refuse a malformed DAY.",
        "On error the command must print one line.",
        "While the disk is unavailable, the command must wait 2 seconds.",
        "The answer to an unknown day must be status 404.",
    ],
)
def test_trouble_has_many_wordings(rule: str) -> None:
    assert told("C07", f"- R1 {rule}\n{NEVER}\n\n{EDGE_CASES}") == []


def test_the_happy_path_alone_is_an_error() -> None:
    both = "- R1 The command must close DAY.\n- R2 The command must print `closed`."
    assert told("C07", f"{both}\n\n{EDGE_CASES}") == [
        "no rule says what must never happen and no rule says what happens when something goes wrong"
    ]
    assert told("C07", f"{FIRST}\n\n{EDGE_CASES}") == ["no rule says what must never happen"]
    assert told("C07", f"- R1 The command must close DAY.\n{NEVER}\n\n{EDGE_CASES}") == [
        "no rule says what happens when something goes wrong"
    ]


def test_a_condition_is_no_prohibition() -> None:
    rules = (
        "- R1 If a file cannot be read, then the command must print `cannot read`.\n- R2 If DAY is not open, then stop."
    )
    assert told("C07", f"{rules}\n\n{EDGE_CASES}") == ["no rule says what must never happen"]


@pytest.mark.parametrize(
    "answers",
    [
        EDGE_CASES,
        "### Edge cases\n\n| case | answer |\n|---|---|\n| empty | R1 |\n| boundary | R1 |\n| duplicate | R2 |\n"
        "| malformed | R1 |\n| dependency down | none |",
        "### Corner cases\n\n- No entries: R1\n- The largest book: R1\n- Twice: R2\n- Garbage: R1\n- Disk full: R1",
        "### Edge cases\n\n- Empty: R1. Boundary: R1. Duplicate: R2.\n- Malformed: R1. Dependency down: there is none.",
        "### Edge cases\n\nNone, because the command takes no input and writes nothing.",
        "### Randfälle\n\n- Leer: R1\n- Grenze: R1\n- Doppelt: R2\n- Ungültig: R1\n- Ausfall: keiner",
        "- R3 If the book is empty, malformed or out of its bounds, then the exit code must be 2.\n"
        "- R4 If the disk is unavailable, then the exit code must be 3.",
    ],
)
def test_edge_cases_are_answered_in_many_ways(answers: str) -> None:
    assert told("C08", f"{FIRST}\n{NEVER}\n\n{answers}") == []


def test_a_missing_place_is_one_finding_and_a_missing_case_is_named() -> None:
    assert len(told("C08", "- R1 The command must close DAY.\n- R2 The command must print `closed`.")) == 1
    left = EDGE_CASES.replace("- Boundary: 1970 and 2100 are valid\n", "").replace("- Malformed: exit code 2\n", "")
    assert told("C08", f"{FIRST}\n{NEVER}\n\n{left}") == ["the edge cases leave out boundary and malformed"]


def test_an_empty_answer_is_told() -> None:
    empty = EDGE_CASES.replace("Duplicate: R2", "Duplicate:")
    assert told("C08", f"{FIRST}\n{NEVER}\n\n{empty}") == ["the edge case Duplicate has no answer"]


@given(st.permutations(EDGE_CASES.split("\n\n")[1].split("\n")))
def test_the_order_of_edge_cases_does_not_matter(rows: list[str]) -> None:
    assert told("C08", f"{FIRST}\n{NEVER}\n\n### Edge cases\n\n" + "\n".join(rows)) == []


@given(st.sets(st.sampled_from(["Empty", "Boundary", "Duplicate", "Malformed", "Dependency down"])))
def test_exactly_the_cases_that_are_left_out_are_named(left: set[str]) -> None:
    rows = [row for row in EDGE_CASES.split("\n\n")[1].split("\n") if row[2:].partition(":")[0] not in left]
    said = told(
        "C08",
        "- R1 If it is late, then it must stop.\n- R2 It must never go on.\n\n### Edge cases\n\nAs said.\n\n"
        + "\n".join(rows),
    )
    named = {
        case for case in ("empty", "boundary", "duplicate", "malformed", "dependency down") if case in "".join(said)
    }
    assert named == {each.lower() for each in left}


@pytest.mark.parametrize("language", ["Programmet skall stänga dagen och skriva en rad som inte finns i boken."])
def test_words_of_another_language_are_not_judged(language: str) -> None:
    rules = "\n".join(f"- R{n} {language}" for n in (1, 2))
    assert told("C07", rules) + told("C08", rules) == []


@pytest.mark.parametrize("piece", ["- R1 must ", "- R1 no ", "only ", "when ", "- a: ", "must x "])
def test_hostile_rules_take_linear_time(piece: str) -> None:
    start = time.perf_counter()
    findings(spec_text(RULES=SECTIONS["RULES"] + "\n" + (piece * 50 + "\n") * (200_000 // len(piece) // 50)))
    assert time.perf_counter() - start < 20
