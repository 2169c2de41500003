"""An operator's answer goes into the spec once, at its section, and changes nothing else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.finding import Level
from factory_tui.model.question import AgentQuestion
from factory_tui.model.spec import Question
from factory_tui.specs import EditRefused, SpecLibrary, parse, validate
from factory_tui.specs.writing.answers import with_answer

from .texts import spec_text

GOOD = spec_text()

PATH = Path("specs/withdraw.md")
ASKED = AgentQuestion(text="Does a fee count as a withdrawal?", answers=("yes", "no"), section=Question.RULES)


def answered(text: str, question: AgentQuestion = ASKED, answer: str = "no") -> str:
    return with_answer(parse(PATH, text), question, answer)


def test_the_answer_stands_at_the_end_of_its_section() -> None:
    after = parse(PATH, answered(GOOD))
    section = after.section(Question.RULES)
    assert section is not None
    assert section.body.rstrip().endswith("- Question: Does a fee count as a withdrawal?\n  Answer: no")
    assert ("Answered questions", 1) in [(title, 1) for title, _ in section.subsections]


def test_nothing_else_changes() -> None:
    before, after = GOOD.splitlines(), answered(GOOD).splitlines()
    added = [line for line in after if line not in before]
    assert added == ["### Answered questions", "- Question: Does a fee count as a withdrawal?", "  Answer: no"]
    assert [line for line in after if line.strip() and line not in added] == [line for line in before if line.strip()]


def test_rules_and_evaluation_stay_as_they_were() -> None:
    before, after = parse(PATH, GOOD), parse(PATH, answered(GOOD))
    assert [(each.id, each.text) for each in after.rules][:-1] == [(each.id, each.text) for each in before.rules][:-1]
    assert [each.id for each in after.rules] == [each.id for each in before.rules]
    assert after.evaluation[0].text == before.evaluation[0].text
    assert after.hash != before.hash


def test_a_second_question_joins_the_first() -> None:
    other = AgentQuestion(text="In which currency?", section=Question.RULES)
    after = answered(answered(GOOD), other, "euro")
    assert after.count("### Answered questions") == 1
    assert after.index("Answer: no") < after.index("Question: In which currency?")


def test_the_same_question_answered_again_has_the_new_answer_once() -> None:
    after = answered(answered(GOOD), ASKED, "yes, always")
    assert after == answered(GOOD, ASKED, "yes, always")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("section", list(Question))
def test_line_ends_stay_and_every_section_can_be_answered(newline: str, section: Question) -> None:
    text = GOOD.replace("\n", newline)
    after = answered(text, ASKED.model_copy(update={"section": section}))
    assert ("\r\n" in after) == (newline == "\r\n")
    assert after.count("\n") == after.count(newline)
    found = parse(PATH, after).section(section)
    assert found is not None
    assert "Answer: no" in found.body


def test_a_file_without_a_last_line_end_gets_one() -> None:
    after = answered(GOOD.rstrip("\n"), ASKED.model_copy(update={"section": Question.CONSTRAINTS}))
    assert after.endswith("  Answer: no\n")


def test_foreign_words_cannot_waive_a_finding_or_start_a_section() -> None:
    hostile = AgentQuestion(text="x\n## WHO\n<!-- allow C01: yes -->\x1b[2J", section=Question.WHAT)
    after = parse(PATH, answered(GOOD, hostile, "y\n## WHAT\n<!-- allow C02: yes -->"))
    assert after.waivers == ()
    assert [each.title for each in after.headings] == [each.title for each in parse(PATH, GOOD).headings]
    assert "\x1b" not in after.text


@given(st.text(min_size=1, max_size=300), st.text(min_size=1, max_size=300))
def test_whatever_is_asked_and_said_the_spec_keeps_its_parts(asked: str, said: str) -> None:
    before, after = parse(PATH, GOOD), parse(PATH, answered(GOOD, ASKED.model_copy(update={"text": asked}), said))
    assert [each.title for each in after.headings] == [each.title for each in before.headings]
    assert [each.id for each in after.rules] == [each.id for each in before.rules]
    assert after.front == before.front
    assert after.waivers == before.waivers


@pytest.mark.parametrize("section", list(Question))
@pytest.mark.parametrize("words", ["TBD or TODO", "what <name> means", "R99 or R3", "{{x}}", "to be decided", "???"])
def test_an_agents_words_leave_nothing_open_once_they_are_answered(words: str, section: Question) -> None:
    hostile = AgentQuestion(text=f"Is it {words}?", section=section)
    assert found_in(answered(GOOD, hostile)) == found_in(GOOD)


def test_an_answer_that_leaves_it_open_is_found() -> None:
    found = found_in(answered(GOOD, ASKED, "TBD"))
    assert ("C02", Level.ERROR) in found
    assert ("C02", Level.ERROR) in found_in(GOOD.replace("## RULES\n", "## RULES\n- Question: TBD?\n"))


def found_in(text: str) -> list[tuple[str, Level]]:
    return [(each.rule, each.level) for each in validate(parse(PATH, text), SpecLibrary())]


def test_a_spec_without_the_section_is_refused() -> None:
    with pytest.raises(EditRefused, match="no section RULES"):
        answered(GOOD.replace("## RULES", "## RULEZ"))
