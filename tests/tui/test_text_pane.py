"""Text that scrolls, wraps, follows its end and is searched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult

from factory_tui.tui.look import Line, Span, Tone, line
from factory_tui.tui.widgets.text_pane import MOST_LINES, TextPane, wrap


class Probe(App[None]):
    def compose(self) -> ComposeResult:
        yield TextPane(follow=True)

    @property
    def pane(self) -> TextPane:
        return self.query_one(TextPane)

    @property
    def rows(self) -> list[str]:
        strips = self.screen._compositor.render_strips()
        return ["".join(part.text for part in strip).rstrip() for strip in strips]


def numbered(first: int, count: int) -> list[Line]:
    return [line(f"line {number}") for number in range(first, first + count)]


async def test_a_pane_that_follows_shows_what_is_added() -> None:
    app = Probe()
    async with app.run_test(size=(30, 6)) as pilot:
        app.pane.append(numbered(0, 50))
        app.pane.append(numbered(50, 50))
        await pilot.pause()
        assert "line 99" in app.rows[-1]


async def test_going_up_stops_following_and_f_takes_it_up_again() -> None:
    app = Probe()
    async with app.run_test(size=(30, 6)) as pilot:
        app.pane.append(numbered(0, 50))
        app.pane.focus()
        await pilot.press("g")
        assert not app.pane.follows
        app.pane.append(numbered(50, 50))
        await pilot.pause()
        assert "line 0" in app.rows[0]
        app.pane.set_follow(True)
        await pilot.pause()
        assert "line 99" in app.rows[-1]


async def test_a_search_goes_from_match_to_match_and_around_the_end() -> None:
    app = Probe()
    async with app.run_test(size=(30, 6)) as pilot:
        app.pane.append([*numbered(0, 40), line("Needle one"), *numbered(40, 40), line("needle two")])
        assert app.pane.search("NEEDLE")
        await pilot.pause()
        assert any("two" in row for row in app.rows) or any("one" in row for row in app.rows)
        found = {row for row in app.rows if "eedle" in row}
        assert app.pane.search("needle")
        await pilot.pause()
        assert {row for row in app.rows if "eedle" in row} != found
        assert not app.pane.search("absent")


async def test_the_oldest_lines_of_an_endless_log_are_dropped() -> None:
    app = Probe()
    async with app.run_test(size=(30, 6)) as pilot:
        for start in range(0, MOST_LINES + 4_000, 1_000):
            app.pane.append(numbered(start, 1_000))
        await pilot.pause()
        assert len(app.pane.lines) <= MOST_LINES + MOST_LINES // 10
        assert f"line {MOST_LINES + 3_999}" in app.rows[-1]


async def test_long_lines_are_wrapped_or_cut() -> None:
    app = Probe()
    async with app.run_test(size=(30, 6)) as pilot:
        app.pane.set_lines([line("word " * 20)])
        await pilot.pause()
        assert sum(bool(row) for row in app.rows) > 3
        app.pane.set_wrap(False)
        await pilot.pause()
        assert sum(bool(row) for row in app.rows) == 1


@given(st.text(alphabet="ab 漢é", max_size=80), st.integers(4, 30), st.integers(0, 12))
def test_wrapped_parts_fit_and_lose_nothing_but_blanks(text: str, width: int, indent: int) -> None:
    parts = wrap(Line((Span(text), Span(text, Tone.DIM)), indent), width)
    assert all(cell_len(part.text.rstrip()) <= width for part in parts)
    assert "".join(part.text for part in parts).replace(" ", "") == (text * 2).replace(" ", "")


@pytest.mark.parametrize("width", [8, 20, 60])
def test_wrapped_parts_begin_at_the_indent(width: int) -> None:
    parts = wrap(line("one two three four five six seven", indent=4), width)
    assert all(part.text.startswith("    ") for part in parts[1:])
