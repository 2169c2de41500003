"""Snippets: pieces with fresh ids, in the form of those beside them, at their place."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.finding import Edit
from factory_tui.model.spec import Kind, Spec
from factory_tui.specs import parse
from factory_tui.specs.snippets import Piece, fresh_id, holes, snippet
from factory_tui.specs.templates.template import packaged

from .texts import findings, front_text, spec_text


def read(text: str) -> Spec:
    return parse(Path("specs/close-day.md"), text)


def applied(text: str, edit: Edit | None) -> str:
    assert edit is not None
    lines = text.split("\n")
    assert (edit.line, edit.column) == (edit.end_line, edit.end_column)
    row = lines[edit.line - 1]
    lines[edit.line - 1] = row[: edit.column - 1] + edit.text + row[edit.column - 1 :]
    return "\n".join(lines)


def added(text: str, piece: Piece, *taken: str, line: int = 0) -> str:
    """The line that was added, and the one above it."""
    after = applied(text, snippet(read(text), piece, taken, line)).split("\n")
    before = text.split("\n")
    first = next(at for at, row in enumerate(after) if at >= len(before) or row != before[at])
    return "\n".join(after[first - 1 : first + len(after) - len(before)])


def test_a_rule_follows_the_last_rule_and_stands_above_the_edge_cases() -> None:
    assert added(spec_text(), Piece.RULE) == (
        "- R2 The command must never close a day twice.\n- R3 If <this happens>, then <the feature> must <do that>."
    )


@pytest.mark.parametrize(
    ("rules", "new"),
    [
        ("* **R1**: One must hold.", "* **R2**: If <"),
        ("1. R1 One must hold.\n2. R2 Two must hold.", "3. R3 If <"),
        ("- [ ] R1. One must hold.", "- [ ] R2. If <"),
        ("R1 One must hold.", "R2: If <"),
        ("R1: One must hold.\nR2: Two must hold.", "R3: If <"),
        ("- R1 One must hold,\n  and go on below.\n\n  - Nested.", "- R2 If <"),
        ("| id | rule | since |\n|---|---|---|\n| R1 | One must hold. | May |", "| R2 | <rule> | <since> |"),
        ("| rule |\n|---|\n| R1 One must hold. |", "| R2 If <"),
        ("| id | rule |\n|---|---|\n| **R1** | One must hold. |", "| R2 | <rule> |"),
        ("", "- R1 If <"),
        ("Some words first.", "- R1 If <"),
    ],
)
def test_a_new_rule_is_written_as_the_others_are(rules: str, new: str) -> None:
    text = spec_text(RULES=rules, EVALUATION="None yet.")
    after = applied(text, snippet(read(text), Piece.RULE))
    assert any(row.startswith(new) for row in after.split("\n")), after
    count = len(read(text).rules)
    assert len(read(after).rules) == count + 1
    assert len(read(after).sections) == len(read(text).sections)


def test_an_id_that_was_ever_used_is_not_used_again() -> None:
    assert "- R8 If" in added(spec_text(), Piece.RULE, "R7", "E30")
    assert "- E31 (" in added(spec_text(), Piece.EVALUATION, "R7", "E30")
    named = spec_text(EVALUATION="- E1 (R1, R5): given a day, when it is closed, then it is.")
    assert "- R6 If" in added(named, Piece.RULE)


@given(st.sets(st.from_regex(r"R[0-9]{1,4}[a-z]?", fullmatch=True)))
def test_a_fresh_id_is_one_that_nobody_has(taken: set[str]) -> None:
    new = fresh_id("R", taken)
    assert new not in taken
    assert 2 <= len(new) <= 5


def test_at_the_end_of_the_numbers_a_free_one_is_taken() -> None:
    assert fresh_id("R", ["R9999", "R1", "R2"]) == "R3"


def test_an_evaluation_item_is_about_the_rule_that_has_none() -> None:
    bare = spec_text(EVALUATION="- E1 (R1): given an open day, when it is closed, then `closed` is printed.")
    assert "- E2 (R2): given <a situation>, when <this happens>, then <this can be seen>." in added(
        bare, Piece.EVALUATION
    )
    assert "- E3 (<rule>): given" in added(spec_text(), Piece.EVALUATION)


def test_an_evaluation_item_is_about_the_rule_where_the_author_is() -> None:
    text = spec_text()
    line = next(each.line for each in read(text).rules if each.id == "R2")
    assert "- E3 (R2): given" in added(text, Piece.EVALUATION, line=line)


def test_an_input_is_a_row_of_the_columns_that_are_there() -> None:
    assert added(spec_text(), Piece.INPUT).endswith("\n| <name> | <type> | <bounds> | <invalid> |")
    only_a_head = spec_text(INPUTS="| name | type |\n|---|---|")
    assert added(only_a_head, Piece.INPUT).endswith("\n| <name> | <type> |")


def test_the_first_input_brings_its_table() -> None:
    text = spec_text(INPUTS="Standard input.")
    after = read(applied(text, snippet(read(text), Piece.INPUT)))
    assert [each.kind for each in after.blocks if each.kind in ("head", "row")] == ["head", "row"]


def test_an_edge_case_is_the_next_usual_one_in_the_form_that_is_there() -> None:
    items = spec_text(RULES="- R1 One must hold.\n\n### Edge cases\n\n- Empty: R1")
    assert added(items, Piece.EDGE_CASE).endswith("\n- Boundary: <rule id, or why it cannot happen>")
    table = spec_text(RULES="- R1 One must hold.\n\n### Edge cases\n\n| case | answer |\n|---|---|\n| empty | R1 |\n")
    assert added(table, Piece.EDGE_CASE).endswith("\n| boundary | <rule id, or why it cannot happen> |")
    none = spec_text(RULES="- R1 One must hold.\n\n### Limits\n\nNone.")
    after = applied(none, snippet(read(none), Piece.EDGE_CASE))
    assert "None.\n\n### Edge cases\n\n- Empty: <rule id" in after
    alone = spec_text(RULES="- R1 One must hold.\n\n### Edge cases\n")
    assert "### Edge cases\n\n- Empty: <rule id" in applied(alone, snippet(read(alone), Piece.EDGE_CASE))


@pytest.mark.parametrize("piece", list(Piece))
def test_without_its_section_nothing_is_added(piece: Piece) -> None:
    assert snippet(read(front_text() + "## WHAT\n\nA command.\n"), piece) is None


@pytest.mark.parametrize("piece", list(Piece))
def test_what_is_left_to_say_is_found_by_the_validator(piece: Piece) -> None:
    text = spec_text()
    edit = snippet(read(text), piece)
    assert edit is not None
    left = holes(edit.text)
    assert left
    said = [each.quote for each in findings(applied(text, edit)) if each.rule == "C02"]
    whole = edit.text.strip()
    assert said in (left, [whole]), "each, or all of a line that the template has too"


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("piece", list(Piece))
def test_a_new_spec_takes_every_piece(kind: Kind, piece: Piece) -> None:
    text = front_text(kind=kind) + packaged(kind).body
    before = read(text)
    after = read(applied(text, snippet(before, piece)))
    assert len(after.sections) == len(before.sections)
    assert len(after.blocks) > len(before.blocks)


BROKEN = st.text(alphabet="#RE1 |-`~<>*\n", max_size=300)


@given(BROKEN, st.sampled_from(Piece), st.integers(0, 40))
def test_whatever_the_text_is_a_piece_is_an_insertion_or_nothing(body: str, piece: Piece, line: int) -> None:
    text = front_text() + "## INPUTS\n## RULES\n" + body + "\n## EVALUATION"
    edit = snippet(read(text), piece, (), line)
    if edit is not None:
        assert applied(text, edit).replace(edit.text, "", 1) == text or edit.text in text
