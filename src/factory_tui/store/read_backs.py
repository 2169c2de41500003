"""What a model made of a spec when it read it: functions on a transaction."""

from factory_tui.model.readback import ReadBack
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
