"""T01: what a template has come to ask, in the eyes of a spec of an earlier version."""

from pathlib import Path

import pytest

from factory_tui.model.amendment import Amendment, AmendmentKind, Ask
from factory_tui.model.finding import Finding, Level
from factory_tui.model.spec import Kind, Question
from factory_tui.specs import accept_amendment, is_ready, load_specs, new_spec, read_spec, validate
from specs.texts import SECTIONS, front_text, only, spec_text

TO_ANSWER = "<what is kept: rule id, or why it cannot happen>"

ASK = Ask(
    section=Question.RULES, subsection="Edge cases", label="Interrupted half-way", words=("interrupt", "half-way")
)
ROW = Amendment(
    kind=AmendmentKind.EDGE_CASE,
    template=Kind.FEATURE,
    ask=ASK,
    line=f"- Interrupted half-way: {TO_ANSWER}",
    why="3 failures.",
)
QUESTION = Amendment(
    kind=AmendmentKind.QUESTION,
    template=Kind.FEATURE,
    ask=Ask(section=Question.CONSTRAINTS, subsection="Worst case", label=""),
    line="<!-- The largest input that must still keep each limit. -->",
    why="3 failures.",
)
RULES = SECTIONS["RULES"]
CASES = RULES.partition("### Edge cases\n\n")[2]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    assert accept_amendment(tmp_path, ROW, 1) == "feature@2"
    return tmp_path


def judged(workspace: Path, text: str, name: str = "close-day") -> tuple[Finding, ...]:
    path = workspace / "specs" / f"{name}.md"
    path.write_text(text, encoding="utf-8")
    return validate(read_spec(path), load_specs(workspace))


def test_an_older_spec_is_told_what_the_template_also_asks(workspace: Path) -> None:
    text = spec_text()
    found = only(judged(workspace, text))
    lines = text.split("\n")
    assert (found.rule, found.level, found.section) == ("T01", Level.WARNING, "RULES")
    assert found.message == "template feature@2 also asks: Interrupted half-way"
    assert lines[found.line - 1] == found.quote == "### Edge cases"
    last = lines.index("- Dependency down: there is no dependency") + 1
    assert found.fix == f"add {ROW.line} below line {last}, or waive it with the reason"


def test_it_never_stands_in_the_way_of_ready(workspace: Path) -> None:
    assert is_ready(judged(workspace, spec_text()))


def test_a_spec_of_the_same_version_is_told_too(workspace: Path) -> None:
    found = only(judged(workspace, spec_text(front_text(template="feature@2"))))
    assert found.message == "template feature@2 asks: Interrupted half-way"


@pytest.mark.parametrize(
    "rules",
    [
        f"{RULES}\n- Interrupted half-way: R1",
        f"{RULES}\n- interrupted HALF-WAY — cannot happen, it writes one byte",
        f"{RULES}\n- **Interrupted half-way**: R1",
        RULES.replace(CASES, "| case | answer |\n|---|---|\n| interrupted half-way | R1 |"),
        f"{RULES}\n- R3 If the command is interrupted, then the day must stay open.",
        RULES.replace("must close it", "must close it, and never half-way"),
    ],
)
def test_any_way_to_answer_it_is_heard(workspace: Path, rules: str) -> None:
    assert "T01" not in {each.rule for each in judged(workspace, spec_text(RULES=rules))}


@pytest.mark.parametrize(
    "rules",
    [
        f"{RULES}\n<!-- interrupted half-way: R1 -->",
        f"{RULES}\n\n### Notes\n\nAn uninterrupted run takes a second.",
    ],
)
def test_what_is_no_answer_is_not_taken_for_one(workspace: Path, rules: str) -> None:
    assert "T01" in {each.rule for each in judged(workspace, spec_text(RULES=rules))}


def test_a_line_in_another_section_does_not_answer_it(workspace: Path) -> None:
    text = spec_text(WHAT="A command that closes the day of a shop and may be interrupted.")
    assert only(judged(workspace, text)).rule == "T01"


def test_an_empty_row_is_no_answer_when_only_the_label_counts(tmp_path: Path) -> None:
    without_words = ROW.model_copy(update={"ask": ASK.model_copy(update={"words": ()})})
    accept_amendment(tmp_path, without_words, 1)
    assert {each.rule for each in judged(tmp_path, spec_text(RULES=f"{RULES}\n- Interrupted half-way:"))} == {"T01"}
    assert judged(tmp_path, spec_text(RULES=f"{RULES}\n- Interrupted half-way: R1")) == ()


def test_the_fix_has_the_form_of_what_stands_there(workspace: Path) -> None:
    table = RULES.replace(CASES, "| case | answer |\n|---|---|\n| empty | R1 |")
    found = next(each for each in judged(workspace, spec_text(RULES=table)) if each.rule == "T01")
    assert f"add | Interrupted half-way | {TO_ANSWER} | below line " in found.fix
    without = RULES.split("\n\n###")[0]
    missing = next(each for each in judged(workspace, spec_text(RULES=without)) if each.rule == "T01")
    assert missing.quote == "## RULES"
    assert f"add {ROW.line} below ### Edge cases, a new sub-section of ## RULES" in missing.fix


