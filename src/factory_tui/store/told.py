"""What the next attempt was to be told, for one that begins after the engine ended: functions on a transaction."""

import json
from dataclasses import dataclass

from factory_tui.model.evaluation import Feedback
from factory_tui.model.ids import RunId
from factory_tui.store.writer import Tx


@dataclass(frozen=True, slots=True)
class Told:
    """A disclosure, and the work that it is about."""

    feedback: Feedback
    artifact_hash: str | None
    """None when nothing was judged."""


def last(tx: Tx, run: RunId | str) -> Told | None:
    row = tx.one(
        "SELECT disclosure.feedback, attempt.evaluation FROM disclosure JOIN attempt USING (run, attempt) "
        "WHERE disclosure.run = ? AND attempt = (SELECT count(*) FROM attempt WHERE run = ? AND charged) "
        "ORDER BY disclosure.id DESC LIMIT 1",
        run,
        run,
    )
    if row is None:
        return None
    evaluation = json.loads(row["evaluation"]) if row["evaluation"] else {}
    return Told(Feedback.model_validate_json(row["feedback"]), evaluation.get("artifact_hash"))
