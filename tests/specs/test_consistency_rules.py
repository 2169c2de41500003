"""X04 and X05: rules that say the same thing, or the opposite; and rules that are only made alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.finding import Level
from specs.consistency import consistency, told


def rules(*texts: str) -> str:
    return "\n".join(f"- R{number} {text}" for number, text in enumerate(texts, 1))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The command must print the total.", "The command must always print the total."),
        ("If FILE is empty, then `x` must print `0`.", "`x` must print `0` when FILE is empty."),
        ("`x` must never change FILE.", "The `x` must not change the FILE."),
        ("When a day is closed, the command must refuse it.", "If a day is closed, then the command must refuse it."),
    ],
)
def test_a_rule_in_other_words_is_found_at_the_second_place(one, other):
    (found,) = consistency(RULES=rules(one, "The command must be fast enough for a day.", other))
    assert (found.rule, found.level, found.line) == ("X04", Level.ERROR, 5)
    assert "R3 says the same as R1 on line 3" in found.message


def test_two_forms_of_a_word_are_only_a_warning():
    (found,) = consistency(RULES=rules("The command must print each line.", "The command must print each lines."))
    assert (found.rule, found.level) == ("X04", Level.WARNING)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("`x` must print the sum for A.", "`x` must print the sum for B."),
        ("The postage for `home` must be 3.20.", "The postage for `abroad` must be 3.20."),
        ("If N is 1, then it must print `a`.", "If N is 2, then it must print `a`."),
        ("The first line must hold the name.", "The last line must hold the name."),
        ("The input must be sorted.", "The output must be sorted."),
        ("A must come before B.", "B must come before A."),
        ("If CODE is bad, then print `bad code`.", "If HOST is bad, then print `bad host`."),
        ("The user must see the valid names.", "The user must see the invalid names."),
        ("`Open` must end the call.", "`open` must end the call."),
        ("x must be < 3.", "x must be > 3."),
    ],
)
def test_rules_made_from_one_template_are_two_rules(one, other):
    assert told(RULES=rules(one, other)) == []


def test_one_id_twice_is_another_rules_business():
    assert told(RULES="- R1 `x` must print `0`.\n- R1 `x` must print `0`.") == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("`x` must write FILE.", "`x` must never write FILE."),
        ("The service must not keep a name.", "The service must keep a name."),
        ("If A is given, then `x` must write FILE.", "`x` must never write FILE if A is given."),
        ("`x` must print a line.", "`x` must not print any line."),
    ],
)
def test_what_is_demanded_and_forbidden_at_once_is_found(one, other):
    (found,) = consistency(RULES=rules(one, other))
    assert (found.rule, found.line) == ("X05", 4)
    assert "R2 and R1 on line 3" in found.message


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("`x` must write FILE.", "If A is given, then `x` must never write FILE."),
        ("`x` must write FILE.", "`x` must never write FILE twice."),
        ("`x` must write FILE unless A is given.", "Unless B is given, `x` must never write FILE."),
        ("`x` must write FILE.", "`y` must never write FILE."),
        ("`x` must write FILE after A.", "`x` must never write FILE before A."),
        ("`x` writes FILE.", "`x` must never write FILE."),
    ],
)
def test_other_conditions_and_other_objects_are_no_opposites(one, other):
    assert told(RULES=rules(one, other)) == []


WORDS = st.lists(st.sampled_from(["the", "a", "file", "line", "if", "when", "print", "must", "never", ",", "`x`", "3"]))


@given(st.lists(WORDS.map(" ".join), max_size=6))
def test_any_rules_give_the_same_findings_in_the_same_order(texts):
    once, again = consistency(RULES=rules(*texts)), consistency(RULES=rules(*texts))
    assert once == again


@given(WORDS.map(" ".join))
def test_a_rule_alone_never_contradicts_itself(text):
    assert [each for each in told(RULES=rules(text)) if each[0] in ("X04", "X05")] == []
