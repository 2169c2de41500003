"""Amendments of templates: one item added, every other byte kept, each version in the history."""

import os
import re
import stat
from contextlib import suppress
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.amendment import Amendment, AmendmentKind, Ask
from factory_tui.model.spec import Kind, Question
from factory_tui.specs import (
    TemplateError,
    accept_amendment,
    amended,
    load_template,
    template_history,
    template_text,
)
from factory_tui.specs.reading.lines import split_lines
from factory_tui.specs.templates.template import TO_ANSWER, packaged_text, parse_template

TEXT = packaged_text(Kind.FEATURE)


def row(label: str = "Interrupted half-way", kind: Kind = Kind.FEATURE, subsection: str = "Edge cases") -> Amendment:
    words = ("interrupt", "half-way") if label.startswith("Interrupted") else ()
    ask = Ask(section=Question.RULES, subsection=subsection, label=label, words=words)
    line = f"- {label}: {TO_ANSWER}"
    return Amendment(kind=AmendmentKind.EDGE_CASE, template=kind, ask=ask, line=line, why="3 failures.")


def question(title: str = "Worst case", kind: Kind = Kind.FEATURE) -> Amendment:
    ask = Ask(section=Question.CONSTRAINTS, subsection=title, label="")
    line = "<!-- The largest input that must still keep each limit. -->"
    return Amendment(kind=AmendmentKind.QUESTION, template=kind, ask=ask, line=line, why="3 failures.")


ENTRY = [
    "  - section: RULES",
    "    subsection: Edge cases",
    "    label: Interrupted half-way",
    "    words: [interrupt, half-way]",
    "    since: 2",
    "    amendment: 7",
]
ROW = f"- Interrupted half-way: {TO_ANSWER}"


def added(before: str, after: str) -> list[str]:
    """Lines that `after` has more than `before`, which must all be there in their order, but for the version."""
    rest = iter(after.splitlines())
    new = []
    for line in before.splitlines():
        wanted = line.replace("feature@1", "feature@2") if line.startswith("template:") else line
        for other in rest:
            if other == wanted:
                break
            new.append(other)
        else:
            raise AssertionError(f"{line} is gone")
    return [*new, *rest]


def test_a_row_stands_below_the_last_one_and_is_noted_in_the_front_matter():
    after = amended(TEXT, Kind.FEATURE, row(), 7)
    assert added(TEXT, after) == ["asks:", *ENTRY, ROW]
    lines = after.splitlines()
    assert lines[lines.index(ROW) - 1].startswith("- Dependency down:")


def test_a_question_becomes_a_subsection_at_the_end_of_its_section():
    after = amended(TEXT, Kind.FEATURE, question(), 7)
    lines = after.splitlines()
    at = lines.index("### Worst case")
    assert lines[at - 1 : at + 4] == ["", "### Worst case", question().line, "", "- <the answer, or none, because …>"]
    assert "<what is not asked for>" in lines[at - 2]


def test_a_template_without_edge_cases_gets_them():
    packaged = packaged_text(Kind.ARCHITECTURAL)
    before, _, rest = packaged.partition("### Edge cases")
    text = f"{before}## EVALUATION{rest.partition('## EVALUATION')[2]}".replace(", Edge cases]", "]")
    lines = amended(text, Kind.ARCHITECTURAL, row(kind=Kind.ARCHITECTURAL), 1).splitlines()
    at = lines.index("### Edge cases")
    assert lines[at + 1].startswith("<!-- Answer each with a rule")
    assert lines[at + 3] == ROW
    assert lines[at + 5] == "## EVALUATION"


def test_a_second_amendment_stands_below_the_first():
    after = amended(amended(TEXT, Kind.FEATURE, row(), 7), Kind.FEATURE, row("Used by two at once"), 9)
    template = parse_template(Kind.FEATURE, after, Path("feature.md"))
    assert template.name == "feature@3"
    assert [(each.label, each.since, each.amendment) for each in template.asks] == [
        ("Interrupted half-way", 2, 7),
        ("Used by two at once", 3, 9),
    ]
    assert f"{ROW}\n- Used by two at once: {TO_ANSWER}\n" in after


OWN = """\
---
# our own template, by hand
template: "feature@1"   # counts up
subsections: {RULES: [Edge cases]}
ASKS
---
## WHAT
<!-- Ours. -->

<say it>

## RULES
- R1 <a>

### edge cases
<!-- Answer
all of them. -->
TABLE

### Notes
None
"""


