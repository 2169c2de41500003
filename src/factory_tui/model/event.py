"""The event stream: the append-only truth about what happened, one JSON object a line for clients."""

from datetime import datetime
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, JsonValue

EventType = Literal[
    "engine.started",
    "engine.recovered",
    "engine.stopped",
    "engine.paused",
    "engine.resumed",
    "batch.started",
    "batch.finished",
    "run.queued",
    "run.preparing",
    "attempt.started",
    "run.building",
    "turn.finished",
    "tool.started",
    "tool.finished",
    "run.collecting",
    "run.evaluating",
    "scenario.finished",
    "attempt.finished",
    "run.shipping",
    "run.shipped",
    "run.failed",
    "run.held",
    "run.cancelled",
    "run.error",
    "run.answered",
    "run.escaped",
    "failure.recorded",
    "failure.reclassified",
    "amendment.proposed",
    "amendment.accepted",
    "amendment.rejected",
    "limit.reached",
    "hold.started",
    "hold.ended",
    "disclosure.made",
    "container.reaped",
    "image.progress",
]
"""Clients must ignore types and fields that they do not know."""

EVENT_TYPES: tuple[str, ...] = get_args(EventType)


class EventDraft(BaseModel):
    """An event before it has a place in the stream."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    type: EventType
    batch: str | None = None
    run: str | None = None
    attempt: int | None = None
    spec: str | None = None
    data: dict[str, JsonValue] = {}
    """Fields of this type. Never a word of a scenario's checks in a field that an agent could be shown."""


class Event(EventDraft):
    """An event as stored. `seq` starts at 1 and has no gaps."""

    seq: int
    ts: datetime
    """Aware UTC."""

    def to_json(self) -> dict[str, JsonValue]:
        """The public form: the fixed fields and the fields of `data` side by side."""
        fixed: dict[str, JsonValue] = {
            "seq": self.seq,
            "ts": self.ts.isoformat().replace("+00:00", "Z"),
            "type": self.type,
            "batch": self.batch,
            "run": self.run,
            "attempt": self.attempt,
            "spec": self.spec,
        }
        return {**self.data, **fixed}
