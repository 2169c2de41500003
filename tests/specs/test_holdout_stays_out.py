"""C14: what only the holdout knows does not stand in the spec, and what both know by right is no leak."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.finding import Finding, Level
from factory_tui.model.ids import SpecId
from factory_tui.model.scenario import LoadedScenario, Scenario, Suite
from factory_tui.model.step import HttpRequest, Step
from factory_tui.specs import SpecLibrary, parse, validate
from specs.texts import SECTIONS, TEMPLATES, spec_text

RECORD = "31,Ödön Szabó,1987-04-30,0.10"


def suite(name: str = "closes-an-open-day", stdin: str | None = None, body: str | None = None, **files: str) -> Suite:
    steps = [Step(run="close 2026-01-01", stdin=stdin)]
    if body is not None:
        steps.append(Step(http=HttpRequest(url="http://127.0.0.1", body=body)))
    scenario = Scenario(
        id=name, covers=("R1",), given="A day", when="It is closed", then="It is", files=files, steps=tuple(steps)
    )
    loaded = LoadedScenario(scenario=scenario, spec=SpecId("close-day"), path=Path(f"{name}.yaml"), hash="h")
    return Suite(spec=SpecId("close-day"), scenarios=(loaded,), hash="h")


def leaks(text: str, holdout: Suite) -> list[Finding]:
    spec = parse(Path("specs/close-day.md"), text)
    library = SpecLibrary({spec.id: spec}, templates=TEMPLATES)
    found = [each for each in validate(spec, library, suite=holdout) if each.rule == "C14"]
    assert all(each.level is Level.ERROR for each in found)
    return found


def saying(text: str) -> str:
    return spec_text(WHAT=f"{SECTIONS['WHAT']} {text}")


def test_the_id_of_a_scenario_is_a_leak() -> None:
    (found,) = leaks(saying("See closes-an-open-day."), suite())
    assert found.quote == "closes-an-open-day"
    assert found.section == "WHAT"


@pytest.mark.parametrize("text", ["closes-an-open-day-again", "re-closes-an-open-day", "Closes an open day."])
def test_another_name_is_none(text: str) -> None:
    assert leaks(saying(text), suite()) == []


def test_an_id_that_anybody_could_write_is_none_but_its_file_is() -> None:
    assert leaks(saying("See the empty-book."), suite("empty-book")) == []
    assert len(leaks(saying("See empty-book.yaml."), suite("empty-book"))) == 1


@pytest.mark.parametrize(
    "holdout",
    [
        suite(**{"members.csv": f"number,name,joined,fee\n{RECORD}\n"}),
        suite(stdin=f"{RECORD}\n"),
        suite(body=f"{RECORD}\r\n"),
    ],
    ids=["fixture", "stdin", "request"],
)
@pytest.mark.parametrize("section", ["INPUTS", "OUTPUTS", "EVALUATION"])
def test_a_line_of_what_goes_in_is_a_leak(holdout: Suite, section: str) -> None:
    (found,) = leaks(spec_text(**{section: f"{SECTIONS[section]}\n\n```text\n{RECORD}\n```"}), holdout)
    assert (found.quote, found.section) == (RECORD, section)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a.csv", "number,name,joined,fee"),
        ("a.txt", "2026-01-01"),
        ("a.json", '{"quantity": 250}'),
        ("a.txt", "closed 2026-01-01"),
        ("a.md", "```console"),
        ("a.py", "from order_types import Order, Line2, Item3"),
    ],
)
def test_what_both_have_by_right_is_no_leak(name: str, line: str) -> None:
    text = spec_text(OUTPUTS=f"{SECTIONS['OUTPUTS']}\n\n~~~text\n{line}\n~~~")
    assert leaks(text, suite(**{name: f"{line}\n"})) == []


@given(st.lists(st.sampled_from(["DAY", "date", "`x`", "exit code 2", "closed", "|"]), max_size=4))
def test_words_of_the_spec_are_no_leak(words: list[str]) -> None:
    assert leaks(spec_text(), suite(**{"a.txt": " ".join(words)})) == []


def test_it_can_be_waived_where_it_is_meant() -> None:
    text = saying(f"such as {RECORD} <!-- allow C14: the customer's own example -->")
    spec = parse(Path("specs/close-day.md"), text)
    found = validate(spec, SpecLibrary({spec.id: spec}, templates=TEMPLATES), suite=suite(stdin=RECORD))
    assert {each.level for each in found if each.rule == "C14"} == {Level.INFO}


def test_a_large_holdout_takes_linear_time() -> None:
    lines = "\n".join(f"{number},Ödön Szabó,1987-04-30,0.10" for number in range(40_000))
    start = time.perf_counter()
    leaks(spec_text(), suite(**{"members.csv": lines}))
    assert time.perf_counter() - start < 20
