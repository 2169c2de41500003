"""Every word about an evaluation, and every scenario, that reached an agent of a run."""

from factory_tui.model.evaluation import Feedback
from factory_tui.model.foreign import clean, clean_line
from factory_tui.model.views import Disclosure
from factory_tui.store.cleaning import cleaned
from factory_tui.store.snapshot import Snapshot
from factory_tui.store.values import from_micros


def disclosures_of(db: Snapshot, run: str) -> tuple[Disclosure, ...]:
    """Oldest first."""
    told = [
        Disclosure(
            ts=from_micros(row["ts"]),
            attempt=row["attempt"],
            feedback=Feedback.model_validate(cleaned(row["feedback"])),
        )
        for row in db.all("SELECT ts, attempt, feedback FROM disclosure WHERE run = ? ORDER BY id", run)
    ]
    told += [
        Disclosure(
            ts=from_micros(row["ts"]),
            attempt=row["attempt"],
            scenario=clean_line(row["scenario"] if row["spec"] == row["own"] else f"{row['spec']}/{row['scenario']}"),
            route=clean(row["route"]),
            why=clean_line(row["why"], limit=1000),
        )
        for row in db.all(
            "SELECT burn.*, run.spec AS own FROM burn JOIN run ON run.run = burn.run WHERE burn.run = ? "
            "ORDER BY burn.id",
            run,
        )
    ]
    return tuple(sorted(told, key=lambda each: each.ts))
