"""Between a file and an editor: line ends, marks and hidden characters come back as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.finding import Finding, Level
from factory_tui.model.foreign import clean
from factory_tui.tui.editing.lines import marks, next_finding, side_lines, state
from factory_tui.tui.editing.outline import FRONT, findings_within, outline, part_at
from factory_tui.tui.widgets.editor_text import LONGEST_LINE, MOST_CHARACTERS, NotEditable, drawn, opened, pasted


@given(st.text(max_size=200), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_what_can_be_edited_comes_back_byte_by_byte(text: str, newline: str, bom: bool) -> None:
    text = text.replace("\r", "").replace("\ufeff", "").replace("\n", newline)
    file = "\ufeff" * bom + text
    try:
        shown, form = opened(file)
    except NotEditable:
        return
    assert form.file_text(shown) == file
    assert shown.splitlines() == shown.split("\n")[: len(shown.splitlines())], "Textual splits lines where we do"


@given(st.text(max_size=200))
def test_what_is_drawn_cannot_act_on_a_terminal(text: str) -> None:
    try:
        shown, _ = opened(text.replace("\r", ""))
    except NotEditable:
        return
    for line in shown.split("\n"):
        seen, hidden = drawn(line)
        assert len(seen) == len(line)
        plain = seen.replace("\t", " ")
        assert clean(plain) == plain
        assert all(seen[column] != line[column] for column in hidden)


@given(st.text(max_size=200))
def test_what_is_pasted_holds_no_stand_in_and_nothing_hidden(text: str) -> None:
    kept, _ = pasted(text)
    assert opened(kept)[0] == kept


def test_an_ordinary_paste_is_not_remarked_on() -> None:
    assert pasted("one\r\n\ttwo — ü ✓\n") == ("one\n    two — ü ✓\n", False)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a\r\nb\n", "CRLF and LF"),
        ("a\nb\rc", "LF and CR"),
        ("x" * (LONGEST_LINE + 1), "one line has 20,001 characters"),
        ("x\n" * MOST_CHARACTERS, "400,000 characters"),
        ("one\ntwo \U000e0041", "line 2 has a character that cannot be shown (U+E0041)"),
        ("a stand-in \U000f001b of ours", "cannot be shown"),
    ],
)
def test_what_cannot_be_edited_says_why(text: str, why: str) -> None:
    with pytest.raises(NotEditable) as caught:
        opened(text)
    assert why in str(caught.value)


# Beside the text

TEXT = """---
id: x
---
## WHAT
Something.
```
## NOT A SECTION
```
## 5. RULES
- R1
"""
PARTS = outline(TEXT.split("\n"))


def finding(line: int, level: Level = Level.ERROR, path: str | None = None) -> Finding:
    return Finding(rule="C01", level=level, line=line, message="m", fix="f", path=path)


def test_sections_are_those_that_are_no_code() -> None:
    assert [(each.name, each.row) for each in PARTS] == [(FRONT, 0), ("WHAT", 3), ("RULES", 8)]
    assert [part_at(PARTS, row).name for row in (0, 2, 3, 7, 8, 9)] == [FRONT, FRONT, "WHAT", "WHAT", "RULES", "RULES"]


def test_findings_belong_to_the_section_of_their_line() -> None:
    found = [finding(2), finding(4), finding(8), finding(10), finding(4, path="scenarios/x/a.yaml")]
    assert [each.line for each in findings_within(PARTS, PARTS[1], found)] == [4, 8]
    assert [each.line for each in findings_within(PARTS, PARTS[0], found)] == [2]


def test_a_line_is_marked_with_its_worst_finding() -> None:
    found = [finding(4, Level.INFO), finding(4, Level.ERROR), finding(5, Level.WARNING), finding(9, path="other")]
    assert marks(found) == {3: Level.ERROR, 4: Level.WARNING}


def test_the_next_finding_is_that_of_the_file_not_of_the_level() -> None:
    found = [finding(4, Level.WARNING), finding(4), finding(9)]
    assert [next_finding(found, row, 1).line for row in (0, 3, 8)] == [4, 9, 4]  # type: ignore[union-attr]
    assert [next_finding(found, row, -1).line for row in (8, 3, 0)] == [4, 9, 9]  # type: ignore[union-attr]
    assert next_finding([finding(1, path="other")], 0, 1) is None


def test_ready_is_decided_by_errors_only() -> None:
    assert "".join(each.text for each in state([finding(1, Level.WARNING)])) == "✓ can be Ready · 1 warning"
    assert "".join(each.text for each in state([finding(1), finding(2)])) == "✗ not Ready · 2 errors"


def test_foreign_names_of_sections_are_cleaned() -> None:
    found = outline(["## \x1b[2Jboo"])
    lines = list(side_lines(found, 0, (), {}))
    assert "\x1b" not in "".join(each.text for each in lines)
