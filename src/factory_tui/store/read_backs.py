"""What a model made of a spec when it read it: functions on a transaction."""

from factory_tui.model.event import EventDraft
from factory_tui.model.ids import SpecId
from factory_tui.model.readback import ReadBack
from factory_tui.store.runs import usd
from factory_tui.store.values import as_json, to_micros
from factory_tui.store.writer import Tx


def record(tx: Tx, read_back: ReadBack) -> None:
    tx.run(
        "INSERT INTO read_back (ts, spec, hash, data) VALUES (?, ?, ?, ?)",
        to_micros(read_back.when),
        read_back.spec,
        read_back.hash,
        as_json(read_back),
    )
    tx.emit(
        EventDraft(
            type="spec.read_back",
            spec=read_back.spec,
            data={
                "hash": read_back.hash,
                "model": read_back.model,
                "cost_usd": usd(read_back.cost),
                "questions": len(read_back.questions),
                "dropped": read_back.dropped,
            },
        )
    )


def of_version(tx: Tx, spec: SpecId | str, version: str) -> ReadBack | None:
    """The newest one of a version."""
    row = tx.one("SELECT data FROM read_back WHERE spec = ? AND hash = ? ORDER BY id DESC LIMIT 1", spec, version)
    return ReadBack.model_validate_json(row["data"]) if row else None
