"""Has an agent stopped getting anywhere? Decided on what it did and what it saw, never on what it says."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from factory_tui.agents.wire import ToolCall

SAME = 4
"""The same action with the same observation this often in a row (failures.md: STUCK)."""
ALTERNATING = 6
"""Two of them in turns this long."""

_VOLATILE = re.compile(r"\b\d+(\.\d+)?\s?(ms|s|seconds?|secs?)\b|\b\d\d:\d\d:\d\d(\.\d+)?\b|\b0x[0-9a-f]+\b")
"""Durations, times of day and addresses differ between runs that are the same in every respect that matters."""


@dataclass(frozen=True, slots=True)
class Step:
    """One tool call and its answer, as fingerprints."""

    action: str
    observation: str

    @classmethod
    def of(cls, call: ToolCall, observation: str) -> "Step":
        return cls(
            _fingerprint(call.name + json.dumps(call.input, sort_keys=True)),
            _fingerprint(_VOLATILE.sub("#", observation)),
        )


def why_stuck(steps: Sequence[Step]) -> str | None:
    """One clause for the operator when the newest steps repeat or alternate; None while there is movement."""
    if len(steps) >= SAME and len(set(steps[-SAME:])) == 1:
        return f"the same action gave the same result {SAME} times in a row"
    newest = steps[-ALTERNATING:]
    if len(newest) == ALTERNATING and len(set(newest[::2])) == 1 and len(set(newest[1::2])) == 1:
        return f"two actions took turns {ALTERNATING} times, each with the same result"
    return None


def _fingerprint(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", errors="replace"), digest_size=16).hexdigest()
