"""Fixes that are carried out: each ends its finding and leaves the rest of the file alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from factory_tui.model.finding import Edit, Finding
from factory_tui.specs import parse
from factory_tui.specs.lines import line_ends

from .corpus import Case, findings_on, mutations
from .texts import findings, spec_text


def carried_out(text: str, edit: Edit) -> str:
    starts = [0, *line_ends(text)]
    first, after = starts[edit.line - 1] + edit.column - 1, starts[edit.end_line - 1] + edit.end_column - 1
    assert first <= after <= len(text)
    return text[:first] + edit.text + text[after:]


def fixable(case: Case) -> list[Finding]:
    return [each for each in findings_on(case) if each.edit is not None and each.path is None]


BROKEN = {each.name: each for each in mutations() if fixable(each.applied())}


def test_some_defects_can_be_fixed_at_once() -> None:
    assert len(BROKEN) > 5


@pytest.mark.parametrize("name", BROKEN)
def test_a_fix_ends_its_finding(name: str) -> None:
    case = BROKEN[name].applied()
    before = findings_on(case)
    for each in fixable(case):
        assert each.edit is not None
        after = findings_on(replace(case, spec=carried_out(case.spec, each.edit)))
        same = [other for other in before if (other.rule, other.message) == (each.rule, each.message)]
        left = [other for other in after if (other.rule, other.message) == (each.rule, each.message)]
        assert len(left) < len(same), f"{each.rule} {each.message}: {each.edit}"


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("heading", ["## Rules", "## 5. RULES", "## RULLES", "RULES\n-----"])
def test_a_heading_is_written_as_its_question(heading: str, newline: str) -> None:
    text = spec_text().replace("## RULES", heading).replace("\n", newline)
    found = next(each for each in findings(text) if each.rule == "C01" and each.edit is not None)
    assert found.edit is not None
    assert carried_out(text, found.edit) == spec_text().replace("\n", newline)


@pytest.mark.parametrize("question", ["WHO", "RULES", "CONSTRAINTS"])
def test_a_missing_question_is_added_where_it_belongs(question: str) -> None:
    text = spec_text(**{question: None})
    found = next(each for each in findings(text) if f"{question} is missing" in each.message)
    assert found.edit is not None
    after = carried_out(text, found.edit)
    order = [each.question for each in parse(Path("close-day.md"), after).sections]
    assert order == [each.question for each in parse(Path("close-day.md"), spec_text()).sections]
    assert not any("out of order" in each.message for each in findings(after))
