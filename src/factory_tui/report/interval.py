"""How sure a share is that was counted in a few cases. Pure."""

from math import sqrt

_Z = 1.959964
"""Of a 95 % interval: the 97.5 % quantile of the normal distribution."""


def wilson(found: int, total: int) -> tuple[float, float]:
    """The ends of the 95 % score interval of a share; 0 and 1 when nothing was counted.

    Of Wilson (1927), J. Am. Stat. Assoc. 22:209, which holds for small numbers too.
    """
    if not total:
        return 0.0, 1.0
    rate, square = found / total, _Z * _Z
    middle = (rate + square / (2 * total)) / (1 + square / total)
    half = _Z * sqrt(rate * (1 - rate) / total + square / (4 * total * total)) / (1 + square / total)
    # At the ends the interval is exact, and rounding errors would put the rate itself outside.
    low = max(0.0, middle - half) if found else 0.0
    high = min(1.0, middle + half) if found < total else 1.0
    return low, high
