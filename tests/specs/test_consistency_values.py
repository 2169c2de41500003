"""X01: of one parameter one value is told, and what only looks like two values is left alone."""

import pytest

from specs.consistency import ROWS, consistency, told

FILE = f"{ROWS}| FILE | path | at most 10 MB | | |"
KEEP = f"{ROWS}| `--keep` | integer | 1 to 99 inclusive, default 7 | | |"
NAME = f"{ROWS}| `name` | text | 1 to 80 characters inclusive | | |"


@pytest.mark.parametrize(
    ("inputs", "rule", "quote"),
    [
        (FILE, "FILE must be at most 5 MB.", "at most 5 MB"),
        (FILE, "The size of FILE must never exceed 5 MB.", "exceed 5 MB"),
        (FILE, "FILE must hold no more than 5000 kB, else the exit code is 2.", "no more than 5000 kB"),
        (NAME, "`name` must never be longer than 60 characters.", "longer than 60 characters"),
        (NAME, "A `name` has at least 2 characters.", "at least 2 characters"),
        (KEEP, "`--keep` must be at most 50.", "at most 50"),
        (KEEP, "`--keep` defaults to 5.", "defaults to 5"),
    ],
)
def test_a_rule_that_bounds_an_input_otherwise_than_its_row_is_found(inputs, rule, quote):
    (found,) = consistency(INPUTS=inputs, RULES=f"- R1 {rule}")
    assert (found.rule, found.section, found.quote) == ("X01", "RULES", quote)
    assert "on line 5" in found.message


@pytest.mark.parametrize(
    "rule",
    [
        "FILE must be at most 10 MB.",
        "FILE must be at most 10000000 bytes.",
        "FILE must be at most 10485760 bytes.",
        "FILE must be at most 10 MiB.",
        "If `--fast` is given, FILE must be at most 5 MB.",
        "FILE must be at most 5 MB when `--fast` is given.",
        "FILE must be at most 5 MB with `--fast`.",
        "In fast mode FILE must be at most 5 MB.",
        "FILE must be at most 5 MB in fast mode.",
        "FILE must be at most 5 MB per user.",
        "FILE must be at most 200 lines.",
        "FILE must be less than 5 MB.",
        "FILE must be at least 1 MB.",
        "A line of FILE must be at most 200 bytes.",
        "Each part of FILE must be at most 1 MB.",
        "FILES must be at most 5 MB.",
        "FILE must be at most 5 MB or at most 3 MB.",
    ],
)
def test_an_equal_a_conditional_or_another_bound_is_no_contradiction(rule):
    assert told(INPUTS=FILE, RULES=f"- R1 {rule}") == []


def test_two_equal_sentences_with_two_numbers_contradict_each_other():
    rules = "- R1 A request must be answered within 2 seconds."
    constraints = "- Performance: a request must be answered within 5 seconds."
    assert told(RULES=rules, CONSTRAINTS=constraints) == [("X01", "within 5 seconds")]
    assert told(RULES=rules, CONSTRAINTS=constraints.replace("5 seconds", "2000 ms")) == []


@pytest.mark.parametrize(
    "answers",
    [
        {"CONSTRAINTS": "- Time: at most 2 seconds for 100 files.\n- Time: at most 5 seconds for 900 files."},
        {"CONSTRAINTS": "### Small\n\n- Time: at most 2 seconds.\n\n### Large\n\n- Time: at most 3 seconds."},
        {"RULES": "- R1 The first answer must come within 2 seconds.\n- R2 The second one must come within 3 seconds."},
        {"RULES": "- R1 Postage must be 3.20 up to 500 grams, 5.50 up to 2000 grams."},
        {"RULES": "- R1 At most 3 tries.\n- R2 At most 3 minutes."},
        {"RULES": "- R1 A word must be at most 5 letters.\n- R2 A word must be at most 9 letters, if it is German."},
    ],
)
def test_sentences_about_different_things_may_have_different_values(answers):
    assert told(**answers) == []


def test_a_term_of_the_glossary_is_one_thing_in_all_sentences():
    rules = "- R1 A booking lasts at most 24 hours.\n- R2 Each booking must last at most 12 hours."
    assert told(RULES=rules) == []
    (found,) = consistency(RULES=rules, glossary="- **booking**: a room at a time.")
    assert (found.rule, found.quote) == ("X01", "at most 12 hours")
    assert "booking has two values, at most 24 hours on line 3" in found.message


def test_an_evaluation_may_go_beyond_a_bound():
    assert told(INPUTS=FILE, EVALUATION="- E1 (R1): FILE is at most 5 MB.") == []
