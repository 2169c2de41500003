"""The fast parser of ordinary YAML says exactly what the careful one says, places included, or says nothing."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from factory_tui.specs.reading.front import find_head
from factory_tui.specs.reading.marked_yaml import YamlProblem, read_yaml
from factory_tui.specs.reading.yaml_nodes import Node, NotYaml, compose_any, compose_ordinary

REPOSITORY = Path(__file__).resolve().parents[2]


def heads() -> list[str]:
    lines = [path.read_text().split("\n") for path in sorted((REPOSITORY / "specs").glob("*.md"))]
    return ["\n".join(each[1 : find_head(each)]) for each in lines]


SCENARIOS = [path.read_text() for path in sorted((REPOSITORY / "scenarios").glob("*/*.yaml"))]
LINES = sorted({line for text in [*SCENARIOS, *heads()] for line in text.split("\n")})

PIECES = [
    *" \n:-,[]{}#'\"|>?ab01.~=@`<+\\%&*!\t/_xoEé\r\u2028\ufeff", "\n  ", ": ", "- ", "\n- ", "a: ", ": |\n  ", "true",
    ": >-\n  ", "null", "0x1f", "1e3", "1_000", "_1", "+.5", ".inf", "2026-01-01", "<<: ", "&a ", "*a", "!!str ",
    "---\n", "...",
]  # fmt: skip


@st.composite
def nearly_real(draw: st.DrawFn) -> str:
    """A few lines of real files with small accidents."""
    first = draw(st.integers(0, len(LINES) - 1))
    text = "\n".join(LINES[first : first + draw(st.integers(1, 6))])
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + draw(st.sampled_from(PIECES)) + text[place + draw(st.integers(0, 1)) :]
    return text


def shape(node: Node | None) -> object:
    """Everything that is used of a node. The two end lists and mappings at different blanks, which nobody looks at."""
    if node is None:
        return None
    start, tag = node.start_mark.index, str(node.tag).removeprefix("tag:yaml.org,2002:")
    tag = "str" if tag in ("timestamp", "value", "merge") else tag  # all of them are text to us
    if node.id == "mapping":
        return (tag, start, bool(node.flow_style), [(shape(key), shape(value)) for key, value in node.value])
    if node.id == "sequence":
        return (tag, start, [shape(each) for each in node.value])
    return (tag, start, node.end_mark.index, node.value)


def agree(text: str) -> None:
    ordinary = compose_ordinary(text)
    if ordinary is not None:
        assert shape(ordinary) == shape(compose_any(text))


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | nearly_real())
@settings(max_examples=500, deadline=None)
@example("a: |#\n  b")
@example("a: |\n \n   b")
@example("a:\nb: ")
@example("a: _1\nb: +1_0\nc: 0o17\nd: .5\ne: -.5e-3\nf: '1'\ng: 1.\nh: 1e3\ni: NULL\nj: yes\nk: 2026-01-01\nl: =")
def test_what_the_fast_parser_reads_the_careful_one_reads_too(text: str) -> None:
    agree(text)


@pytest.mark.parametrize("text", [*SCENARIOS, *heads()])
def test_real_documents_are_read_the_fast_way(text: str) -> None:
    assert compose_ordinary(text) is not None
    agree(text)


@pytest.mark.parametrize(
    "text", ["a: *b", "a: &b c", "a: !x b", "%YAML 1.1\n---\na: yes", "a: 1\n---\nb: 2", "- a", "a:\n"]
)
def test_the_fast_parser_leaves_the_extraordinary_alone(text: str) -> None:
    assert compose_ordinary(text) is None


@pytest.mark.parametrize("text", ["a: " + "[" * 200_000, "a: " + "- " * 100_000, "a:\n  " + "? " * 50_000, "[" * 5_000])
def test_hostile_depth_is_a_problem_not_a_crash(text: str) -> None:
    with pytest.raises(YamlProblem):
        read_yaml(text)


def test_what_is_wrong_is_told_by_the_careful_parser() -> None:
    with pytest.raises(NotYaml) as caught:
        compose_any("a: b: c")
    assert caught.value.problem == "mapping values are not allowed here"
    assert caught.value.offset == 4
