"""The report as a page for a browser."""

import base64
import hashlib
import re
from collections.abc import Iterator
from datetime import UTC
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.report import Report
from factory_tui.report.html import render_html
from tests.report import samples

VOID = frozenset({"meta"})


class Page(HTMLParser):
    """The elements of a page, and whether each that opens is closed in its place."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += "" if "style" in self._open else data

    def of(self, *tags: str) -> Iterator[dict[str, str | None]]:
        return (attributes for tag, attributes in self.elements if tag in tags)


EVERY = {"usual": samples.USUAL, "empty": samples.EMPTY, "good": samples.GOOD, "half": samples.HALF,
         "long": samples.LONG, "hostile": samples.hostile()}  # fmt: skip


@pytest.mark.parametrize("report", EVERY.values(), ids=EVERY)
def test_a_page_asks_nobody_for_anything(report: Report) -> None:
    text = render_html(report)
    page = Page(text)
    tags = {tag for tag, _ in page.elements}
    policy = next(each["content"] for each in page.of("meta") if each.get("http-equiv") == "Content-Security-Policy")
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)

    assert style is not None
    assert "url(" not in style[1]
    assert "@import" not in style[1]
    assert policy is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy.split("; ")[:2] == ["default-src 'none'", f"style-src 'sha256-{digest}'"]
    assert not tags & {"script", "img", "link", "a", "iframe", "object", "embed", "form", "base", "video", "audio"}
    for _, attributes in page.elements:
        assert not {"src", "href", "style", "srcset"} & attributes.keys()
        assert not [name for name in attributes if name.startswith("on")]


@pytest.mark.parametrize("report", EVERY.values(), ids=EVERY)
def test_a_page_is_one_outline_that_a_reader_can_walk(report: Report) -> None:
    page = Page(render_html(report, zone=UTC))
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    ids = [each["id"] for _, each in page.elements if "id" in each]

    assert next(page.of("html"))["lang"] == "en"
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(each.get("scope") in ("row", "col") for each in page.of("th"))
    assert len(ids) == len(set(ids))
    assert all(each["aria-labelledby"] in ids for each in page.of("section"))
    assert all(each.get("aria-label") for each in page.of("svg"))


def test_hostile_text_in_every_field_is_text() -> None:
    usual, page = Page(render_html(samples.USUAL)), Page(render_html(samples.hostile()))

    assert {tag for tag, _ in page.elements} <= {tag for tag, _ in usual.elements}
    assert page.text.count("<script>alert(1)</script>") > 40
    assert "</style></title></main>" in page.text
    assert "\x1b" not in page.text
    assert "\u202e" not in page.text


@given(st.text(max_size=200))
def test_no_text_breaks_the_page(evil: str) -> None:
    page = Page(render_html(samples.hostile(evil)))

    assert {tag for tag, _ in page.elements} <= {tag for tag, _ in Page(render_html(samples.USUAL)).elements}


@pytest.mark.parametrize(
    "said",
    ["4 things wait for you", "factory-tui answer r-order-types 1", "Refuse the order with exit code 4", "INCOMPLETE",
     "2 runs, 1 in the batch before", "$18.20 of $20.00", "escaped defect: Codes repeat", "shipped → failed",
     "1 of 42 shipped runs turned out wrong"],
)  # fmt: skip
def test_it_says(said: str) -> None:
    assert said in Page(render_html(samples.USUAL)).text


def test_every_run_of_a_thousand_is_there() -> None:
    text = Page(render_html(samples.LONG)).text

    assert all(f"spec-{number:04}" in text for number in range(1_000))


def test_a_batch_that_goes_on_and_an_empty_one_are_said() -> None:
    assert "still running" in Page(render_html(samples.HALF)).text
    assert "Nothing waits for you" in Page(render_html(samples.EMPTY)).text


def luminance(colour: str) -> float:
    """Relative luminance of `#rgb` or `#rrggbb` (WCAG 2.2)."""
    digits = colour[1:] if len(colour) == 7 else "".join(each * 2 for each in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_text_stands_out_in_light_dark_and_print() -> None:
    palettes = re.findall(r":root \{(.*?)\}", render_html(samples.EMPTY), re.DOTALL)

    assert len(palettes) == 3
    for palette in palettes:
        colours = dict(re.findall(r"--(\w+): (#\w+)", palette))
        for ground in ("paper", "card", "wash"):
            for ink in ("ink", "soft", "good", "bad", "warn", "busy") if ground != "wash" else ("ink",):
                light, dark = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
                assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{ink} on {ground}"
