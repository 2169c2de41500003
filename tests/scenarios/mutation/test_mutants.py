"""Small changes of source: which there are, that they are small, and that nothing which is no behaviour is touched."""

import ast
import io
import tokenize
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factory_tui.model.artifact import EMPTY, Artifact, ArtifactFile
from factory_tui.model.mutation import Mutant, Operator
from factory_tui.scenarios.mutation.nearest import nearest_rule
from factory_tui.scenarios.mutation.operators import SOURCES, WORDS
from factory_tui.scenarios.mutation.plan import choose, mutated
from factory_tui.scenarios.mutation.planning import plan_apart
from factory_tui.scenarios.mutation.sources import sources
from factory_tui.scenarios.mutation.words import MISSING
from factory_tui.specs import parse

BANK = '''\
"""Accounts: 3 > 2 and nothing else."""
import sys

LIMIT: int = 100  # 5 > 4


def withdraw(balance: int, amount: int) -> int:
    """Refuse 1 > 0."""
    if amount > balance and not frozen("a-1"):
        raise ValueError("not enough money for that")
    log(amount)
    return balance - amount


if __name__ == "__main__":
    print(withdraw(int(sys.argv[1]), 1))
'''


def mutants(changed: Artifact, base: Artifact, limit: int) -> list[tuple[Mutant, Artifact]]:
    return list(mutated(changed, choose(sources(changed, base), limit).chosen))


def artifact(**files: str) -> Artifact:
    named = {name.replace("_DOT_", ".").replace("_IN_", "/"): text for name, text in files.items()}
    return Artifact.of(ArtifactFile(PurePosixPath(name), text.encode()) for name, text in named.items())


def changes(name: str, text: str, limit: int = 1000) -> list[tuple[Mutant, str]]:
    found = mutants(Artifact.of([ArtifactFile(PurePosixPath(name), text.encode())]), EMPTY, limit)
    return [(mutant, next(iter(made)).content.decode()) for mutant, made in found]


def said(name: str, text: str) -> set[tuple[int, str]]:
    return {(mutant.line, mutant.what) for mutant, _ in changes(name, text)}


def test_python_is_changed_where_it_behaves_and_nowhere_else():
    assert said("bank.py", BANK) == {
        (4, "`100` becomes `101`"),
        (9, "`>` becomes `>=`"),
        (9, "`and` becomes `or`"),
        (9, "`not` is left out"),
        (9, "the condition is turned round"),
        (9, '`"a-1"` becomes empty'),
        (10, '`raise ValueError("not enough money for that")` is left out'),
        (11, "`log(amount)` is left out"),
        (12, "`-` becomes `+`"),
        (12, "the returned value is lost"),
        (16, "`print(withdraw(int(sys.argv[1]), 1))` is left out"),
        (16, "`1` becomes `2`"),
    }
    assert {mutant.function for mutant, _ in changes("bank.py", BANK) if mutant.line in range(9, 13)} == {"withdraw"}


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "a.sh",
            'if [ "$1" -gt 3 ]; then # 4 -gt 3\n  exit 2\nfi\ncat <<END\n[ 3 -gt 4 ]\nEND\nrm -f x 2>&1\n',
            {"`-gt` becomes `-ge`", "`3` becomes `4`", "the condition is turned round", "`2` becomes `3`"},
        ),
        (
            "a.js",
            'import x from "y";\n// a > b\nconst r = /a > b/;\nif (a >= 2 || s === `1 > ${0}`) { return 1; }\n',
            {"`>=` becomes `>`", "`||` becomes `&&`", "`===` becomes `!==`", "the condition is turned round"},
        ),
        ("a.ts", "let xs: Map<string, number> = f(a < b);\n", {"`<` becomes `<=`"}),
        ("a.go", 'package main\n\nimport "fmt"\n\nfunc F(a int) int {\n\tlog.Do(a)\n\treturn a + 1\n}\n', {
            "`log.Do(a)` is left out", "`+` becomes `-`", "`1` becomes `2`",
        }),
        ("a.rb", "# a > b\ndef f(a)\n  return :no if a <= 0\n  true\nend\n", {
            "`<=` becomes `<`", "`if` becomes `unless`", "`true` becomes `false`", "`0` becomes `1`",
        }),
        ("a.php", "<?php\n# a > b\nif ($a > $b) { return true; }\n", {
            "`>` becomes `>=`", "the condition is turned round", "`true` becomes `false`",
        }),
        ("a.sql", "-- a > b\nSELECT max(a) FROM t WHERE a >= 1 AND b BETWEEN 2 AND 3;\n", {
            "`>=` becomes `>`", "`AND` becomes `OR`", "`max` becomes `min`", "`1` becomes `2`",
        }),
    ],
)  # fmt: skip
def test_other_languages_are_changed_word_by_word(name: str, text: str, expected: set[str]):
    found = said(name, text)
    assert expected <= {what for _, what in found}
    hidden = [line for line, words in enumerate(text.split("\n"), 1) if words.startswith(("# a", "// a", "-- a"))]
    assert not [line for line, _ in found if line in hidden]


