"""What an estimate says, in the same words wherever it stands. Pure."""

from factory_tui.model.estimate import Estimate
from factory_tui.model.money import show_usd
from factory_tui.report.estimate import LITTLE, Expected
from factory_tui.report.phrases import counted, percent, took

NONE = "no history"

_FEW = 5
"""Specs of which a rounded number says too little: two thirds of one would be one of one."""


def brief(estimate: Estimate) -> str:
    """`~$0.42 3 min 4/5`: a run's median cost and time, and how many of how many shipped."""
    if not estimate.n:
        return NONE
    return f"~{show_usd(estimate.cost)} {took(estimate.seconds)} {estimate.shipped}/{estimate.n}"


def chance(estimate: Estimate) -> str:
    """`4 of 5 shipped; chance 38 % to 96 %`."""
    if not estimate.n:
        return NONE
    return f"{estimate.shipped} of {estimate.n} shipped; chance {percent(estimate.low)} to {percent(estimate.high)}"


def caution(estimate: Estimate) -> str:
    """`n = 2: little to go by`; empty when there is nothing to be warned of."""
    return f"n = {estimate.n}: little to go by" if 0 < estimate.n < LITTLE else ""


def of_batch(total: Expected, parallel: int) -> str:
    """`about $3.40 and 25 min; about 6 of 8 ship`, as far as there is history; empty when there is none."""
    if not total.known:
        return ""
    said = f"about {show_usd(total.cost)} and {took(total.wall_seconds(parallel))}; "
    if total.known < _FEW:
        said += f"{percent(total.shipped / total.known)} of such runs shipped"
    else:
        said += f"about {total.shipped:.0f} of {total.known} ship"
    if total.unknown:
        said += f" · {counted(total.unknown, 'spec')} without history not counted"
    return said + (f" · from as few as {counted(total.least, 'run')}" if total.least < LITTLE else "")
