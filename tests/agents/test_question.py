"""A question is recognised by its exact form, at the end, and by nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.agents.prompt import system_prompt
from factory_tui.agents.question import parse_question
from factory_tui.model.question import AgentQuestion
from factory_tui.model.spec import Question
from tests.agents.conftest import a_job

BLOCK = "QUESTION (RULES): Is the fee rounded up or down?\n- up\n- down"


def test_the_block_at_the_end_is_a_question_with_its_answers() -> None:
    said = f"I looked at everything.\n\nThe spec does not say how to round.\n\n{BLOCK}\n\n"
    assert parse_question(said) == AgentQuestion(
        text="Is the fee rounded up or down?", answers=("up", "down"), section=Question.RULES
    )


@pytest.mark.parametrize("section", list(Question))
def test_every_section_may_be_named(section: Question) -> None:
    asked = parse_question(BLOCK.replace("RULES", section))
    assert asked is not None
    assert asked.section is section


def test_the_form_that_the_agent_is_shown_is_the_form_that_is_read() -> None:
    shown = str(system_prompt(a_job("bank"), "/work")[0]["text"])
    block = shown[shown.index("QUESTION (RULES)") : shown.index("\n\nIn the brackets")]
    assert parse_question(block) is not None
    assert all(section in shown for section in Question)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Done.",
        "Should I have asked a QUESTION (RULES): no?",
        f"{BLOCK}\n\nDone anyway.",
        f"```\n{BLOCK}\n```",
        f"> {BLOCK}",
        f"  {BLOCK}",
        BLOCK.replace("RULES", "COLOUR"),
        BLOCK.replace("RULES", "rules"),
        BLOCK.replace("down?", "down."),
        BLOCK.replace(": Is", ":\nIs"),
        BLOCK.replace("- down", ""),
        BLOCK.replace("- down", "- up"),
        BLOCK.replace("- up\n", "- up\n\n"),
        BLOCK.replace("- down", "down"),
        BLOCK.replace("- down", "- "),
        "QUESTION (RULES): ?\n- up\n- down\n- a\n- b\n- c\n- d",
        "QUESTION (RULES): how?",
        "- up\n- down",
        "\n" * 100_000,
        "- a\n" * 100_000,
        "QUESTION (RULES): how?\n" + "- a\n" * 100_000,
    ],
)
def test_what_is_not_exactly_the_form_is_no_question(said: str) -> None:
    assert parse_question(said) is None


def test_thousands_of_lines_before_it_do_not_matter() -> None:
    assert parse_question("noise\n" * 200_000 + BLOCK) is not None


def test_a_line_that_is_cut_in_half_never_counts() -> None:
    said = "x" + "QUESTION (RULES): how" + "?" * 20_000 + "\n- up\n- down"
    assert parse_question(said) is None


def test_what_acts_on_a_terminal_is_gone_and_lengths_are_bounded() -> None:
    asked = parse_question(
        f"QUESTION (WHAT): a\x1b[2Jb\u202ec\x85d {'x' * 2000}?\r\n- {'y' * 900}\r\n- \x9b31mred\x00\u2028two\tlines\r\n"
    )
    assert asked is not None
    assert asked.text.startswith("ab\ufffdc d xxx")
    assert len(asked.text) == 500
    assert len(asked.answers[0]) == 200
    assert asked.answers[1] == "red\ufffd two lines"


@given(st.text(alphabet="QUESTION (RULES): abc?-\n\r\t\x1b\u2028", max_size=300))
def test_no_text_breaks_the_reader(said: str) -> None:
    asked = parse_question(f"{said}\n{BLOCK}\n{said}")
    assert asked is None or (asked.text and 2 <= len(asked.answers) <= 5)
