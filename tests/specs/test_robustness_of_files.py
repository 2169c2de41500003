"""Files that no operator means to write: each ends as findings at places that exist, or as a file that is not read."""

import os
from pathlib import Path

import pytest

from factory_tui.model.finding import Finding, Level
from factory_tui.model.glossary import Glossary
from factory_tui.specs import SpecUnreadable, load_specs, read_spec, validate
from factory_tui.specs.glossary import load_glossary
from factory_tui.specs.reading.lines import split_lines
from specs.texts import FRONT, findings, front_text, spec_text

GOOD = spec_text()
HEAD, BODY = front_text(), GOOD.removeprefix(front_text())


def places_exist(text: str, found: tuple[Finding, ...]) -> None:
    lines = split_lines(text.removeprefix("\ufeff"))
    for each in found:
        assert 1 <= each.line <= len(lines)
        assert 1 <= each.column <= len(lines[each.line - 1]) + 1
        assert each.message
        assert each.fix


def judged(text: str) -> tuple[Finding, ...]:
    found = findings(text)
    places_exist(text, found)
    return found


def errors(text: str) -> set[str]:
    return {each.rule for each in judged(text) if each.level is Level.ERROR}


@pytest.mark.parametrize(
    "head",
    [
        "",
        "---\n",
        "---\n---\n",
        "---\n- a\n- b\n---\n",
        "---\nid: [close-day\n---\n",
        "---\nid: close-day\nid: other\n---\n",
        "---\n\tid: close-day\n---\n",
        "---\nid: !!python/object/apply:os.system [true]\n---\n",
        "---\na: &a [*a]\n---\n",
        "---\n? {a: b}\n: c\n---\n",
        "---\nid: close-day\n...\n---\n",
        "--- \nid: close-day\n---\n",
        "---\nid: close-day\n----\n",
        "﻿---\nid: close-day\n---\n",
        "---\n" + "a: {" * 200 + "}" * 200 + "\n---\n",
    ],
)
def test_a_broken_head_is_told_and_the_answers_are_judged_all_the_same(head: str) -> None:
    found = errors(head + BODY.replace("## RULES\n", "## RULES\n\nTBD\n", 1))
    assert {"C15", "C02"} <= found


@pytest.mark.parametrize("key", FRONT)
def test_a_key_that_is_there_twice_is_an_error(key: str) -> None:
    assert "C15" in errors(HEAD.replace(f"{key}: {FRONT[key]}\n", f"{key}: {FRONT[key]}\n" * 2) + BODY)


@pytest.mark.parametrize("question", ["WHAT", "RULES", "CONSTRAINTS"])
def test_a_question_that_is_answered_twice_is_an_error_on_the_second_heading(question: str) -> None:
    text = f"{GOOD}\n## {question}\n\nAgain.\n"
    (found,) = [each for each in judged(text) if each.rule == "C01" and "twice" in each.message]
    assert split_lines(text)[found.line - 1] == f"## {question}"
    assert found.line > text.count("\n", 0, text.index(f"## {question}")) + 1


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_each_kind_of_line_end_gives_the_same_findings(end: str) -> None:
    broken = GOOD.replace("## OUTPUTS\n", "## OUTPUTS\n\nFormat: TBD\n")
    assert [(each.rule, each.line, each.column, each.message) for each in judged(broken.replace("\n", end))] == [
        (each.rule, each.line, each.column, each.message) for each in judged(broken)
    ]


def test_mixed_line_ends_are_lines() -> None:
    ends = ["\n", "\r\n", "\r"]
    mixed = "".join(f"{line}{ends[number % 3]}" for number, line in enumerate(GOOD.split("\n")))
    assert errors(mixed) == errors(GOOD)


@pytest.mark.parametrize("fence", ["```", "~~~", "````json", "   ```"])
@pytest.mark.parametrize("section", ["RULES", "EVALUATION"])
def test_a_fence_that_is_never_closed_is_named_where_it_stands(fence: str, section: str) -> None:
    found = judged(GOOD.replace(f"## {section}\n", f"## {section}\n\n{fence}\n", 1))
    (told,) = (each for each in found if "never closed" in each.message)
    assert (told.rule, told.quote) == ("C01", fence.strip())
    assert not any("is missing" in each.message for each in found)


