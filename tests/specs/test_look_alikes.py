"""An id that only looks like one is told as what it is."""

import pytest

from factory_tui.model.finding import Finding, Level
from specs.texts import SECTIONS, findings, spec_text

RULES = SECTIONS["RULES"]


def told(rules: str) -> list[Finding]:
    return [each for each in findings(spec_text(RULES=rules)) if "only looks like" in each.message]


@pytest.mark.parametrize(
    "written",
    ["Р1", "Ρ1", "Ｒ1", "R１", "Ｒ１", "\U0001d4111", "R\u200b1", "R\u0661", "Ꭱ1"],
    ids=lambda text: text.encode("unicode_escape").decode(),
)
def test_an_id_of_other_letters_or_digits_is_told_with_the_right_one(written: str) -> None:
    (found,) = told(RULES.replace("- R1 ", f"- {written} "))
    assert (found.rule, found.level, found.section, found.quote) == ("C04", Level.ERROR, "RULES", written)
    assert found.edit is not None
    assert (found.edit.text, found.edit.end_column) == ("R1", found.column + len(written))


def test_the_edit_ends_the_finding() -> None:
    rules = RULES.replace("- R1 ", "- **Р1** ")
    (found,) = told(rules)
    line = f"- **Р1** {RULES.splitlines()[0].removeprefix('- R1 ')}"
    assert found.edit is not None
    mended = line[: found.edit.column - 1] + found.edit.text + line[found.edit.end_column - 1 :]
    assert told(rules.replace(line, mended)) == []


def test_one_in_the_middle_of_a_text_may_be_a_name() -> None:
    (found,) = told(RULES.replace("- R1 ", "- R1 At the valve Р1 "))
    assert found.level is Level.WARNING


@pytest.mark.parametrize(
    "text", ["- R1 Während der Tag offen ist", "- R1 День «Р» и Р12-3", "- R1 柚子 R1", "- R1 `Р1`"]
)
def test_other_scripts_are_no_fault(text: str) -> None:
    assert told(RULES.replace("- R1 ", f"{text} ")) == []
