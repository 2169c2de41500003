"""`status --watch`: the same lines again whenever something changed, drawn over the old ones."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from rich.cells import cell_len, set_cell_size

from factory_tui.control import ControlClient, ControlError
from factory_tui.model.foreign import clean

LEAST_PAUSE = 0.5
"""Seconds between two drawings."""

LOOK_SECONDS = 2.0
"""Pause between two looks for an engine while none runs."""

HOME, TO_LINE_END, TO_SCREEN_END = "\x1b[H", "\x1b[K", "\x1b[J"


def can_draw() -> bool:
    """Whether standard output is a terminal that knows how to draw over itself."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def draw(lines: list[str], size: os.terminal_size) -> None:
    """Print on a terminal from its upper left corner, cut to its size. Plain lines elsewhere."""
    cleaned = [clean(line) for line in lines]
    if not can_draw():
        print("\n".join(cleaned), flush=True)
        return
    text = "".join(f"{line}{TO_LINE_END}\r\n" for line in fitted(cleaned, size))
    sys.stdout.write(f"{HOME}{text}{TO_SCREEN_END}")
    sys.stdout.flush()


def fitted(lines: list[str], size: os.terminal_size) -> list[str]:
    """As many lines as a window shows above its last one, none wider than it; what is left out is counted."""
    room = max(1, size.lines - 1)
    if len(lines) > room:
        hidden = len(lines) - room + 1
        lines = [*lines[: room - 1], f"… {hidden} more lines; make the window taller"]
    return [line if cell_len(line) <= size.columns else f"{set_cell_size(line, size.columns - 1)}…" for line in lines]


async def whenever_it_changes(workspace: Path, last_seq: Callable[[], int]) -> AsyncIterator[None]:
    """Once at the start, then after events, at most every `LEAST_PAUSE`; survives an engine that goes and comes."""
    yield
    while True:
        seq = last_seq()
        try:
            async with ControlClient.connect(workspace) as client:
                changed = asyncio.Event()
                follower = asyncio.create_task(_tell(client, seq, changed))
                try:
                    while not follower.done():
                        waiting = asyncio.create_task(changed.wait())
                        await asyncio.wait({waiting, follower}, return_when=asyncio.FIRST_COMPLETED)
                        waiting.cancel()
                        changed.clear()
                        yield
                        await asyncio.sleep(LEAST_PAUSE)
                finally:
                    follower.cancel()
                    await asyncio.gather(follower, return_exceptions=True)
        except ControlError:
            pass
        await asyncio.sleep(LOOK_SECONDS)
        if last_seq() != seq:
            yield


async def _tell(client: ControlClient, seq: int, changed: asyncio.Event) -> None:
    async for _ in client.follow(seq):
        changed.set()
