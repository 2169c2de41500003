"""Names of things. A `NewType` keeps a spec id from being handed where a run id belongs."""

from datetime import UTC, datetime
from typing import NewType

SpecId = NewType("SpecId", str)
"""`^[a-z][a-z0-9-]*$`, equals the file name of the spec."""

ScenarioId = NewType("ScenarioId", str)
"""Unique within the suite of one spec."""

RunId = NewType("RunId", str)
"""One spec version taken through the loop: `r` and eight characters that sort by time."""

BatchId = NewType("BatchId", str)
"""The runs of one night: `b` and the same eight characters."""

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no i, l, o or u, so an id can be read aloud."""

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)

_TICKS = 1024
"""A second. 32 ** 8 ticks last 34 years."""

_last_tick = 0


def _time_id(now: datetime) -> str:
    """Eight characters; never the same twice in one process, and there is one engine to a workspace."""
    global _last_tick
    ticks = _last_tick = max(int((now - _EPOCH).total_seconds() * _TICKS), _last_tick + 1)
    digits = ""
    for _ in range(8):
        ticks, digit = divmod(ticks, 32)
        digits = _ALPHABET[digit] + digits
    return digits


def new_run_id(now: datetime) -> RunId:
    """A fresh run id: `r` and the time since 2026."""
    return RunId("r" + _time_id(now))


def new_batch_id(now: datetime) -> BatchId:
    """A fresh batch id, made like a run id."""
    return BatchId("b" + _time_id(now))
