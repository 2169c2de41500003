import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.scenarios.matching import regex
from factory_tui.scenarios.matching.regex import INLINE_STEPS, Undecided, found
from factory_tui.specs.reading.patterns import steps_bound


def test_a_search_is_not_anchored():
    assert found("b+", "abbc")
    assert not found("^b", "abbc")


@pytest.mark.parametrize(
    "pattern",
    [
        *("(a+)+$", "(a|a)*$", r"(.*)*x", r"(x+x+)+y", r"(\w+\s?)*$", r"(a+)\1+$"),
        *("(?x)(a+) +$", "^(?x:(a+)\n+)$", "(?ix)(a+)#\n*$", "(?i-s:(?sx:(a+) {2,}))$", "(a+)(?#c)+$"),
    ],
)
def test_a_pattern_that_can_explode_never_runs_in_this_process(pattern):
    assert steps_bound(pattern, 40) > INLINE_STEPS


def test_an_exploding_search_is_undecided_after_the_deadline(monkeypatch):
    monkeypatch.setattr(regex, "DEADLINE_S", 0.2)
    with pytest.raises(Undecided):
        found("(a+)+$", "a" * 60 + "!")


def test_many_quantifiers_over_a_long_text_leave_this_process():
    assert steps_bound(".*a.*b.*c", 1_000_000) > INLINE_STEPS
    assert steps_bound("^[a-z0-9]{6}$", 6) < INLINE_STEPS


def test_a_long_text_is_searched_by_the_other_process_with_the_same_answer():
    assert found("(ab)+c", "x" * 50_000 + "ababc")
    assert not found("(ab)+d", "x" * 50_000 + "ababc")


@given(st.text(max_size=40), st.text(alphabet="abc.*+?|()^$", max_size=8))
def test_short_searches_agree_with_the_standard_library(text, pattern):
    try:
        expected = re.search(pattern, text) is not None
    except re.error:
        return
    if steps_bound(pattern, len(text)) <= INLINE_STEPS:
        assert found(pattern, text) == expected