@pytest.mark.parametrize(
    ("asks", "entry"),
    [
        ("asks: []  # none yet", ["asks:  # none yet", *ENTRY]),
        ("asks:", ENTRY),
        ("asks: null", ["asks:", *ENTRY]),
        ("# asks nothing", ["asks:", *ENTRY]),
        (
            "asks:\n- {section: WHO, subsection: On call}  # since ever\n\n# the end",
            [line.removeprefix("  ") for line in ENTRY],
        ),
        ("asks:\n    - section: WHO\n      subsection: On call\ncolumns: {}", [f"  {line}" for line in ENTRY]),
    ],
)
def test_the_operators_own_way_of_writing_is_kept(asks: str, entry: list[str]):
    before = OWN.replace("ASKS", asks).replace("TABLE", "* Empty: <a>\n* Torn: <b\n  c>")
    after = amended(before, Kind.FEATURE, row(), 7)
    kept = before.replace('"feature@1"', "feature@2").replace(asks, "") if entry[0].startswith("asks:") else None
    assert all(line in after.splitlines() for line in entry)
    assert after.count("* Torn: <b\n  c>\n* Interrupted half-way: ") == 1
    assert "# our own template, by hand\ntemplate: feature@2   # counts up\n" in after
    if kept is not None:
        assert all(line in after.splitlines() for line in kept.splitlines())
    assert len(after.splitlines()) == len(before.splitlines()) + len(ENTRY) + 1 + (asks == "# asks nothing")


def test_a_list_in_brackets_stays_in_brackets():
    before = OWN.replace("ASKS", "asks: [{section: WHO, subsection: On call}]").replace("TABLE", "1. Empty: <a>")
    after = amended(before, Kind.FEATURE, row(), 7)
    assert "asks: [{section: WHO, subsection: On call}, {section: RULES, subsection: Edge cases, label: " in after
    assert f"1. Empty: <a>\n2. Interrupted half-way: {TO_ANSWER}\n" in after


def test_a_table_gets_a_row():
    table = "| case | answer | who |\n|---|---|---|\n| empty | <a> | <b> |"
    after = amended(OWN.replace("ASKS\n", "").replace("TABLE", table), Kind.FEATURE, row(), 7)
    assert f"{table}\n| Interrupted half-way | {TO_ANSWER} |  |\n" in after


def test_a_list_inside_of_an_item_is_not_continued():
    nested = "- Empty: <a>\n  - <b>\n    - <c>"
    after = amended(OWN.replace("ASKS\n", "").replace("TABLE", nested), Kind.FEATURE, row(), 7)
    assert f"{nested}\n{ROW}\n" in after


def test_an_empty_subsection_gets_its_first_row():
    after = amended(OWN.replace("ASKS\n", "").replace("TABLE", "Say all."), Kind.FEATURE, row(), 7)
    assert f"Say all.\n\n{ROW}\n\n### Notes" in after


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("amendment", [row(), question()], ids=["row", "question"])
@pytest.mark.parametrize("cut", ["", "\n", "\n\n\n"], ids=["no end", "end", "empty lines"])
def test_line_ends_and_the_mark_at_the_start_are_kept(end: str, amendment: Amendment, cut: str):
    text = "\ufeff" + (TEXT.rstrip("\n") + cut).replace("\n", end)
    after = amended(text, Kind.FEATURE, amendment, 7)
    assert after.startswith("\ufeff---" + end)
    assert after.replace(end, "\n").replace("\n", end) == after
    assert after.replace(end, "").count("\n") == after.replace(end, "").count("\r") == 0


@pytest.mark.parametrize(
    ("text", "amendment", "what"),
    [
        (amended(TEXT, Kind.FEATURE, row(), 1), row(), "feature@2 asks for Interrupted half-way already"),
        (TEXT, row("Boundary"), "feature@1 asks for Boundary already"),
        (TEXT, row("BOUNDARY"), "feature@1 asks for BOUNDARY already"),
        (TEXT, question("Out of scope"), "feature@1 asks for Out of scope already"),
        (TEXT, row(kind=Kind.CONSTRAINT), "the amendment is for constraint"),
        ("---\ntemplate: feature@1\n---\n## WHAT\n", row(), "it has no ## RULES"),
        ("---\n{template: feature@1}\n---\n## RULES\n", row(), "its front matter is not one key a line"),
        (TEXT, row("Two\nlines"), "cannot stand on one line"),
        (TEXT, row("--> <script>"), "cannot stand on one line"),
        ("no head", row(), "it has no front matter"),
    ],
)
def test_what_cannot_be_added_is_refused(text: str, amendment: Amendment, what: str):
    with pytest.raises(TemplateError) as caught:
        amended(text, Kind.FEATURE, amendment, 7)
    assert what in caught.value.what
    assert caught.value.todo


LABELS = st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" "), min_size=1, max_size=40)


