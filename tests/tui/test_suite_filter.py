"""What is typed into the filters of screen 4 finds what it says."""

import pytest

from factory_tui.tui.suite_filter import SuiteSearch, parse_suite_filter

from . import proof

SEARCH = SuiteSearch(proof.SUITES)
EVERY = {row.id for row in proof.BANK.scenarios}


def scenarios(typed: str) -> set[str]:
    return {row.id for row in SEARCH.scenarios(typed, "bank-withdraw", proof.BANK.scenarios)}


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("", EVERY),
        ("!", EVERY),
        ("negative", {"overdrawn-withdrawal-is-refused", "less-than-a-cent-is-refused"}),
        ("kind:neg state:refused", {"less-than-a-cent-is-refused"}),
        ("R6", {"receipt-tells-the-new-balance", "help-is-readable"}),
        ("rule:r6 burned", {"receipt-tells-the-new-balance"}),
        ("layer:reserve", {"odd-cents-in-reserve"}),
        ("!layer:reserve", EVERY - {"odd-cents-in-reserve"}),
        ("flaky", {"overdrawn-withdrawal-is-refused", "two-at-once-lose-nothing"}),
        ("last:none", {"less-than-a-cent-is-refused", "thousand-withdrawals-are-fast"}),
        ("last:inc", {"help-is-readable"}),
        ("id:receipt kind:", {"receipt-tells-the-new-balance"}),
        ("base:pass", set()),
        ("has:trials state:admitted kind:primary", {"withdrawal-lowers-the-balance", "odd-cents-in-reserve"}),
        ("spec:bank", EVERY),
        ("spec:link", set()),
    ],
)
def test_scenarios_are_found(typed: str, wanted: set[str]) -> None:
    assert scenarios(typed) == wanted


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("knd:neg", "no knd: did you mean kind:?"),
        ("layer:gatee", "layer: is one of gate, reserve"),
        ("finding:x", "no finding: did you mean has:findings?"),
        ("zzz:1", "no zzz: F1 tells what there is"),
    ],
)
def test_what_means_nothing_finds_nothing_and_says_why(typed: str, problem: str) -> None:
    assert parse_suite_filter(typed).problem == problem
    assert scenarios(typed) == set()
    assert SEARCH.suites(typed, proof.SUITES) == []
    assert SEARCH.suites(f"!{typed}", proof.SUITES) == []
