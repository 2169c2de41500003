"""News from a file: the last line of what prepares the workspace, until the file disappears."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from factory_tui.model.foreign import clean_line

PAUSE = 0.5
"""Seconds between two looks at the file."""

TAIL = 4096
"""Bytes read from its end."""


async def preparation(path: Path) -> AsyncIterator[str]:
    """The last line of the file, each time it is another one; ends when the file is gone."""
    before = None
    while True:
        text = await asyncio.to_thread(last_line, path)
        if text is None:
            return
        if text != before:
            before = text
            yield text
        await asyncio.sleep(PAUSE)


def last_line(path: Path) -> str | None:
    """The last line that is not blank, cleaned; None when there is no such file."""
    try:
        with path.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - TAIL))
            lines = file.read().decode("utf-8", errors="replace").splitlines()
    except OSError:
        return None
    return next((clean_line(each) for each in reversed(lines) if each.strip()), "…")