def test_a_comment_that_is_never_closed_is_named_and_waives_nothing() -> None:
    found = judged(GOOD.replace("## RULES\n", "## RULES\n\n<!-- allow C09: because\n", 1))
    assert [each.quote for each in found if "never closed" in each.message] == ["<!-- allow C09: because"]
    assert not any(each.level is Level.INFO for each in found)


@pytest.mark.parametrize(
    "rows",
    [
        "| name |\n|---|---|\n| a |",
        "|||\n|-|-|\n|||",
        "| name | type | bounds | invalid |\n|---|---|---|---|\n| a | int |",
        "| name | type | bounds | invalid |\n|---|---|---|---|\n| a | int | 1 to 2 inclusive | `0`: R1 | more |",
        "| name | type | bounds | invalid |\n|---|---|---|---|",
        "| a \\| b | type | bounds | invalid |\n|---|---|---|---|\n| \\| | \\| | \\| | \\| |",
        "- a\n\t- b\n  - c\n - d\n1) e\n* f",
        "> - a\n> | b |\n> |---|\n",
    ],
)
def test_tables_and_lists_of_any_shape_are_judged(rows: str) -> None:
    for question in ("INPUTS", "OUTPUTS", "RULES", "EVALUATION", "CONSTRAINTS"):
        judged(spec_text(**{question: rows}))


@pytest.mark.parametrize("data", [b"\x00", b"\x89PNG\r\n\x1a\n", b"\xff\xfe#\x00", b"\xc3\x28", b"\x1f\x8b\x08\x00"])
def test_a_binary_file_is_listed_as_unreadable(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "close-day.md").write_bytes(data)
    library = load_specs(tmp_path)
    assert library.specs == {}
    (error,) = library.unreadable
    assert error.what
    assert error.todo


def test_an_empty_file_is_a_spec_that_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "close-day.md"
    path.write_bytes(b"")
    assert {"C01", "C15"} <= {each.rule for each in validate(read_spec(path), load_specs(tmp_path))}


def test_a_link_to_a_file_is_read_as_that_file_and_named_as_the_link(tmp_path: Path) -> None:
    inside, outside = tmp_path / "workspace" / "specs", tmp_path / "elsewhere"
    inside.mkdir(parents=True)
    outside.mkdir()
    (outside / "draft.md").write_text(GOOD, encoding="utf-8")
    (inside / "_kept.md").write_text(GOOD, encoding="utf-8")
    (inside / "close-day.md").symlink_to(outside / "draft.md")
    (inside / "open-day.md").symlink_to("_kept.md")
    library = load_specs(tmp_path / "workspace")
    assert sorted(library.specs) == ["close-day", "open-day"]
    assert library.unreadable == ()
    (linked,) = [each for name, each in library.specs.items() if name == "open-day"]
    assert any("id is close-day" in each.message for each in validate(linked, library))


def test_a_link_to_nothing_to_itself_or_to_a_directory_is_listed(tmp_path: Path) -> None:
    specs = tmp_path / "specs"
    specs.mkdir()
    (specs / "gone.md").symlink_to(tmp_path / "nothing")
    (specs / "self.md").symlink_to("self.md")
    (specs / "folder.md").symlink_to(tmp_path)
    (specs / "device.md").symlink_to("/dev/zero")
    library = load_specs(tmp_path)
    assert library.specs == {}
    assert sorted(each.path.name for each in library.unreadable) == ["device.md", "folder.md", "gone.md", "self.md"]


def test_a_file_of_more_than_a_megabyte_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "close-day.md"
    path.write_bytes(b"a" * 1_000_001)
    with pytest.raises(SpecUnreadable, match="larger"):
        read_spec(path)


def test_a_glossary_that_is_a_pipe_or_no_text_is_none_and_nobody_waits_for_it(tmp_path: Path) -> None:
    glossary = tmp_path / "context" / "glossary.md"
    glossary.parent.mkdir()
    os.mkfifo(glossary)
    assert load_glossary(tmp_path) == Glossary()
    glossary.unlink()
    glossary.write_bytes(b"\xff\x00\xfe" * 100_000)
    assert not load_glossary(tmp_path).terms
