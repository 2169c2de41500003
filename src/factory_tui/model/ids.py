"""Names of things. A `NewType` keeps a spec id from being handed where a run id belongs."""

import secrets
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


def _time_id(now: datetime) -> str:
    seconds = max(0, int((now - _EPOCH).total_seconds()))
    digits = ""
    for _ in range(6):
        seconds, digit = divmod(seconds, 32)
        digits = _ALPHABET[digit] + digits
    return digits + "".join(secrets.choice(_ALPHABET) for _ in range(2))


def new_run_id(now: datetime) -> RunId:
    """A fresh run id: six characters of seconds since 2026 (34 years) and two random ones."""
    return RunId("r" + _time_id(now))


def new_batch_id(now: datetime) -> BatchId:
    """A fresh batch id, made like a run id."""
    return BatchId("b" + _time_id(now))
