"""Suites as they were when their runs were queued: functions on a transaction."""

import json

from factory_tui.model.holdout import Seal
from factory_tui.model.ids import RunId, ScenarioId, SpecId
from factory_tui.store.runs import emit_for
from factory_tui.store.values import to_micros
from factory_tui.store.writer import Tx


def record(tx: Tx, run: RunId | str, seal: Seal) -> None:
    """The newest one of a run holds."""
    tx.run(
        "INSERT INTO seal (ts, run, spec, suite_hash, scenarios) VALUES (?, ?, ?, ?, ?)",
        to_micros(tx.now),
        run,
        seal.spec,
        seal.suite_hash,
        json.dumps(seal.scenarios),
    )
    emit_for(tx, run, "suite.sealed", {"suite_hash": seal.suite_hash, "scenarios": len(seal.scenarios)})


def of_run(tx: Tx, run: RunId | str) -> Seal | None:
    """None for a run that was queued by a version that did not seal."""
    row = tx.one("SELECT spec, suite_hash, scenarios FROM seal WHERE run = ? ORDER BY id DESC LIMIT 1", run)
    if row is None:
        return None
    scenarios = tuple((ScenarioId(name), digest) for name, digest in json.loads(row["scenarios"]))
    return Seal(SpecId(row["spec"]), row["suite_hash"], scenarios)
