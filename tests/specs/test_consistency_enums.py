"""X03 where rules are about an input as such: a value that a rule refuses, and one that all of them leave out."""

import pytest

from factory_tui.model.finding import Level
from specs.consistency import ROWS, consistency


def about(inputs: str, *rules: str) -> list[tuple[str, Level, str]]:
    """Rule, level and quote of what is found about an enum."""
    text = "\n".join(f"- R{number} {rule}" for number, rule in enumerate(rules, 1))
    found = consistency(INPUTS=f"{ROWS}{inputs}", RULES=text)
    assert all(each.line == 5 for each in found)
    return [(each.rule, each.level, each.quote) for each in found]


TAKES = "`x` must keep {} as it is given."


@pytest.mark.parametrize(
    ("name", "values", "rule", "refused"),
    [
        (
            "SHIFT",
            "`early`, `late`, `night`",
            "If SHIFT is neither `early` nor `late`, then stop with exit code 2.",
            ["night"],
        ),
        (
            "`size`",
            "`s`, `m`, `l`, `xl`",
            "If `size` is none of `s`, `m`, `l`, then the answer must have status 422.",
            ["xl"],
        ),
        ("CROP", "`rye`, `oats`, `flax`", "When CROP is other than `rye` or `oats`, `sow` must refuse it.", ["flax"]),
        (
            "LANG",
            "`de`, `fr`, `it`, `rm`",
            "If LANG is not one of `de`, `fr`, then `x` must print `bad` on standard error.",
            ["it", "rm"],
        ),
        ("MODE", "`dry`, `wet`, `off`", "If MODE is anything but `dry` or `off`, the pump must reject it.", ["wet"]),
    ],
)
def test_a_value_that_a_rule_refuses_is_found(name, values, rule, refused):
    found = about(f"| {name} | one of {values} | | | |", TAKES.format(name), rule)
    assert found == [("X03", Level.ERROR, value) for value in refused]


def test_the_rule_that_refuses_is_named_with_its_line():
    rules = "- R1 SHIFT is kept.\n- R2 If SHIFT is neither `early` nor `late`, then stop with exit code 2."
    (found,) = consistency(INPUTS=f"{ROWS}| SHIFT | one of `early`, `late`, `night` | | | |", RULES=rules)
    assert "R2 on line 10 refuses it" in found.message
    assert "add night to the list of R2" in found.fix


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ("`early`, `late`", "If SHIFT is neither `early` nor `late`, then stop with exit code 2."),
        ("`early`, `late`, `night`", "If SHIFT is neither `early` nor `late`, then the lamp must be on."),
        ("`early`, `late`, `night`", "If SHIFT is none of the three words, then stop with exit code 2."),
        ("`early`, `late`, `night`", "If ROOM is neither `early` nor `late`, then stop with exit code 2."),
        ("`early`, `late`, `night`", "If SHIFT is neither `early` nor `red`, then stop with exit code 2."),
        (
            "`early`, `late`, `night`",
            "If SHIFT is neither `early` nor `late` and DAY is 7, then stop with exit code 2.",
        ),
        ("`early`, `late`, `night`", "If SHIFT is `early` or `late`, then stop with exit code 2."),
    ],
)
def test_a_rule_that_is_about_something_else_refuses_nothing(values, rule):
    assert (
        about(
            f"| SHIFT | one of {values} | | | |",
            TAKES.format("SHIFT"),
            TAKES.format("`early`, `late` or `night`"),
            rule,
        )
        == []
    )


@pytest.mark.parametrize(
    ("values", "rules", "left"),
    [
        ("`hail`, `rain`, `fog`", ("With `hail` the roof must close.", "With `rain` the roof must tilt."), "fog"),
        ("`north`, `south`, `west`", ("`north` must be 0.", "`south` must be 180."), "west"),
        ("`pdf`, `svg`, `png`, `gif`", ("`pdf` and `svg` must be vectors.", "`png` must be 8 bits deep."), "gif"),
        ("red, green, blue", ("red must be first.", "blue must be last."), "green"),
        (
            "`cash`, `card`, `cheque`",
            ("If `cash` is given, open the till.", "If `card` is given, call the bank."),
            "cheque",
        ),
    ],
)
def test_the_one_value_that_rules_leave_out_is_a_warning(values, rules, left):
    assert about(f"| KIND | one of {values} | | | |", TAKES.format("KIND"), *rules) == [("X03", Level.WARNING, left)]


@pytest.mark.parametrize(
    ("values", "rules"),
    [
        ("`hail`, `rain`, `fog`", ("With `hail` the roof must close.",)),
        ("`hail`, `rain`, `fog`", ()),
        ("`hail`, `rain`", ("With `hail` the roof must close.",)),
        ("`hail`, `rain`, `fog`", ("With `hail` or `rain` the roof must close, with fog it must tilt.",)),
        (
            "`hail`, `rain`, `fog`",
            ("With `hail` or `rain` it must close.", "Every other KIND, as `fog`, must be kept."),
        ),
    ],
)
def test_values_that_rules_treat_alike_are_left_alone(values, rules):
    assert about(f"| KIND | one of {values} | | | |", TAKES.format("KIND"), *rules) == []
