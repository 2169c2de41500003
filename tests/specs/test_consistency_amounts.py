"""X01 across a spec: two rows of a name, the message of a refusal, an evaluation and its rule, cost and budget."""

import pytest

from factory_tui.model.finding import Level
from specs.consistency import ROWS, consistency, told

# Two rows of one name


@pytest.mark.parametrize(
    ("one", "other", "quote"),
    [
        ("| WIDTH | integer | 1 to 20 inclusive | | |", "| WIDTH | integer | 1 to 30 inclusive | | |", "1 to 30"),
        (
            "| `seat` | text | at most 4 characters | | |",
            "| `seat` | text | at most 3 characters | | |",
            "at most 3 characters",
        ),
        ("| PHOTO | path of a file | up to 2 MB | | |", "| PHOTO | path of a file | up to 3 MB | | |", "up to 3 MB"),
        ("| `--wait` | integer | default 5 | | |", "| `--wait` | integer | default 9 | | |", "default 9"),
        ("| HUE | one of `red`, `blue` | | | |", "| HUE | one of `red`, `gold` | | | |", "one of `red`, `gold`"),
    ],
)
def test_two_rows_of_one_name_with_two_bounds_are_found(one, other, quote):
    found = [each for each in consistency(INPUTS=f"{ROWS}{one}\n{other}", RULES="- R1 HUE.") if each.rule == "X01"]
    assert [(each.level, each.line, each.quote) for each in found] == [(Level.ERROR, 6, quote)]
    assert "on line 5" in found[0].message


@pytest.mark.parametrize(
    "rows",
    [
        "| WIDTH | integer | 1 to 20 | | |\n| WIDTH | integer | 1 to 20 | `x`: exit code 2 | |",
        "| WIDTH | integer | 1 to 20 | | |\n| HEIGHT | integer | 1 to 30 | | |",
        "| WIDTH | integer | 1 to 20 with `--small` | | |\n| WIDTH | integer | 1 to 30 without | | |",
        "| WIDTH | integer, when printing | 1 to 20 | | |\n| WIDTH | integer | 1 to 30 | | |",
        "| WIDTH | integer | 1 to 20 | | |\n| WIDTH | text | 1 to 30 characters | | |",
        "| WIDTH | integer | 1 to 20 | | |\n\nThe other call:\n\n" + ROWS + "| WIDTH | integer | 1 to 30 | | |",
    ],
)
def test_rows_of_another_name_case_or_table_are_left_alone(rows):
    assert told(INPUTS=f"{ROWS}{rows}") == []


def test_a_further_column_tells_two_rows_apart():
    head = "| call | name | type | bounds |\n|---|---|---|---|\n"
    assert told(INPUTS=f"{head}| GET | n | integer | 1 to 9 |\n| PUT | n | integer | 1 to 7 |") == []


# The message of a refusal


@pytest.mark.parametrize(
    ("row", "rule", "quote"),
    [
        (
            "| AGE | integer | 18 to 99 inclusive | | |",
            "If AGE is out of its bounds, then print `age must be 16 to 99`.",
            "age must be 16 to 99",
        ),
        (
            "| CITY | text | 1 to 60 characters | | |",
            "If CITY is out of bounds, then print `use 1 to 50 characters`.",
            "use 1 to 50 characters",
        ),
        (
            "| `--top` | integer | at most 40 | | |",
            "If `--top` is outside of its range, then print `--top is at most 50`.",
            "--top is at most 50",
        ),
        (
            "| LOG | path | at most 3 MB | | |",
            'If LOG is not within its bounds, then print "the log has at most 5 MB".',
            "the log has at most 5 MB",
        ),
        (
            "| `kg` | integer | 1 to 500 | | |",
            "When `kg` is out of range, `weigh` must print `kg is from 1 to 1000`.",
            "kg is from 1 to 1000",
        ),
    ],
)
def test_a_message_that_names_other_bounds_than_the_row_is_found(row, rule, quote):
    (found,) = [each for each in consistency(INPUTS=f"{ROWS}{row}", RULES=f"- R1 {rule}") if each.rule == "X01"]
    assert (found.level, found.section, found.quote) == (Level.ERROR, "RULES", quote)
    assert "line 5 allows" in found.message


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("| AGE | integer | 18 to 99 | | |", "If AGE is out of its bounds, then print `age must be 18 to 99`."),
        ("| AGE | integer | 18 to 99 | | |", "If AGE is out of its bounds, then print `line 4: bad age`."),
        ("| AGE | integer | 18 to 99 | | |", "If AGE is no number, then print `age must be 16 to 99`."),
        ("| AGE | integer | 18 to 99 | | |", "If AGE is out of its bounds, then wait `2 to 5 seconds`."),
        (
            "| AGE | integer | 18 to 99, 16 to 99 with a guardian | | |",
            "If AGE is out of its bounds, then print `16 to 99`.",
        ),
        (
            "| AGE, SIZE | integer | 18 to 99 | | |\n| SIZE | integer | 1 to 9 | | |",
            "If AGE or SIZE is out of its bounds, then print `1 to 9`.",
        ),
        ("| AGE | integer | 18 to 99 | | |", "If the page is out of its bounds, then print `page must be 1 to 9`."),
    ],
)
def test_a_message_of_the_same_or_of_something_else_is_left_alone(row, rule):
    assert [each for each in told(INPUTS=f"{ROWS}{row}", RULES=f"- R1 {rule}") if each[0] == "X01"] == []


# An evaluation and its rule


