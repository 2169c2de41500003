"""Two texts side by side: nothing is lost, nothing is wider than it may be, and what differs is marked."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from factory_tui.model.foreign import clean
from factory_tui.tui.look import Tone
from factory_tui.tui.words.beside import LEAST_WIDTH, beside


def shown(expected: str, observed: str, width: int = 80, *, compare: bool = True) -> list[str]:
    return [each.text for each in beside(expected, observed, width, compare=compare)][1:]


def columns(rows: list[str]) -> tuple[list[str], list[str]]:
    return [row[2:].split(" │ ")[0].rstrip() for row in rows], [row.split(" │ ", 1)[1].rstrip() for row in rows]


def test_equal_lines_stand_on_one_row_and_what_is_missing_leaves_a_gap() -> None:
    rows = shown("one\ntwo\nthree", "one\nthree\nfour")
    assert [row[0] for row in rows] == [" ", "−", " ", "+"]
    assert columns(rows) == (["one", "two", "three", ""], ["one", "", "three", "four"])


def test_a_changed_line_tells_where_it_differs() -> None:
    [_, row] = beside("balance 30.00 EUR", "balance 29.99 EUR", 80)
    toned = {(each.text, each.tone) for each in row.spans if each.tone in (Tone.GOOD, Tone.BAD)}
    assert toned == {("30.00", Tone.GOOD), ("29.99", Tone.BAD)}
    assert row.text.startswith("~ ")


def test_a_part_that_has_to_be_somewhere_is_not_compared_line_by_line() -> None:
    rows = shown("insufficient", "done\nbye", compare=False)
    assert [row[0] for row in rows] == [" ", " "]


def test_where_two_columns_cannot_be_read_one_stands_under_the_other() -> None:
    rows = [each.text for each in beside("one\ntwo", "one\nzwei", LEAST_WIDTH - 1)]
    assert rows == ["expected", "  one", "~ two", "observed", "  one", "~ zwei"]


def test_long_values_are_bounded_and_say_what_is_left_out() -> None:
    rows = shown("\n".join("x" for _ in range(1_500)), "y")
    assert len(rows) < 420
    assert any("more lines" in row for row in rows)


def test_equal_lines_far_from_any_difference_are_told_by_their_number() -> None:
    many = [f"line {number}" for number in range(100)]
    rows = shown("\n".join(many), "\n".join([*many[:50], "other", *many[51:]]))
    assert len(rows) == 9
    assert columns(rows)[0] == ["47 lines alike", *many[47:54], "46 lines alike"]
    assert [row[0] for row in rows] == ["⋯", " ", " ", " ", "~", " ", " ", " ", "⋯"]


@given(st.text(max_size=200), st.text(max_size=200), st.integers(min_value=LEAST_WIDTH, max_value=140))
def test_no_row_is_wider_than_it_may_be_and_every_character_is_there(one: str, other: str, width: int) -> None:
    rows = list(beside(one, other, width, compare=False))[1:]
    assert max(cell_len(each.text) for each in rows) <= width
    shown_characters = {character for row in rows for each in row.spans for character in each.text}
    assert not {each for each in clean(one + other) if each != "\n"} - shown_characters
