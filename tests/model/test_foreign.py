"""Foreign text is cleaned once, and nothing that acts on a terminal comes through."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.foreign import clean, clean_bytes, clean_line

HARMLESS_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn"}


def is_harmless(text: str) -> bool:
    return all(each == "\n" or unicodedata.category(each) not in HARMLESS_CATEGORIES for each in text)


@pytest.mark.parametrize("byte", range(256))
def test_every_byte_alone_and_in_company_is_harmless(byte: int) -> None:
    for data in (bytes([byte]), b"a" + bytes([byte]) + b"b", bytes([27, byte]), bytes([27, 91, byte, 109])):
        assert is_harmless(clean_bytes(data))
        assert is_harmless(clean(data.decode("latin-1")))


@pytest.mark.parametrize(
    ("hostile", "cleaned"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07x", "x"),
        ("\x1b]52;c;aGVsbG8=\x1b\\x", "x"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPq#0\x1b\\x", "x"),
        ("\x9b31mred", "red"),
        ("\x1b(0x", "x"),
        ("\x1bcx", "x"),
        ("a\x07b", "a\ufffdb"),
        ("a\x08b", "a\ufffdb"),
        ("safe\u202egpj.exe", "safe\ufffdgpj.exe"),
        ("zero\u200bwidth", "zero\ufffdwidth"),
        ("\ufeffbom", "\ufffdbom"),
        ("\ue000private", "\ufffdprivate"),
        ("\ud800lone", "\ufffdlone"),
        ("tab\tx", "tab    x"),
        ("one\r\ntwo\rthree\u2028four\x85five", "one\ntwo\nthree\nfour\nfive"),
        ("naïve – “quotes” 漢字 🙂", "naïve – “quotes” 漢字 🙂"),
    ],
)
def test_what_acts_is_removed_and_what_reads_is_kept(hostile: str, cleaned: str) -> None:
    assert clean(hostile) == cleaned


@given(st.text())
def test_cleaning_is_harmless_and_done_once(text: str) -> None:
    once = clean(text)
    assert is_harmless(once)
    assert clean(once) == once


@given(st.binary())
def test_any_bytes_become_harmless_text(data: bytes) -> None:
    assert is_harmless(clean_bytes(data))


@given(st.text(), st.integers(1, 50))
def test_a_limit_is_kept_and_a_cut_is_marked(text: str, limit: int) -> None:
    cut = clean(text, limit=limit)
    assert len(cut) <= limit
    assert cut == clean(text) or cut.endswith("…")


@given(st.text())
def test_a_line_is_one_line(text: str) -> None:
    assert "\n" not in clean_line(text)


def test_an_unfinished_sequence_cannot_swallow_what_follows_on_the_screen() -> None:
    assert is_harmless(clean("\x1b]0;never ends") + clean("next"))
    assert clean("\x1b[") == ""


def test_huge_text_is_cut_before_it_is_cleaned() -> None:
    assert len(clean("\x1b[31m" * 1_000_000, limit=100)) <= 100
