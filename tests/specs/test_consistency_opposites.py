"""X05: what one rule demands and another one forbids, in lists and behind explanations too."""

import pytest

from factory_tui.model.finding import Level
from specs.consistency import consistency, told


def rules(*texts: str) -> str:
    return "\n".join(f"- R{number} {text}" for number, text in enumerate(texts, 1))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The kiosk must never store a face: it has no right to.", "The kiosk must store a face."),
        ("`x` must never print a line that is old: nobody reads it.", "`x` must print a line which is old."),
        ("`pump` must never run at night. The neighbours sleep.", "`pump` must run at night."),
        ("The report must show a signature.", "The report must never show a signature; it is sent by mail."),
        (
            "If the door is open, then the oven must not heat: that is the law.",
            "If the door is open, the oven must heat.",
        ),
        ("`backup` must never follow a link: links are kept as they are.", "`backup` must follow a link."),
        (
            "The form shall not ask for a birthday: nobody needs it, and it is personal.",
            "The form shall ask for a birthday.",
        ),
    ],
)
def test_an_explanation_takes_nothing_back(one, other):
    (found,) = consistency(RULES=rules(one, other))
    assert (found.rule, found.level, found.line) == ("X05", Level.ERROR, 4)
    assert "R2 and R1 on line 3" in found.message


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("`x` must never print a line: the token.", "`x` must print a line."),
        ("`x` must never print these words: they are secret.", "`x` must print these words: they are known."),
        ("`x` must print a line: `added`.", "`x` must never print a line: it is silent."),
        ("The oven must never heat: only `--dry` is an exception.", "The oven must heat."),
        ("The oven must never heat; if it is cold, it may.", "The oven must heat."),
        ("The guard must never sleep. With a relief it sleeps.", "The guard must sleep."),
        ("The list must never hold a name. Other than that of the owner, that is.", "The list must hold a name."),
    ],
)
def test_what_a_sentence_takes_back_or_points_to_is_left_alone(one, other):
    assert [each for each in told(RULES=rules(one, other)) if each[0] == "X05"] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The mail must never hold a name, a street or a number.", "The mail must hold a street."),
        ("`sync` must never delete `a.db` or `b.db`.", "`sync` must delete `b.db`."),
        ("The robot must never enter a lift or a stairwell.", "The robot must enter a lift."),
        ("`x` must never open or change FILE.", "`x` must open FILE."),
        ("The clerk must never copy, lend or sell a key.", "The clerk must lend a key."),
        ("`x` must write LOG and INDEX.", "`x` must never write INDEX."),
        ("The lamp must show red, green and blue.", "The lamp must never show green."),
        ("`x` must read and lock FILE.", "`x` must not lock FILE."),
        ("`x` must never write to LOG or INDEX.", "`x` must write to INDEX."),
    ],
)
def test_each_part_of_a_list_counts(one, other):
    (found,) = consistency(RULES=rules(one, other))
    assert (found.rule, found.level, found.line) == ("X05", Level.ERROR, 4)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The cart must never carry a dog, a ladder or a crate of glass.", "The cart must carry a ladder."),
        ("`x` must never delete a folder or a file outside of ROOT.", "`x` must delete a folder."),
    ],
)
def test_a_list_whose_end_may_be_said_of_all_is_a_warning(one, other):
    (found,) = consistency(RULES=rules(one, other))
    assert (found.rule, found.level) == ("X05", Level.WARNING)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("`x` must print the difference of A and B.", "`x` must never print B."),
        ("`x` must write A, B or C.", "`x` must never write A."),
        ("`x` must never print A and B.", "`x` must print A."),
        ("The door must never accept a card or a code alone.", "The door must accept a card."),
        ("The door must never accept a card or a code when it rains.", "The door must accept a card."),
        ("`x` must never delete a file or its copy.", "`x` must delete its copies."),
        ("`x` must write FILE and never read LOG.", "`x` must read LOG."),
        ("`x` must never write either LOG or INDEX.", "`y` must write INDEX."),
        ("`x` must print the names between A and B.", "`x` must never print the names between B."),
        ("The list must never hold both a name and a street.", "The list must hold a name."),
    ],
)
def test_what_only_looks_like_a_list_of_demands_is_left_alone(one, other):
    assert told(RULES=rules(one, other)) == []
