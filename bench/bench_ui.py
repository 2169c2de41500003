"""The control room over a line: start, bytes on a static and on a busy screen, and how soon a key is answered.

Driven in a pseudo terminal of 120×40. The start is compared with a bare Textual app in the same run; the busy board is
fed through a real store and a real control socket.
"""

import asyncio
import os
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import ptyprocess
import pyte

from factory_tui.config import Settings, load
from factory_tui.control.protocol import RunAnswer
from factory_tui.engine.server import ControlServer
from factory_tui.model.ids import BatchId, RunId, SpecId
from factory_tui.model.money import MicroUsd
from factory_tui.model.run import RunState
from factory_tui.model.usage import Usage
from factory_tui.model.views import EngineInfo
from factory_tui.store import NewRun
from factory_tui.store.store import Store

ROWS, COLUMNS = 40, 120
STARTS = 5
STATIC_SECONDS = 5.0
BUSY_SECONDS = 8.0
KEYS = 40
REPOSITORY = Path(__file__).resolve().parent.parent

BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("first useful frame")
Bare().run()
"""

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Terminal:
    """A program in a pseudo terminal, and what it wrote."""

    argv: list[str]
    screen: pyte.Screen = field(default_factory=lambda: pyte.Screen(COLUMNS, ROWS))
    received: int = 0

    def __post_init__(self) -> None:
        self._stream = pyte.ByteStream(self.screen)
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        environment.pop("NO_COLOR", None)
        self.began = time.monotonic()
        self._process = ptyprocess.PtyProcess.spawn(self.argv, dimensions=(ROWS, COLUMNS), env=environment)
        self._waiting: asyncio.Event = asyncio.Event()
        asyncio.get_running_loop().add_reader(self._process.fd, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self._process.fd, 1 << 16)
        except OSError:
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._process.fd)
            return
        self.received += len(data)
        self._stream.feed(data)
        self._waiting.set()

    async def until(self, text: str, seconds: float = 30) -> float:
        """Seconds since the start when `text` was first on the screen."""
        async with asyncio.timeout(seconds):
            while not any(text in line for line in self.screen.display):
                self._waiting.clear()
                await self._waiting.wait()
        return time.monotonic() - self.began

    async def quiet(self, seconds: float = 1.0) -> None:
        """Wait until nothing has come for a while."""
        while True:
            before = self.received
            await asyncio.sleep(seconds)
            if self.received == before:
                return

    async def answer(self, key: str) -> float:
        """Seconds from a key to the first byte."""
        self._waiting.clear()
        began = time.monotonic()
        self._process.write(key.encode())
        async with asyncio.timeout(5):
            await self._waiting.wait()
        return time.monotonic() - began

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mb(self) -> float:
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._process.fd)
        self._process.kill(signal.SIGKILL)
        self._process.close(force=True)


@asynccontextmanager
async def running(argv: list[str]) -> AsyncIterator[Terminal]:
    terminal = Terminal(argv)
    try:
        yield terminal
    finally:
        terminal.close()


def control_room(workspace: Path) -> list[str]:
    return [sys.executable, "-m", "factory_tui", "-C", str(workspace), "--read-only"]


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

    async def run(self, specs: tuple[str, ...]) -> RunAnswer:
        return RunAnswer(batch=None, runs=())

    async def cancel(self, run: str) -> None: ...

    async def retry(self, run: str) -> str:
        return run

    async def stop(self) -> None: ...


async def fill(store: Store, count: int) -> list[RunId]:
    """`count` runs at work."""
    batch = BatchId("b00000001")
    await store.open_batch(batch, MicroUsd(100_000_000))
    runs = []
    for number in range(count):
        run = RunId(f"r{number:08}")
        new = NewRun(
            run=run, batch=batch, spec=SpecId(f"work-{number:04}"), title=f"Piece of work {number}", spec_hash="h",
            spec_text="", target="targets/one", base="main", attempts=2, cap=MicroUsd(2_000_000),
        )  # fmt: skip
        await store.queue_run(new)
        await store.move_run(run, RunState.PREPARING)
        await store.start_attempt(run)
        await store.move_run(run, RunState.BUILDING)
        runs.append(run)
    return runs


async def work(store: Store, runs: list[RunId], per_second: float, seconds: float) -> None:
    """Finish turns at a steady pace, each of another run."""
    turns = dict.fromkeys(runs, 0)
    began, number = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        run = runs[number * 7 % len(runs)]
        turns[run] += 1
        await store.record_turn(run, 1, turns[run], "going on", Usage(input=900, output=90), MicroUsd(4_000))
        number += 1
        await asyncio.sleep(max(0.0, began + number / per_second - time.monotonic()))


async def start_times(workspace: Path) -> dict[str, float]:
    async def median(argv: list[str], text: str) -> float:
        times = []
        for _ in range(STARTS):
            async with running(argv) as terminal:
                times.append(await terminal.until(text))
        return statistics.median(times)

    bare = await median([sys.executable, "-c", BARE], "first useful frame")
    room = await median(control_room(workspace), "rotate-logs")
    return {"start_s": room, "start_bare_textual_s": bare, "ratio_start_to_bare": room / bare}


async def static_screen(workspace: Path) -> dict[str, float]:
    async with running(control_room(workspace)) as terminal:
        await terminal.until("rotate-logs")
        await terminal.quiet()
        bytes_before, cpu_before = terminal.received, terminal.cpu_seconds()
        await asyncio.sleep(STATIC_SECONDS)
        static = (terminal.received - bytes_before) / STATIC_SECONDS
        cpu = (terminal.cpu_seconds() - cpu_before) / STATIC_SECONDS * 100
        times = await answer_times(terminal)
        return {
            "static_bytes_per_s": static,
            "static_cpu_percent": cpu,
            "key_median_ms": statistics.median(times),
            "key_p95_ms": sorted(times)[int(len(times) * 0.95)],
            "memory_mb": terminal.memory_mb(),
        }


async def answer_times(terminal: Terminal, pause: float = 0.1) -> list[float]:
    """Milliseconds from a key to the first byte, moving down and up."""
    times = []
    for number in range(KEYS):
        await asyncio.sleep(pause)
        times.append(await terminal.answer("jjkk"[number % 4]) * 1000)
    return times


async def busy_board(workspace: Path, count: int, per_second: float, name: str, keys: bool = False) -> dict[str, float]:
    settings = load(workspace)
    (workspace / "runs.db").unlink(missing_ok=True)
    async with (
        await Store.open(workspace / "runs.db") as store,
        ControlServer(workspace, NoCommands(settings), store).listening(),
    ):
        runs = await fill(store, count)
        async with running(control_room(workspace)) as terminal:
            await terminal.until("work-0001", 60)
            # Away from the running clock of the focused row: the budget is about the cells that change.
            load_task = asyncio.create_task(work(store, runs, per_second, BUSY_SECONDS + 20))
            await asyncio.sleep(2)
            bytes_before, cpu_before, began = terminal.received, terminal.cpu_seconds(), time.monotonic()
            await asyncio.sleep(BUSY_SECONDS)
            seconds = time.monotonic() - began
            figures = {
                f"{name}_bytes_per_s": (terminal.received - bytes_before) / seconds,
                f"{name}_cpu_percent": (terminal.cpu_seconds() - cpu_before) / seconds * 100,
            }
            if keys:
                times = await answer_times(terminal)
                figures[f"{name}_key_p95_ms"] = sorted(times)[int(len(times) * 0.95)]
            load_task.cancel()
            await asyncio.gather(load_task, return_exceptions=True)
            return figures


async def _measure(workspace: Path) -> dict[str, float]:
    figures = await start_times(workspace)
    figures |= await static_screen(workspace)
    figures |= await busy_board(workspace, 40, 4, "board_40_runs_4_turns_per_s")
    figures |= await busy_board(workspace, 1_000, 100, "board_1000_runs_100_events_per_s", keys=True)
    return figures


def measure() -> dict[str, float]:
    """Seconds, milliseconds, bytes a second, percent of one CPU, megabytes."""
    with tempfile.TemporaryDirectory(prefix="factory-tui-bench-") as directory:
        workspace = Path(directory).resolve()
        for name in ("specs", "scenarios"):
            shutil.copytree(REPOSITORY / name, workspace / name)
        shutil.copy(REPOSITORY / "factory.toml", workspace)
        (workspace / ".factory").mkdir(mode=0o700)
        return asyncio.run(_measure(workspace))


if __name__ == "__main__":
    for figure, value in measure().items():
        print(f"{figure:<45} {value:12.3f}")
