"""Numbers and their units, as people write them."""

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.specs.reading.quantities import Measure, quantities, units


def said(text: str, *, spelled: bool = False) -> list[tuple[str, str]]:
    return [(str(each.value), each.unit) for each in quantities(text, spelled=spelled)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 seconds", [("2", "second")]),
        ("0.5s", [("0.5", "second")]),
        ("500ms", [("500", "millisecond")]),
        ("5m", [("5", "minute")]),
        ("5 m", [("5", "metre")]),
        ("10 MiB", [("10", "mebibyte")]),
        ("64-bit", [("64", "bit")]),
        ("1,000 files", [("1000", "file")]),
        ("1 000 files", [("1000", "file")]),
        ("1'000'000 users", [("1000000", "user")]),
        ("1_000 lines", [("1000", "line")]),
        ("1.5e3 ms", [("1.5E+3", "millisecond")]),
        ("5,5 Sekunden", [("5.5", "second")]),
        ("19 %", [("19", "percent")]),
        ("99.9%", [("99.9", "percent")]),
        ("2.00 USD", [("2.00", "USD")]),
        ("$5", [("5", "USD")]),
        ("€ 5,50", [("5.50", "EUR")]),
        ("USD 5", [("5", "USD")]),
        ("-5 °C", [("-5", "celsius")]),
        ("100 requests a minute", [("100", "request/minute")]),
        ("10 MB/s", [("10", "megabyte/second")]),
        ("100/min", [("100", "/minute")]),
        ("exit code 2, R4", [("2", "")]),
        ("1,5", [("1", ""), ("5", "")]),
    ],
)
def test_a_number_has_the_unit_that_stands_with_it(text: str, expected: list[tuple[str, str]]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    "text",
    ["1 to 60 characters", "1–60 characters", "1-60 characters", "between 1 and 60 characters", "1..60 characters"],
)
def test_both_ends_of_a_range_have_its_unit(text: str) -> None:
    assert said(text) == [("1", "character"), ("60", "character")]


@pytest.mark.parametrize(
    "text", ["2024-06-01", "2024-06", "12:30", "3.11.2", "127.0.0.1", "R5", "3rd", "0x1F", "e2e", "a/5", "9" * 40]
)
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    assert said(text) == []


def test_number_words_count_before_a_unit() -> None:
    assert said("two seconds, one of them, zehn Zeilen", spelled=True) == [("2", "second"), ("10", "line")]


def test_quantities_of_one_kind_are_compared_by_their_base() -> None:
    seconds, millis, dollars, euros = quantities("5 s, 5000 ms, 5 $, 5 €")
    assert seconds.base == millis.base
    assert seconds.same_scale(millis)
    assert not dollars.same_scale(euros)


def test_a_place_is_that_of_the_whole() -> None:
    text = "costs USD 2.50 or 3 cents"
    assert [text[each.start : each.end] for each in quantities(text)] == ["USD 2.50", "3 cents"]


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.sampled_from(sorted(units())))
def test_a_plain_number_is_read_back(value: Decimal, way: str) -> None:
    found = next(quantities(f"at most {value} {way}, then"))
    assert found.value == value
    assert found.unit
    assert found.kind is not Measure.NUMBER


@given(st.text(alphabet="0123456789 ,.-eE$%€/:'toand\nms_", max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    ends = 0
    for each in quantities(text, spelled=True):
        assert ends <= each.start < each.end <= len(text)
        ends = each.end


@pytest.mark.parametrize(
    "piece", ["9", "9 ", "9-", "1,000", "$", "one ", "1 to ", "9.", "1e", "-", "1:", "a 1 per ", " "]
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    start = time.perf_counter()
    assert sum(1 for _ in quantities(text)) >= 0
    assert time.perf_counter() - start < 20
