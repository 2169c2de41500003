"""Whether the operator paused the engine. It outlives the engine: a crash must not start what was held back."""

from factory_tui.model.event import EventDraft
from factory_tui.store.decision_views import PAUSED
from factory_tui.store.writer import Tx


def is_paused(tx: "Tx") -> bool:
    row = tx.one(PAUSED)
    return row is not None and bool(row["value"])


def set_paused(tx: "Tx", paused: bool) -> None:
    """Emits `engine.paused` or `engine.resumed` when that changes something."""
    if is_paused(tx) == paused:
        return
    tx.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('paused', ?)", int(paused))
    tx.emit(EventDraft(type="engine.paused" if paused else "engine.resumed"))