def test_it_can_be_waived_and_the_waiver_stays_visible(workspace: Path) -> None:
    waived = RULES.replace("### Edge", "<!-- allow T01: nothing is written -->\n### Edge")
    found = only(judged(workspace, spec_text(RULES=waived)))
    assert (found.rule, found.level) == ("T01", Level.INFO)
    assert found.message.startswith("waived (nothing is written): template feature@2 also asks")


def test_the_fix_does_what_it_says(workspace: Path) -> None:
    text = spec_text()
    found = only(judged(workspace, text))
    line, _, place = found.fix.removeprefix("add ").partition(" below line ")
    lines = text.split("\n")
    lines.insert(int(place.split(",")[0]), line)
    assert {each.rule for each in judged(workspace, "\n".join(lines))} == {"C02"}
    assert judged(workspace, "\n".join(lines).replace(TO_ANSWER, "R1")) == ()


def test_a_question_is_asked_by_its_subsection(workspace: Path) -> None:
    accept_amendment(workspace, QUESTION, 2)
    answered = spec_text(RULES=f"{RULES}\n- Interrupted half-way: R1")
    found = only(judged(workspace, answered))
    assert found.message == "template feature@3 also asks: Worst case"
    assert found.fix.startswith("add ### Worst case below ## CONSTRAINTS and answer it")
    more = SECTIONS["CONSTRAINTS"] + "\n\n### Worst case\n\n10 000 days."
    assert judged(workspace, spec_text(RULES=f"{RULES}\n- Interrupted half-way: R1", CONSTRAINTS=more)) == ()
    empty = SECTIONS["CONSTRAINTS"] + "\n\n### Worst case\n"
    rules = {each.rule for each in judged(workspace, answered.replace(SECTIONS["CONSTRAINTS"], empty))}
    assert rules == {"C01", "T01"}


def test_specs_of_another_kind_and_broken_ones_are_not_asked(workspace: Path) -> None:
    other = spec_text(front_text(id="other", kind="constraint", template="constraint@1"))
    assert "T01" not in {each.rule for each in judged(workspace, other, "other")}
    assert "T01" not in {each.rule for each in judged(workspace, "---\nkind: [\n---\n## RULES\n", "broken")}
    assert "T01" not in {each.rule for each in judged(workspace, spec_text(RULES=None))}


def test_a_version_that_does_not_exist_is_said(workspace: Path) -> None:
    answered = spec_text(front_text(template="feature@9"), RULES=f"{RULES}\n- Interrupted half-way: R1")
    found = only(judged(workspace, answered))
    assert (found.rule, found.level) == ("C15", Level.WARNING)
    assert "template feature@9 is newer than feature@2" in found.message


def test_a_new_spec_asks_it_and_lints_clean_once_filled_in(workspace: Path) -> None:
    accept_amendment(workspace, QUESTION, 2)
    path = new_spec(workspace, "close-day", Kind.FEATURE)
    text = path.read_text(encoding="utf-8")
    assert "template: feature@3\n" in text
    found = judged(workspace, text)
    assert ROW.line in {each.quote for each in found if each.rule == "C02"}
    assert {each.rule for each in found} == {"C01", "C02"}
    assert judged(workspace, filled(text)) == ()


def filled(text: str) -> str:
    """The new spec with every placeholder answered."""
    answers = {
        "WHAT": "A command that closes the day.",
        "WHO": "The shopkeeper, who wants to go home with correct books.",
    }
    for question, answer in answers.items():
        before, after = text.split(f"## {question}\n")
        guidance, rest = after.split("\n", 1)
        text = f"{before}## {question}\n{guidance}\n{answer}\n{rest}"
    lines = []
    for line in text.split("\n"):
        head, _, _ = line.partition("<") if not line.startswith(("<!--", "|")) else (line, "", "")
        if line.startswith("| <"):
            lines.append("| DAY | date | 1970 to 2100 inclusive | `x`: exit code 2 |")
        elif line.startswith("- R"):
            lines.append(f"{head}If DAY is {len(lines)} days old, then the command must never close it.")
        elif line.startswith("- E"):
            lines.append(f"{head}given an open day, when it is closed, then `closed` is printed.")
        elif line.startswith(("Success:", "Failure:")):
            lines.append(f"{head}one line on standard output, `closed` or `x is no day`, with exit code 0 or 2.")
        elif line.startswith("- <"):
            lines.append("- Opening a day again.")
        elif "<" in line and head != line:
            lines.append(f"{head}none, because the day is one line (R1).")
        else:
            lines.append(line)
    return "\n".join(lines)
