"""What verdicts were bound to, read back: enough to judge an artifact again and to say which input differs."""

import json
import sqlite3
from collections import defaultdict

from factory_tui.model.binding import Binding, BoundAttempt, BoundConstraint, BoundRun
from factory_tui.model.evaluation import Evaluation, ScenarioResult
from factory_tui.model.foreign import clean
from factory_tui.model.ids import RunId, SpecId
from factory_tui.store.cleaning import cleaned
from factory_tui.store.snapshot import Snapshot

_RUN = (
    "SELECT run.*, v.text AS spec_text FROM run "
    "JOIN spec_version AS v ON v.spec = run.spec AND v.hash = run.spec_hash WHERE run.run = ?"
)

_LAST_SHIPPED = "SELECT run FROM run WHERE spec = ? AND state = 'shipped' AND escaped IS NULL ORDER BY id DESC LIMIT 1"


def last_shipped(db: Snapshot, spec: str) -> RunId | None:
    """The newest run of a spec that shipped and did not escape."""
    row = db.one(_LAST_SHIPPED, spec)
    return RunId(row["run"]) if row else None


def bound_run(db: Snapshot, run: str) -> BoundRun | None:
    """A run with its judged attempts and the constraints that bound it; None when there is no such run."""
    row = db.one(_RUN, run)
    if row is None:
        return None
    constraints = db.all(
        "SELECT c.spec, c.hash, v.text FROM run_constraint AS c "
        "LEFT JOIN spec_version AS v ON v.spec = c.spec AND v.hash = c.hash WHERE c.run = ? ORDER BY c.spec",
        run,
    )
    return BoundRun(
        run=RunId(row["run"]),
        spec=SpecId(row["spec"]),
        spec_text=row["spec_text"],
        target=row["target"],
        base=row["base"],
        base_commit=row["base_commit"],
        commit=row["commit"],
        branch=row["branch"],
        artifact_hash=row["artifact_hash"],
        attempts=_attempts(db, run),
        constraints=tuple(BoundConstraint(SpecId(spec), version, text) for spec, version, text in constraints),
    )


def _attempts(db: Snapshot, run: str) -> tuple[BoundAttempt, ...]:
    results: defaultdict[int, list[ScenarioResult]] = defaultdict(list)
    for row in db.all("SELECT attempt, data FROM scenario_result WHERE run = ? ORDER BY position, scenario", run):
        results[row["attempt"]].append(ScenarioResult.model_validate(cleaned(row["data"])))
    rows = db.all("SELECT * FROM attempt WHERE run = ? AND evaluation IS NOT NULL ORDER BY attempt", run)
    return tuple(
        BoundAttempt(
            attempt=row["attempt"],
            verdict=row["verdict"],
            binding=binding_of(row["evaluation"]) or Binding(),
            reason=reason_of(row["evaluation"]),
            scenarios=tuple(results[row["attempt"]]),
        )
        for row in rows
    )


def binding_of(evaluation: str | None) -> Binding | None:
    """What the verdict of an attempt is bound to, cleaned; None when nothing was judged."""
    return None if evaluation is None else Binding.of(_evaluation(evaluation))


def reason_of(evaluation: str | None) -> str:
    """Why the verdict of an attempt is no plain pass, cleaned."""
    return "" if evaluation is None else _evaluation(evaluation).reason


def _evaluation(data: str) -> Evaluation:
    kept = cleaned(data)
    return Evaluation.model_validate({**kept, "scenarios": ()} if isinstance(kept, dict) else kept)


def twins_of(row: sqlite3.Row) -> dict[str, str]:
    """Twin → version, of a row of `run`; cleaned."""
    found = cleaned(row["twins"])
    return {clean(name): str(version) for name, version in found.items()} if isinstance(found, dict) else {}


def as_text(twins: dict[str, str]) -> str:
    """How the column of a run holds them."""
    return json.dumps(twins, sort_keys=True)
