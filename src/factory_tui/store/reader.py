"""What screens and commands read: runs.db opened read-only, rows turned into views, foreign text cleaned on the way.

A missing database is an empty history. A reader never writes, never waits for the engine, and sees one consistent
state per question. Every method raises `StoreError` when the file is damaged or written by a newer program.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from factory_tui.model.event import Event
from factory_tui.model.failure import FailureClass, FailureRecord
from factory_tui.model.foreign import clean
from factory_tui.model.money import MicroUsd
from factory_tui.model.run import LIVE, RunState
from factory_tui.model.views import BatchSummary, FailureGroup, LogLine, RunRow, RunView
from factory_tui.store.cleaning import cleaned_event, cleaned_or_none
from factory_tui.store.database import check_version, damaged, explain
from factory_tui.store.errors import StoreError
from factory_tui.store.log_lines import lines_of
from factory_tui.store.row_views import (
    BOARD_COLUMNS,
    BoardRows,
    attempts_of,
    board_order,
    failure_record,
    run_row,
    usual_seconds,
)
from factory_tui.store.snapshot import Snapshot, open_read_only
from factory_tui.store.values import from_micros, from_micros_or_none

RECORDS_PER_CLASS = 200
"""Newest failure records that a group carries; its count covers all."""

_UNFINISHED = tuple(sorted([*LIVE, RunState.QUEUED, RunState.HELD]))

_NEWEST_BATCH = "(SELECT batch FROM batch ORDER BY id DESC LIMIT 1)"


class Reader:
    """Questions to runs.db. May be used from several threads; they take turns.

    Args:
        path: of `runs.db`, which need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._board_rows = BoardRows()

    def close(self) -> None:
        """Let go of the file; the next question opens it again."""
        with self._lock:
            self._disconnect()

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # The board

    def board(self, batch: str | None = None) -> list[RunRow]:
        """Runs of a batch; without one, of the newest batch and whatever is unfinished in earlier ones.

        Those that need the operator first, then the live ones, the queue in its order, and the finished ones.
        """
        with self._question() as db:
            if db is None:
                return []
            if batch is not None:
                rows = db.all(f"SELECT {BOARD_COLUMNS} FROM run WHERE batch = ?", batch)
            else:
                marks = ", ".join("?" * len(_UNFINISHED))
                rows = db.all(
                    f"SELECT {BOARD_COLUMNS} FROM run WHERE batch = {_NEWEST_BATCH} OR state IN ({marks})", *_UNFINISHED
                )
            return sorted(self._board_rows.views(db, rows), key=board_order)

    def batch(self, batch: str | None = None) -> BatchSummary | None:
        """Counts and cost of a batch; without a name, of the newest. None when there is none."""
        with self._question() as db:
            if db is None:
                return None
            row = db.one(f"SELECT * FROM batch WHERE batch = coalesce(?, {_NEWEST_BATCH})", batch)
            if row is None:
                return None
            states = db.all("SELECT state, count(*), sum(cost) FROM run WHERE batch = ? GROUP BY state", row["batch"])
        counts = {RunState(state): number for state, number, _ in states}
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
            cost=MicroUsd(sum(cost for *_, cost in states)),
            cap=row["cap"],
        )

    def last_runs(self) -> dict[str, RunRow]:
        """Spec id → its newest run."""
        with self._question() as db:
            if db is None:
                return {}
            rows = db.all("SELECT * FROM run WHERE id IN (SELECT max(id) FROM run GROUP BY spec)")
            return {clean(row["spec"]): run_row(row, {}) for row in rows}

    def spec_cost(self) -> dict[str, tuple[MicroUsd, int]]:
        """Spec id → cost of all its runs, and how many there were."""
        with self._question() as db:
            if db is None:
                return {}
            rows = db.all("SELECT spec, sum(cost), count(*) FROM run GROUP BY spec")
            return {clean(spec): (MicroUsd(cost), number) for spec, cost, number in rows}

    # One run

    def matching_runs(self, name: str, limit: int = 20) -> list[str]:
        """Run ids that `name` may mean: that run, else the newest run of that spec, else runs it is a prefix of."""
        with self._question() as db:
            if db is None or not name:
                return []
            rows = (
                db.all("SELECT run FROM run WHERE run = ?", name)
                or db.all("SELECT run FROM run WHERE spec = ? ORDER BY id DESC LIMIT 1", name)
                # A range instead of LIKE: it uses the index and knows no wildcards.
                or db.all("SELECT run FROM run WHERE run >= ? AND run < ? LIMIT ?", name, name + "\U0010ffff", limit)
            )
            return [row["run"] for row in rows]

    def run(self, run: str) -> RunView | None:
        """Everything about one run; None when there is no such run."""
        with self._question() as db:
            row = db.one("SELECT * FROM run WHERE run = ?", run) if db else None
            if db is None or row is None:
                return None
            failures = db.all("SELECT * FROM failure WHERE run = ? ORDER BY id", run)
            return RunView(
                row=run_row(row, usual_seconds(db, {row["spec"]})),
                spec_hash=clean(row["spec_hash"]),
                suite_hash=cleaned_or_none(row["suite_hash"]),
                base_commit=cleaned_or_none(row["base_commit"]),
                artifact_hash=cleaned_or_none(row["artifact_hash"]),
                image=cleaned_or_none(row["image"]),
                commit=cleaned_or_none(row["commit"]),
                attempts=tuple(attempts_of(db, run)),
                failures=tuple(failure_record(each) for each in failures),
            )

    def log(self, run: str, after_seq: int = 0, limit: int = 1000) -> list[LogLine]:
        """Lines of the run's next `limit` events after `after_seq`; an event's lines are never split."""
        with self._question() as db:
            if db is None:
                return []
            rows = db.all(
                "SELECT event.*, coalesce(tool_call.output, turn.text) AS detail FROM event "
                "LEFT JOIN tool_call ON tool_call.finished_seq = event.seq "
                "LEFT JOIN turn ON turn.seq = event.seq "
                "WHERE event.run = ? AND event.seq > ? ORDER BY event.seq LIMIT ?",
                run,
                after_seq,
                limit,
            )
            return [line for row in rows for line in lines_of(cleaned_event(row), cleaned_or_none(row["detail"]))]

    # The stream

    def events(self, after_seq: int = 0, limit: int = 1000, run: str | None = None) -> list[Event]:
        """The next events after `after_seq`, in order, of one run or of all."""
        with self._question() as db:
            if db is None:
                return []
            if run is None:
                rows = db.all("SELECT * FROM event WHERE seq > ? ORDER BY seq LIMIT ?", after_seq, limit)
            else:
                rows = db.all(
                    "SELECT * FROM event WHERE run = ? AND seq > ? ORDER BY seq LIMIT ?", run, after_seq, limit
                )
            return [cleaned_event(row) for row in rows]

    def last_seq(self) -> int:
        """`seq` of the newest event; 0 when there is none."""
        with self._question() as db:
            row = db.one("SELECT max(seq) FROM event") if db else None
            return int(row[0] or 0) if row else 0

    def is_idle(self) -> bool:
        """Nothing is queued or live, and every batch is closed; held runs do not count."""
        with self._question() as db:
            if db is None:
                return True
            states = tuple(sorted([*LIVE, RunState.QUEUED]))
            marks = ", ".join("?" * len(states))
            busy = db.one(
                f"SELECT EXISTS (SELECT 1 FROM run WHERE state IN ({marks})) "
                "OR EXISTS (SELECT 1 FROM batch WHERE finished IS NULL)",
                *states,
            )
            return busy is not None and not busy[0]

    # Failures

    def failures(self) -> list[FailureGroup]:
        """Failure records by class, in the order of the taxonomy; classes without records are left out."""
        with self._question() as db:
            if db is None:
                return []
            counts = db.all("SELECT failure_class, count(*), count(DISTINCT spec) FROM failure GROUP BY failure_class")
            by_class = {row[0]: (row[1], row[2]) for row in counts}
            groups = []
            for failure_class in FailureClass:
                if failure_class.value not in by_class:
                    continue
                rows = db.all(
                    "SELECT * FROM failure WHERE failure_class = ? ORDER BY id DESC LIMIT ?",
                    failure_class.value,
                    RECORDS_PER_CLASS,
                )
                count, specs = by_class[failure_class.value]
                records = tuple(failure_record(row) for row in rows)
                groups.append(FailureGroup(failure_class=failure_class, count=count, specs=specs, records=records))
            return groups

    def failure(self, number: int) -> FailureRecord | None:
        """One failure record; None when there is none of that number."""
        with self._question() as db:
            row = db.one("SELECT * FROM failure WHERE id = ?", number) if db else None
            return failure_record(row) if row is not None else None

    # The file

    @contextmanager
    def _question(self) -> "Iterator[Snapshot | None]":
        """One consistent state of the database; None while there is none."""
        with self._lock:
            try:
                connection = self._connect()
                if connection is None:
                    yield None
                    return
                connection.execute("BEGIN")
                try:
                    yield Snapshot(connection)
                finally:
                    connection.execute("ROLLBACK")
            except sqlite3.Error as error:
                self._disconnect()
                raise explain(error, self._path) from error
            except StoreError:
                self._disconnect()
                raise
            except ValueError as error:  # a row that is no longer JSON, no known state, no valid view
                raise damaged(self._path, str(error).splitlines()[0]) from error

    def _connect(self) -> sqlite3.Connection | None:
        try:
            status = os.stat(self._path)
        except FileNotFoundError:
            self._disconnect()
            return None
        except OSError as error:
            raise explain(error, self._path) from error
        identity = (status.st_dev, status.st_ino)
        if self._connection is not None and self._identity == identity:
            return self._connection
        self._disconnect()
        if status.st_size == 0:
            return None
        connection = open_read_only(self._path)
        try:
            ready = check_version(connection, self._path) > 0
        except BaseException:
            connection.close()
            raise
        if not ready:
            connection.close()
            return None
        self._connection, self._identity = connection, identity
        return connection

    def _disconnect(self) -> None:
        self._board_rows = BoardRows()
        if self._connection is not None:
            self._connection.close()
            self._connection = None
