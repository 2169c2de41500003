"""What screens and commands read: runs.db opened read-only, rows turned into views, foreign text cleaned on the way.

A missing database is an empty history. A reader never writes, never waits for the engine, and sees one consistent
state per question. Every method raises `StoreError` when the file is damaged or written by a newer program.
"""

from collections import defaultdict
from datetime import datetime
from pathlib import Path

from factory_tui.model.amendment import AmendmentRecord
from factory_tui.model.binding import BoundRun
from factory_tui.model.event import Event
from factory_tui.model.failure import FailureRecord
from factory_tui.model.foreign import clean
from factory_tui.model.ids import RunId
from factory_tui.model.judgement import Judgement, JudgementKey
from factory_tui.model.money import MicroUsd
from factory_tui.model.report import Report
from factory_tui.model.run import LIVE, RunState
from factory_tui.model.views import BatchSummary, FailureGroup, Holding, LogLine, RunRow, RunView
from factory_tui.store import bindings
from factory_tui.store.cleaning import cleaned_event, cleaned_or_none
from factory_tui.store.decision_views import OPEN_HOLD, PAUSED, amendment_record, holding_view
from factory_tui.store.disclosures import disclosures_of
from factory_tui.store.evidence_rows import EvidenceHistory
from factory_tui.store.failure_rows import failure_groups
from factory_tui.store.judgement_rows import judgement_of
from factory_tui.store.log_lines import lines_of
from factory_tui.store.row_views import (
    BOARD_COLUMNS,
    FAILURES,
    BoardRows,
    attempts_of,
    awaited_specs,
    batch_summary,
    board_order,
    failure_record,
    run_row,
    usual_seconds,
)
from factory_tui.store.spec_history import SpecHistory
from factory_tui.store.values import to_micros

_UNFINISHED = tuple(sorted([*LIVE, RunState.QUEUED, RunState.HELD]))

_STATES = "SELECT batch, state, count(*) AS runs, sum(cost) AS cost FROM run"

_NEWEST_BATCH = "(SELECT batch FROM batch ORDER BY id DESC LIMIT 1)"


class Reader(SpecHistory, EvidenceHistory):
    """Questions to runs.db."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._board_rows = BoardRows()

    def _disconnect(self) -> None:
        self._board_rows = BoardRows()
        super()._disconnect()

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
            states = db.all(f"{_STATES} WHERE batch = ? GROUP BY batch, state", row["batch"])
        return batch_summary(row, states)

    def batches(self) -> list[BatchSummary]:
        """Every batch, newest first."""
        with self._question() as db:
            if db is None:
                return []
            states = defaultdict(list)
            for row in db.all(f"{_STATES} GROUP BY batch, state"):
                states[row["batch"]].append(row)
            return [batch_summary(row, states[row["batch"]]) for row in db.all("SELECT * FROM batch ORDER BY id DESC")]

    def last_versions(self) -> dict[str, str]:
        """Spec id → content hash that its newest run is bound to."""
        with self._question() as db:
            if db is None:
                return {}
            rows = db.all("SELECT spec, spec_hash FROM run WHERE id IN (SELECT max(id) FROM run GROUP BY spec)")
            return {clean(row["spec"]): clean(row["spec_hash"]) for row in rows}

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
            failures = db.all(f"{FAILURES} WHERE failure.run = ? ORDER BY failure.id", run)
            bound = db.all("SELECT spec, hash FROM run_constraint WHERE run = ? ORDER BY spec", run)
            return RunView(
                row=run_row(row, usual_seconds(db, {row["spec"]}), awaited_specs(db, row)),
                spec_hash=clean(row["spec_hash"]),
                suite_hash=cleaned_or_none(row["suite_hash"]),
                base_commit=cleaned_or_none(row["base_commit"]),
                artifact_hash=cleaned_or_none(row["artifact_hash"]),
                image=cleaned_or_none(row["image"]),
                commit=cleaned_or_none(row["commit"]),
                twins=bindings.twins_of(row),
                attempts=tuple(attempts_of(db, run)),
                failures=tuple(failure_record(each) for each in failures),
                constraints=tuple((clean(each["spec"]), clean(each["hash"])) for each in bound),
                disclosures=disclosures_of(db, run),
            )

    def bound_run(self, run: str) -> BoundRun | None:
        """A run with everything that is needed to judge its artifact again; None when there is no such run."""
        with self._question() as db:
            return bindings.bound_run(db, run) if db else None

    def judgement(self, key: JudgementKey) -> Judgement | None:
        """What judges said under this key: all votes so far."""
        with self._question() as db:
            return judgement_of(db, key) if db else None

    def last_shipped(self, spec: str) -> RunId | None:
        """The newest run of a spec that shipped and did not escape."""
        with self._question() as db:
            return bindings.last_shipped(db, spec) if db else None

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

    def paused(self) -> bool:
        """The operator wants no further run to be started."""
        with self._question() as db:
            row = db.one(PAUSED) if db else None
            return row is not None and bool(row["value"])

    def holding(self) -> Holding | None:
        """Set while the provider refuses calls."""
        with self._question() as db:
            row = db.one(OPEN_HOLD) if db else None
            return holding_view(row) if row is not None else None

    # Failures and what they teach

    def failures(self) -> list[FailureGroup]:
        """Failure records by class, in the order of the taxonomy; classes without records are left out."""
        with self._question() as db:
            return failure_groups(db) if db else []

    def failure(self, number: int) -> FailureRecord | None:
        """One failure record; None when there is none of that number."""
        with self._question() as db:
            row = db.one(f"{FAILURES} WHERE failure.id = ?", number) if db else None
            return failure_record(row) if row is not None else None

    def lessons_records(self, since: datetime | None = None) -> list[FailureRecord]:
        """Every failure record, oldest first, or those from `since` on: a long history takes seconds to parse."""
        with self._question() as db:
            start = to_micros(since) if since else 0
            rows = db.all(f"{FAILURES} WHERE failure.ts >= ? ORDER BY failure.id", start) if db else []
        with self._damage_explained():  # the board does not wait for this
            return [failure_record(row) for row in rows]

    def amendments(self) -> list[AmendmentRecord]:
        """In the order of their numbers."""
        with self._question() as db:
            rows = db.all("SELECT * FROM amendment ORDER BY id") if db else []
            return [amendment_record(row) for row in rows]

    # The report

    def report(self, factory: str, batch: str | None, day_cap: MicroUsd | None, now: datetime) -> Report | None:
        """Everything about a batch, or about the newest; None when there is none.

        Args:
            factory: its name.
            batch: None for the newest.
            day_cap: of the configuration in force.
            now: for the time of runs that go on.
        """
        # Imported when somebody reads it: every other question does without.
        from factory_tui.report import compute
        from factory_tui.store.report_rows import history_of

        with self._question() as db:
            history = history_of(db, batch, day_cap) if db else None
        return compute.report(factory, history, now) if history else None
