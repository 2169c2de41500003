"""X06 and X07: scenarios and the versions of the rules that they prove."""

from pathlib import Path

import pytest

from factory_tui.model.finding import Level
from factory_tui.model.ids import SpecId
from factory_tui.model.scenario import Suite
from factory_tui.model.version import Earlier
from factory_tui.scenarios.reading.load import read_scenario, suite_of
from factory_tui.scenarios.rules.lint import lint_subject
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


# An id that was given to another rule, and a scenario that was not


def scenario(covers: str, told: str, steps: str) -> Suite:
    given, when, then = told.split(" | ")
    text = f"id: one\ncovers: [{covers}]\ngiven: {given}\nwhen: {when}\nthen: {then}\nsteps:\n{steps}"
    found, problems = suite_of("thing", (read_scenario(Path("one.yaml"), text.encode(), SpecId("thing")),))
    assert problems == ()
    return found


def left(before: str, now: str, told: str, steps: str) -> list[str]:
    """What is told of a scenario whose rule said one thing before and another one now."""
    found = consistency(suite=scenario("R1", told, steps), earlier=(version(R1=before),), RULES=f"- R1 {now}")
    assert all((each.rule, each.level, each.path) == ("X06", Level.WARNING, "one.yaml") for each in found)
    return [each.message.rpartition("; ")[2] for each in found]


NOTHING = "nothing in the scenario speaks of what it says now"


@pytest.mark.parametrize(
    ("before", "now", "told", "steps", "why"),
    [
        (
            "`brew` must never leave the kettle on.",
            "`brew` must weigh the beans and print grams.",
            "A kettle that boils | brew has ended | It is cold again",
            "  - run: brew\n    expect: {stdout: done}\n",
            NOTHING,
        ),
        (
            "The service must not keep a session.",
            "A visitor gets a receipt with the date and the total.",
            "Somebody was here before | They come back | Nobody knows them",
            "  - http: {url: 'http://localhost/hello'}\n    expect: {status: 200}\n",
            NOTHING,
        ),
        (
            "If the ticket is used, then `gate` must stop with exit code 7.",
            "While rain falls, the awning must be rolled out and its lamp lit.",
            "A ticket of yesterday | It is shown | The gate and the awning stay as they are",
            "  - run: gate old\n    expect: {exit: 7}\n",
            "the scenario still expects exit code 7, which the spec names nowhere now",
        ),
        (
            "If a jar has no label, then the service must answer with status 410.",
            "Each night the shelf must be counted, and its sum kept.",
            "A jar without anything | It is asked for | The shelf has none",
            "  - http: {url: 'http://localhost/jar'}\n    expect: {status: 410}\n",
            "the scenario still expects status 410, which the spec names nowhere now",
        ),
        (
            "The import must skip members whose fee is negative.",
            "Before it starts, a backup must be made in the attic.",
            "A negative fee | members arrive | It is skipped by the import",
            "  - run: load\n",
            "the scenario still speaks of that",
        ),
    ],
)
def test_a_scenario_that_was_left_behind_is_told(before, now, told, steps, why):
    assert left(before, now, told, steps) == [why]


@pytest.mark.parametrize(
    ("before", "now", "told", "steps"),
    [
        (  # said otherwise, and a check has the new words
            "`brew` must never leave the kettle on.",
            "After each call the heater must be switched off, as `status` says.",
            "A kettle | brew has ended | It is cold again",
            "  - run: brew\n    expect: {stdout: heater 0}\n",
        ),
        (  # the same result, in other words
            "If the ticket is used, then stop with exit code 7.",
            "Whoever shows a paper twice must meet a closed door, with exit code 7.",
            "A ticket of yesterday | It is used | Nothing opens",
            "  - run: gate old\n    expect: {exit: 7}\n",
        ),
        (  # a few words changed
            "`brew` must never leave the kettle on.",
            "`brew` must never leave the kettle or the grinder on.",
            "A kettle that boils | It has ended | It is cold again",
            "  - run: brew\n",
        ),
        (  # too short to tell
            "`brew` must never leave the kettle on.",
            "`brew` must be silent.",
            "A kettle that boils | It has ended | It is cold again",
            "  - run: brew\n",
        ),
        (  # a file of it has the new words
            "The service must not keep a session.",
            "A visitor gets a receipt with the date and the total.",
            "Somebody was here before | They come back | Nobody knows them",
            "  - file: out.txt\n    expect: {contains: 'receipt 4'}\n",
        ),
    ],
)
def test_a_scenario_that_fits_what_the_rule_says_now_is_left_alone(before, now, told, steps):
    assert left(before, now, told, steps) == []


def test_a_result_that_another_rule_took_over_is_left_alone():
    rules = "- R1 While rain falls, the awning must be out.\n- R2 If the ticket is used, then stop with exit code 7."
    suite = scenario("R1", "A ticket | It is shown in the rain | Nothing", "  - run: gate old\n    expect: {exit: 7}\n")
    earlier = (version(R1="If the ticket is used, then `gate` must stop with exit code 7."),)
    assert consistency(suite=suite, earlier=earlier, RULES=rules) == []
