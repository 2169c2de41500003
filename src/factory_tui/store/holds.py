"""Times in which the provider refuses calls: functions on a transaction."""

from datetime import datetime

from pydantic import JsonValue

from factory_tui.model.event import EventDraft
from factory_tui.model.views import Holding
from factory_tui.store.decision_views import OPEN_HOLD, holding_view
from factory_tui.store.values import from_micros, to_micros
from factory_tui.store.writer import Tx


def start(tx: Tx, until: datetime | None, why: str) -> None:
    """Begin a hold, or learn more about the open one; only the beginning is an event."""
    end = to_micros(until) if until else None
    if tx.run("UPDATE hold SET until = ?, why = ? WHERE ended IS NULL", end, why).rowcount:
        return
    tx.run("INSERT INTO hold (started, until, why) VALUES (?, ?, ?)", to_micros(tx.now), end, why)
    data: dict[str, JsonValue] = {"until": until.isoformat().replace("+00:00", "Z") if until else None, "why": why}
    tx.emit(EventDraft(type="hold.started", data=data))


def end(tx: Tx) -> None:
    row = tx.one("UPDATE hold SET ended = ? WHERE ended IS NULL RETURNING started", to_micros(tx.now))
    if row is not None:
        seconds = max(0.0, (tx.now - from_micros(row["started"])).total_seconds())
        tx.emit(EventDraft(type="hold.ended", data={"seconds": round(seconds, 1)}))


def current(tx: Tx) -> Holding | None:
    row = tx.one(OPEN_HOLD)
    return holding_view(row) if row else None
