"""A history of runs that came to their end, in a real store."""

from collections.abc import Iterable
from pathlib import Path

from factory_tui.model.ids import BatchId, RunId, SpecId
from factory_tui.model.money import MicroUsd
from factory_tui.model.run import RunState
from factory_tui.store import NewRun
from factory_tui.store.store import Store

_WAY = (RunState.COLLECTING, RunState.EVALUATING)


async def write_past(workspace: Path, runs: Iterable[tuple[str, RunState]]) -> None:
    """Runs of specs in the order given, each SHIPPED or FAILED, of the text that the spec's file has now."""
    async with await Store.open(workspace / "runs.db") as store:
        batch = BatchId("b00000001")
        await store.open_batch(batch, MicroUsd(100_000_000))
        for number, (spec, end) in enumerate(runs):
            run = RunId(f"r{number:08}")
            text = (workspace / "specs" / f"{spec}.md").read_text()
            await store.queue_run(
                NewRun(run=run, batch=batch, spec=SpecId(spec), title=spec, spec_hash=f"hash-{spec}", spec_text=text,
                       target="targets/one", base="main")
            )  # fmt: skip
            await store.move_run(run, RunState.PREPARING)
            await store.start_attempt(run)
            await store.move_run(run, RunState.BUILDING)
            for state in (*_WAY, *((RunState.SHIPPING,) if end is RunState.SHIPPED else ()), end):
                await store.move_run(run, state)
