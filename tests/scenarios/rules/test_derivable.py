"""Q04: scenarios that assert what their spec does not state, and everything that only looks like it."""

from pathlib import Path

import pytest

from factory_tui.model.finding import Level
from factory_tui.model.scenario import Scenario
from factory_tui.scenarios import lint_suite, load_suite
from factory_tui.scenarios.rules.derivable import Narrow, underivable
from factory_tui.specs import load_specs, parse

REPOSITORY = Path(__file__).parents[3]

SPEC = parse(
    Path("specs/bank.md"),
    """\
---
id: bank
title: Bank
kind: feature
category: crud
target: targets/bank
---
## OUTPUTS
JSON with `balance` and `currency`, status 409 for a conflict. The account file is `accounts.json`.
## RULES
- R1 If the amount is larger than the balance, then the command must print `refused: AMOUNT` with exit code 3.
""",
)


def narrow(*steps: dict[str, object], **more: object) -> list[Narrow]:
    raw = {"id": "x", "covers": ["R1"], "given": "An account", "when": "Money is taken", "then": "It is refused"}
    return list(underivable(Scenario.model_validate({**raw, "steps": list(steps), **more}), SPEC))


def run(**expect: object) -> dict[str, object]:
    return {"run": "bank withdraw a1 80.00", "expect": expect}


def http(**expect: object) -> dict[str, object]:
    return {"http": {"url": "http://127.0.0.1:${port}/accounts"}, "expect": expect}


@pytest.mark.parametrize(
    ("step", "literal", "word"),
    [
        (run(stderr={"contains": "insufficient funds"}), "insufficient funds", "insufficient"),
        (run(stdout="Overdrawn: 80.00"), "Overdrawn: 80.00", "Overdrawn"),
        (run(stdout={"contains": ["refused", "sorry"]}), "sorry", "sorry"),
        (run(stdout={"lines": ["refused: 80.00", "goodbye"]}), "goodbye", "goodbye"),
        (run(stdout={"json": {"$.limit": 5}}), "$.limit", "limit"),
        (run(stdout={"json": {"balance": "1", "overdraft": "0"}}), "overdraft", "overdraft"),
        (run(exit=4), "4", "4"),
        (http(status=422), "422", "422"),
        (http(json={"error": "locked"}), "locked", "locked"),
        (http(body={"contains": "overdraft"}), "overdraft", "overdraft"),
        ({"file": "accounts.json", "expect": {"json": {"$[0].owner": "a1"}}}, "$[0].owner", "owner"),
        ({"run": "bank --help", "quality": {"help": ["balance", "overdraft"]}}, "overdraft", "overdraft"),
    ],
)
def test_a_literal_that_is_stated_nowhere_is_found(step: dict[str, object], literal: str, word: str) -> None:
    assert narrow(step) == [Narrow("steps[0].expect", literal, word)]


@pytest.mark.parametrize(
    "step",
    [
        run(exit=3, stderr={"contains": "refused: 80.00"}),
        run(exit=0),
        run(exit=1),
        run(stdout="REFUSED"),
        run(stdout="1234.56"),
        run(stdout={"matches": "insufficient|refused"}),
        run(stdout={"not": {"contains": "insufficient"}}),
        run(stdout={"any_of": ["insufficient", "refused"]}),
        run(stdout={"contains": "withdraw"}),
        run(stdout={"json": {"$.balance": "0.00", "$.currency": "EUR"}}),
        run(stdout={"lines": 3}),
        run(stdout="true"),
        run(stderr={"contains": "Traceback"}),
        http(status=409, json={"balance": 1}),
        http(status=200),
        http(headers={"Location": "elsewhere"}),
        http(json={"$.balance": "${captured}"}),
        {"file": "accounts.json", "expect": {"exists": True}},
        {"wait": 0.1},
    ],
)
def test_what_is_stated_computed_or_left_open_is_not(step: dict[str, object]) -> None:
    assert narrow(step) == []


def test_words_of_the_scenarios_own_input_are_known() -> None:
    said = run(stdout="ladder hammer drill saw anvil rasp")
    inputs = {
        "files": {"tools.txt": "a Ladder"},
        "env": {"TOOL": "hammer"},
        "given": "A drill",
        "service": {"run": "serve --tool anvil", "ready": {"run": "true", "within": "1s"}},
    }
    fed = {"run": "bank add", "stdin": "a saw"}
    posted = {"http": {"method": "POST", "url": "http://x/", "json": {"tool": "rasp"}}}
    assert narrow(fed, posted, said, **inputs) == []
    assert [each.word for each in narrow(said)] == ["ladder"]


def test_its_own_expectation_does_not_make_a_word_known() -> None:
    assert narrow(run(stdout="ladder"), then="The ladder is printed")


def test_behaviour_of_the_base_is_stated_by_the_base() -> None:
    assert narrow(run(stdout="insufficient"), base="pass") == []


def test_nothing_is_told_of_a_query_that_is_none() -> None:
    assert narrow({"db": {"file": "bank.db", "query": "selct ladder from bank"}, "expect": {"value": 1}}) == []
    assert narrow({"db": {"file": "bank.db", "query": "select ladder from bank"}, "expect": {"value": 1}}) != []


def test_each_literal_is_told_once_and_never_as_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "bank"
    folder.mkdir()
    (folder / "taken.yaml").write_text(
        "id: taken\ncovers: [R1]\ngiven: An account\nwhen: Money is taken\nthen: It is refused\n"
        "steps:\n  - run: bank withdraw\n    expect: {exit: 3, stderr: {contains: [insufficient, insufficient]}}\n",
        encoding="utf-8",
    )
    suite, problems = load_suite(tmp_path, "bank")
    assert problems == ()
    (found,) = lint_suite(suite, SPEC)
    assert (found.rule, found.level, found.line, found.quote) == ("Q04", Level.WARNING, 8, "insufficient")
    assert found.path == str(folder / "taken.yaml")


def test_the_repositorys_own_scenarios_assert_what_their_specs_state() -> None:
    specs = load_specs(REPOSITORY).specs
    suites = {name: load_suite(REPOSITORY / "scenarios", name)[0] for name in specs}
    assert sum(len(each.scenarios) for each in suites.values()) >= 48
    hits = [
        f"{name}/{each.id}: {found.word}"
        for name, suite in suites.items()
        for each in suite.scenarios
        for found in underivable(each.scenario, specs[name])
    ]
    assert hits == []
