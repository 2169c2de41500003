"""The 95th percentile by nearest rank: the smallest time seen that at least 95 % of the calls kept to.

Definition 1 of Hyndman & Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996): the
inverse of the empirical distribution function. It is a time that was measured, never one between two, so what is said
to an operator happened. Below 20 calls it is the slowest.
"""

from collections.abc import Sequence


def rank(calls: int) -> int:
    """Which of `calls` times, fastest first and counted from 1, is the 95th percentile."""
    return -(-95 * calls // 100)


def p95(seconds: Sequence[float]) -> float:
    """The 95th percentile of at least one time."""
    return sorted(seconds)[rank(len(seconds)) - 1]


def slow_allowed(calls: int) -> int:
    """How many of `calls` may be slower than a limit on their 95th percentile."""
    return calls - rank(calls)
