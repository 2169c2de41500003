"""X06 and X07: scenarios and the versions of the rules that they prove."""

from pathlib import Path

from factory_tui.model.finding import Level
from factory_tui.model.ids import SpecId
from factory_tui.model.scenario import Suite
from factory_tui.model.version import Earlier
from factory_tui.scenarios.lint import lint_subject
from factory_tui.scenarios.load import read_scenario, suite_of
from factory_tui.specs import parse
from factory_tui.specs.rules.rule import Subject
from specs.consistency import consistency

LOST = "If FILE is not there, then the command must print `no such file` and stop."
BANNER = "The command must greet the shopkeeper by name, with the weekday in capitals."


def suite(**covers: str) -> Suite:
    """Scenarios about a file that is missing, by id, with what they cover."""
    texts = {
        name: f"id: {name}\ncovers: [{rules}]\ngiven: No file\nwhen: It is read\n"
        f"then: The command stops and says no such file is there\nsteps:\n  - run: read {name}\n"
        for name, rules in covers.items()
    }
    read = (
        read_scenario(Path(f"scenarios/thing/{name}.yaml"), text.encode(), SpecId("thing"))
        for name, text in texts.items()
    )
    found, problems = suite_of("thing", read)
    assert problems == ()
    return found


def version(**rules: str) -> Earlier:
    return Earlier("h", rules)


def test_an_id_that_an_edit_took_away_is_told_in_the_spec():
    earlier = (version(R1="One.", R2=LOST),)
    (found,) = consistency(suite=suite(lost="R2", late="R1, R2"), earlier=earlier, RULES="- R1 One must hold.")
    assert (found.rule, found.level, found.path, found.quote) == ("X07", Level.ERROR, None, "## RULES")
    assert "R2 is gone" in found.message
    assert "lost, late still cover it" in found.message


def test_an_id_of_any_earlier_version_counts():
    earlier = (version(R1="One.", R2=LOST), version(R1="One."))
    found = consistency(suite=suite(lost="R2"), earlier=earlier, RULES="- R1 One must hold.")
    assert [each.rule for each in found] == ["X07"]


def test_an_id_that_nobody_covers_may_go():
    assert consistency(suite=suite(one="R1"), earlier=(version(R1="One.", R2=LOST),), RULES="- R1 One must hold.") == []


def test_without_a_suite_or_versions_there_is_nothing_to_compare():
    earlier = (version(R1="One.", R2=LOST),)
    assert consistency(earlier=earlier, RULES="- R1 One must hold.") == []
    assert consistency(suite=suite(lost="R2"), RULES="- R1 One must hold.") == []


def test_one_fault_is_told_once():
    spec = parse(Path("specs/thing.md"), "## RULES\n\n- R1 One must hold.\n")
    gone = Subject(spec, suite=suite(lost="R1, R2"), earlier=(version(R1="One.", R2=LOST),))
    assert "Q02" not in {each.rule for each in lint_subject(gone)}
    never = Subject(spec, suite=suite(lost="R1, R3"), earlier=(version(R1="One.", R2=LOST),))
    assert [each.quote for each in lint_subject(never) if each.rule == "Q02"] == ["R3"]


def test_a_scenario_that_speaks_of_what_an_id_said_before_is_told_in_its_file():
    earlier = (version(R1=LOST),)
    (found,) = consistency(suite=suite(lost="R1"), earlier=earlier, RULES=f"- R1 {BANNER}")
    assert (found.rule, found.level, found.line, found.quote) == ("X06", Level.WARNING, 2, "R1")
    assert found.path == "scenarios/thing/lost.yaml"
    assert "no such file" in found.message


def test_a_rule_in_better_words_keeps_its_scenarios():
    better = "If FILE does not exist, then the command must print `no such file` on standard error and stop."
    assert consistency(suite=suite(lost="R1"), earlier=(version(R1=LOST),), RULES=f"- R1 {better}") == []


def test_a_scenario_that_was_written_anew_is_left_alone():
    earlier = (version(R1=BANNER),)
    assert consistency(suite=suite(lost="R1"), earlier=earlier, RULES=f"- R1 {LOST}") == []
