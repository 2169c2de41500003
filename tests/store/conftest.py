"""A store in a temporary directory, and runs to put into it."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from factory_tui.model.ids import BatchId, RunId, SpecId
from factory_tui.model.money import MicroUsd
from factory_tui.store import NewRun
from factory_tui.store.reader import Reader
from factory_tui.store.store import Store

MakeRun = Callable[..., NewRun]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    async with await Store.open(path) as opened:
        yield opened


@pytest.fixture
def reader(path: Path) -> Reader:
    return Reader(path)


@pytest.fixture
def new_run() -> MakeRun:
    def make(run: str = "r00000001", spec: str = "bank-withdraw", batch: str = "b1", **more: object) -> NewRun:
        given = {
            "title": "Withdraw money",
            "spec_hash": "hash-1",
            "spec_text": "## WHAT\nMoney.",
            "target": "targets/bank",
            "base": "main",
            "attempts": 2,
            "cap": MicroUsd(2_000_000),
            **more,
        }
        return NewRun(run=RunId(run), spec=SpecId(spec), batch=BatchId(batch), **given)

    return make


@pytest.fixture
async def queued(store: Store, new_run: MakeRun) -> RunId:
    """A run in the queue of batch b1."""
    await store.open_batch(BatchId("b1"), MicroUsd(10_000_000))
    new = new_run()
    await store.queue_run(new)
    return new.run
