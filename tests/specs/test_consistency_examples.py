"""X02 and X03: examples keep to what they are examples of, and the values of an enum have rules."""

import pytest

from factory_tui.model.finding import Level
from specs.consistency import ROWS, consistency, told


def row(type_: str, bounds: str = "", invalid: str = "", example: str = "") -> str:
    return f"{ROWS}| N | {type_} | {bounds} | {invalid} | {example} |"


@pytest.mark.parametrize(
    ("inputs", "quotes"),
    [
        (row("integer", "1 to 9 inclusive", "`5`, `0`: exit code 2"), ["5"]),
        (row("integer", "1 to 9 inclusive, default 12"), ["12"]),
        (row("integer", "1 to 1,000 inclusive", "`1000`, `1001`: exit code 2"), ["1000"]),
        (row("integer", "1 to 9", "", "`12`"), ["12"]),
        (row("integer", "1 to 9", "", "12"), ["12"]),
        (row("integer", "at most 9", "", "`ten`"), ["ten"]),
        (row("text", "exactly 3 characters", "", "`abcd`"), ["abcd"]),
        (row("text, `^[a-z]{3}$`", "", "`abc`, `ABC`: exit code 2"), ["abc"]),
        (row("text, `^[a-z]{3}$`", "", "", "`abcd`"), ["abcd"]),
        (row("text, `^(a\\|b)$`", "", "`a`: exit code 2"), ["a"]),
        (
            row("date `YYYY-MM-DD`", "2000-01-01 to 2099-12-31 inclusive", "`2024-02-28`, `2024-02-30`: 2"),
            ["2024-02-28"],
        ),
        (row("one of `N`, `b`", "", "`b`: exit code 2"), ["b"]),
        (row("one of `N`, `b`", "", "", "`c`"), ["c"]),
    ],
)
def test_a_value_that_contradicts_its_row_is_found(inputs, quotes):
    found = [each for each in consistency(INPUTS=inputs, RULES="- R1 N or `b`.") if each.rule == "X02"]
    assert [each.quote for each in found] == quotes


def test_a_contradiction_is_shown_where_it_stands():
    text = row("integer", "1 to 9 inclusive", "`0`, `5`: exit code 2")
    (found,) = consistency(INPUTS=text)
    assert text.split("\n")[2][found.column :].startswith("5`")
    assert found.line == 5


@pytest.mark.parametrize(
    "inputs",
    [
        row("integer", "1 to 9999", "`80` in use: exit code 2"),
        row("integer, even", "1 to 9", "`5`: exit code 2"),
        row("integer", "1 to 9, or 20", "", "`20`"),
        row("integer", "0 to 10 exclusive", "`10`: exit code 2"),
        row("integer", "1 to 9", '`"5"`, `1.5`, `true`: exit code 2'),
        row("text", "1 to 5 characters inclusive", '`"*"`, `"abcdef"`: exit code 2'),
        row("text, `^[a-z]{3}$`", "", "`abc`: status 404, no such code"),
        row("text, `^[a-z]{3}$`", "", "`abc`: R2"),
        row("integer", "1 to 900 inclusive", "`800`: exit code 3, R2"),
        row("integer", "1 to 900 inclusive", "`800` : exit code 3, if the account holds less than N"),
        row("text, unique", "1 to 9 characters", "`abc`: status 409"),
        row("text", "1 to 9 characters", '`7`, `""`: exit code 2'),
        row("text, `^[a-z]{3}$`, registered", "", "`abc`: status 404"),
        row("text, `^[a-z]{3}$`", "", "one that was never given: status 404"),
        row("text, `^[`", "", "`abc`: status 404", "`abc`"),
        row("text, `^(a+)+$`", "", f"`{'a' * 40}b`: status 404"),
        row("one of `N`, `b` or another word", "", "`b`: exit code 2", "`zz`"),
        row("one of `N`, `B`", "any case", "", "`b`"),
        row("decimal number with 2 fraction digits", "0.00 to 9.00", "`5`: exit code 2"),
        row("path of a file", "1 to 9 lines", "`a.txt`: exit code 2"),
    ],
)
def test_what_may_be_invalid_or_right_for_another_reason_is_left_alone(inputs):
    rules = "- R1 N, `b` or b.\n- R2 If the account has not enough money, then `pay` must end with exit code 3."
    assert told(INPUTS=inputs, RULES=rules) == []


