"""The life of a run, as one table. An illegal transition is a bug that raises, not a row."""

from enum import StrEnum


class RunState(StrEnum):
    """Where a run stands between the queue and its outcome; `TRANSITIONS` says what may follow."""

    QUEUED = "queued"
    PREPARING = "preparing"
    BUILDING = "building"
    COLLECTING = "collecting"
    EVALUATING = "evaluating"
    SHIPPING = "shipping"
    SHIPPED = "shipped"
    FAILED = "failed"
    HELD = "held"
    CANCELLED = "cancelled"
    ERROR = "error"


FINAL = frozenset({RunState.SHIPPED, RunState.FAILED, RunState.CANCELLED, RunState.ERROR})
"""Ends for good. A held run has ended its work but waits for the operator."""

AT_REST = FINAL | {RunState.HELD}
"""Nothing happens to the run unless the operator wants it."""

LIVE = frozenset({RunState.PREPARING, RunState.BUILDING, RunState.COLLECTING, RunState.EVALUATING, RunState.SHIPPING})
"""A workstream is at work on the run."""

_ANY_END = {RunState.FAILED, RunState.HELD, RunState.CANCELLED, RunState.ERROR}

TRANSITIONS: dict[RunState, frozenset[RunState]] = {
    RunState.QUEUED: frozenset(
        {RunState.PREPARING, RunState.SHIPPING, RunState.HELD, RunState.CANCELLED, RunState.ERROR}
    ),
    RunState.PREPARING: frozenset({RunState.BUILDING, RunState.EVALUATING, RunState.QUEUED, *_ANY_END}),
    RunState.BUILDING: frozenset({RunState.COLLECTING, RunState.PREPARING, RunState.QUEUED, *_ANY_END}),
    RunState.COLLECTING: frozenset(
        {RunState.EVALUATING, RunState.BUILDING, RunState.PREPARING, RunState.QUEUED, *_ANY_END}
    ),
    RunState.EVALUATING: frozenset(
        {RunState.BUILDING, RunState.PREPARING, RunState.SHIPPING, RunState.QUEUED, *_ANY_END}
    ),
    RunState.SHIPPING: frozenset({RunState.SHIPPED, RunState.EVALUATING, RunState.QUEUED, *_ANY_END}),
    RunState.HELD: frozenset({RunState.QUEUED, RunState.CANCELLED}),
    RunState.SHIPPED: frozenset(),
    RunState.FAILED: frozenset(),
    RunState.CANCELLED: frozenset(),
    RunState.ERROR: frozenset(),
}
"""Which state may follow which.

Back to `preparing`: the environment failed and the attempt is repeated free of charge. Back to `queued`: an
interrupted run, or a held one that the operator retries. From `queued` straight to
`shipping`: a run that passed and was held only because the target would not take it. From `preparing` straight to
`evaluating`: what was built waited for a decision about its rubrics. The retry of a run that
ended for good is a new run.
"""


class IllegalTransition(RuntimeError):
    """A run was moved along an edge that the table does not have."""


def check_transition(before: RunState, after: RunState) -> None:
    """Raise `IllegalTransition` unless a run may go from `before` to `after`."""
    if after not in TRANSITIONS[before]:
        raise IllegalTransition(f"a run cannot go from {before} to {after}")


class Verdict(StrEnum):
    """What the gate says about an artifact."""

    PASS = "pass"
    FAIL = "fail"
    HELD = "held"
    ERROR = "error"


class HoldReason(StrEnum):
    """Why a run waits for the operator."""

    SPEC_NOT_READY = "spec-not-ready"
    DEPENDENCY = "dependency"
    ADMISSION = "admission"
    NO_SCENARIOS = "no-scenarios"
    TARGET_DIRTY = "target-dirty"
    BASE_MOVED = "base-moved"
    QUESTION = "question"
    PROVIDER = "provider"
    UNSAFE_SANDBOX = "unsafe-sandbox"
    NO_SANDBOX = "no-sandbox"
    TARGET = "target"
    DELIVERY = "delivery"
    BUDGET = "budget"
    CONTEXT = "context"
    JUDGE = "judge"
    """The judges of a rubric came to no decision."""
    BURNED = "burned"
    """A rule is proven by burned scenarios only, or a burned one did not pass."""
    SEALED = "sealed"
    """The scenarios changed after they were sealed."""