@given(LABELS.filter(lambda text: text.strip() == text and "-->" not in text))
def test_any_one_line_label_is_added_so_that_it_is_read_again_or_refused(label: str):
    try:
        after = amended(TEXT, Kind.FEATURE, row(label), 7)
    except TemplateError:
        return
    (ask,) = parse_template(Kind.FEATURE, after, Path("feature.md")).asks
    assert ask.label == label


FRAGMENTS = st.sampled_from(
    """asks:~asks: []~asks: [ ]  # x~asks: null~asks:
  - {section: WHO, subsection: x}~asks: [{section: WHO,
  subsection: x}]~asks: &a []~"asks": []~asks: {}~? asks
: []~---~...~# c~template: feature@1~'template' : feature@3~template: >
  feature@2~template: !x feature@1~## RULES~### Edge cases~- Empty: <x>~| a | b |
|---|---|
| c | d |~  - nested~```~<!--~-->~<div>~1) one~> quote~~ ~\t~\r~Edge cases
---~    code~- a

  more""".split("~")  # noqa: SIM905
)


@given(st.lists(st.tuples(st.integers(0, 75), FRAGMENTS, st.booleans()), max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_whatever_the_operator_did_an_amendment_adds_one_item_or_is_refused(edits, end: str):
    lines = TEXT.split("\n")
    for at, fragment, replaces in edits:
        lines[at : at + replaces] = fragment.split("\n")
    text = end.join(lines)
    for amendment in (row(), question()):
        with suppress(TemplateError):
            lost = lost_lines(text, amended(text, Kind.FEATURE, amendment, 7))
            assert all(re.search(r"template|asks|feature@|\]", line) for line in lost), lost


def lost_lines(before: str, after: str) -> list[str]:
    """Lines of `before` that `after` does not have, in their order."""
    one, other = split_lines(before), split_lines(after)
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return [line for tag, start, end, _, _ in matcher.get_opcodes() if tag != "equal" for line in one[start:end]]


# In a workspace


def test_accepting_writes_the_next_version_and_keeps_the_one_before(tmp_path: Path):
    assert accept_amendment(tmp_path, row(), 7) == "feature@2"
    folder = tmp_path / "specs" / "_templates"
    assert template_text(tmp_path, Kind.FEATURE) == amended(TEXT, Kind.FEATURE, row(), 7)
    assert (folder / "history" / "feature@1.md").read_text(encoding="utf-8") == TEXT
    assert accept_amendment(tmp_path, question(), 8) == "feature@3"
    assert sorted(each.name for each in folder.rglob("*.*")) == ["feature.md", "feature@1.md", "feature@2.md"]
    assert load_template(tmp_path, Kind.FEATURE).version == 3


def test_accepting_again_changes_nothing(tmp_path: Path):
    accept_amendment(tmp_path, row(), 7)
    accept_amendment(tmp_path, question(), 8)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.md")}
    assert accept_amendment(tmp_path, row(), 7) == "feature@2"
    with pytest.raises(TemplateError, match="feature@3 asks for Interrupted half-way already"):
        accept_amendment(tmp_path, row(), 12)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.md")} == before


def test_a_number_that_was_given_out_again_is_not_taken_for_the_same_amendment(tmp_path: Path):
    """The numbers start again when `runs.db` is removed."""
    accept_amendment(tmp_path, row(), 1)
    assert accept_amendment(tmp_path, row("Disk full"), 1) == "feature@3"
    assert accept_amendment(tmp_path, row(), 1) == "feature@2"


def test_a_crash_between_history_and_template_is_made_up_for(tmp_path: Path):
    history = tmp_path / "specs" / "_templates" / "history"
    history.mkdir(parents=True)
    (history / "feature@1.md").write_text(TEXT, encoding="utf-8")
    assert accept_amendment(tmp_path, row(), 7) == "feature@2"


def own(workspace: Path, text: str) -> Path:
    path = workspace / "specs" / "_templates" / "feature.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def test_the_operators_template_is_amended_with_its_line_ends_and_mode(tmp_path: Path):
    text = OWN.replace("ASKS\n", "").replace("TABLE", "- Empty: <a>").replace("\n", "\r\n")
    path = own(tmp_path, text)
    path.chmod(0o600)
    accept_amendment(tmp_path, row(), 7)
    assert path.read_bytes() == amended(text, Kind.FEATURE, row(), 7).encode()
    assert (path.parent / "history" / "feature@1.md").read_bytes() == text.encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_another_text_of_the_same_version_in_the_history_is_never_overwritten(tmp_path: Path):
    path = own(tmp_path, TEXT)
    kept = path.parent / "history" / "feature@1.md"
    kept.parent.mkdir()
    kept.write_text("ours", encoding="utf-8")
    with pytest.raises(TemplateError, match="holds another feature@1"):
        accept_amendment(tmp_path, row(), 7)
    assert (path.read_text(encoding="utf-8"), kept.read_text(encoding="utf-8")) == (TEXT, "ours")


def test_a_template_that_was_set_back_does_not_give_a_version_out_twice(tmp_path: Path):
    accept_amendment(tmp_path, row(), 7)
    accept_amendment(tmp_path, question(), 8)
    path = own(tmp_path, TEXT)
    with pytest.raises(TemplateError) as caught:
        accept_amendment(tmp_path, row(), 9)
    assert "the history has feature@2 already" in caught.value.what
    assert "template: feature@3" in caught.value.todo
    assert path.read_text(encoding="utf-8") == TEXT


@pytest.mark.parametrize("broken", ["nonsense", "---\ntemplate: feature@1\nasks: 3\n---\n## RULES\n"])
def test_a_broken_template_is_left_alone(tmp_path: Path, broken: str):
    path = own(tmp_path, broken)
    with pytest.raises(TemplateError):
        accept_amendment(tmp_path, row(), 7)
    assert path.read_text(encoding="utf-8") == broken
    assert [each.name for each in path.parent.iterdir()] == ["feature.md"]


def test_a_link_out_of_the_workspace_is_refused(tmp_path: Path):
    outside, workspace = tmp_path / "feature.md", tmp_path / "workspace"
    outside.write_text(TEXT, encoding="utf-8")
    own(workspace, TEXT).unlink()
    (workspace / "specs" / "_templates" / "feature.md").symlink_to(outside)
    with pytest.raises(TemplateError, match="leaves the workspace"):
        accept_amendment(workspace, row(), 7)
    assert outside.read_text(encoding="utf-8") == TEXT


@pytest.mark.parametrize("there", [True, False])
def test_a_link_in_the_history_is_never_written_through(tmp_path: Path, there: bool):
    outside, workspace = tmp_path / "outside.md", tmp_path / "workspace"
    if there:
        outside.write_text(TEXT, encoding="utf-8")
    kept = own(workspace, TEXT).parent / "history" / "feature@1.md"
    kept.parent.mkdir()
    kept.symlink_to(outside)
    with pytest.raises(TemplateError, match="is a link"):
        accept_amendment(workspace, row(), 7)
    assert outside.exists() == there
    assert template_text(workspace, Kind.FEATURE) == TEXT


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_directory_that_cannot_be_written_is_said(tmp_path: Path):
    path = own(tmp_path, TEXT)
    path.parent.chmod(0o500)
    try:
        with pytest.raises(TemplateError, match="cannot be written"):
            accept_amendment(tmp_path, row(), 7)
    finally:
        path.parent.chmod(0o700)


def test_a_file_in_the_place_of_the_history_is_said(tmp_path: Path):
    own(tmp_path, TEXT)
    (tmp_path / "specs" / "_templates" / "history").write_text("x", encoding="utf-8")
    with pytest.raises(TemplateError):
        accept_amendment(tmp_path, row(), 7)
    assert template_text(tmp_path, Kind.FEATURE) == TEXT


def told(workspace: Path) -> list[tuple[str, str, bool, str]]:
    return [
        (each.name, each.ask.label or each.ask.subsection if each.ask else "", each.current, each.problem)
        for each in template_history(workspace, Kind.FEATURE)
    ]


def test_the_history_tells_what_each_version_brought(tmp_path: Path):
    assert told(tmp_path) == [("feature@1", "", True, "")]
    accept_amendment(tmp_path, row(), 7)
    accept_amendment(tmp_path, question(), 8)
    assert told(tmp_path) == [
        ("feature@1", "", False, ""),
        ("feature@2", "Interrupted half-way", False, ""),
        ("feature@3", "Worst case", True, ""),
    ]
    assert next(each.text for each in template_history(tmp_path, Kind.FEATURE)) == TEXT


def test_missing_and_broken_files_of_the_history_are_told_not_raised(tmp_path: Path):
    for number, label in enumerate(("Interrupted half-way", "Used by two at once", "Disk full"), 1):
        accept_amendment(tmp_path, row(label), number)
    history = tmp_path / "specs" / "_templates" / "history"
    (history / "feature@1.md").unlink()
    (history / "feature@2.md").write_text("nonsense", encoding="utf-8")
    (history / "feature@3.md").write_text(TEXT, encoding="utf-8")
    (history / "notes.txt").write_text("ours", encoding="utf-8")
    assert told(tmp_path) == [
        ("feature@1", "", False, "history/feature@1.md is missing"),
        ("feature@2", "Interrupted half-way", False, "it has no front matter"),
        ("feature@3", "Used by two at once", False, "history/feature@3.md holds feature@1"),
        ("feature@4", "Disk full", True, ""),
    ]
