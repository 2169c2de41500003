"""News of files that another program changed: specs, scenarios, templates and the configuration."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence, Set
from pathlib import Path

from factory_tui.config import FILE_NAME

DEBOUNCE_MS = 200
"""Changes within this time are one piece of news. A save of most editors is three or four."""

LOOK_AGAIN_SECONDS = 10.0
"""Pause before folders are looked for again that cannot be watched, or do not exist."""

Paths = frozenset[Path]


async def changed_files(workspace: Path, folders: Callable[[], Sequence[Path]]) -> AsyncIterator[Paths]:
    """What changed below these folders, and the configuration, without end.

    Args:
        workspace: absolute. It is watched itself, not what is below it: the folders may come and go.
        folders: asked again whenever something at the top of the workspace came or went.
    """
    awatch = await asyncio.to_thread(_watcher)
    found: asyncio.Queue[Paths] = asyncio.Queue()
    again = asyncio.Event()

    async def follow_top() -> None:
        wanted = {FILE_NAME}
        while True:
            names = wanted | {each.name for each in await asyncio.to_thread(folders)}
            try:
                async for changes in awatch(
                    workspace,
                    recursive=False,
                    watch_filter=lambda _, path: Path(path).name in names,  # noqa: B023 it is used in this turn only
                    debounce=DEBOUNCE_MS,
                    rust_timeout=60_000,
                ):
                    paths = frozenset(Path(path) for _, path in changes)
                    found.put_nowait(paths)
                    if any(path.name != FILE_NAME for path in paths):
                        again.set()
            except (OSError, RuntimeError):
                pass  # no watches left on this machine: files are still compared when a screen asks
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def follow_folders() -> None:
        while True:
            again.clear()
            there = [each for each in await asyncio.to_thread(folders) if each.is_dir()]
            if there:
                try:
                    async for changes in awatch(*there, debounce=DEBOUNCE_MS, rust_timeout=60_000, stop_event=again):
                        found.put_nowait(frozenset(Path(path) for _, path in changes))
                except (OSError, RuntimeError):
                    pass
            try:
                async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                    await again.wait()
            except TimeoutError:
                continue

    tasks = [asyncio.create_task(follow_top()), asyncio.create_task(follow_folders())]
    try:
        while True:
            yield await found.get()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _watcher() -> Callable[..., AsyncIterator[Set[tuple[object, str]]]]:
    """Imported when it is needed, and not in the loop that draws."""
    from watchfiles import awatch

    return awatch
