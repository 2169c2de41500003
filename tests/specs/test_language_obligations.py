"""L04, L07, L08 and L14: rules that oblige, one thing each, under plain conditions, readable alone."""

import pytest

from factory_tui.model.finding import Edit, Level
from specs.language import language, levels

WARNING = Level.WARNING


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("should", "- R1 The command should print the name."),
        ("SHOULD", "- R1 The command SHOULD print the name."),
        ("Should", "- R1 Should print the name."),
        ("may", "- R1 The command may print the name."),
        ("MAY", "- R1 Clients MAY retry."),
        ("might", "- R1 The command might print the name."),
        ("could", "- R1 The command could print the name."),
        ("may not", "- R1 The command may not print the name."),
        ("should", "- The command should print the name."),
        ("should", "- R1 If FILE is empty, the command should print `0`."),
    ],
)
def test_a_rule_that_does_not_oblige_is_a_warning(words: str, text: str) -> None:
    found = language(RULES=text)
    assert [(each.rule, each.level, each.quote) for each in found] == [("L04", WARNING, words)]


@pytest.mark.parametrize(
    "text",
    [
        "- R1 The command must print the day of the fair in May.",
        "- R1 The shop must close on 1 May and on every May Sunday.",
        "- R1 The command may only print names of open days.",
        "- R1 If the file could not be read, then the command must print `0`.",
        "- R1 The command must print each name that might be wrong.",
        "- R1 The command must say what the operator should do.",
        "- R1 The command must print `should`.",
        "- R1 The command must end.\n\n### Edge cases\n\n- Boundary: a name may be followed by a dash.",
        "- R1 The dismay must be maybe printed.",
    ],
)
def test_what_only_describes_is_no_weak_rule(text: str) -> None:
    assert [each for each in language(RULES=text) if each.rule == "L04"] == []


def test_outside_of_rules_a_modal_is_left_alone() -> None:
    assert language(INPUTS="Options may stand anywhere.", WHAT="It should help, and might.") == []


@pytest.mark.parametrize(("word", "strong"), [("should", "must"), ("Should", "Must"), ("SHOULD", "MUST")])
def test_should_can_be_mended_with_one_key(word: str, strong: str) -> None:
    found = language(RULES=f"- R1 The command\n  {word} print the name.")[0]
    assert found.edit == Edit(line=found.line, column=3, end_line=found.line, end_column=9, text=strong)


@pytest.mark.parametrize("word", ["may", "might", "could", "may not"])
def test_what_a_weak_word_means_is_the_authors_to_say(word: str) -> None:
    assert language(RULES=f"- R1 The command {word} print the name.")[0].edit is None


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("must", "- R1 The command must print the name and must end with code 0."),
        ("MUST", "- R1 The command MUST print the name. It MUST end with code 0."),
        ("must", "- R1 The command must print the name, but must never print the day."),
        ("shall", "- R1 The command shall print the name; the file shall be closed."),
        ("and/or", "- R1 The command must print the name and/or the day."),
        ("And / or", "- R1 The command must print the name And / or the day."),
    ],
)
def test_two_things_in_one_rule_are_a_warning(quote: str, text: str) -> None:
    found = language(RULES=text)
    assert ("L07", WARNING, quote) in [(each.rule, each.level, each.quote) for each in found]
    assert {each.rule for each in found} <= {"L07", "L14"}


@pytest.mark.parametrize(
    "text",
    [
        "- R1 The command must print the name and the day.",
        "- R1 The command must print what an operator must know.",
        "- R1 The command must refuse names that must not be printed.",
        "- R1 The command must print the name (the day must stand in front of it).",
        "- R1 If the day must be closed, then the command must print `0`.",
        "- R1 The command must print `must`, a mustard seed and a marshal.",
        "- R1 The command must print path/or/name.",
        "- R1 The command must close the day.\n\nA day must be open, and it must be a day.",
    ],
)
def test_one_thing_is_no_finding(text: str) -> None:
    assert language(RULES=text) == []


def test_and_or_is_named_where_ever_something_is_asked_for() -> None:
    for question, item in (("INPUTS", "- "), ("OUTPUTS", "- "), ("EVALUATION", "- E1 (R1): "), ("CONSTRAINTS", "- ")):
        assert levels(language(**{question: f"{item}the name and/or the day is printed"})) == {"L07": WARNING}


@pytest.mark.parametrize(
    "text",
    [
        "- R1 If FILE is empty or missing and DAY is open, then the command must end with code 2.",
        "- R1 When A and B or C holds, the command must end.",
        "- R1 While the shop is open and the till is full or locked, the command must wait.",
        "- R1 The command must print the name and the day, unless the day is closed.",
        "- R1 The command must print A or B unless C holds.",
        "- R1 The command must print the name and the day or the hour.",
    ],
)
def test_and_beside_or_is_a_warning(text: str) -> None:
    assert levels(language(RULES=text)) == {"L08": WARNING}


@pytest.mark.parametrize(
    "text",
    [
        "- R1 If FILE is (empty or missing) and DAY is open, then the command must end with code 2.",
        "- R1 If FILE is empty or missing, then the command must print the name and the day.",
        "- R1 The command must read and count either names or days.",
        "- R1 The command must print the name and the day, or the hour.",
        "- R1 If A and B and C hold, then the command must end.",
        "- R1 If A, B or C holds, then the command must end.",
        "- R1 If N is between 1 and 9 or N is 0, then the command must end.",
        "- R1 The command must end unless the day is open.",
        "- R1 The command must print A or B. The shop and the till are closed.",
        "- R1 If `a and b or c` is given, then the command must end.",
    ],
)
def test_conditions_that_read_one_way_are_no_finding(text: str) -> None:
    assert [each for each in language(RULES=text) if each.rule == "L08"] == []


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("It", "- R1 It must print the name."),
        ("They", "- **R1** They must be closed."),
        ("It", "| id | rule |\n|---|---|\n| R1 | It must end. |"),
        ("these", "- R1 Where the day ends, the command must end.\n- R2 If these are there, the command must end."),
        ("notified", "- R1 If the day is closed, then the shopkeeper must be notified."),
    ],
)
def test_a_rule_that_does_not_stand_alone_is_a_remark(quote: str, text: str) -> None:
    found = language(RULES=text)
    assert [(each.rule, each.level, each.quote) for each in found] == [("L14", Level.INFO, quote)]


def test_remarks_are_few() -> None:
    found = language(RULES="\n".join(f"- R{n} It must end." for n in range(50)))
    assert len(found) == 3


def test_who_acts_is_said() -> None:
    assert language(RULES="- R1 The shopkeeper must be notified by a mail.") == []
