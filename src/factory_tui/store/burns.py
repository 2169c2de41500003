"""Scenarios whose text reached an agent: functions on a transaction."""

from collections.abc import Collection, Mapping

from pydantic import JsonValue

from factory_tui.model.event import EventDraft
from factory_tui.model.foreign import clean_line
from factory_tui.model.holdout import Burn
from factory_tui.store.runs import emit_for
from factory_tui.store.values import to_micros
from factory_tui.store.writer import Tx


def record(tx: Tx, burn: Burn) -> bool:
    """False when it was known already: of the same run, or, without a run, at all."""
    known = tx.one(
        "SELECT 1 FROM burn WHERE behaviour = ? AND (run IS ? OR ? IS NULL)", burn.behaviour, burn.run, burn.run
    )
    if known is not None:
        return False
    why = clean_line(burn.why, limit=1000)
    tx.run(
        "INSERT INTO burn (ts, spec, scenario, behaviour, route, why, run, attempt) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        to_micros(tx.now),
        burn.spec,
        burn.scenario,
        burn.behaviour,
        burn.route.value,
        why,
        burn.run,
        burn.attempt,
    )
    data: dict[str, JsonValue] = {
        "scenario": burn.scenario,
        "suite": burn.spec,
        "behaviour": burn.behaviour,
        "route": burn.route.value,
        "why": why,
    }
    if burn.run is None:
        tx.emit(EventDraft(type="scenario.burned", spec=burn.spec, data=data))
    else:
        emit_for(tx, burn.run, "scenario.burned", data, burn.attempt)
    return True


def known(tx: Tx, behaviours: Collection[str]) -> Mapping[str, str]:
    """Behaviour → why it is burned, of those that are; the first reason that there was."""
    marks = ", ".join("?" * len(behaviours))
    rows = tx.all(f"SELECT behaviour, why FROM burn WHERE behaviour IN ({marks}) ORDER BY id DESC", *behaviours)
    return {row["behaviour"]: row["why"] for row in rows}
