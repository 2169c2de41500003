"""Asking fewer of markdown-it's rules changes nothing that it finds."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from factory_tui.specs.reading.block_rules import ask_where_they_apply

ROOT = Path(__file__).parents[2]

PIECES = (
    *("- ", "* ", "+ ", "1. ", "12) ", "> ", ">", "    ", "  ", " ", "\t", "# ", "## ", "---", "===", "***", "___"),
    *("```", "~~~", "|", "|---|", "| a | b |", ":-:|", "-|-", "<!--", "-->", "<div>", "</div>", "<pre>", "[a]: b"),
    *("[a]", "text", ":", "-", "=", "R1", "\\", "\n", "\n", "\n", "\n\n", "\r\n", "\0", "\x0b", "é", "_"),
)


def library_alone() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.disable(["inline"])
    return parser


def ours() -> MarkdownIt:
    parser = library_alone()
    ask_where_they_apply(parser)
    return parser


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_any_text_has_the_tokens_of_the_library_alone(text: str) -> None:
    assert ours().parse(text) == library_alone().parse(text)


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=lambda p: p.name
)
def test_a_document_has_the_tokens_of_the_library_alone(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ours().parse(text) == library_alone().parse(text)


@pytest.mark.parametrize("piece", [">", " ", "\t", "-", "=", "- ", "> -", "---   ", "= ", "[", "`", "|-"])
def test_a_long_line_takes_no_longer_than_in_the_library(piece: str) -> None:
    text = "a\n" + piece * (200_000 // len(piece)) + "x"
    times = []
    for parser in (library_alone(), ours()):
        start = time.process_time()
        parser.parse(text)
        times.append(time.process_time() - start)
    assert times[1] < 2 * times[0] + 0.2
