"""A waiver is visible, reaches its own line or the next, and needs a reason."""

import pytest

from factory_tui.model.finding import Level
from factory_tui.specs import is_ready
from specs.texts import SECTIONS, findings, only, spec_text


def outputs(text: str) -> str:
    return spec_text(OUTPUTS=f"One line, `closed`.\n\n{text}\n\nFailure: exit code 2.")


def test_a_waiver_above_the_line_turns_the_error_into_an_info() -> None:
    found = only(findings(outputs("<!-- allow C02: the word is the product -->\nTBD is the name of our robot.")))
    assert found.level is Level.INFO
    assert found.message.startswith("waived (the word is the product): ")
    assert is_ready([found])


def test_a_waiver_on_the_line_works_too() -> None:
    assert only(findings(outputs("TBD is our robot. <!-- allow C02: its name -->"))).level is Level.INFO


def test_a_waiver_reaches_no_further_than_the_next_line() -> None:
    found = findings(outputs("<!-- allow C02: its name -->\nTBD is our robot.\n\nAnd TODO its dog."))
    assert [each.level for each in found] == [Level.INFO, Level.ERROR]


def test_waivers_can_be_stacked() -> None:
    item = "\n\n<!-- allow C09: seen by eye -->\n<!-- allow C02: its name -->\n- R3 TBD must bark.\n\n###"
    rules = SECTIONS["RULES"].replace("\n\n###", item)
    assert {(each.rule, each.level) for each in findings(spec_text(RULES=rules))} == {
        ("C02", Level.INFO),
        ("C09", Level.INFO),
    }


def test_a_waiver_of_another_rule_does_nothing() -> None:
    found = findings(outputs("<!-- allow L01: fine -->\nTBD is our robot."))
    assert only(found).level is Level.ERROR


def test_a_waiver_without_a_reason_allows_nothing_and_says_so() -> None:
    found = findings(outputs("<!-- allow C02 -->\nTBD is our robot."))
    assert [each.level for each in found] == [Level.WARNING, Level.ERROR]
    assert "gives no reason" in found[0].message


def test_structure_cannot_be_waived() -> None:
    found = findings(spec_text(WHO="<!-- allow C01: nobody -->"))
    assert {each.level for each in found} == {Level.ERROR, Level.WARNING}
    assert any("C01 cannot be waived" in each.message for each in found)


def test_a_waiver_in_a_code_fence_is_text() -> None:
    assert findings(outputs("```\n<!-- allow C01 -->\n```")) == ()


def test_an_unknown_rule_in_a_waiver_is_told() -> None:
    found = only(findings(outputs("<!-- allow C99: it is right -->\nIt says `TBD`.")))
    assert (found.rule, found.level, found.quote) == ("C99", Level.WARNING, "<!-- allow C99: it is right -->")
    assert "there is no rule C99" in found.message
    assert "there is no rule R2" in only(findings(outputs("<!-- allow R2: it is right -->\nIt says `TBD`."))).message


def test_rules_about_scenarios_are_known() -> None:
    assert findings(outputs("<!-- allow Q04: it is right -->\nIt says `TBD`.")) == ()


BROKEN = {
    "C03": {"WHO": "Users."},
    "C05": {"INPUTS": "| name | type | bounds | invalid |\n|---|---|---|---|\n| DAY | date | | `x`: exit code 2 |"},
    "C06": {"OUTPUTS": "It prints the result."},
    "C07": {"RULES": SECTIONS["RULES"].replace("never close a day twice", "close a day once")},
    "C08": {"RULES": SECTIONS["RULES"].replace("- Malformed: exit code 2\n", "")},
    "C10": {"EVALUATION": "- E1 (R1, R2): works well."},
    "C11": {"CONSTRAINTS": SECTIONS["CONSTRAINTS"].replace("at most 2 seconds", "fast enough")},
    "C12": {"RULES": SECTIONS["RULES"].replace("close it.", "close it after a few attempts.")},
    "C13": {"CONSTRAINTS": SECTIONS["CONSTRAINTS"].partition("\n\n###")[0]},
}


@pytest.mark.parametrize("rule", BROKEN)
@pytest.mark.parametrize("place", ["on", "above"])
def test_every_rule_of_completeness_can_be_waived(rule: str, place: str) -> None:
    text = spec_text(**BROKEN[rule])
    (found,) = [each for each in findings(text) if each.rule == rule]
    assert found.level is Level.ERROR
    lines, waiver = text.split("\n"), f"<!-- allow {rule}: a trial -->"
    line = lines[found.line - 1]
    if line.startswith("|"):
        lines[found.line - 1] = f"{line.removesuffix('|')} {waiver} |"
    elif place == "on":
        lines[found.line - 1] += f" {waiver}"
    else:
        lines.insert(found.line - 1, waiver)
    waived = [each for each in findings("\n".join(lines)) if each.rule == rule]
    assert only(tuple(waived)).level is Level.INFO


def test_a_waiver_stands_in_an_item_of_a_list_and_in_a_row_of_a_table() -> None:
    item = SECTIONS["EVALUATION"].replace("then the exit code is 2.", "then TBD. <!-- allow C02: a name -->")
    assert only(findings(spec_text(EVALUATION=item))).level is Level.INFO
    row = SECTIONS["INPUTS"].replace("exit code 2", "TBD <!-- allow C02: a name -->")
    assert only(findings(spec_text(INPUTS=row))).level is Level.INFO
