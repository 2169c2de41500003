"""Runs, batches and spec versions: functions on a transaction."""

import json
import sqlite3
from typing import cast

from pydantic import JsonValue

from factory_tui.model.event import Event, EventDraft, EventType
from factory_tui.model.ids import BatchId, RunId, SpecId
from factory_tui.model.money import MicroUsd
from factory_tui.model.run import AT_REST, LIVE, HoldReason, RunState, check_transition
from factory_tui.store import versions
from factory_tui.store.rows import BINDINGS, NewRun, StoredRun
from factory_tui.store.values import Value, from_micros, from_micros_or_none, to_micros
from factory_tui.store.writer import Tx

SELECT_RUN = (
    "SELECT run.*, v.text AS spec_text FROM run JOIN spec_version v ON v.spec = run.spec AND v.hash = spec_hash"
)


class UnknownRun(LookupError):
    """There is no run of that name."""


def open_batch(tx: Tx, batch: BatchId, cap: MicroUsd | None) -> None:
    tx.run("INSERT INTO batch (batch, started, cap) VALUES (?, ?, ?)", batch, to_micros(tx.now), cap)
    tx.emit(EventDraft(type="batch.started", batch=batch, data={"cap_usd": usd(cap)}))


def close_batch(tx: Tx, batch: BatchId) -> None:
    """Idempotent: a batch that is closed stays closed, without a second event."""
    changed = tx.run(
        "UPDATE batch SET finished = ? WHERE batch = ? AND finished IS NULL", to_micros(tx.now), batch
    ).rowcount
    if changed:
        rows = tx.all("SELECT state, count(*), sum(cost) FROM run WHERE batch = ? GROUP BY state", batch)
        counts: dict[str, JsonValue] = {row["state"]: row[1] for row in rows}
        cost = MicroUsd(sum(row[2] for row in rows))
        tx.emit(EventDraft(type="batch.finished", batch=batch, data={"runs": counts, "cost_usd": usd(cost)}))


def open_batches(tx: Tx) -> list[BatchId]:
    return [BatchId(row[0]) for row in tx.all("SELECT batch FROM batch WHERE finished IS NULL ORDER BY id")]


def queue(tx: Tx, new: NewRun) -> Event:
    now = to_micros(tx.now)
    versions.record(tx, new.spec, new.spec_hash, new.title, new.spec_text, now, new.findings_json)
    values: dict[str, Value] = {
        "run": new.run,
        "batch": new.batch,
        "spec": new.spec,
        "spec_hash": new.spec_hash,
        "title": new.title,
        "target": new.target,
        "base": new.base,
        "priority": new.priority,
        "depends_on": json.dumps(new.depends_on),
        "profile": new.profile,
        "model": new.model,
        "attempts": new.attempts,
        "granted": new.attempts,
        "cap": new.cap,
        "run_minutes": new.run_minutes,
        "max_turns": new.max_turns,
        "findings_json": new.findings_json,
        "state": RunState.QUEUED.value,
        "queued": now,
    }
    tx.run(f"INSERT INTO run ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})", *values.values())
    data: dict[str, JsonValue] = {
        "title": new.title,
        "spec_hash": new.spec_hash,
        "priority": new.priority,
        "depends_on": list(new.depends_on),
        "profile": new.profile,
        "model": new.model,
        "attempts": new.attempts,
        "cap_usd": usd(new.cap),
    }
    return tx.emit(EventDraft(type="run.queued", batch=new.batch, run=new.run, spec=new.spec, data=data))


def move(
    tx: Tx,
    run: RunId | str,
    state: RunState,
    why: str,
    hold: HoldReason | None,
    remedy: str,
    attempt: int | None,
    data: dict[str, JsonValue],
) -> Event:
    """Raises `IllegalTransition` for an edge that the table does not have, `UnknownRun`."""
    before = tx.one("SELECT state, hold, attempt, attempts, granted, retried FROM run WHERE run = ?", run)
    if before is None:
        raise UnknownRun(f"there is no run {run}")
    check_transition(RunState(before["state"]), state)
    now = to_micros(tx.now)
    changes: dict[str, Value] = {
        "state": state.value,
        "why": why,
        "hold": hold.value if hold else None,
        "remedy": remedy,
        "finished": now if state in AT_REST else None,
        "last_action": why if state in AT_REST and why else state.value,
    }
    if before["state"] == RunState.QUEUED and state in LIVE:
        changes["started"] = now
    if before["state"] == RunState.HELD and state is RunState.CANCELLED:
        del changes["finished"]  # its work ended when it was held: waiting for the operator is no work
    if before["state"] == RunState.HELD and state is RunState.QUEUED:
        charged = tx.one("SELECT count(*) FROM attempt WHERE run = ? AND charged", run)
        changes |= {"infrastructure_retries": 0, "queued": now, "started": None}
        changes["attempts"] = before["granted"] + (charged[0] if charged else 0)
        if before["hold"] != HoldReason.DEPENDENCY:  # the engine itself takes those up again
            changes["retried"] = before["retried"] + 1
    if state is RunState.EVALUATING:
        number = attempt if attempt is not None else before["attempt"]
        tx.run("DELETE FROM scenario_result WHERE run = ? AND attempt = ?", run, number)
        changes |= {"scenarios_passed": 0, "scenarios_done": 0, "scenarios_total": 0}
    tx.run(f"UPDATE run SET {', '.join(f'{name} = ?' for name in changes)} WHERE run = ?", *changes.values(), run)
    more: dict[str, JsonValue] = {"from": before["state"]}
    more |= {key: value for key, value in (("why", why), ("hold", changes["hold"]), ("remedy", remedy)) if value}
    return emit_for(tx, run, cast(EventType, f"run.{state.value}"), {**data, **more}, attempt)


