"""Rows of runs.db as views, with foreign text cleaned."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from statistics import median

from factory_tui.model.evaluation import ScenarioResult
from factory_tui.model.failure import DecidedBy, FailureClass, FailureRecord, layer_of
from factory_tui.model.foreign import clean, clean_line
from factory_tui.model.money import MicroUsd
from factory_tui.model.run import LIVE, HoldReason, RunState
from factory_tui.model.views import AttemptView, BatchSummary, RunRow
from factory_tui.store.bindings import binding_of, reason_of
from factory_tui.store.cleaning import cleaned, cleaned_or_none
from factory_tui.store.decision_views import question_or_none, readable
from factory_tui.store.snapshot import Snapshot
from factory_tui.store.values import from_micros, from_micros_or_none

_RANK = {RunState.ERROR: 0, RunState.HELD: 0, RunState.QUEUED: 2}


def board_order(row: RunRow) -> tuple[float, ...]:
    """Those that need the operator, the live ones, the queue, then the finished ones, newest first."""
    rank = 1 if row.state in LIVE else _RANK.get(row.state, 3)
    if rank == 3 and row.finished:
        return (rank, -row.finished.timestamp())
    return (rank, row.queued.timestamp())


def usual_seconds(db: Snapshot, specs: set[str]) -> dict[str, float]:
    """Spec → median wall time of its runs that shipped or failed."""
    durations: defaultdict[str, list[int]] = defaultdict(list)
    for spec in specs:
        rows = db.all(
            "SELECT finished - started FROM run WHERE spec = ? AND state IN ('shipped', 'failed') "
            "AND finished IS NOT NULL AND started IS NOT NULL ORDER BY id DESC LIMIT 25",
            spec,
        )
        durations[spec].extend(row[0] for row in rows)
    return {spec: median(each) / 1_000_000 for spec, each in durations.items() if each}


BOARD_COLUMNS = (
    "run, batch, spec, title, state, attempt, attempts, queued, started, finished, turns, max_turns, cost, cap, "
    "scenarios_passed, scenarios_done, scenarios_total, last_action, why, hold, remedy, branch, depends_on, "
    "question, escaped"
)
"""What `run_row` needs of a row of `run`."""


class BoardRows:
    """Rows of `run` as views, each made anew only when something in it changed: a screen asks four times a second."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[tuple[object, ...], float | None, RunRow]] = {}
        self._usual: dict[str, float] = {}
        self._usual_of: tuple[int, set[str]] = (-1, set())

    def views(self, db: Snapshot, rows: list[sqlite3.Row]) -> list[RunRow]:
        """Views of these rows of `BOARD_COLUMNS`; what they were made of is kept for the next time."""
        usual = self._usual_seconds(db, {row["spec"] for row in rows})
        made = {}
        for row in rows:
            awaited = awaited_specs(db, row)
            content, seconds = (*row, awaited), usual.get(row["spec"])
            before = self._made.get(row["run"])
            same = before is not None and before[:2] == (content, seconds)
            made[row["run"]] = before if before and same else (content, seconds, run_row(row, usual, awaited))
        self._made = made
        return [view for *_, view in made.values()]

    def _usual_seconds(self, db: Snapshot, specs: set[str]) -> dict[str, float]:
        """As `usual_seconds`, which only a run that ends can change; no run leaves these states."""
        row = db.one("SELECT count(*) FROM run WHERE state IN ('shipped', 'failed')")
        of = (row[0] if row else 0, specs)
        if of != self._usual_of:
            self._usual, self._usual_of = usual_seconds(db, specs), of
        return self._usual


def awaited_specs(db: Snapshot, row: sqlite3.Row) -> tuple[str, ...]:
    """What a queued run waits for: of the specs that it depends on, those whose newest run has not shipped for good."""
    if row["state"] != RunState.QUEUED or row["depends_on"] == "[]":
        return ()
    return tuple(clean_line(each) for each in json.loads(row["depends_on"]) if not _has_shipped(db, each))


def _has_shipped(db: Snapshot, spec: str) -> bool:
    last = db.one("SELECT state, escaped FROM run WHERE spec = ? ORDER BY id DESC LIMIT 1", spec)
    return last is not None and last["state"] == RunState.SHIPPED and last["escaped"] is None


