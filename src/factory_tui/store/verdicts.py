"""What the operator says about failures and shipped runs: functions on a transaction."""

from factory_tui.model.failure import Failure, FailureClass, FailureRecord
from factory_tui.model.foreign import clean_line
from factory_tui.model.ids import RunId
from factory_tui.model.run import RunState
from factory_tui.store import attempts
from factory_tui.store.errors import AlreadyDecided
from factory_tui.store.row_views import FAILURES, failure_record
from factory_tui.store.runs import UnknownRun, emit_for
from factory_tui.store.values import to_micros
from factory_tui.store.writer import Tx


class UnknownFailure(LookupError):
    """There is no failure record of that number."""


class NeverShipped(LookupError):
    """Only shipped work can have escaped."""


def reclassify(tx: Tx, failure: int, failure_class: FailureClass, reason: str) -> None:
    """The operator's class from now on; naming the same class again confirms it."""
    row = tx.one("SELECT run, attempt, failure_class FROM failure WHERE id = ?", failure)
    if row is None:
        raise UnknownFailure(f"there is no failure record {failure}")
    tx.run(
        "INSERT INTO reclassification (ts, failure, failure_class, reason) VALUES (?, ?, ?, ?)",
        to_micros(tx.now),
        failure,
        failure_class.value,
        reason,
    )
    tx.run("UPDATE failure SET failure_class = ?, reclassified = ? WHERE id = ?", failure_class.value, reason, failure)
    data = {"failure": failure, "from": row["failure_class"], "to": failure_class.value, "reason": reason}
    emit_for(tx, row["run"], "failure.reclassified", data, row["attempt"])


def escape(tx: Tx, run: RunId | str, reason: str, reverted: str | None, failure: Failure) -> int:
    """The number of the failure record. Raises `AlreadyDecided`, `NeverShipped`, `UnknownRun`."""
    row = tx.one("SELECT spec, state, attempt, escaped FROM run WHERE run = ?", run)
    if row is None:
        raise UnknownRun(f"there is no run {run}")
    if row["escaped"] is not None:
        raise AlreadyDecided(
            f"{run} is already marked as an escaped defect: {clean_line(row['escaped'])}", _of_escape(tx, run)
        )
    if row["state"] != RunState.SHIPPED:
        raise NeverShipped(f"{run} is {row['state']}, not shipped")
    (number,) = attempts.file_failures(tx, run, row["attempt"], row["spec"], (failure,))
    tx.run(
        "INSERT INTO escaped_defect (run, ts, reason, reverted, failure) VALUES (?, ?, ?, ?, ?)",
        run,
        to_micros(tx.now),
        reason,
        reverted,
        number,
    )
    tx.run("UPDATE run SET escaped = ? WHERE run = ?", reason, run)
    emit_for(tx, run, "run.escaped", {"reason": reason, "reverted": reverted, "failure": number})
    return number


def has_escaped(tx: Tx, run: RunId | str) -> bool:
    return tx.one("SELECT 1 FROM escaped_defect WHERE run = ?", run) is not None


def _of_escape(tx: Tx, run: RunId | str) -> FailureRecord:
    row = tx.one(f"{FAILURES} WHERE failure.id = (SELECT failure FROM escaped_defect WHERE run = ?)", run)
    assert row is not None
    return failure_record(row)
