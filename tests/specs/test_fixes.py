"""Fixes that are carried out: each ends its finding and leaves the rest of the file alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from factory_tui.model.finding import Edit, Finding
from factory_tui.specs import parse
from factory_tui.specs.reading.lines import line_ends

from .corpus import Case, findings_on, mutations
from .texts import SECTIONS, findings, front_text, spec_text


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


@pytest.mark.parametrize(
    ("key", "wrong", "right"),
    [
        ("status", "redy", "ready"),
        ("kind", "featur", "feature"),
        ("category", "'cud'", "'crud'"),
        ("id", "close-the-day", "close-day"),
        ("template", "feature", "feature@1"),
    ],
)
def test_a_slip_in_the_front_matter_is_mended(key: str, wrong: str, right: str) -> None:
    text = spec_text(front_text(**{key: f"{wrong}  # why"}))
    found = next(each for each in findings(text) if each.edit is not None)
    assert found.edit is not None
    assert carried_out(text, found.edit) == spec_text(front_text(**{key: f"{right}  # why"}))


def test_a_slip_in_the_name_of_a_key_is_mended() -> None:
    text = spec_text().replace("priority:", "priorty:")
    found = next(each for each in findings(text) if each.edit is not None)
    assert found.edit is not None
    assert carried_out(text, found.edit) == spec_text()


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(
    ("section", "whole", "part", "added"),
    [
        ("RULES", SECTIONS["RULES"], "- Malformed: exit code 2\n", "- Malformed: <rule id, or why it cannot happen>"),
        ("RULES", SECTIONS["RULES"], SECTIONS["RULES"].partition("\n\n")[2], "### Edge cases"),
        ("CONSTRAINTS", SECTIONS["CONSTRAINTS"], "\n\n### Out of scope\n\nUndo.", "### Out of scope"),
        ("CONSTRAINTS", SECTIONS["CONSTRAINTS"], "\n- Compatibility: Python 3.11.", "- Compatibility: <what must keep"),
        (
            "EVALUATION",
            SECTIONS["EVALUATION"],
            SECTIONS["EVALUATION"].split("\n")[1],
            "- E2 (R2): given … when … then …",
        ),
    ],
)
def test_what_is_missing_is_added_as_a_place_to_fill_in(
    section: str, whole: str, part: str, added: str, newline: str
) -> None:
    text = spec_text(**{section: whole.replace(part, "")}).replace("\n", newline)
    found = next(each for each in findings(text) if each.edit is not None)
    assert found.edit is not None
    after = carried_out(text, found.edit)
    assert f"{newline}{added}" in after
    left = {each.rule for each in findings(after)}
    assert found.rule not in left
    assert left == {"C02"}, "what is left is to fill it in"
