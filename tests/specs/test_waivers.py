"""A waiver is visible, reaches its own line or the next, and needs a reason."""

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
