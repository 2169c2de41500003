"""The control room over a line: every budget of its design, measured in a pseudo terminal of 120×40.

The start is compared with a bare Textual app, in pairs, by time on a processor as well as by the clock. The busy board
and the live log are fed through a real store and a real control socket, whose events a second client times.
"""

import asyncio
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from terminal import Terminal, differences, running

from factory_tui.config import Settings, load
from factory_tui.control import ControlClient
from factory_tui.engine.server import ControlServer
from factory_tui.model.ids import BatchId, RunId, SpecId
from factory_tui.model.money import MicroUsd
from factory_tui.model.run import RunState
from factory_tui.model.usage import Usage
from factory_tui.model.views import EngineInfo
from factory_tui.store import NewRun
from factory_tui.store.reader import Reader
from factory_tui.store.store import Store

STARTS = 9
STATIC_SECONDS = 10.0
BUSY_SECONDS = 10.0
STALL_SECONDS = 6.0
KEYS = 40
REPOSITORY = Path(__file__).resolve().parent.parent

GOALS = {
    "ratio_start_to_bare": 2.0,
    "ratio_start_cpu_to_bare": 2.0,
    "static_bytes_per_s": 0.0,
    "static_cpu_percent": 0.5,
    "key_median_ms": 20.0,
    "memory_mb": 80.0,
    "board_12_cells_bytes_per_s": 1_000.0,
    "board_12_cells_cpu_percent": 1.0,
    "board_leftover_cells": 0.0,
    "board_1000_runs_bytes_per_s": 4_000.0,
    "board_1000_runs_key_p95_ms": 30.0,
    "log_50_lines_bytes_per_s": 25_000.0,
    "ratio_event_p95_stalled_to_read": 1.5,
    "hang_up_s": 2.0,
}
"""Figure → the most it may be."""

BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("first useful frame")
Bare().run()
"""


Figures = dict[str, float]


@dataclass
class Place:
    """A workspace to measure in, and where its programs keep compiled modules."""

    workspace: Path
    bytecode: Path

    def control_room(self) -> AbstractAsyncContextManager[Terminal]:
        return running([sys.executable, "-m", "factory_tui", "-C", str(self.workspace), "--read-only"], self.bytecode)

    def bare(self) -> AbstractAsyncContextManager[Terminal]:
        return running([sys.executable, "-c", BARE], self.bytecode)

    @asynccontextmanager
    async def engine(self, count: int) -> AsyncIterator[tuple[Store, list[RunId]]]:
        """A new history with `count` runs at work, and the socket that tells of it."""
        for file in self.workspace.glob("runs.db*"):
            file.unlink()
        async with (
            await Store.open(self.workspace / "runs.db") as store,
            ControlServer(self.workspace, NoCommands(load(self.workspace)), store).listening(),  # type: ignore[arg-type]
        ):
            yield store, await fill(store, count)


@dataclass
class NoCommands:
    """The engine's side of the socket, for a viewer that gives no commands."""

    settings: Settings

    def info(self) -> EngineInfo:
        return EngineInfo(
            pid=1, epoch=1, started=datetime.now(UTC), workspace="", sandbox="", unsafe=False, model="twin", version=""
        )

    def settings_json(self) -> str:
        return self.settings.model_dump_json()


async def fill(store: Store, count: int) -> list[RunId]:
    """`count` runs at work."""
    batch = BatchId("b00000001")
    await store.open_batch(batch, MicroUsd(100_000_000))
    runs = []
    for number in range(count):
        run = RunId(f"r{number:08}")
        new = NewRun(
            run=run, batch=batch, spec=SpecId(f"work-{number:04}"), title=f"Piece of work {number}", spec_hash="h",
            spec_text="", target="targets/one", base="main", attempts=2, cap=MicroUsd(90_000_000),
        )  # fmt: skip
        await store.queue_run(new)
        await store.move_run(run, RunState.PREPARING)
        await store.start_attempt(run)
        await store.move_run(run, RunState.BUILDING)
        runs.append(run)
    return runs


async def work(store: Store, runs: list[RunId], per_second: float) -> None:
    """Turns without end at a steady pace, each of another run; turn, cost and last action change with each."""
    turns = dict.fromkeys(runs, 0)
    began, number = time.monotonic(), 0
    while True:
        run = runs[number * 7 % len(runs)]
        turns[run] = turn = turns[run] + 1
        await store.record_turn(run, 1, turn, "going on", Usage(input=900, output=90), MicroUsd(40_000))
        await store.record_tool_started(run, 1, turn, f"c{turn}", "bash", f"step {turn}")
        number += 1
        await asyncio.sleep(max(0.0, began + number / per_second - time.monotonic()))


@asynccontextmanager
async def going_on(store: Store, runs: list[RunId], turns_per_second: float) -> AsyncIterator[None]:
    task = asyncio.create_task(work(store, runs, turns_per_second))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def rates(terminal: Terminal, seconds: float) -> tuple[float, float]:
    """Bytes a second and percent of a processor, for a while."""
    received, cpu, began = terminal.received, terminal.cpu_seconds(), time.monotonic()
    await asyncio.sleep(seconds)
    took = time.monotonic() - began
    return (terminal.received - received) / took, (terminal.cpu_seconds() - cpu) / took * 100


async def answer_times(terminal: Terminal) -> list[float]:
    """Milliseconds from a key to the first byte, moving down and up."""
    times = []
    for number in range(KEYS):
        await asyncio.sleep(0.1)
        times.append(await terminal.answer("jjkk"[number % 4]) * 1000)
    return sorted(times)


