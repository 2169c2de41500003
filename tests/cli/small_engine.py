"""An engine that ends runs by what their spec is called, in a thread of its own: the commands under test run loops."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from factory_tui.config import load
from factory_tui.engine.commands import CommandRefused, EscapeAnswer, RunAnswer
from factory_tui.engine.server import ControlServer
from factory_tui.model.failure import FailureClass
from factory_tui.model.ids import BatchId, RunId, SpecId
from factory_tui.model.money import MicroUsd
from factory_tui.model.readback import ReadBack, ReadBackPlan
from factory_tui.model.run import FINAL, HoldReason, RunState
from factory_tui.model.views import EngineInfo
from factory_tui.store import NewRun
from factory_tui.store.store import Store

ENDS = {"fails": RunState.FAILED, "waits": RunState.HELD, "breaks": RunState.ERROR}
"""Spec id → how its run ends. `lingers` never does; every other one ships."""


class SmallEngine:
    def __init__(self, workspace: Path, store: Store, tasks: asyncio.TaskGroup) -> None:
        self._workspace, self._store, self._tasks = workspace, store, tasks
        self._number = 0
        self.is_paused = False

    def info(self) -> EngineInfo:
        return EngineInfo(
            pid=1, epoch=1, started=datetime.now(UTC), workspace=str(self._workspace), sandbox="local",
            unsafe=False, model="twin", version="0",
        )  # fmt: skip

    def settings_json(self) -> str:
        return load(self._workspace).model_dump_json()

    async def run(self, specs: tuple[str, ...]) -> RunAnswer:
        refused = tuple((spec, "it is draft") for spec in specs if spec == "draft")
        wanted = [spec for spec in specs or ("ships", "fails") if spec != "draft"]
        if not wanted:
            return RunAnswer(batch=None, runs=(), refused=refused)
        batch = BatchId("b1")
        if batch not in await self._store.open_batches():
            await self._store.open_batch(batch, MicroUsd(5_000_000))
        runs = []
        for spec in wanted:
            self._number += 1
            run = RunId(f"r0000000{self._number}")
            await self._store.queue_run(
                NewRun(run=run, batch=batch, spec=SpecId(spec), title=f"Spec {spec}", spec_hash="h", spec_text="t",
                       target="t", base="main")
            )  # fmt: skip
            runs.append(run)
        self._tasks.create_task(self._work(runs, batch))
        return RunAnswer(batch=batch, runs=tuple(runs), refused=refused)

    async def _work(self, runs: list[RunId], batch: BatchId) -> None:
        for run in runs:
            stored = await self._store.stored_run(run)
            end = ENDS.get(stored.spec, RunState.SHIPPED)
            for state in (RunState.PREPARING, RunState.BUILDING, RunState.COLLECTING, RunState.EVALUATING):
                await self._store.move_run(run, state)
                if stored.spec == "lingers":
                    return
            if end is RunState.SHIPPED:
                await self._store.move_run(run, RunState.SHIPPING)
            why = "" if end is RunState.SHIPPED else f"{run} did not make it"
            hold = HoldReason.QUESTION if end is RunState.HELD else None
            await self._store.move_run(run, end, why=why, hold=hold, remedy=f"retry {run}" if why else "")
        await self._store.close_batch(batch)

    async def cancel(self, run: str) -> None:
        stored = await self._store.stored_run(run)
        if stored.state in FINAL:
            raise CommandRefused(f"{run} has already ended", "nothing is left to cancel")
        await self._store.move_run(run, RunState.CANCELLED)

    async def retry(self, run: str) -> str:
        raise CommandRefused("there is no key", "set ANTHROPIC_API_KEY", missing=True)

    async def answer(self, run: str, answer: str, question: str) -> str:
        raise CommandRefused(f"{run} asks nothing", "look at what waits")

    async def escape(self, run: str, reason: str) -> EscapeAnswer:
        raise CommandRefused(f"{run} is already marked", "nothing is left to do")

    async def classify(self, failure: int, failure_class: FailureClass, reason: str) -> None:
        raise CommandRefused(f"there is no failure record {failure}", "list them")

    async def propose(self) -> tuple[int, ...]:
        return ()

    async def accept(self, amendment: int) -> str:
        raise CommandRefused(f"amendment {amendment} was rejected", "nothing is left to do")

    async def reject(self, amendment: int, reason: str) -> None:
        raise CommandRefused(f"amendment {amendment} is part of feature@2", "nothing is left to do")

    async def read_back(self, spec: str, fresh: bool) -> ReadBack:
        raise CommandRefused(f"the twin has no read-back for {spec}", "add one", missing=True)

    async def plan_read_back(self, spec: str) -> ReadBackPlan:
        return ReadBackPlan(spec=spec, hash="h", model="m", charged=False, most=MicroUsd(70_000))

    async def pause(self) -> None:
        self.is_paused = True

    async def resume(self) -> None:
        self.is_paused = False

    def paused(self) -> bool:
        return self.is_paused

    async def stop(self) -> None:
        raise CommandRefused("this one does not stop", "leave it")


@contextmanager
def small_engine(workspace: Path) -> Iterator[None]:
    """Serves `workspace` until the end of the context."""
    ready = threading.Event()
    ended: asyncio.Event | None = None
    loop: asyncio.AbstractEventLoop | None = None

    async def serve() -> None:
        nonlocal ended, loop
        ended, loop = asyncio.Event(), asyncio.get_running_loop()
        async with (
            await Store.open(workspace / "runs.db") as store,
            asyncio.TaskGroup() as tasks,
            ControlServer(workspace, SmallEngine(workspace, store, tasks), store).listening(),
        ):
            ready.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(20)
    try:
        yield
    finally:
        assert loop is not None
        assert ended is not None
        loop.call_soon_threadsafe(ended.set)
        thread.join()