def test_the_result_of_a_case_is_that_of_the_rule_it_names():
    rules = "- R1 If N is out of its bounds, then the exit code must be 3.\n- R2 N is refused with exit code 3."
    assert told(INPUTS=row("integer", "", "`0`: exit code 2, R2"), RULES=rules) == [("X02", "exit code 2")]
    assert told(INPUTS=row("integer", "", "`0`: exit code 3, R2"), RULES=rules) == []
    assert told(INPUTS=row("integer", "", "`0`: exit code 2, R1 and R2"), RULES=rules) == []
    assert told(INPUTS=row("integer", "", "`0`: status 2, R2"), RULES=rules) == []


@pytest.mark.parametrize(
    ("language", "example", "line"),
    [
        ("json", '{"a": 1,}', 1),
        ("json", '{\n  "a": 1\n  "b": 2\n}', 3),
        ("json", "{'a': 1}", 1),
        ("jsonl", '{"a": 1}\n{"a": }', 2),
        ("yaml", "a: [1\nb: 2", 2),
        ("yaml", "a: 1\n---\nb: 'x", 3),
        ("toml", "a = 1\nb =", 2),
        ("csv", 'a,b\n"x,y', 1),
    ],
)
def test_an_example_is_in_the_language_that_it_is_marked_with(language, example, line):
    (found,) = consistency(OUTPUTS=f"Success.\n\n```{language}\n{example}\n```")
    assert (found.rule, found.line) == ("X02", 5 + line)
    assert found.quote in example


@pytest.mark.parametrize(
    "outputs",
    [
        'An invalid body:\n\n```json\n{"a":\n```',
        '### Malformed\n\n```json\n{"a":\n```',
        '```json\n{"a": 1, …}\n```',
        '```json\n{"a": [1, 2, ...]}\n```',
        '```json\n{"a": 1}\n\n{"b": 2}\n```',
        '```json\n"a": 1,\n"b": 2,\n```',
        '```json\n{"sku": SKU, "list": [N, M]}\n```',
        '```json\n{"id": <id>}\n```',
        '```json\n// the answer\n{"a": 1}\n```',
        '```json\n$ curl localhost\n{"a": 1}\n```',
        f"```json\n{'1' * 5000}\n```",
        f"```json\n{'[' * 5000}\n```",
        "```json\n```",
        "```yaml\na: 1\n---\nb: 2\n```",
        "```yaml\n- {name: x, more: …}\n```",
        '```csv\na;b\n"x, y";2\n```',
        "```json5\n{a: 1,}\n```",
        "```python\nthis is not python\n```",
        "```\n{\n```",
    ],
)
def test_elisions_comments_and_what_is_wrong_on_purpose_are_no_faults(outputs):
    assert told(OUTPUTS=outputs) == []


# X03

FORMS = row("one of `json`, `yaml`, `toml`")


def test_a_value_that_nothing_is_said_about_is_found():
    (found,) = consistency(INPUTS=FORMS, RULES="- R1 With `json` the list must be JSON, with `yaml` YAML.")
    assert (found.rule, found.line, found.quote) == ("X03", 5, "toml")
    assert FORMS.split("\n")[2][found.column - 1 :].startswith("toml")


@pytest.mark.parametrize(
    "rules",
    [
        "- R1 With `json` the list must be JSON, with `yaml` YAML, with toml TOML.",
        "- R1 The list must be printed as N says.",
    ],
)
def test_a_rule_for_each_value_or_for_the_input_deals_with_all(rules):
    assert told(INPUTS=FORMS, RULES=rules) == []


def test_a_rule_that_refuses_all_other_values_deals_with_none():
    found = told(INPUTS=FORMS, RULES="- R1 If N is none of these words, then the exit code must be 2.")
    assert found == [("X03", "json"), ("X03", "yaml"), ("X03", "toml")]


def test_a_value_is_looked_for_in_every_answer():
    outputs = "With `json` JSON, with `yaml` YAML."
    assert told(INPUTS=FORMS, OUTPUTS=outputs, EVALUATION="- E1 (R1): given toml, then TOML.") == []


def test_a_value_of_the_right_form_that_stands_alone_may_be_refused_for_something_else():
    (alone,) = consistency(INPUTS=row("integer", "1 to 9 inclusive", "`5`: exit code 3"))
    (beside,) = consistency(INPUTS=row("integer", "1 to 9 inclusive", "`0`, `5`: exit code 3"))
    assert (alone.quote, alone.level) == ("5", Level.WARNING)
    assert (beside.quote, beside.level) == ("5", Level.ERROR)