def emit_for(
    tx: Tx, run: RunId | str, event_type: EventType, data: dict[str, JsonValue], attempt: int | None = None
) -> Event:
    """An event about a run, with its batch, spec and current attempt."""
    row = tx.one("SELECT batch, spec, attempt FROM run WHERE run = ?", run)
    if row is None:
        raise UnknownRun(f"there is no run {run}")
    number = attempt if attempt is not None else (row["attempt"] or None)
    return tx.emit(
        EventDraft.model_construct(
            type=event_type, batch=row["batch"], run=run, attempt=number, spec=row["spec"], data=data
        )
    )


def bind(tx: Tx, run: RunId | str, bindings: dict[str, str | None]) -> None:
    """Set what a verdict is bound to; None leaves a value as it is."""
    given = {name: value for name, value in bindings.items() if value is not None}
    assert given.keys() <= BINDINGS
    if given:
        changes = ", ".join(f'"{name}" = ?' for name in given)
        tx.run(f"UPDATE run SET {changes} WHERE run = ?", *given.values(), run)


def stored(tx: Tx, run: RunId | str) -> StoredRun:
    found = select(tx, "WHERE run.run = ?", run)
    if not found:
        raise UnknownRun(f"there is no run {run}")
    return found[0]


def select(tx: Tx, where: str, *values: Value) -> list[StoredRun]:
    return [_as_stored_run(row) for row in tx.all(f"{SELECT_RUN} {where}", *values)]


def in_states(tx: Tx, states: frozenset[RunState]) -> list[StoredRun]:
    """In queue order: priority, then age."""
    marks = ", ".join("?" * len(states))
    return select(tx, f"WHERE run.state IN ({marks}) ORDER BY run.priority, run.id", *sorted(states))


def newest(tx: Tx, spec: SpecId | str, spec_hash: str | None, states: frozenset[RunState]) -> StoredRun | None:
    marks = ", ".join("?" * len(states))
    found = select(
        tx,
        f"WHERE run.spec = ? AND (? IS NULL OR run.spec_hash = ?) AND run.state IN ({marks}) "
        "ORDER BY run.id DESC LIMIT 1",
        spec,
        spec_hash,
        spec_hash,
        *sorted(states),
    )
    return found[0] if found else None


def usd(amount: MicroUsd | None) -> float | None:
    """Dollars for the event stream; the exact amount is in the ledger."""
    return None if amount is None else amount / 1_000_000


def _as_stored_run(row: sqlite3.Row) -> StoredRun:

    return StoredRun(
        run=RunId(row["run"]),
        batch=BatchId(row["batch"]),
        spec=SpecId(row["spec"]),
        title=row["title"],
        spec_hash=row["spec_hash"],
        spec_text=row["spec_text"],
        target=row["target"],
        base=row["base"],
        priority=row["priority"],
        depends_on=tuple(SpecId(each) for each in json.loads(row["depends_on"])),
        profile=row["profile"],
        model=row["model"],
        attempts=row["attempts"],
        cap=row["cap"],
        run_minutes=row["run_minutes"],
        max_turns=row["max_turns"],
        findings_json=row["findings_json"],
        state=RunState(row["state"]),
        attempt=row["attempt"],
        infrastructure_retries=row["infrastructure_retries"],
        why=row["why"],
        hold=HoldReason(row["hold"]) if row["hold"] else None,
        remedy=row["remedy"],
        cost=MicroUsd(row["cost"]),
        base_commit=row["base_commit"],
        image=row["image"],
        suite_hash=row["suite_hash"],
        artifact_hash=row["artifact_hash"],
        commit=row["commit"],
        branch=row["branch"],
        queued=from_micros(row["queued"]),
        started=from_micros_or_none(row["started"]),
        finished=from_micros_or_none(row["finished"]),
        escaped=row["escaped"],
    )
