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
    "spec.read_back",
    "suite.sealed",
    "scenario.burned",
    "scenario.judged",
    "suite.mutated",
]
"""Clients must ignore types and fields that they do not know."""

EVENT_TYPES: tuple[str, ...] = get_args(EventType)


EVENT_MEANS: dict[EventType, str] = {
    "engine.started": "The engine has begun; `pid`, `epoch` and `version` say which one.",
    "engine.recovered": "The engine has taken up what an earlier one left: runs, reservations, sandboxes.",
    "engine.stopped": "The engine has ended in order. A killed one leaves none.",
    "engine.paused": "No further run is started; those at work go on.",
    "engine.resumed": "Runs are started again.",
    "batch.started": "A batch was opened; `cap_usd` is its cap, null without one.",
    "batch.finished": "Nothing of the batch is queued or at work any more.",
    "run.queued": "A run waits for its turn; also when it is taken up again.",
    "run.preparing": "The target and the suite are checked, and every scenario shows that it can fail.",
    "attempt.started": "A build begins: the first one, or another after redacted feedback.",
    "run.building": "The agent is at work in its sandbox.",
    "turn.finished": "The model has answered and the answer is paid: tokens, cost, text.",
    "tool.started": "The agent calls a tool; a line says with what.",
    "tool.finished": "The tool has answered; its output is in the log.",
    "run.collecting": "The artifact is taken out of the sandbox.",
    "run.evaluating": "The artifact is judged in a fresh sandbox.",
    "scenario.finished": "One scenario has its result; nothing of its checks is told.",
    "attempt.finished": "The attempt is over: how the agent ended, the verdict, and how many scenarios passed.",
    "run.shipping": "The artifact passed and is being delivered.",
    "run.shipped": "The artifact is delivered. Final.",
    "run.failed": "No attempt passed. Final; a retry is a new run.",
    "run.held": "The run waits for the operator: `hold` says why, `remedy` what moves it.",
    "run.cancelled": "The operator ended the run; the work so far is kept. Final.",
    "run.error": "The factory itself could not go on. Final; a retry is a new run.",
    "run.answered": "The operator has answered the question that the run was held with.",
    "run.escaped": "The operator has marked a shipped run as wrong: an escaped defect.",
    "failure.recorded": "A failure record was written, with its class and cause.",
    "failure.reclassified": "The operator gave a failure record another class, with a reason.",
    "amendment.proposed": "Recurring failures propose one change to a template.",
    "amendment.accepted": "The change is in the next version of the template.",
    "amendment.rejected": "The change was turned down, with a reason.",
    "limit.reached": "A cap on money, time or turns stopped something; the fields say which cap and how far.",
    "hold.started": "The provider refuses calls: every build waits, and goes on by itself.",
    "hold.ended": "The provider answers again.",
    "disclosure.made": "Something about a hidden result was told to an agent: rule ids and counts, nothing else.",
    "container.reaped": "A sandbox that an earlier engine had left was removed.",
    "image.progress": "The sandbox image is being built; a line says how far.",
    "spec.read_back": "A model has read a spec back; how many questions it left, and what that cost.",
    "suite.sealed": "The scenarios of a run are fixed: `suite_hash`; what is written later judges later runs.",
    "scenario.burned": "A scenario's text reached an agent: it gates nothing until it is rotated.",
    "scenario.judged": "A model has judged the rubric of a scenario: the outcome, the votes and what they cost.",
    "suite.mutated": "What shipped was changed in small ways: how many of the changes the suite caught.",
}
"""What each says, for whoever follows the stream."""


class EventDraft(BaseModel):
    """An event before it has a place in the stream."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    type: EventType
    """What happened."""
    batch: str | None = None
    """Batch that it belongs to."""
    run: str | None = None
    """Run that it belongs to."""
    attempt: int | None = None
    """Attempt within the run, from 1."""
    spec: str | None = None
    """Spec of the run."""
    data: dict[str, JsonValue] = {}
    """Fields of this type. Never a word of a scenario's checks in a field that an agent could be shown."""


class Event(EventDraft):
    """An event as stored. `seq` starts at 1 and has no gaps."""

    seq: int
    """Place in the stream."""
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