def test_between_keeps_its_and():
    assert [what for _, what in said("a.sql", "SELECT 1 FROM t WHERE b BETWEEN 2 AND 3;\n") if "AND" in what] == []


def test_a_program_without_a_suffix_is_known_by_its_first_line():
    assert ("#!/bin/sh", 2, "`exit 3` is left out") in {
        ("#!/bin/sh", line, what) for line, what in said("bin/tool", "#!/bin/sh\nexit 3\n")
    }
    assert said("bin/tool", "#!/usr/bin/env python3\nx = f(1)\n") == {(2, "`1` becomes `2`")}


@pytest.mark.parametrize(
    "path",
    ["test_a.py", "a_test.go", "tests/a.py", "src/__tests__/a.js", "a.spec.ts", "conftest.py", "data.json", "notes.md",
     "node_modules/x/a.js", "vendor/a.go", "a.csv"],
)  # fmt: skip
def test_tests_and_data_are_left_alone(path: str):
    assert changes(path, "x = f(1 > 2)\n") == []


def test_what_a_program_wrote_is_left_alone():
    assert changes("a.py", "# Code generated by protoc\nx = f(1)\n") == []
    assert changes("a.js", f"x = {'1 + ' * 300}1;\n") == []
    assert changes("a.py", "x = 1\0") == []


def test_only_lines_that_the_run_changed_or_added_count():
    before = artifact(a_DOT_py="def f(a):\n    return a > 1\n", b_DOT_py="x = g(1)\n")
    after = artifact(a_DOT_py="def f(a):\n    return a > 1\n\n\ndef g(a):\n    return a < 1\n", b_DOT_py="x = g(1)\n")
    assert {(each.path, each.line) for each, _ in mutants(after, before, 1000)} == {("a.py", 6)}


def test_the_choice_is_the_same_each_time_and_touches_every_file_and_kind():
    many = artifact(**{f"m{number}_DOT_py": BANK for number in range(4)})
    chosen = [mutant for mutant, _ in mutants(many, EMPTY, 16)]
    assert chosen == [mutant for mutant, _ in mutants(many, EMPTY, 16)]
    assert len(chosen) == 16
    assert {each.path for each in chosen} == {f"m{number}.py" for number in range(4)}
    assert len({each.operator for each in chosen if each.path == "m0.py"}) == 4


def test_every_kind_has_a_source_and_words_for_what_is_missing():
    assert set(SOURCES) == set(MISSING) == set(Operator)
    assert {operator for table in WORDS.values() for operator in table} <= set(Operator)


@given(st.lists(st.sampled_from(BANK.split("\n")), max_size=12), st.text(max_size=30))
@settings(max_examples=100, deadline=None)
def test_a_python_mutant_parses_differs_in_one_place_and_keeps_its_comments(lines: list[str], tail: str):
    text = "\n".join(lines) + f"\nx = f({tail!r})  # {tail!a} > 1\n"
    for mutant, made in changes("a.py", text):
        ast.parse(made)
        assert made != text
        assert mutant.before != mutant.after
        assert _comments(made) == _comments(text)


@given(st.sampled_from(["a.py", "a.js", "a.go", "a.rb", "a.php", "a.sh", "a.sql"]), st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_is_survived(name: str, text: str):
    if not _is_utf8(text):
        return
    for mutant, made in changes(name, text, 20):
        assert made != text
        assert mutant.line >= 1


async def test_source_that_takes_a_parser_down_costs_a_child_and_nothing_else():
    deep = "(\n" + "\n".join(["-" * 400] * 250) + "1)\n"
    nested = "x = " + "\n".join(["[" * 90] * 100)
    for text in (deep, nested, BANK):
        made = await plan_apart(artifact(a_DOT_py=text), None, 5)
        assert len(made.chosen) <= 5


def test_the_nearest_rule_shares_the_rarest_words():
    rules = parse(
        Path("x.md"),
        "## RULES\n- R1 The balance must be shown.\n- R2 A withdrawal above the balance must be refused.\n"
        "- R3 The log must have each amount.\n",
    ).rules
    mutant = Mutant(
        path="bank.py", line=1, what="w", before="if withdrawal > balance:", after="", function="refuse_above"
    )
    found = nearest_rule(mutant, rules)
    assert found is not None
    assert found.id == "R2"
    assert nearest_rule(mutant.model_copy(update={"before": "x", "function": "", "path": "q.py"}), rules) is None


def _comments(text: str) -> list[str]:
    found = tokenize.generate_tokens(io.StringIO(text).readline)
    return [each.string for each in found if each.type == tokenize.COMMENT]


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
