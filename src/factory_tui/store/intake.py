"""What comes into the queue together with a run, or not at all: functions on a transaction."""

from factory_tui.model.event import Event
from factory_tui.model.holdout import Seal
from factory_tui.model.run import HoldReason, RunState
from factory_tui.store import questions, runs, seals
from factory_tui.store.rows import Answer, NewRun, NotReady
from factory_tui.store.writer import Tx


def queue(tx: Tx, new: NewRun, not_ready: NotReady | None, answer: Answer | None, seal: Seal | None) -> Event:
    if answer is not None:
        questions.answer(tx, answer.run, answer.text)
    last = runs.newest(tx, new.spec, None, frozenset(RunState))
    if last is not None and last.state is RunState.HELD:
        why = "a newer run of the spec takes its place"
        runs.move(tx, last.run, RunState.CANCELLED, why, None, "", None, {})
    event = runs.queue(tx, new)
    if seal is not None:
        seals.record(tx, new.run, seal)
    if not_ready is not None:
        hold = HoldReason.SPEC_NOT_READY
        runs.move(tx, new.run, RunState.HELD, not_ready.why, hold, not_ready.remedy, None, {})
    return event
