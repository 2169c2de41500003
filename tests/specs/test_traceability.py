"""C04 and C09: ids, and an evaluation for every rule."""

from pathlib import Path

import pytest

from factory_tui.model.finding import Level
from factory_tui.specs import parse
from specs.texts import SECTIONS, findings, only, spec_text

RULES = SECTIONS["RULES"]


def with_item(item: str) -> str:
    return RULES.replace("\n\n###", f"\n{item}\n\n###")


def rules_of(text: str) -> list[tuple[str, str]]:
    spec = parse(Path("close-day.md"), spec_text(RULES=text))
    return [(item.id, item.text) for item in spec.rules]


@pytest.mark.parametrize(
    "text",
    [
        "- R1 One.\n- R2 Two.",
        "* R1 One.\n* R2 Two.",
        "1. R1 One.\n2. R2 Two.",
        "- **R1** One.\n- **R2** Two.",
        "- R1: One.\n- R2: Two.",
        "- **R1:** One.\n- **R2:** Two.",
        "- `R1` One.\n- `R2` Two.",
        "- R1. One.\n- R2. Two.",
        "R1 One.\n\nR2 Two.",
        "**R1** One.\n**R2** Two.",
        "| id | rule |\n|---|---|\n| R1 | One. |\n| R2 | Two. |",
        "- R1 One.\n\n### More\n\n- R2 Two.",
        "- [ ] R1 One.\n- [x] R2 Two.",
        "- R1 One.\n  - R2 Two.",
    ],
)
def test_items_are_found_in_every_usual_form(text: str) -> None:
    assert rules_of(text) == [("R1", "One."), ("R2", "Two.")]


def test_an_item_goes_on_over_its_continuation_lines() -> None:
    text = "- R1 One\n  and R2 in the text\n\n  and a paragraph\n  - a detail\n- R2 Two"
    assert rules_of(text) == [("R1", "One and R2 in the text and a paragraph - a detail"), ("R2", "Two")]


def test_a_line_that_starts_with_an_id_by_chance_is_no_item() -> None:
    assert [name for name, _ in rules_of("- R1 One. It follows from\n  R2 that there is more.\n- R2 Two.")] == [
        "R1",
        "R2",
    ]
    assert [name for name, _ in rules_of("R1 follows from\nR2 in the end.")] == ["R1"]


def test_items_in_code_and_comments_do_not_count() -> None:
    assert rules_of("- R1 One.\n\n```\n- R2 Two.\n```\n\n<!--\n- R3 Three.\n-->") == [("R1", "One.")]


def test_positions_are_those_of_the_file() -> None:
    spec = parse(Path("close-day.md"), spec_text().replace("\n", "\r\n"))
    lines = spec_text().split("\n")
    assert lines[spec.rules[0].line - 1][spec.rules[0].column - 1 :].startswith("R1 If")
    assert lines[spec.evaluation[1].line - 1].startswith("- E2")


@pytest.mark.parametrize(
    ("text", "covers"),
    [
        ("E1 (R1, R2): works", ("R1", "R2")),
        ("E1 [R1]: works", ("R1",)),
        ("E1 (R1,R2)", ("R1", "R2")),
        ("E1 (R1 and R2): works", ("R1", "R2")),
        ("E1 (R1–R3): works", ("R1", "R2", "R3")),
        ("E1 (R1 - R3, R5): works", ("R1", "R2", "R3", "R5")),
        ("E1: given … (R2)", ("R2",)),
        ("**E1** (R1): works", ("R1",)),
        ("**E1 (R1)**: works", ("R1",)),
        ("E1 (R1) (R2): works", ("R1", "R2")),
        ("E1: works (as R1 says)", ()),
        ("E1: works", ()),
        ("E1 (R1–R9999): works", ()),
        ("E1 (R3–R1): works", ()),
    ],
)
def test_an_evaluation_item_names_rules_in_brackets(text: str, covers: tuple[str, ...]) -> None:
    spec = parse(Path("close-day.md"), spec_text(EVALUATION=f"- {text}"))
    assert spec.evaluation[0].covers == covers


def test_a_rule_that_is_never_evaluated_is_an_error() -> None:
    found = only(findings(spec_text(EVALUATION="- E1 (R1): given a day, when closed, then it is.")))
    assert (found.rule, found.section, found.quote) == (
        "C09",
        "RULES",
        "- R2 The command must never close a day twice.",
    )
    assert "E2 (R2)" in found.fix


def test_rules_of_a_sub_section_are_rules() -> None:
    text = f"{RULES}\n\n### More\n\n- R3 The command must end."
    assert "R3 is never evaluated" in only(findings(spec_text(RULES=text))).message


def test_an_evaluation_of_no_rule_and_of_an_unknown_rule_are_errors() -> None:
    seen = "given a day, when it is closed, then `closed` is printed."
    text = f"- E1 (R1): {seen}\n- E2 (R2): {seen}\n- E3: {seen}\n- E4 (R9): {seen}"
    messages = [each.message for each in findings(spec_text(EVALUATION=text))]
    assert len(messages) == 2
    assert "E3 names no rule" in messages[0]
    assert "E4 names R9" in messages[1]


def test_an_id_is_used_once() -> None:
    found = only(findings(spec_text(RULES=with_item("- R1 The command must end."))))
    assert (found.rule, found.level) == ("C04", Level.ERROR)
    assert "R1 is used twice (first on line 44)" in found.message
    assert "R3" in found.fix


def test_an_id_of_the_wrong_kind_is_an_error() -> None:
    found = findings(spec_text(RULES=with_item("- E7 The command must end.")))
    assert "E7 stands in RULES" in only(found).message


def test_items_without_any_id_are_an_error() -> None:
    found = findings(spec_text(RULES="- One.\n- Two.\n\n### Edge cases\n\nNone."))
    assert any(each.rule == "C04" and "no item of RULES has an id" in each.message for each in found)


def test_an_item_without_id_beside_others_is_a_warning() -> None:
    found = only(findings(spec_text(RULES=with_item("- Three."))))
    assert (found.level, found.quote) == (Level.WARNING, "- Three.")


def test_a_mention_of_an_unknown_rule_is_an_error_in_rules_and_a_warning_elsewhere() -> None:
    text = RULES.replace("close it", "close it as in R8, not `R9`")
    found = only(findings(spec_text(RULES=text)))
    assert (found.rule, found.level, found.quote) == ("C04", Level.ERROR, "R8")
    assert only(findings(spec_text(WHAT="A command for R2 and R7 buckets."))).level is Level.WARNING