@pytest.mark.parametrize(
    ("rule", "evaluation", "level"),
    [
        (
            "`plan` must print exactly 3 lines.",
            "given a day, when `plan` is called, then exactly 4 lines are printed.",
            Level.ERROR,
        ),
        (
            "The page must show at least 6 rooms.",
            "given the hotel, when the page is opened, then it shows at most 5 rooms.",
            Level.ERROR,
        ),
        (
            "`draw` must write exactly 2 files.",
            "given a map, when `draw` is called, then at least 3 were written.",
            Level.WARNING,
        ),
        (
            "The valve must close within 4 seconds.",
            "given a leak, when it is seen, then the valve closes within 9 seconds.",
            Level.WARNING,
        ),
        (
            "When a card is read, the gate must open within 2 seconds.",
            "given a card, when it is read, then the gate opens within 800 ms.",
            Level.WARNING,
        ),
        (
            "`pack` must write at most 5 MB.",
            "given the archive, when it is packed, then the result has at most 7 MB.",
            Level.WARNING,
        ),
    ],
)
def test_an_evaluation_that_expects_another_amount_than_its_rule_is_found(rule, evaluation, level):
    (found,) = consistency(RULES=f"- R1 {rule}", EVALUATION=f"- E1 (R1): {evaluation}")
    assert (found.rule, found.level, found.section, found.line) == ("X01", level, "EVALUATION", 7)
    assert "R1 on line 3" in found.message


@pytest.mark.parametrize(
    ("rule", "evaluation"),
    [
        ("`plan` must print exactly 3 lines.", "given a day, when `plan` is called, then exactly 3 lines are printed."),
        ("`plan` must print exactly 3 lines.", "given a day, when `plan` is called, then it takes at most 9 seconds."),
        (
            "`plan` must print at least 3 lines.",
            "given a day, when `plan` is called, then exactly 5 lines are printed.",
        ),
        (
            "If there is a day, `plan` must print exactly 3 lines.",
            "given no day, when called, then exactly 1 line is printed.",
        ),
        (
            "`plan` must print exactly 3 lines.",
            "given no day, when `plan` is called, then exactly 0 lines are printed.",
        ),
        (
            "The valve must close within 4 seconds.",
            "given a leak for 2 seconds, when seen, then it closes within 3 seconds.",
        ),
        (
            "A file must be read within 4 seconds.",
            "given 9 files, when read, then all together take at most 36 seconds.",
        ),
        ("`x` must answer within 4 seconds, and log within 9 seconds.", "given x, when called, then within 9 seconds."),
        ("`plan` must print exactly 3 lines.", "given a day, when called, then `exactly 4 lines` is printed."),
        ("Each page must hold at most 20 rows.", "given 3 pages, when shown, then at most 60 rows are shown."),
        ("`plan` must write exactly 3 files.", "given a day, when called, then at most 2 people are named."),
    ],
)
def test_an_evaluation_of_the_same_or_of_something_else_is_left_alone(rule, evaluation):
    assert told(RULES=f"- R1 {rule}", EVALUATION=f"- E1 (R1): {evaluation}") == []


def test_an_evaluation_of_several_rules_may_be_about_either():
    rules = "- R1 `plan` must print exactly 3 lines.\n- R2 `plan` must sort them."
    assert told(RULES=rules, EVALUATION="- E1 (R1, R2): given a, when b, then exactly 4 lines are printed.") == []


def test_an_evaluation_in_a_table_is_compared_as_well():
    head = "| id | rules | given | when | then |\n|---|---|---|---|---|\n"
    table = f"{head}| E1 | (R1) | a day | `plan` is called | it prints exactly 4 lines |"
    assert told(RULES="- R1 `plan` must print exactly 3 lines.", EVALUATION=table) == [("X01", "exactly 4 lines")]


# The cost and the budget


@pytest.mark.parametrize(
    ("cost", "quote", "level"),
    [
        ("- Cost: at most 3.00 USD for this run.", "3.00 USD", Level.ERROR),
        ("- **Cost**: no more than $2.50 per run", "$2.50", Level.ERROR),
        ("A run must never exceed 9 USD for the run.", "9 USD", Level.ERROR),
        ("| what | limit |\n|---|---|\n| Cost | up to 2 USD for one run |", "2 USD", Level.ERROR),
        ("- Cost — 1.51 USD for each run.", "1.51 USD", Level.ERROR),
        ("- Cost: at most 4.00 USD.", "4.00 USD", Level.WARNING),
    ],
)
def test_a_cost_above_the_budget_is_found(cost, quote, level):
    (found,) = consistency(budget="1.50", CONSTRAINTS=cost)
    assert (found.rule, found.level, found.section, found.quote) == ("X01", level, "CONSTRAINTS", quote)
    assert "budget_usd on line 9 ends it at 1.50 USD" in found.message


@pytest.mark.parametrize(
    "cost",
    [
        "- Cost: at most 1.50 USD for this run.",
        "- Cost: at most 0.90 USD for this run.",
        "- Cost: at most 3.00 EUR for this run.",
        "- Cost: at most 20 USD a month for the server.",
        "- Cost: at most 20 USD for each user.",
        "- Performance: a trade of 500 USD is booked within 1 second.",
        "- Cost: none, because nothing above 5.00 USD for this run is bought.",
        "- Security: no payment above 100 USD.",
    ],
)
def test_a_cost_within_the_budget_or_of_something_else_is_left_alone(cost):
    assert consistency(budget="1.50", CONSTRAINTS=cost) == []


def test_without_a_budget_a_cost_is_compared_with_nothing():
    assert told(CONSTRAINTS="- Cost: at most 900 USD for this run.") == []
