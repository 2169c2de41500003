"""C05: type or allowed values, bounds, and an invalid case with its result, for each input."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.finding import Level
from specs.texts import findings, spec_text

HEAD = "| name | type | bounds | invalid case and its result |\n|---|---|---|---|\n"


def lacks(text: str, **sections: str) -> list[str]:
    found = [each for each in findings(spec_text(INPUTS=text, **sections)) if each.rule == "C05"]
    assert all(each.level is Level.ERROR for each in found)
    return [each.message.partition(":")[0] for each in found]


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "| NAME | text | 1 to 60 characters inclusive | empty: exit code 2 |",
        HEAD + "| NAME | text | any | none, because any bytes are taken |",
        HEAD + "| ZONE | one of `home`, `abroad` | | `moon`: exit code 2 |",
        HEAD + "| `--all` | flag | given or not given | `--al`: exit code 2 |",
        HEAD + "| a, b | integer | 0 to 9 | R3 |",
        "| Argument | Format | Allowed | Otherwise |\n|---|---|---|---|\n| NAME | text | 1 to 60 | exit code 2 |",
        "| invalid | limits | data type | field |\n|---|---|---|---|\n| empty → 400 | 1..60 | string | name |",
        "| input | description |\n|---|---|\n| NAME | text, 1 to 60 characters; empty is refused with exit code 2 |",
        "| name | type | bounds | invalid | result |\n|---|---|---|---|---|\n| N | int | 0–9 | -1 | exit code 2 |",
        "| Name | Typ | Grenzen | Ungültig |\n|---|---|---|---|\n| TAG | Datum | 1970 bis 2100 | `x`: Ende mit 2 |",
        "- NAME: text, 1 to 60 characters, empty: exit code 2",
        "- **NAME** – text of 1 to 60 characters; an empty one is refused with exit code 2",
        "- `--keep` (integer): 1 to 99 inclusive. `0`, `x`: exit code 2",
        "* NAME: text\n  - at most 60 characters\n  - empty: exit code 2",
        "1. NAME, text, 1 to 60 characters, empty: R1",
        "- `--field N` (`-f N`): integer, 1 ≤ N ≤ 999; `0`, `-3`, `abc` → exit 64.",
        "- NAME: text, 1 to 60 characters\n- AGE: integer, 0 to 150\n\nAny other value is refused with exit code 2.",
        "The command takes NAME, a text of 1 to 60 characters. An empty NAME is refused with exit code 2.",
        "NAME:\n\n- Type: text\n- Bounds: 1 to 60 characters\n- Invalid: empty, exit code 2",
        "### NAME\n\n- type: text\n- length: 1 to 60\n- errors: empty: exit code 2",
        "- Standard input: CSV rows, at most 1000; a row with another number of fields is skipped.",
        "| field | rules |\n|---|---|\n| email | a valid address, otherwise 422 |\n| age | 18-120, otherwise 422 |",
        "There is no input.",
        "None.",
        "No input: it runs by the clock.",
        "The command takes no arguments.",
        "The tests take no input of their own.",
        "- Command line: `close DAY`\n- DAY: date, 1970 to 2100, `x`: exit code 2",
        "- Unknown keys are ignored.\n- The form stays as it is, 1 to 9 fields; a wrong one is refused.",
        "> quoted alone",
        "```\nclose 2026-01-01\n```",
        HEAD + "| <name> | <type or allowed values> | <bounds> | <invalid value, and what happens then> |",
        "| code | meaning |\n|---|---|\n| 2 | wrong usage |\n\nDAY is a date from 1970 to 2100, `x`: exit code 2.",
    ],
)
def test_an_input_that_says_it_all_is_fine(text: str) -> None:
    assert lacks(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD + "| NAME | | 1 to 60 | empty: exit code 2 |", ["NAME has no type or allowed values"]),
        (HEAD + "| NAME | text | | empty: exit code 2 |", ["NAME has no bounds"]),
        (HEAD + "| NAME | text | - | empty: exit code 2 |", ["NAME has no bounds"]),
        (HEAD + "| NAME | text | 1 to 60 | |", ["NAME has no invalid case"]),
        (HEAD + "| NAME | text | 1 to 60 | `a` |", ["NAME has no result of its invalid case"]),
        (HEAD + "| NAME | text | | |\n| N | int | 0–9 | -1: 400 |", ["NAME has no bounds and no invalid case"]),
        ("| name | type |\n|---|---|\n| NAME | text |", ["NAME has no bounds and no invalid case"]),
        ("- NAME: a date", ["NAME has no bounds and no invalid case"]),
        ("- NAME: text, 1 to 60 characters", ["NAME has no invalid case"]),
        ("- **birthday**: the date of it", ["birthday has no bounds and no invalid case"]),
        ("- `--field N` (`-f N`): integer", ["--field N (-f N) has no bounds and no invalid case"]),
        ("- TAG: das Datum, das der Laden und die Kasse nicht kennt", ["TAG has no bounds and no invalid case"]),
        ("A date.", ["INPUTS gives no bounds and no invalid case"]),
        ("A customer.", ["INPUTS gives no type or allowed values and no bounds and no invalid case"]),
    ],
)
def test_what_an_input_lacks_is_named(text: str, expected: list[str]) -> None:
    assert lacks(text) == expected


def test_a_rule_that_names_the_input_says_it_as_well() -> None:
    rules = "- R1 If NAME is longer than 60 characters, then it must be refused.\n- R2 It must never crash."
    assert lacks("- NAME: a text", RULES=rules) == []


@pytest.mark.parametrize(
    "text",
    [
        "- DAG: ett datum som varken butiken eller kassan har och inte känner",
        "Ein Datum, das die Kasse nicht kennt und der Laden.",
    ],
)
def test_words_of_another_language_are_not_judged(text: str) -> None:
    assert lacks(text) == []


CELL = st.sampled_from(["text", "`a`, `b`", "1 to 60", "empty: exit code 2", "R1", "none", "any"])


@given(
    st.lists(st.tuples(CELL, CELL, st.sampled_from(["empty: exit code 2", "R1", "`x` → 400"])), min_size=1, max_size=5)
)
def test_full_rows_are_always_fine(rows: list[tuple[str, str, str]]) -> None:
    text = HEAD + "\n".join(f"| N{n} | {' | '.join(row)} |" for n, row in enumerate(rows))
    assert lacks(text) == []


@given(st.permutations(["name", "type", "bounds", "invalid"]))
def test_the_order_of_columns_does_not_matter(order: list[str]) -> None:
    cells = {"name": "N", "type": "text", "bounds": "", "invalid": "`x`: exit code 2"}
    text = "\n".join(f"| {' | '.join(row)} |" for row in (order, ["---"] * 4, [cells[each] for each in order]))
    assert [each.partition(" has ")[2] for each in lacks(text)] == ["no bounds"]


@pytest.mark.parametrize("piece", ["- a", "- **a", "| a ", "- N: `", "no ", "- A_", "`a` and ", "- a b c ("])
def test_hostile_inputs_take_linear_time(piece: str) -> None:
    text = spec_text(INPUTS=(piece * 40 + "\n") * (200_000 // len(piece) // 40))
    start = time.perf_counter()
    findings(text)
    assert time.perf_counter() - start < 20
