"""Money is exact and never understated."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_tui.model.money import NOTHING, MicroUsd, from_usd, show_usd


@pytest.mark.parametrize(
    ("amount", "micro"), [(2, 2_000_000), (0.42, 420_000), ("0.0000001", 1), (Decimal("1.0000001"), 1_000_001), (0, 0)]
)
def test_dollars_become_micro_dollars_rounded_up(amount: float | str | Decimal, micro: int) -> None:
    assert from_usd(amount) == micro


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), "-inf"])
def test_an_amount_is_finite(amount: float | str) -> None:
    with pytest.raises(ValueError, match="amount of money"):
        from_usd(amount)


@given(st.decimals(0, 10**6, allow_nan=False, places=8))
def test_a_cost_is_never_understated_nor_by_more_than_one_unit_overstated(amount: Decimal) -> None:
    assert 0 <= from_usd(amount) - amount * 1_000_000 < 1


@pytest.mark.parametrize(
    ("micro", "shown"),
    [(420_000, "$0.42"), (0, "$0.00"), (1_234, "$0.0012"), (10_000, "$0.01"), (12_000_000, "$12.00")],
)
def test_small_amounts_are_not_shown_as_free(micro: int, shown: str) -> None:
    assert show_usd(MicroUsd(micro)) == shown


def test_nothing_is_zero() -> None:
    assert NOTHING == 0
