"""Money is an integer of micro-dollars, so that sums are exact and a cap is a comparison."""

from decimal import ROUND_UP, Decimal
from typing import NewType

MicroUsd = NewType("MicroUsd", int)
"""One millionth of a US dollar."""

NOTHING = MicroUsd(0)

MOST_USD = 1_000_000_000
"""The largest cap, in dollars: more is a mistake, and sums of it would not fit into the history."""


def from_usd(amount: float | Decimal | str) -> MicroUsd:
    """Dollars to micro-dollars, rounded up so that a cost is never understated.

    Raises:
        ValueError: the amount is not a finite number.
    """
    exact = Decimal(str(amount))
    if not exact.is_finite():
        raise ValueError(f"{amount!r} is not an amount of money")
    return MicroUsd(int((exact * 1_000_000).to_integral_value(rounding=ROUND_UP)))


def show_usd(amount: MicroUsd) -> str:
    """`$0.42`; amounts below one cent keep four decimals so that they are not shown as free."""
    dollars = Decimal(amount) / 1_000_000
    if amount and abs(amount) < 10_000:
        return f"${dollars:.4f}"
    return f"${dollars:.2f}"
