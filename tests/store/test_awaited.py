"""What a queued run waits for, as the board says it."""

from factory_tui.model.ids import BatchId
from factory_tui.store.reader import Reader
from factory_tui.store.store import Store
from tests.store.test_decisions import ship


async def test_a_queued_run_awaits_what_has_not_shipped_for_good(store: Store, new_run, reader: Reader) -> None:
    await store.open_batch(BatchId("b1"))
    for name in ("parent", "other"):
        await store.queue_run(new_run(f"r-{name}", spec=name))
    await store.queue_run(new_run("r-child", spec="child", depends_on=("parent", "other")))

    def awaited() -> tuple[str, ...]:
        return next(row.awaits for row in reader.board() if row.spec == "child")

    assert awaited() == ("parent", "other")
    await ship(store, "r-parent")
    assert awaited() == ("other",)
