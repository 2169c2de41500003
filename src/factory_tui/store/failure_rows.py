"""The failures screen's questions: records by class, and how the classes move from batch to batch."""

from collections import Counter

from factory_tui.model.failure import FailureClass
from factory_tui.model.views import FailureGroup
from factory_tui.store.row_views import FAILURES, failure_record
from factory_tui.store.snapshot import Snapshot

RECORDS_PER_CLASS = 200
"""Newest failure records that a group carries; its count covers all."""


def failure_groups(db: Snapshot) -> list[FailureGroup]:
    """Records by the class that holds now, in the order of the taxonomy; classes without records are left out."""
    counts = db.all("SELECT failure_class, count(*), count(DISTINCT spec) FROM failure GROUP BY failure_class")
    by_class = {row[0]: (row[1], row[2]) for row in counts}
    total = sum(count for count, _ in by_class.values())
    newest = [row[0] for row in db.all("SELECT batch FROM batch ORDER BY id DESC LIMIT 2")]
    trend = [_counts_of(db, batch) for batch in newest] + [Counter[str]()] * 2
    groups = []
    for failure_class in FailureClass:
        if failure_class.value not in by_class:
            continue
        rows = db.all(
            # The numbers first: what is sorted here would otherwise be all records of the class in full.
            f"{FAILURES} WHERE failure.id IN (SELECT id FROM failure WHERE failure_class = ? ORDER BY id DESC LIMIT ?) "
            "ORDER BY failure.id DESC",
            failure_class.value,
            RECORDS_PER_CLASS,
        )
        count, specs = by_class[failure_class.value]
        groups.append(
            FailureGroup(
                failure_class=failure_class,
                count=count,
                specs=specs,
                records=tuple(failure_record(row) for row in rows),
                share=count / total,
                this_batch=trend[0][failure_class.value],
                last_batch=trend[1][failure_class.value] if len(newest) > 1 else None,
            )
        )
    return groups


def _counts_of(db: Snapshot, batch: str) -> Counter[str]:
    rows = db.all(
        "SELECT failure_class, count(*) FROM run JOIN failure ON failure.run = run.run WHERE run.batch = ? GROUP BY 1",
        batch,
    )
    return Counter({row[0]: row[1] for row in rows})
