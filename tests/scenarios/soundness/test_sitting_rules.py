"""What the validator says of steps at a terminal and at a database, before anything is run."""

import re
from dataclasses import replace
from pathlib import Path
from textwrap import dedent, indent

import pytest

from factory_tui.model.ids import SpecId
from factory_tui.scenarios.reading.load import read_scenario, suite_of
from factory_tui.scenarios.rulebook import judged
from factory_tui.scenarios.rules import example_text
from factory_tui.scenarios.soundness import faults_of
from factory_tui.scenarios.staging.stand_ins import relied_on
from factory_tui.scenarios.terminal.keys import NAMES
from factory_tui.specs.rules.examples import untouched
from tests.scenarios.conftest import scenario

HEAD = "id: s\ncovers: [R1]\ngiven: g\nwhen: w\nthen: t\n"


def faults(text: str) -> list[tuple[str, str]]:
    return [(each.place, f"{each.what}; {each.todo}") for each in faults_of(scenario(text))]


@pytest.mark.parametrize(
    ("step", "place", "said"),
    [
        ("tui: {run: x, do: [{press: entre}]}", "steps[0].tui.do[0].press", "there is no key 'entre'; write enter"),
        ("tui: {run: x, do: [{press: [up, ctl+c]}]}", "steps[0].tui.do[0].press", "there is no key 'ctl+c'"),
        ("tui: {run: x, do: [{press: hello}]}", "steps[0].tui.do[0].press", "text is for type"),
        ("tui: {run: x, size: 999x40}", "steps[0].tui.size", "a screen of 999x40 is too large: 300x120 at most"),
        ("tui: {run: x, do: [{resize: 80x200}]}", "steps[0].tui.do[0].resize", "too large"),
        ("tui: {run: x, do: [{type: '${who}'}]}", "steps[0]", "no earlier step captures who"),
        ("tui: {run: x, do: [{see: '${who}'}]}", "steps[0]", "no earlier step captures who"),
        ("{tui: {run: x}, expect: {screen: {contains: '${who}'}}}", "steps[0]", "no earlier step captures who"),
        ("{tui: {run: x}, capture: {a: b}}", "steps[0].capture", "is not a JSONPath"),
        ("db: {file: ../x.db, query: select 1}", "steps[0].db.file", "inside the work directory"),
        ("db: {file: '${who}.db', query: select 1}", "steps[0]", "no earlier step captures who"),
        ("db: {file: x.db, query: delete from t}", "steps[0].db.query", "does not ask anything; write one SELECT"),
        ("db: {file: x.db, query: 'select 1; select 2'}", "steps[0].db.query", "several statements"),
        ("db: {file: x.db, query: 'with t as (select 1) delete from u'}", "steps[0].db.query", "changes the database"),
        (
            "db: {file: x.db, query: 'select :who'}",
            "steps[0].db.query",
            ":who is used, but no earlier step captures who",
        ),
        ("db: {file: x.db, query: \"select '${port}'\"}", "steps[0].db.query", "not replaced in a query; write :port"),
        ("db: {file: x.db, query: 'select ?'}", "steps[0].db.query", "? is no parameter that can be filled"),
        ("{db: {file: x.db, query: select 1}, expect: {json: {'$..a': 1}}}", "steps[0].expect", "is not a JSONPath"),
        ("{db: {file: x.db, query: select 1}, expect: {value: '${who}'}}", "steps[0]", "no earlier step captures who"),
    ],
)
def test_what_cannot_be_done_is_told_before_it_is_tried(step: str, place: str, said: str) -> None:
    found = faults(f"steps: [{step if step.startswith('{') else '{' + step + '}'}]")
    assert [each for each, _ in found] == [place]
    assert said in found[0][1]


def test_what_earlier_steps_capture_may_be_used() -> None:
    text = """
    steps:
      - {tui: {run: x}, capture: {who: $}}
      - {tui: {run: x, do: [{type: "${who}"}, {see: {contains: "${who}"}}]}}
      - {db: {file: "${who}", query: "select replace(a, ':b', '?') from t where b = :who and c = ':no'"}}
    """
    assert faults(text) == []


def test_a_fault_of_a_key_has_its_line() -> None:
    text = HEAD + dedent("""\
        steps:
          - tui:
              run: menu
              do:
                - see: a
                - press: enter
                - press: entre
        """)
    loaded, problems = read_scenario(Path("s.yaml"), text.encode(), SpecId("thing"))
    assert loaded is not None
    assert problems == ()
    assert loaded.places["steps[0].tui.do[2].press"] == (12, 11)


