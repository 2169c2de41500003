"""A foreign spec becomes a draft: its text under the best question, and what it lacks as findings."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factory_tui.model.spec import Category, Kind, Question, Spec
from factory_tui.specs import SpecLibrary, guidance, new_spec, parse, read_spec, validate
from factory_tui.specs.importing import ImportRefused, Source, read_source
from factory_tui.specs.importing.draft import Draft
from factory_tui.specs.importing.foreign import parts_of
from factory_tui.specs.importing.placing import says_only_where
from factory_tui.specs.templates.template import packaged
from tests.specs.importing.texts import DELTA, PROPOSAL, SPEC_KIT, TICKET


def imported(path: Path, tmp_path: Path, source: Source | None = None) -> Spec:
    read = read_source(path, source)
    made = new_spec(
        tmp_path,
        read.id,
        Kind.FEATURE,
        title=read.title,
        category=read.category,
        body=read.body(guidance(tmp_path, Kind.FEATURE)),
    )
    return read_spec(made)


def body(spec: Spec, question: Question) -> str:
    section = spec.section(question)
    assert section is not None
    return section.body


@pytest.fixture
def spec_kit(tmp_path: Path) -> Spec:
    (tmp_path / "spec.md").write_text(SPEC_KIT)
    return imported(tmp_path / "spec.md", tmp_path)


def test_the_title_becomes_title_and_id(spec_kit: Spec) -> None:
    assert spec_kit.front is not None
    assert (spec_kit.id, spec_kit.front.title) == ("export-the-stock-list", "Export the stock list")


def test_functional_requirements_of_spec_kit_become_rules(spec_kit: Spec) -> None:
    assert [(each.id, each.text) for each in spec_kit.rules] == [
        ("R1", "**FR-001**: System MUST write one line for each article."),
        ("R2", "**FR-002**: System MUST refuse a file that exists [NEEDS CLARIFICATION: or overwrite it?]."),
    ]
    assert "### Edge cases\n\n- What happens when an article has a comma" in body(spec_kit, Question.RULES)


def test_acceptance_scenarios_and_success_criteria_become_evaluation_items(spec_kit: Spec) -> None:
    assert [(each.id, each.text) for each in spec_kit.evaluation] == [
        ("E1", "given three articles, when the seller exports, then the file has four lines."),
        ("E2", "given no articles, when the seller exports, then the file has the head line only."),
        ("E3", "**SC-001**: A list of 1,000 articles is exported within 2 seconds."),
    ]


def test_the_rest_of_spec_kit_finds_its_place(spec_kit: Spec) -> None:
    assert body(spec_kit, Question.WHAT).endswith('\n\n"export the stock as a table"\n')
    assert "007-export-stock" not in spec_kit.text
    assert "A seller without a connection" in body(spec_kit, Question.WHO)
    assert "the fair is in March" in body(spec_kit, Question.WHO)
    assert "**Article**: number, name, price." in body(spec_kit, Question.INPUTS)
    assert "The list fits into memory." in body(spec_kit, Question.CONSTRAINTS)


def test_what_the_text_does_not_answer_is_left_to_the_validator(spec_kit: Spec) -> None:
    library = SpecLibrary(templates={kind: packaged(kind) for kind in Kind})
    found = {(each.rule, each.section) for each in validate(spec_kit, library)}
    assert ("C01", Question.OUTPUTS) in found
    assert ("C09", Question.EVALUATION) in found, "an acceptance scenario names no rule"
    assert not re.search(r"<[a-z ]+>", "".join(body(spec_kit, each) for each in Question)), "nothing is made up"


def test_a_comment_of_the_text_is_no_waiver(spec_kit: Spec) -> None:
    assert spec_kit.waivers == ()
    assert "ACTION REQUIRED" not in spec_kit.text


def test_an_openspec_change_keeps_which_scenario_proves_which_requirement(tmp_path: Path) -> None:
    change = tmp_path / "add-second-factor"
    (change / "specs" / "auth").mkdir(parents=True)
    (change / "proposal.md").write_text(PROPOSAL)
    (change / "tasks.md").write_text("- [ ] 1.1 Write it")
    (change / "specs" / "auth" / "spec.md").write_text(DELTA)
    assert read_source(change).left_out == ("tasks.md",)
    spec = imported(change, tmp_path)
    assert spec.id == "add-a-second-factor"
    assert [(each.id, each.text) for each in spec.rules] == [
        (
            "R1",
            "One-time code: The system SHALL ask for a code of 6 digits after the password. "
            "It is valid for 30 seconds.",
        ),
        ("R2", "Lock: The system SHALL lock an account after 5 wrong codes."),
        ("R3", "Security question (REMOVED Requirements): Nobody remembers the answer."),
    ]
    assert [(each.id, each.covers) for each in spec.evaluation] == [("E1", ("R1",)), ("E2", ("R1",)), ("E3", ("R2",))]
    assert spec.evaluation[0].text.startswith(
        "(R1): given a user with a second factor, when the code is right, then the user is let in, and the code is void"
    )
    assert "Passwords leak." in body(spec, Question.WHO)
    assert "Ask for a code after the password." in body(spec, Question.WHAT)
    assert "Affected specs: auth" in body(spec, Question.CONSTRAINTS)


def test_an_id_within_a_requirement_is_none_of_the_spec(tmp_path: Path) -> None:
    text = (
        "## ADDED Requirements\n\n### Requirement: Names\n\n- 60 characters\n- **R1** as today\n\n```\nR1  kept\n```\n"
    )
    (tmp_path / "spec.md").write_text(text)
    spec = imported(tmp_path / "spec.md", tmp_path)
    assert [each.id for each in spec.rules] == ["R1"]
    assert "- R1 Names:\n  - 60 characters\n  - (R1) as today\n\n  ```\n  R1  kept\n  ```" in spec.text


def test_a_ticket_with_underlined_headings_code_and_boxes(tmp_path: Path) -> None:
    (tmp_path / "ticket.md").write_text(TICKET)
    spec = imported(tmp_path / "ticket.md", tmp_path)
    assert spec.id == "the-rounding-of-invoices-is-wrong"
    assert [each.title for each in spec.headings] == [question.value for question in Question]
    assert [(each.id, each.text.split("```")[0].strip()) for each in spec.rules] == [
        ("R1", "The gross is the sum of the rounded lines"),
        ("R7", "The tax is rounded half up"),
    ]
    assert "## RULES\n---\ninvoice print <!-- kept -->\n```" in spec.text
    assert "### Out of scope\n\nForeign currencies." in body(spec, Question.CONSTRAINTS)
    assert "Debian 12, Python 3.11" in body(spec, Question.CONSTRAINTS)
    assert "Enter three lines of 0.33" in body(spec, Question.EVALUATION)
    assert "As a bookkeeper" in body(spec, Question.WHAT)


def test_a_github_issue_brings_its_labels_and_comments(tmp_path: Path) -> None:
    issue = {
        "title": "Invoices: rounding is wrong",
        "number": 12,
        "body": TICKET,
        "labels": [{"name": "good first issue"}, {"name": "Bug"}],
        "comments": [{"author": {"login": "b"}, "body": "## RULES\nonly for EUR"}, {"body": ""}],
    }
    path = tmp_path / "issue.json"
    path.write_text(json.dumps(issue))
    spec = imported(path, tmp_path)
    assert spec.front is not None
    assert (spec.id, spec.front.category) == ("invoices-rounding-is-wrong", Category.BUGFIX)
    assert "### Comment 1\n\nRULES\nonly for EUR" in body(spec, Question.WHAT)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.json", "{", "is not JSON"),
        ("a.json", "[1, 2]", "holds 2 issues"),
        ("a.json", '{"body": "x"}', "no issue with a title"),
        ("a.md", "", "it says nothing"),
        ("a.md", "<!-- only a comment -->", "it says nothing"),
    ],
)
def test_what_cannot_be_imported_is_refused_with_a_reason(tmp_path: Path, name: str, content: str, says: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(ImportRefused, match=says) as refused:
        read_source(tmp_path / name)
    assert refused.value.todo


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "latin.md").write_bytes(b"\xff\xfe")
    (tmp_path / "large.md").write_bytes(b"x" * 1_000_001)
    (tmp_path / "empty").mkdir()
    for name, says in (
        ("none.md", "cannot be read"),
        ("latin.md", "not UTF-8"),
        ("large.md", "larger than"),
        ("empty", "neither a spec.md"),
    ):
        with pytest.raises(ImportRefused, match=says):
            read_source(tmp_path / name)


def test_a_title_without_latin_letters_makes_no_id(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# 在庫一覧\n\nText.")
    assert read_source(tmp_path / "a.md").id == ""


WORDS = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8)
LINES = st.one_of(
    WORDS.map(lambda word: f"# {word}"),
    WORDS.map(lambda word: f"## {word}"),
    WORDS.map(lambda word: f"- {word}"),
    WORDS.map(lambda word: f"  1. **Given** {word}"),
    WORDS.map(lambda word: f"**Acceptance**: {word}"),
    WORDS.map(lambda word: f"### Requirement: {word}"),
    WORDS.map(lambda word: f"#### Scenario: {word}"),
    st.sampled_from(
        ["```", "---", "===", "", "## RULES", "- R1 x", "R1 y", "E1 z", "### Edge cases", "| a | b |", "~~~", "> q"]
    ),
    WORDS,
)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, max_size=25))
def test_no_word_is_lost_and_the_seven_questions_stand_in_order(lines: list[str]) -> None:
    text = "\n".join(lines)
    draft = Draft()
    parts = parts_of(text)
    draft.take(parts)
    made = draft.body({})
    spec = parse(Path("x.md"), f"---\nid: x\n---\n{made}")
    assert [each.title for each in spec.headings] == [question.value for question in Question]
    ids = [each.id for each in (*spec.rules, *spec.evaluation)]
    assert len(ids) == len(set(ids))
    title = next((part.title for part in parts if part.is_title), "")
    said_by_place = {"given", "requirement", "scenario", "acceptance"}
    said_by_place |= {word for part in parts if says_only_where(part.title) for word in part.title.casefold().split()}
    known = made.casefold() + title.casefold()
    for line in lines:
        for word in re.findall(r"\w+", line.casefold()):
            assert word in known or word in said_by_place, word
