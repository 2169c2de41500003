"""Limits that nothing could be measured against: a fault of the scenario, told before it is run."""

from collections.abc import Iterator
from typing import NamedTuple

from factory_tui.model.measured import size
from factory_tui.model.step import Step

SMALLEST_MEMORY = 32 << 20
"""Bytes. A command counts with the memory of the process that started it (`ExecResult.floor`), which is 14 MiB at
first and was seen at 25 MiB after commands that printed all they could."""


class Unmeasurable(NamedTuple):
    """A limit that a scenario states and that means nothing as it is."""

    what: str
    todo: str
    quote: str


def unmeasurable(step: Step) -> Iterator[Unmeasurable]:
    """What is wrong with the limits of a step."""
    quality = step.quality
    if quality is None:
        return
    if quality.memory is not None and quality.memory < SMALLEST_MEMORY:
        yield Unmeasurable(
            f"memory below {size(SMALLEST_MEMORY)} cannot be told from that of what starts the command",
            f"state a limit of at least {size(SMALLEST_MEMORY)}",
            "memory",
        )
    if quality.p95 is not None and step.timeout is not None and quality.p95 >= step.timeout:
        yield Unmeasurable(
            f"every call is ended after {step.timeout:g} s, so a p95 of {quality.p95:g} s cannot be missed",
            "give the step a timeout that is longer than the limit",
            "p95",
        )
