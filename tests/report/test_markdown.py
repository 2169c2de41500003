"""The report as Markdown, read as GitHub reads it."""

import re
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from factory_tui.report.inert import code, prose
from factory_tui.report.markdown import render_markdown
from tests.report import samples


def github(text: str) -> str:
    """HTML as GitHub makes it: tables, strike-through, bare addresses, HTML inside."""
    page = MarkdownIt("gfm-like", {"html": True, "linkify": True})
    assert page.linkify is not None
    # Without `www.` a name such as `slug.al` is no address there: GitHub Flavored Markdown Spec 0.29 (6.9).
    page.linkify.tlds(["example", "com"])
    return page.render(text)


def plain(html: str) -> str:
    """What a reader sees outside of code, where GitHub looks for mentions and references."""
    return re.sub(r"<code>.*?</code>", "", html, flags=re.DOTALL)


def shown(html: str) -> str:
    """The text of the page without its markup."""
    text = re.sub(r"<[^>]*>", "", html)
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(entity, character)
    return text.strip()


def test_the_page_has_its_parts_in_the_order_of_need() -> None:
    heads = re.findall(r"^## (.*)$", render_markdown(samples.USUAL, zone=UTC), re.MULTILINE)

    assert heads == ["Needs you (4)", "Shipped (4)", "Failed (3)", "Held and in error (4)", "Cancelled (1)",
                     "Quality (42 of 44 held)", "Spend and time", "Changed since `b-20261119-1`",
                     "Diagnosis", "Trust"]  # fmt: skip


def test_a_table_has_a_row_for_each_shipped_run() -> None:
    html = github(render_markdown(samples.USUAL, zone=UTC))

    assert html.count("<table>") == 3
    assert html.count("<tr>") == 1 + len(samples.SHIPPED) + 1 + len(samples.USUAL.spend) + 1 + 3
    assert "memory 96 MiB of 64 MiB, largest process</td>" in html
    assert "✓ <code>invoice-rounding</code></td>" in html


def test_every_run_of_a_thousand_is_there() -> None:
    html = github(render_markdown(samples.LONG))

    assert all(f"<code>spec-{number:04}</code>" in html for number in range(1_000))


def test_a_batch_that_goes_on_and_an_empty_one_are_said() -> None:
    assert "4 of 6 runs shipped, 2 not finished yet." in render_markdown(samples.HALF)
    assert "**Nothing waits for you.** No run was queued." in render_markdown(samples.EMPTY)


def test_hostile_text_in_every_field_adds_no_markup() -> None:
    usual, html = github(render_markdown(samples.USUAL)), github(render_markdown(samples.hostile()))

    def tags(page: str) -> set[str]:
        return set(re.findall(r"<(/?\w+)", page))

    assert tags(html) <= tags(usual)
    for name in ("table", "tr", "td", "h1", "h2", "h3", "ol", "hr", "blockquote", "pre"):
        assert html.count(f"<{name}>") == usual.count(f"<{name}>"), name
    assert not re.search(r"@\w|#\d|www\.|://|:tada:|\$[a-z]|[0-9a-f]{7}", plain(html))


EVIL = (
    "@octocat", "see @octocat, please", "org/repo#12", "#7", "GH-7", "http://evil.example/x", "www.evil.example",
    "a@evil.example", "xmpp:a@b.example", ":tada:", "$x$ and $y$", "`a` ``b``", "``", "`", "\\`", "\\", "a|b", "|",
    "\\|", "`a|b`", "<b>x</b>", "<!--", "&lt;b&gt;", "&#64;octocat", "[a](http://b.example)", "![a](b)", "[^1]", "- a",
    "1. a", "1) a", "+ a", "# a", "> a", "---", "===", "***", "~~a~~", "__a__", "*a*", "a\n\nb", "    a", "```\nx\n```",
    "9c1f0a7d2b3e", "| a | b |", ":--", "<https://a.example>", "http:/\\evil.example", "https:evil.example/x@y",
)  # fmt: skip


@pytest.mark.parametrize("render", [prose, code])
@pytest.mark.parametrize("evil", EVIL)
def test_foreign_text_shows_as_it_is(evil: str, render: object) -> None:
    """At the start of a list item, of a paragraph, and in a cell of a table."""
    assert callable(render)
    said = render(evil)
    pages = ((f"- {said}", 1), (f"- x  \n  {said}", 1), (f"{said} x", 0), (f"|a|b|\n|-|-|\n|{said}|x|", 0))
    for page, items in pages:
        html = github(page)
        assert set(re.findall(r"<(\w+)", html)) <= {"ul", "li", "p", "br", "table", "thead", "tbody", "tr", "th", "td",
                                                    "code"}  # fmt: skip
        assert html.count("<li>") == items
        assert len(re.findall("<td", html)) == (2 if page.startswith("|") else 0)
        assert not re.search(r"@\w|#\d|GH-|www\.|:/|:tada:|\$[a-z]|[0-9a-f]{7}", plain(html))


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=80))
def test_nothing_is_lost(evil: str) -> None:
    """But the backticks of what was code anyhow, and repeated spaces."""
    words = " ".join(evil.split())
    html = github(f"x {prose(evil)} x")

    assert "".join(shown(html).replace("`", "").split()) == "".join(f"x{words}x".replace("`", "").split())
    assert set(re.findall(r"<(\w+)", html)) <= {"p", "code"}
