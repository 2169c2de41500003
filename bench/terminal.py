"""A program in a pseudo terminal that a benchmark reads, times and weighs."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import ptyprocess
import pyte

ROWS, COLUMNS = 40, 120


@dataclass
class Terminal:
    """A program in a pseudo terminal of 120×40, and what it wrote.

    Args:
        argv: the program.
        bytecode: where it finds and leaves compiled modules, as an installed one does.
    """

    argv: list[str]
    bytecode: Path
    screen: pyte.Screen = field(default_factory=lambda: pyte.Screen(COLUMNS, ROWS))
    received: int = 0

    def __post_init__(self) -> None:
        self._stream = pyte.ByteStream(self.screen)
        left_out = ("NO_COLOR", "PYTHONDONTWRITEBYTECODE")
        environment = {name: value for name, value in os.environ.items() if name not in left_out}
        environment |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPYCACHEPREFIX": str(self.bytecode)}
        self.began = time.monotonic()
        self._process = ptyprocess.PtyProcess.spawn(self.argv, dimensions=(ROWS, COLUMNS), env=environment)
        self._news = asyncio.Event()
        self.read_on()

    def read_on(self) -> None:
        asyncio.get_running_loop().add_reader(self._process.fd, self._read)

    def stop_reading(self) -> None:
        """Be a terminal that hangs: what the program writes fills the line and stays there."""
        asyncio.get_running_loop().remove_reader(self._process.fd)

    def _read(self) -> None:
        try:
            data = os.read(self._process.fd, 1 << 16)
        except OSError:
            data = b""
        if not data:
            self.stop_reading()
            return
        self.received += len(data)
        self._stream.feed(data)
        self._news.set()

    async def until(self, text: str, seconds: float = 60) -> float:
        """Seconds since the start when `text` was first on the screen."""
        async with asyncio.timeout(seconds):
            while not any(text in line for line in self.screen.display):
                self._news.clear()
                await self._news.wait()
        return time.monotonic() - self.began

    async def quiet(self, seconds: float = 1.0) -> None:
        """Wait until nothing has come for a while."""
        while True:
            before = self.received
            await asyncio.sleep(seconds)
            if self.received == before:
                return

    def press(self, keys: str) -> None:
        self._process.write(keys.encode())

    async def answer(self, key: str) -> float:
        """Seconds from a key to the first byte."""
        self._news.clear()
        began = time.monotonic()
        self.press(key)
        async with asyncio.timeout(5):
            await self._news.wait()
        return time.monotonic() - began

    async def drawn_anew(self) -> pyte.Screen:
        """What the program draws on an empty screen: the size changes and changes back."""
        self._process.setwinsize(ROWS - 1, COLUMNS)
        await self.quiet()
        self.screen.reset()
        self._process.setwinsize(ROWS, COLUMNS)
        await self.quiet()
        return self.screen

    def cpu_seconds(self) -> float:
        """Time on a processor, of all its threads."""
        tasks = Path(f"/proc/{self._process.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def memory_mb(self) -> float:
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))

    async def hang_up(self) -> float:
        """Close the line, as a lost connection does; seconds until the program is gone."""
        self.stop_reading()
        began = time.monotonic()
        os.close(self._process.fd)
        async with asyncio.timeout(30):
            await asyncio.to_thread(os.waitpid, self._process.pid, 0)
        self._process.closed = self._process.terminated = True
        return time.monotonic() - began

    def close(self) -> None:
        if not self._process.closed:
            self.stop_reading()
            self._process.kill(signal.SIGKILL)
            self._process.close(force=True)


@asynccontextmanager
async def running(argv: list[str], bytecode: Path) -> AsyncIterator[Terminal]:
    terminal = Terminal(argv, bytecode)
    try:
        yield terminal
    finally:
        terminal.close()


def differences(one: list[str], other: list[str]) -> int:
    """Cells in which two screens differ."""
    return sum(a != b for first, second in zip(one, other, strict=True) for a, b in zip(first, second, strict=False))
