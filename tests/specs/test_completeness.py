"""C01 and C02: seven questions, in order, answered, without placeholders."""

import pytest

from factory_tui.model.finding import Level
from factory_tui.specs import is_ready
from specs.texts import NEEDS, SECTIONS, findings, front_text, only, spec_text


@pytest.mark.parametrize("question", SECTIONS)
def test_a_missing_question_is_an_error(question: str) -> None:
    found = findings(spec_text(**{question: None}))
    missing = [each for each in found if each.rule == "C01"]
    assert f"{question} is missing" in only(tuple(missing)).message
    assert not is_ready(found)


@pytest.mark.parametrize("question", SECTIONS)
@pytest.mark.parametrize(
    "answer", ["", "<!-- guidance is no answer -->", "-\n\n- \n", "***\n", "| | |\n|---|---|\n| | |"]
)
def test_an_unanswered_question_is_an_error(question: str, answer: str) -> None:
    found = findings(spec_text(**{question: answer}))
    line = spec_text(**{question: answer}).split("\n").index(f"## {question}") + 1
    assert any(
        each.rule == "C01" and each.line == line and f"{question} is not answered" in each.message for each in found
    )


def test_an_answer_may_be_a_code_fence_alone() -> None:
    assert "C01" not in {each.rule for each in findings(spec_text(OUTPUTS="```\nclosed\n```"))}


def test_the_order_is_fixed() -> None:
    lines = spec_text().replace("## WHO", "## TMP").replace("## WHAT", "## WHO").replace("## TMP", "## WHAT")
    found = only(findings(lines))
    assert "WHAT is out of order" in found.message
    assert "before ## WHO" in found.fix


def test_a_question_is_answered_once() -> None:
    found = only(findings(spec_text() + "\n## WHAT\n\nMore.\n"))
    assert "WHAT is answered twice (first on line 17)" in found.message


@pytest.mark.parametrize("heading", ["## What", "## what", "## WHAT?", "## 1. WHAT", "WHAT\n----"])
def test_a_heading_is_exactly_the_question(heading: str) -> None:
    found = only(findings(spec_text().replace("## WHAT", heading)))
    assert found.fix == "write ## WHAT"
    assert found.line == 17


def test_an_unknown_heading_is_refused_with_the_nearest_question() -> None:
    found = findings(spec_text().replace("## RULES", "## RULE"))
    unknown = next(each for each in found if "not one of the seven" in each.message)
    assert unknown.fix == "write ## RULES"


def test_an_extra_heading_is_refused() -> None:
    found = only(findings(spec_text() + "\n## Notes\n\nx\n"))
    assert "## Notes is not one of the seven questions" in found.message
    assert "###" in found.fix


def test_a_line_of_dashes_below_text_is_explained() -> None:
    found = findings(spec_text(WHAT="A command.\n---\nMore."))
    assert "leave an empty line above" in found[-1].fix


@pytest.mark.parametrize(
    "text",
    [
        "```\n## Notes\n```",
        "~~~markdown\n## Notes\n## RULES\n~~~",
        "<!--\n## Notes\n-->",
        "    ## Notes",
        "> ## Notes",
        "`## Notes`",
        "- item\n  ## Notes",
    ],
)
def test_what_is_no_heading_of_the_page_is_no_question(text: str) -> None:
    assert findings(spec_text(WHAT=f"A command.\n\n{text}\n\nEnd.")) == ()


def test_an_unclosed_fence_is_told_instead_of_what_it_swallows() -> None:
    text = spec_text(WHO="The shopkeeper, who wants correct books.\n\n~~~~\nno end")
    found = only(findings(text))
    assert (found.rule, found.level, found.quote) == ("C01", Level.ERROR, "~~~~")
    assert text.split("\n")[found.line - 1] == "~~~~"
    assert found.fix == "add a line of ~~~~ where the code ends"


def test_an_unclosed_comment_is_told_instead_of_what_it_swallows() -> None:
    found = only(findings(spec_text(OUTPUTS=f"{SECTIONS['OUTPUTS']}\n\n<!-- no end")))
    assert (found.rule, found.quote) == ("C01", "<!-- no end")
    assert "never closed" in found.message