def without_clocks(lines: Iterable[str]) -> list[str]:
    return [re.sub(r"\d:\d\d", "0:00", line) for line in lines]


def p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


# What the design's table asks for


async def start(place: Place) -> Figures:
    async def once(program: Callable[[], AbstractAsyncContextManager[Terminal]], text: str) -> tuple[float, float]:
        async with program() as terminal:
            return await terminal.until(text), terminal.cpu_seconds()

    await once(place.bare, "first useful frame")  # compiles
    await once(place.control_room, "rotate-logs")
    pairs = [
        (await once(place.bare, "first useful frame"), await once(place.control_room, "rotate-logs"))
        for _ in range(STARTS)
    ]
    return {
        "start_s": statistics.median(room[0] for _, room in pairs),
        "start_bare_textual_s": statistics.median(bare[0] for bare, _ in pairs),
        "ratio_start_to_bare": statistics.median(room[0] / bare[0] for bare, room in pairs),
        "ratio_start_cpu_to_bare": statistics.median(room[1] / bare[1] for bare, room in pairs),
    }


async def static(place: Place) -> Figures:
    async with place.control_room() as terminal:
        await terminal.until("rotate-logs")
        await terminal.quiet(2.0)
        sent, cpu = await rates(terminal, STATIC_SECONDS)
        times = await answer_times(terminal)
        return {
            "static_bytes_per_s": sent,
            "static_cpu_percent": cpu,
            "key_median_ms": statistics.median(times),
            "key_p95_ms": p95(times),
            "memory_mb": terminal.memory_mb(),
        }


async def board(place: Place) -> Figures:
    """Forty rows, four turns a second that change three cells each; then nothing may be left of what was before."""
    async with place.control_room() as terminal:
        async with place.engine(40) as (store, runs):
            await terminal.until("2 Board")
            terminal.press("2")
            await terminal.until("work-0001")
            async with going_on(store, runs, 4):
                await asyncio.sleep(3)
                sent, cpu = await rates(terminal, BUSY_SECONDS)
            await asyncio.sleep(1)
        await terminal.until("no engine")
        await terminal.quiet()
        kept = without_clocks(terminal.screen.display)
        left_over = differences(kept, without_clocks((await terminal.drawn_anew()).display))
        return {
            "board_12_cells_bytes_per_s": sent,
            "board_12_cells_cpu_percent": cpu,
            "board_leftover_cells": float(left_over),
        }


async def many(place: Place) -> Figures:
    """A thousand workstreams and a hundred events a second."""
    async with place.engine(1_000) as (store, runs), place.control_room() as terminal:
        await terminal.until("work-0001")
        async with going_on(store, runs, 50):
            await asyncio.sleep(3)
            sent, cpu = await rates(terminal, BUSY_SECONDS)
            times = await answer_times(terminal)
        return {
            "board_1000_runs_bytes_per_s": sent,
            "board_1000_runs_cpu_percent": cpu,
            "board_1000_runs_key_p95_ms": p95(times),
        }


async def live_log(place: Place) -> Figures:
    """The log of one run, fifty lines a second."""
    async with place.engine(1) as (store, runs), place.control_room() as terminal:
        await terminal.until("work-0000")
        terminal.press("\r")
        async with going_on(store, runs, 25):
            await terminal.until("step 50")
            sent, cpu = await rates(terminal, BUSY_SECONDS)
        return {"log_50_lines_bytes_per_s": sent, "log_50_lines_cpu_percent": cpu}


async def stalled(place: Place) -> Figures:
    """From a commit to another client's hearing of it, while a terminal reads, and while it hangs."""
    async with place.engine(1_000) as (store, runs), place.control_room() as terminal:
        await terminal.until("work-0001")

        async def measured() -> float:
            times: list[float] = []
            task = asyncio.create_task(hear(place, times))
            await asyncio.sleep(STALL_SECONDS)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return p95(times)

        async with going_on(store, runs, 50):
            read = await measured()
            terminal.stop_reading()
            for _ in range(400):
                terminal.press("Gg")
                await asyncio.sleep(0.002)
            hung = await measured()
            terminal.read_on()
            gone = await terminal.hang_up()
        return {
            "event_p95_read_ms": read,
            "event_p95_stalled_ms": hung,
            "ratio_event_p95_stalled_to_read": hung / read,
            "hang_up_s": gone,
        }


async def hear(place: Place, times: list[float]) -> None:
    """Milliseconds from each event's time to its arrival, from now on."""
    seq = Reader(place.workspace / "runs.db").last_seq()
    async with ControlClient.connect(place.workspace) as client:
        async for event in client.follow(seq):
            now = datetime.now(UTC)
            times.append((now - event.ts).total_seconds() * 1000)


async def _measure(place: Place) -> Figures:
    figures: Figures = {}
    for part in (start, static, board, many, live_log, stalled):
        figures |= await part(place)
    return figures


def measure() -> Figures:
    """Seconds, milliseconds, bytes a second, percent of one processor, megabytes, cells."""
    with tempfile.TemporaryDirectory(prefix="factory-tui-bench-") as directory:
        place = Place(Path(directory).resolve() / "workspace", Path(directory).resolve() / "bytecode")
        (place.workspace / ".factory").mkdir(parents=True, mode=0o700)
        for name in ("specs", "scenarios"):
            shutil.copytree(REPOSITORY / name, place.workspace / name)
        shutil.copy(REPOSITORY / "factory.toml", place.workspace)
        return asyncio.run(_measure(place))


if __name__ == "__main__":
    from run import table

    print(table({"ui": measure()}))