def run_row(row: sqlite3.Row, usual: dict[str, float], awaited: tuple[str, ...] = ()) -> RunRow:
    """A row of `run`; `usual` as from `usual_seconds`, `awaited` as from `awaited_specs`."""
    asks = row["state"] == RunState.HELD and row["hold"] == HoldReason.QUESTION
    return RunRow(
        run=clean(row["run"]),
        batch=clean(row["batch"]),
        spec=clean(row["spec"]),
        title=clean_line(row["title"]),
        state=RunState(row["state"]),
        attempt=row["attempt"],
        attempts=row["attempts"],
        queued=from_micros(row["queued"]),
        started=from_micros_or_none(row["started"]),
        finished=from_micros_or_none(row["finished"]),
        turns=row["turns"],
        max_turns=row["max_turns"],
        cost=MicroUsd(row["cost"]),
        cap=row["cap"],
        scenarios_passed=row["scenarios_passed"],
        scenarios_done=row["scenarios_done"],
        scenarios_total=row["scenarios_total"],
        last_action=clean_line(row["last_action"]),
        why=clean_line(row["why"], limit=2000),
        hold=HoldReason(row["hold"]) if row["hold"] else None,
        remedy=clean_line(row["remedy"], limit=2000),
        branch=cleaned_or_none(row["branch"]),
        awaits=awaited,
        usual_seconds=usual.get(row["spec"]),
        question=question_or_none(row["question"]) if asks else None,
        escaped="" if row["escaped"] is None else readable(row["escaped"]),
    )


def batch_summary(row: sqlite3.Row, states: list[sqlite3.Row]) -> BatchSummary:
    """A row of `batch`, and its runs' number and cost by state."""
    counts = {RunState(each["state"]): each["runs"] for each in states}
    return BatchSummary(
        batch=clean(row["batch"]),
        started=from_micros(row["started"]),
        finished=from_micros_or_none(row["finished"]),
        queued=counts.get(RunState.QUEUED, 0),
        running=sum(counts.get(state, 0) for state in LIVE),
        shipped=counts.get(RunState.SHIPPED, 0),
        failed=counts.get(RunState.FAILED, 0),
        held=counts.get(RunState.HELD, 0),
        cancelled=counts.get(RunState.CANCELLED, 0),
        error=counts.get(RunState.ERROR, 0),
        cost=MicroUsd(sum(each["cost"] for each in states)),
        cap=row["cap"],
    )


def attempts_of(db: Snapshot, run: str) -> Iterator[AttemptView]:
    """The attempts of a run with what each cost and the results of its scenarios."""
    costs = {
        row[0]: MicroUsd(row[1])
        for row in db.all(
            "SELECT attempt, sum(amount) FROM call WHERE run = ? AND state IN ('settled', 'presumed') GROUP BY attempt",
            run,
        )
    }
    results: defaultdict[int, list[ScenarioResult]] = defaultdict(list)
    for row in db.all("SELECT attempt, data FROM scenario_result WHERE run = ? ORDER BY position, scenario", run):
        results[row["attempt"]].append(ScenarioResult.model_validate(cleaned(row["data"])))
    for row in db.all("SELECT * FROM attempt WHERE run = ? ORDER BY attempt", run):
        number = row["attempt"]
        yield AttemptView(
            attempt=number,
            started=from_micros(row["started"]),
            finished=from_micros_or_none(row["finished"]),
            end=cleaned_or_none(row["ended"]),
            verdict=cleaned_or_none(row["verdict"]),
            cost=costs.get(number, MicroUsd(0)),
            turns=row["turns"],
            scenarios=tuple(results[number]),
            binding=binding_of(row["evaluation"]),
            reason=reason_of(row["evaluation"]),
        )


FAILURES = "SELECT failure.*, run.batch FROM failure JOIN run ON run.run = failure.run"
"""What `failure_record` needs."""


def failure_record(row: sqlite3.Row) -> FailureRecord:
    """A row of `FAILURES`: as it was filed, with the class that holds now."""
    data = cleaned(row["data"])
    filed = data if isinstance(data, dict) else {}
    now = {
        "id": row["id"],
        "ts": from_micros(row["ts"]),
        "run": clean(row["run"]),
        "attempt": row["attempt"],
        "spec": clean(row["spec"]),
        "batch": clean(row["batch"]),
        "failure_class": row["failure_class"],
    }
    if row["reclassified"] is not None:
        first = filed.get("failure_class")
        if first != row["failure_class"]:
            now["first_class"], now["layer"] = first, layer_of(FailureClass(row["failure_class"]))
        now["reclassified"] = clean_line(row["reclassified"], limit=2000)
        now["decided_by"] = DecidedBy.OPERATOR
    return FailureRecord.model_validate({**filed, **now})
