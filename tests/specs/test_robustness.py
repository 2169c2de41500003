"""Whatever a file holds, reading and judging it ends with findings at places that exist."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factory_tui.specs import SpecLibrary, parse, validate
from factory_tui.specs.reading.lines import split_lines
from factory_tui.specs.reading.marked_yaml import Mark, YamlProblem, read_yaml
from specs.texts import TEMPLATES, spec_text

GOOD = spec_text()
LIBRARY = SpecLibrary(templates=TEMPLATES)

SHARP = st.sampled_from(
    [
        "---\n", "## WHAT\n", "```", "~~~\n", "<!--", "-->", "\r", "\r\n", "\t", "- R1 ", "|---|\n", "\0", "\ufeff",
        "&a [*a]", "*a", "!!python/object:x", "'", '"', "{", "}", "[", "%YAML 1.1\n", "\u2028", "\x85", "\\U99999999",
        "> ", "    ", "`", "(R1–R300)", "<b", "{{", "???", "… ", "0x", "1e999", ": ", "? x\n", "<<: *a\n", "\n\n", "#",
        "<!-- allow C02: x -->", "<!-- allow C01 -->", "\x1b[31m", "\u202e",
    ]
)  # fmt: skip
EDIT = st.tuples(st.integers(0, len(GOOD)), st.integers(0, 120), SHARP | st.text(max_size=8))


def mutated(edits: list[tuple[int, int, str]]) -> str:
    text = GOOD
    for start, length, replacement in edits:
        text = text[:start] + replacement + text[start + length :]
    return text


def check(text: str) -> None:
    spec = parse(Path("close-day.md"), text)
    found = validate(spec, LIBRARY)
    lines = split_lines(spec.text)
    for each in found:
        assert 1 <= each.line <= len(lines)
        assert 1 <= each.column <= len(lines[each.line - 1]) + 1
        assert each.message
        assert each.fix
    assert validate(parse(Path("close-day.md"), text), LIBRARY) == found
    assert list(found) == sorted(found, key=lambda each: (each.line, each.column))
    for masked in (spec.visible, spec.prose):
        assert len(split_lines(masked)) == len(lines)


@settings(max_examples=300, deadline=None)
@given(st.lists(EDIT, min_size=1, max_size=5))
def test_any_mutation_of_a_good_spec_is_judged(edits: list[tuple[int, int, str]]) -> None:
    check(mutated(edits))


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_any_text_is_judged(text: str) -> None:
    check(text)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_yaml_or_a_problem(data: bytes) -> None:
    text = data.decode("utf-8", errors="replace")
    marks = marks_of(text)
    assert all(1 <= mark.line <= len(split_lines(text)) for mark in marks)


def marks_of(text: str) -> list[Mark]:
    try:
        return list(read_yaml(text).keys.values())
    except YamlProblem as problem:
        return [problem.mark]


@pytest.mark.parametrize("unit", ["… ", "a, … ", "[… ", "<a> ", "TBD ", "`` ` ", '"a ', "R1–R9 ", "- [ ", "(R1)"])
def test_a_line_of_any_length_is_judged_quickly(unit: str) -> None:
    text = spec_text().replace("## CONSTRAINTS\n", f"## CONSTRAINTS\n{unit * (100_000 // len(unit))}\n")
    began = time.process_time()
    validate(parse(Path("specs/withdraw.md"), text), SpecLibrary())
    assert time.process_time() - began < 10
