"""Differences between two versions: by key, item, input and sub-section; nothing that changed is left out."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from factory_tui.model.version import ItemChange
from factory_tui.specs import differences, parse
from factory_tui.specs.pieces import pieces

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*.md"))
COUNT_WORDS = Path(__file__).parents[2] / "src" / "factory_tui" / "skeleton" / "specs" / "count-words.md"
TEXT = COUNT_WORDS.read_text()
PLACE = Path("count-words.md")


def changed(*replacements: tuple[str, str], text: str = TEXT) -> list[tuple[str, str, str, str, str]]:
    after = text
    for old, new in replacements:
        assert old in after
        after = after.replace(old, new, 1)
    return told(text, after)


def told(before: str, after: str) -> list[tuple[str, str, str, str, str]]:
    found = differences(parse(PLACE, before), parse(PLACE, after))
    return [(each.section, each.item, each.what, each.before, each.after) for each in found]


def test_a_key_of_the_front_matter_changes_by_name() -> None:
    assert changed(("budget_usd: 1.00", "budget_usd: 2.50"), ("base: main\n", "")) == [
        ("front matter", "base", "removed", "main", ""),
        ("front matter", "budget_usd", "changed", "1.00", "2.50"),
    ]


def test_the_status_and_the_order_of_keys_are_no_change() -> None:
    assert changed(("status: draft\n", "status: ready\n")) == []
    assert changed(("base: main\n", ""), ("kind: feature\n", "base: main\nkind: feature\n")) == []


def test_an_item_changes_under_its_id() -> None:
    assert changed(("must never change FILE.", "must never change FILE or its times.")) == [
        (
            "RULES",
            "R4",
            "changed",
            "`count-words` must never change FILE.",
            "`count-words` must never change FILE or its times.",
        )
    ]


def test_what_is_numbered_anew_has_moved_and_is_not_written_anew() -> None:
    found = changed(
        ("- R2 If", "- R2 The command must be quick.\n- R3 If"), ("- R3 If FILE does", "- R4 If FILE does"),
        ("- R4 `count", "- R5 `count"),
    )  # fmt: skip
    assert [each[:4] for each in found] == [
        ("RULES", "R2", "added", ""),
        ("RULES", "R3", "moved", "R2"),
        ("RULES", "R4", "moved", "R3"),
        ("RULES", "R5", "moved", "R4"),
    ]


def test_an_input_is_known_by_its_name() -> None:
    (change,) = changed(("0 to 10000000 bytes inclusive", "0 to 500 bytes inclusive"))
    assert change[:3] == ("INPUTS", "FILE", "changed")
    (renamed,) = changed(("| FILE | path", "| PATH | path"))
    assert renamed[:4] == ("INPUTS", "PATH", "moved", "FILE")
    (added,) = changed(("exit code 3, R3 |\n", "exit code 3, R3 |\n| LINES | number | 1 to 9 | 0: exit code 2 |\n"))
    assert added == ("INPUTS", "LINES", "added", "", "number | 1 to 9 | 0: exit code 2")


def test_an_edge_case_and_a_constraint_are_known_by_their_labels() -> None:
    found = changed(("- Duplicate: a word that occurs twice counts twice (R1).\n", ""), ("at most 2 seconds", "1 s"))
    assert [each[:3] for each in found] == [
        ("RULES", "Duplicate", "removed"),
        ("CONSTRAINTS", "Performance", "changed"),
    ]


def test_sub_sections_are_told_by_their_titles() -> None:
    found = changed(("### Out of scope", "### Not now"))
    assert [each[:4] for each in found] == [
        ("CONSTRAINTS", "Out of scope", "removed", ""),
        ("CONSTRAINTS", "Not now", "added", ""),
        ("CONSTRAINTS", "Not now", "moved", "Out of scope"),
    ]


def test_code_is_compared_by_line_and_prose_by_word() -> None:
    assert changed(("letter.txt\n42\n", "letter.txt\n  42\n"))[0][:3] == ("OUTPUTS", "", "changed")
    assert changed(("holds. An example", "holds.\nAn   example")) == []


def test_an_item_that_changes_places_has_moved() -> None:
    lines = TEXT.split("\n")
    second = next(index for index, each in enumerate(lines) if each.startswith("- R2"))
    lines[second], lines[second + 1] = lines[second + 1], lines[second]
    (change,) = told(TEXT, "\n".join(lines))
    assert change[2] == "moved"
    assert change[3] == change[1]


def test_a_comment_counts() -> None:
    (change,) = changed(("### Edge cases\n", "### Edge cases\n\n<!-- allow C08: there is one user -->\n"))
    assert change[:3] == ("RULES", "Edge cases", "added")
    assert "allow C08" in change[4]


@pytest.mark.parametrize(
    "text", ["", "\n", "---\n", "no head at all", "---\nid: [\n---\n## RULES\n- R1 x", "﻿## WHAT\nx"]
)
def test_broken_texts_are_compared_too(text: str) -> None:
    assert told(text, text) == []
    assert bool(told(text, TEXT)) is True
    assert bool(told(TEXT, text)) is True


@pytest.mark.parametrize("path", SPECS, ids=lambda each: each.stem)
def test_a_spec_differs_from_itself_in_nothing(path: Path) -> None:
    spec = parse(path, path.read_text())
    assert differences(spec, spec) == ()


def test_sections_are_in_the_order_of_the_seven_questions() -> None:
    found = [each[0] for each in told("## CONSTRAINTS\n- a\n\n## OTHER\nx\n\n## WHAT\nb\n", TEXT)]
    order = ["front matter", "WHAT", "WHO", "INPUTS", "OUTPUTS", "RULES", "EVALUATION", "CONSTRAINTS", "OTHER"]
    assert sorted(found, key=order.index) == found


LINES = st.sampled_from(
    [
        *TEXT.split("\n"), "- R9 The command must wait.", "- R1 Something else.", "text", "- Empty: R9.", "| a | b |",
        "|---|---|", "```", "## WHAT", "### Edge cases", "---", "<!-- why -->", "", "    code", "- - nested", "> said",
    ]
)  # fmt: skip
TEXTS = st.lists(LINES, max_size=40).map("\n".join)


def words(text: str) -> list[str]:
    return text.split()


def said(change: ItemChange) -> str:
    return " ".join((change.section, change.item, change.before, change.after))


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_any_text_differs_from_itself_in_nothing(text: str) -> None:
    assert told(text, text) == []


@given(TEXTS, TEXTS)
@example("", "---\n- R9 a head that is a list\n---")
@settings(max_examples=200, deadline=None)
def test_every_word_that_is_new_or_gone_is_in_a_change(before: str, after: str) -> None:
    old, new = parse(PLACE, before), parse(PLACE, after)
    changes = " ".join(said(each) for each in differences(old, new))
    names = {"status:", "draft", "-", "|", "---"}
    for word in (set(words(before)) ^ set(words(after))) - names:
        assert word.strip("#|*_`:.–—- ") in changes


@given(TEXTS, TEXTS)
@settings(max_examples=100, deadline=None)
def test_where_nothing_differs_the_bodies_are_piece_by_piece_the_same(before: str, after: str) -> None:
    old, new = parse(PLACE, before), parse(PLACE, after)
    if not differences(old, new):
        bodies = [[each for each in pieces(side) if each.section != "front matter"] for side in (old, new)]
        assert bodies[0] == bodies[1]


@pytest.mark.parametrize(
    "unit", ["- R1 a\n", "word\n\n", "## a\n", "### a\n", "- a: b\n", "| x | y |\n", "> ", "```\n", "`", ":"]
)
def test_a_long_text_takes_no_longer_than_its_length_says(unit: str) -> None:
    text = "---\nid: x\n---\n## RULES\n" + unit * (60_000 // len(unit))
    assert len(told(text, text.replace("a", "b"))) >= 0
