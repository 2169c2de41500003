"""What a report is made from, asked of runs.db: rows in, `report.history.History` out, with foreign text cleaned."""

import json
import sqlite3
from collections import Counter, defaultdict
from functools import lru_cache

from factory_tui.model.failure import FailureClass
from factory_tui.model.foreign import clean, clean_line
from factory_tui.model.money import MicroUsd
from factory_tui.model.report import Spend
from factory_tui.model.run import AT_REST, RunState
from factory_tui.model.spec import Question
from factory_tui.model.views import RunRow
from factory_tui.report.history import Earlier, Escaped, FailureFacts, History, Passed, RunFacts
from factory_tui.store.cleaning import cleaned_or_none
from factory_tui.store.decision_views import amendment_record, readable
from factory_tui.store.evidence_rows import tallies_of
from factory_tui.store.measure_rows import quality_rows
from factory_tui.store.row_views import BOARD_COLUMNS, board_order, run_row
from factory_tui.store.snapshot import Snapshot
from factory_tui.store.values import from_micros, from_micros_or_none

_ENDED = ", ".join(f"'{state}'" for state in sorted(AT_REST))

_RUNS = f'SELECT {BOARD_COLUMNS}, "commit" FROM run'

_LAST = """
FROM run JOIN failure ON failure.run = run.run AND failure.attempt = run.attempt
LEFT JOIN attempt ON attempt.run = run.run AND attempt.attempt = run.attempt
WHERE run.batch = ? AND run.finished IS NOT NULL AND failure.ts >= coalesce(attempt.started, 0)
AND (run.state <> 'shipped' OR failure.id = (SELECT failure FROM escaped_defect WHERE escaped_defect.run = run.run))
"""
"""Records of the last attempt of each run at rest. An attempt that the environment broke is made again under its
number, so older records of the same number are about another try."""

_LAST_FAILURES = f"SELECT failure.id, failure.run, failure.failure_class, failure.data {_LAST} ORDER BY failure.id"

_LAST_CLASSES = f"""
SELECT failure_class FROM failure WHERE id IN (
    SELECT max(failure.id) {_LAST} AND instr(failure.data, '"scenario":null') GROUP BY failure.run
)
"""
"""Of each run the class of its record about the run as a whole."""

_TOUCHED = """
SELECT run.run FROM run WHERE run.batch = ? AND (
    retried > 0
    OR EXISTS (SELECT 1 FROM question WHERE answered IS NOT NULL AND question.run IN (
        run.run, (SELECT run FROM run AS before WHERE before.id = (
            SELECT max(id) FROM run AS older WHERE older.spec = run.spec AND older.id < run.id))))
    OR EXISTS (SELECT 1 FROM failure WHERE failure.run = run.run AND reclassified IS NOT NULL)
    OR EXISTS (SELECT 1 FROM run AS older WHERE older.spec = run.spec AND older.id < run.id
        AND (older.batch = run.batch OR older.spec_hash = run.spec_hash))
)
"""
"""The engine by itself runs a version of a spec once, so a second run of it, or of its spec in one batch, is a
human's doing."""

_OUTCOMES_BEFORE = f"""
SELECT spec, state, escaped FROM run WHERE id IN (
    SELECT max(run.id) FROM run JOIN batch ON batch.batch = run.batch
    WHERE batch.id < ? AND state IN ({_ENDED}) AND spec IN (SELECT spec FROM run WHERE batch = ?) GROUP BY spec
)
"""

_UNCOVERED = """
SELECT escaped_defect.run, run.spec, escaped_defect.reason FROM escaped_defect
JOIN run ON run.run = escaped_defect.run
WHERE NOT EXISTS (
    SELECT 1 FROM run AS later WHERE later.spec = run.spec AND later.id > run.id AND later.queued > escaped_defect.ts
    AND later.suite_hash IS NOT NULL AND later.suite_hash IS NOT run.suite_hash
) ORDER BY escaped_defect.ts
"""

_LAYERS = """
SELECT instr(data, '"layer":"reserve"') > 0 AS reserve, count(*) AS total, sum(result = 'pass') AS passed FROM run
JOIN scenario_result AS result ON result.run = run.run AND result.attempt = run.attempt
WHERE run.batch = ? AND run.state = 'shipped' GROUP BY 1
"""

_VERSIONS = """
SELECT spec, count(DISTINCT spec_hash) AS versions FROM run
JOIN (
    SELECT spec AS name, min(CASE WHEN state = 'shipped' THEN id END) AS first FROM run
    WHERE spec IN (SELECT spec FROM run WHERE batch = ?1) GROUP BY spec
) ON name = spec AND id <= coalesce(first, id)
WHERE first IS NULL OR first IN (SELECT id FROM run WHERE batch = ?1)
GROUP BY spec
"""

_rule = lru_cache(4096)(clean_line)
"""The ids of a batch's rules are few, and its records may be many."""

# `data` is JSON without spaces in which a quote within a text is escaped: a field that is looked for with `instr` is
# found as a field only, without parsing what may be megabytes.