def test_a_question_that_is_nowhere_is_missing_beside_an_unclosed_fence_too() -> None:
    found = findings(spec_text(OUTPUTS=f"{SECTIONS['OUTPUTS']}\n\n```\nno end", CONSTRAINTS=None))
    assert [each.message.split()[0] for each in found] == ["CONSTRAINTS", "this"]


def test_a_code_block_at_the_end_of_a_spec_closes_where_it_says() -> None:
    assert findings(spec_text(CONSTRAINTS=f"{SECTIONS['CONSTRAINTS']}\n\n```sh\nclose\n```")) == ()


def test_a_sub_section_that_the_template_asks_for_is_a_warning() -> None:
    found = only(findings(spec_text(front_text(kind="constraint", template="constraint@1"))))
    assert (found.rule, found.level) == ("C01", Level.WARNING)
    assert "Exceptions" in found.message


def test_a_sub_section_without_an_answer_is_an_error() -> None:
    found = only(findings(spec_text(CONSTRAINTS=f"{NEEDS}\n\n### Out of scope\n\n<!-- say -->")))
    assert (found.level, found.quote) == (Level.ERROR, "### Out of scope")


@pytest.mark.parametrize(
    "text",
    [
        "TBD",
        "Format: TBD",
        "The limit is tbc.",
        "TODO: ask",
        "FIXME later",
        "XXX",
        "???",
        "Lorem ipsum dolor",
        "To be defined.",
        "It is to be decided.",
        "- …",
        "Format: …",
        "Given … when … then …",
        "Format: ...",
        "[insert the format]",
        "[…]",
        "{{ format }}",
        "Format: ____",
        "<format>",
        "Format: <the format of the output>",
        "| name | <type> |\n|---|---|\n| a | b |",
        "- <what is asked>",
        "Placeholder",
        "Coming soon.",
        "**TBD**",
        "(TBD)",
    ],
)
def test_a_placeholder_is_an_error(text: str) -> None:
    found = findings(spec_text(OUTPUTS=f"One line.\n\n{text}\n\nFailure: exit code 2."))
    assert found
    assert {each.rule for each in found} == {"C02"}
    line = spec_text(OUTPUTS=f"One line.\n\n{text}\n\nFailure: exit code 2.").split("\n")[found[0].line - 1]
    assert line[found[0].column - 1 :].startswith(found[0].quote)


@pytest.mark.parametrize(
    "text",
    [
        "`TBD` is printed.",
        "``a ` TBD``",
        "```\nTODO: <name>\n```",
        "~~~\nTBD",
        'It prints "TBD" then.',
        "It prints “<name>”.",
        "> TBD",
        "<!-- TODO: think -->",
        "A todo list with to do items.",
        "See <https://example.org> or <me@example.org>.",
        "Press <kbd>x</kbd><br>or <br/> or <a href='x'>y</a>.",
        "1, 2, … 10",
        "R1 … R2 hold.",
        "a < b and c > d",
        "List<String> is a type.",
        "Wait… no.",
        "snake_case__name and __init__.",
        "[your page](https://example.org) is a link",
        "Really? Yes!",
        "a--TBDx",
    ],
)
def test_what_means_itself_is_no_placeholder(text: str) -> None:
    if text.startswith("~~~"):
        assert findings(spec_text(CONSTRAINTS=f"{NEEDS}\n\n### Out of scope\n\nUndo.\n\n{text}")) == ()
    else:
        found = findings(spec_text(OUTPUTS=f"One line, `closed`.\n\n{text}\n\nFailure: exit code 2."))
        assert [each for each in found if each.level is Level.ERROR] == []


def test_a_line_of_the_template_left_as_it_was_is_an_error() -> None:
    found = only(findings(spec_text(WHO="- R1 <when this happens, the feature must do that>\n\nShopkeepers.")))
    assert "left as it is" in found.message
