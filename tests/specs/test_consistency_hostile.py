"""The rules about consistency take a time that grows with the text, whatever it holds."""

import time

import pytest

from specs.consistency import ROWS, consistency

SIZE = 200_000
"""A fifth of the largest spec; each text took well under a second for this size."""

LIMIT_S = 15
"""Far above that, for a machine with much else to do, and far below anything quadratic."""


def many(line: str) -> str:
    return "".join(line.format(n=number) for number in range(SIZE // len(line)))


TEXTS = {
    "rules that differ in a number": {"RULES": many("- R{n} `x` must print `{n}` if FILE is empty.\n")},
    "rules that are equal": {"RULES": many("- R{n} `x` must print `0` if FILE is empty.\n")},
    "rules that differ in a form": {
        "RULES": many("- R{n} The word must print{n:s} its lines.\n".replace("{n:s}", "ed"))
    },
    "bounds of one name": {
        "INPUTS": f"{ROWS}| FILE | path | at most 9 MB | | |",
        "CONSTRAINTS": many("- FILE is at most {n} MB.\n"),
    },
    "bounds on one line": {"CONSTRAINTS": "- at most 5 " * (SIZE // 12)},
    "blanks behind a bound": {"CONSTRAINTS": f"- FILE is at most{' ' * SIZE}5 MB."},
    "digits": {"CONSTRAINTS": f"- FILE is at most {'1' * SIZE}"},
    "rows": {"INPUTS": ROWS + many("| N{n} | integer | 1 to {n} | `0`, `1`: exit code 2, R1 | `2` |\n")},
    "patterns": {"INPUTS": ROWS + many("| N{n} | text, `^[a-z]*[a-z]*[a-z]*{n}$` | | `aaaaaaaaaaaaaaaaaaaa`: 2 | |\n")},
    "enums": {"INPUTS": ROWS + many("| N{n} | one of `a{n}`, `$b{n}` | | | |\n")},
    "one enum": {"INPUTS": f"{ROWS}| N | one of {many('`a{n}`, ')}`b` | | | |"},
    "cases": {"INPUTS": f"{ROWS}| N | integer, 1 to 3 | | {many('`{n}`, ')}: exit code 2 | |"},
    "deep JSON": {"OUTPUTS": f"```json\n{'[' * SIZE}\n```"},
    "broken YAML": {"OUTPUTS": many("```yaml\na: [{n}\n```\n\n")},
    "deep YAML": {"OUTPUTS": "".join(f"```yaml\n{'[' * 1900}{n}\n```\n\n" for n in range(100))},
    "long YAML": {"OUTPUTS": "".join(f"```yaml\n- [{'a,' * 9500}{n}\n```\n\n" for n in range(100))},
    "YAML of many documents": {
        "OUTPUTS": "".join(f"```yaml\n{chr(10).join(['---'] * 4900)}{n}\n```\n\n" for n in range(100))
    },
    "a verbose pattern": {
        "INPUTS": f"{ROWS}| N | text, `^(?x:(a+) +)$` | 1 to 60 characters | `{'a' * 30}!`: exit code 2 | |"
    },
    "rows of one name": {"INPUTS": ROWS + many("| N | integer | 1 to {n} | `0`: exit code 2, R1 | `2` |\n")},
    "refusals": {
        "INPUTS": ROWS + many("| N{n} | integer | 1 to 9 | | |\n"),
        "RULES": many("- R{n} If N{n} is out of its bounds, then print `1 to 8`.\n"),
    },
    "evaluations": {
        "RULES": many("- R{n} `x` must print exactly 3 lines.\n"),
        "EVALUATION": many("- E{n} (R{n}): given a, when b, then exactly 4 lines are printed.\n"),
    },
    "then": {"RULES": "- R1 `x` must print exactly 3 lines.", "EVALUATION": f"- E1 (R1): {'then at most 5 ' * 20_000}"},
    "costs": {"budget": "1.50", "CONSTRAINTS": many("- Cost: at most {n}.99 USD for this run.\n")},
    "dollars": {"budget": "1.50", "CONSTRAINTS": f"- Cost: {'$9 ' * (SIZE // 3)}"},
    "demands and their opposites": {
        "RULES": many("- R{n} `x` must never write A, B or C.\n- R{n} `x` must write B.\n")
    },
    "lists": {"RULES": many("- R{n} `x` must never write " + "a, b, c, d or e, " * 50 + "f: it is so.\n")},
    "values of one refusal": {
        "INPUTS": f"{ROWS}| N | one of {', '.join(f'`a{n}`' for n in range(400))} | | | |",
        "RULES": many("- R{n} If N is neither `a1` nor `a2`, then it must stop.\n"),
    },
    "backticks": {"RULES": f"- R1 {'`' * SIZE}", "INPUTS": f"{ROWS}| {'`' * SIZE} | one of | | |"},
}


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_takes_long(name):
    started = time.process_time()
    consistency(**TEXTS[name])
    assert time.process_time() - started < LIMIT_S