def history_of(db: Snapshot, batch: str | None, day_cap: MicroUsd | None) -> History | None:
    """The facts about a batch, or about the newest; None when there is none."""
    newest = db.one("SELECT * FROM batch ORDER BY id DESC LIMIT 1")
    row = newest if batch is None else db.one("SELECT * FROM batch WHERE batch = ?", batch)
    if row is None or newest is None:
        return None
    name, is_newest = row["batch"], row["id"] == newest["id"]
    shipped, escaped = _shipped_ever(db)
    layers = {bool(each["reserve"]): Passed(each["passed"], each["total"]) for each in db.all(_LAYERS, name)}
    return History(
        batch=clean(name),
        started=from_micros(row["started"]),
        finished=from_micros_or_none(row["finished"]),
        runs=tuple(_runs(db, name)),
        spend=tuple(_spend(db, row, day_cap)),
        earlier=_earlier(db, row["id"]),
        outcomes_before=_outcomes_before(db, row),
        left_over=tuple(_left_over(db, name)) if is_newest else (),
        proposed=tuple(
            amendment_record(each) for each in db.all("SELECT * FROM amendment WHERE state = 'proposed' ORDER BY id")
        )
        if is_newest
        else (),
        uncovered=tuple(_uncovered(db)) if is_newest else (),
        shipped_ever=shipped,
        escaped_ever=escaped,
        measures=tuple(quality_rows(db, name)),
        tallies=tuple(tallies_of(db)),
        gate=layers.get(False, Passed()),
        reserve=layers.get(True, Passed()),
        versions={clean(each["spec"]): each["versions"] for each in db.all(_VERSIONS, name)},
    )


def _runs(db: Snapshot, batch: str) -> list[RunFacts]:
    failures = _failures(db, batch)
    touched = {row["run"] for row in db.all(_TOUCHED, batch)}
    facts = [
        RunFacts(
            row=run_row(row, {}),
            commit=cleaned_or_none(row["commit"]),
            failures=tuple(failures.get(row["run"], ())),
            touched=row["run"] in touched,
        )
        for row in db.all(f"{_RUNS} WHERE batch = ?", batch)
    ]
    return sorted(facts, key=lambda each: board_order(each.row))


def _failures(db: Snapshot, batch: str) -> dict[str, list[FailureFacts]]:
    found: defaultdict[str, list[FailureFacts]] = defaultdict(list)
    for row in db.all(_LAST_FAILURES, batch):
        found[row["run"]].append(_failure_facts(row))
    return found


def _failure_facts(row: sqlite3.Row) -> FailureFacts:
    """Only the fields that a report shows are cleaned: the rest of a record is most of it."""
    data = json.loads(row["data"])
    is_of_run, section = data.get("scenario") is None, data.get("section")
    return FailureFacts(
        number=row["id"],
        failure_class=FailureClass(row["failure_class"]),
        is_of_run=is_of_run,
        rules=tuple(map(_rule, data.get("rules", ()))),
        section=Question(section) if section else None,
        cause=clean_line(data["cause"], limit=2000) if is_of_run else "",
    )


_PAID = "SELECT coalesce(sum(amount), 0) FROM call WHERE state IN ('settled', 'presumed')"


def _spend(db: Snapshot, batch: sqlite3.Row, day_cap: MicroUsd | None) -> list[Spend]:
    """What read-backs cost belongs to no batch; it is a part of the day's, and named where there is any."""
    day = from_micros(batch["started"]).date().isoformat()
    read_backs = _paid(db, "day = ? AND role = 'readback'", day)
    spend = [
        Spend(name="batch", spent=_paid(db, "batch = ?", batch["batch"]), cap=batch["cap"]),
        Spend(name="day", spent=_paid(db, "day = ?", day), cap=day_cap),
    ]
    return [*spend, Spend(name="read-backs", spent=read_backs, cap=None)] if read_backs else spend


def _paid(db: Snapshot, scope: str, value: str) -> MicroUsd:
    row = db.one(f"{_PAID} AND {scope}", value)
    return MicroUsd(row[0] if row else 0)


def _earlier(db: Snapshot, number: int) -> Earlier | None:
    row = db.one("SELECT batch FROM batch WHERE id < ? ORDER BY id DESC LIMIT 1", number)
    if row is None:
        return None
    sums = db.one("SELECT coalesce(sum(cost), 0), sum(state = 'shipped') FROM run WHERE batch = ?", row["batch"])
    classes = Counter(FailureClass(each["failure_class"]) for each in db.all(_LAST_CLASSES, row["batch"]))
    return Earlier(
        batch=clean(row["batch"]),
        cost=MicroUsd(sums[0] if sums else 0),
        shipped=(sums[1] if sums else 0) or 0,
        classes=classes,
    )


def _outcomes_before(db: Snapshot, batch: sqlite3.Row) -> dict[str, RunState]:
    rows = db.all(_OUTCOMES_BEFORE, batch["id"], batch["batch"])
    return {clean(row["spec"]): RunState(row["state"]) if row["escaped"] is None else RunState.FAILED for row in rows}


def _left_over(db: Snapshot, newest: str) -> list[RunRow]:
    rows = db.all(f"{_RUNS} WHERE state = 'held' AND batch <> ?", newest)
    return sorted((run_row(row, {}) for row in rows), key=board_order)


def _uncovered(db: Snapshot) -> list[Escaped]:
    return [Escaped(clean(row["run"]), clean(row["spec"]), readable(row["reason"])) for row in db.all(_UNCOVERED)]


def _shipped_ever(db: Snapshot) -> tuple[int, int]:
    row = db.one("SELECT count(*), count(escaped) FROM run WHERE state = 'shipped'")
    return (row[0], row[1]) if row else (0, 0)