def test_programs_of_a_terminal_are_relied_on() -> None:
    driven = scenario("steps: [{tui: {run: 'dialog --menu | sort'}}]")
    assert relied_on(driven, frozenset({"sort", "uniq"}), None) == {"sort"}


def test_a_scenario_with_new_kinds_of_steps_is_part_of_a_suite() -> None:
    text = HEAD + "steps: [{tui: {run: x}}, {db: {file: a.db, query: select 1}}]\n"
    suite, findings = suite_of("thing", [read_scenario(Path("s.yaml"), text.encode(), SpecId("thing"))])
    assert findings == ()
    assert [step.kind for step in suite.scenarios[0].scenario.steps] == ["tui", "db"]


@pytest.mark.parametrize(
    ("step", "checks"),
    [
        ("tui: {run: x, do: [{press: enter}]}", False),
        ("tui: {run: x, do: [{see: {contains: ''}}]}", False),
        ("tui: {run: x, do: [{see: a}]}", True),
        ("{tui: {run: x}, expect: {exit: 0}}", True),
        ("{tui: {run: x}, expect: {screen: {contains: a}}}", True),
        ("{tui: {run: x}, expect: {screen: {matches: '.*'}}}", False),
        ("db: {file: x.db, query: select 1}", True),
    ],
)
def test_keys_alone_check_nothing(step: str, checks: bool) -> None:
    assert ("Q03" in rules(step)) is not checks


@pytest.mark.parametrize(
    ("step", "rule"),
    [
        ("{tui: {run: 'date'}, expect: {exit: 0}}", "Q06"),
        ("{db: {file: x.db, query: select a from t}, expect: {rows: [[1], [2]]}}", "Q06"),
        ("{db: {file: x.db, query: select a from t}, expect: {json: {'$[1].a': 2}}}", "Q06"),
        ("{db: {file: x.db, query: \"select a > date('now') from t\"}, expect: {value: 1}}", "Q06"),
        ("{db: {file: x.db, query: select random() from t}, expect: {value: 1}}", "Q06"),
        ("{tui: {run: 'tail -f log'}, expect: {exit: 0}}", "Q07"),
        ("tui: {run: x, do: [{see: {contains: Frobnicated}}]}", "Q04"),
        ("{tui: {run: x}, expect: {exit: 77}}", "Q04"),
        ("{db: {file: x.db, query: select frobnication from note}, expect: {value: 1}}", "Q04"),
        ("{db: {file: x.db, query: select 1}, expect: {value: Frobnicated}}", "Q04"),
        ("{tui: {run: x}, expect: {screen: every word of the whole sentence is compared here}}", "Q05"),
    ],
)
def test_the_rules_look_into_new_kinds_of_steps(step: str, rule: str) -> None:
    assert rule in rules(step)


@pytest.mark.parametrize(
    "step",
    [
        "{db: {file: x.db, query: select a from t order by a}, expect: {rows: [[1], [2]]}}",
        "{db: {file: x.db, query: select a from t}, expect: {rows: [[1]]}}",
        "{db: {file: x.db, query: select a from t}, expect: {rows: 2, json: {'$[*].a': [1]}}}",
        "tui: {run: 'tail -f log', do: [{see: {contains: a}}]}",
    ],
)
def test_what_is_steady_is_left_alone(step: str) -> None:
    assert not {"Q06", "Q07"} & set(rules(step))


def rules(step: str) -> list[str]:
    """The rules that find something in a scenario with this one step."""
    text = f"{example_text.HEAD}steps: [{step if step.startswith('{') else '{' + step + '}'}]\n"
    files = untouched()
    return [each.rule for each in judged(replace(files, scenarios={"example.yaml": text}))]


def test_the_examples_of_the_page_can_be_carried_out() -> None:
    page = (Path(__file__).parents[3] / "docs" / "terminals-and-databases.md").read_text(encoding="utf-8")
    examples = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert len(examples) == 2
    for example in examples:
        assert faults("steps:\n" + indent(example, "  ")) == []
    assert all(f"`{name}`" in page for name in NAMES if not re.fullmatch(r"f([2-9]|1[01])", name))
