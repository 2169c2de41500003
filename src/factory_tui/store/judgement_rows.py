"""What judges said about rubrics, read back by whoever writes nothing."""

from factory_tui.model.judgement import Judgement, JudgementKey
from factory_tui.store.cleaning import cleaned
from factory_tui.store.snapshot import Snapshot

OF_KEY = "SELECT data FROM judgement WHERE scenario_hash = ? AND output_hash = ? AND model = ?"


def judgement_of(db: Snapshot, key: JudgementKey) -> Judgement | None:
    """All votes so far under this key."""
    row = db.one(OF_KEY, *key)
    return Judgement.model_validate(cleaned(row["data"])) if row else None
