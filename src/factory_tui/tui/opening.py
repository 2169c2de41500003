"""Opening the control room on a workspace."""

import asyncio
import gc
from pathlib import Path

from factory_tui.config import Settings
from factory_tui.model.run import LIVE
from factory_tui.tui.actions import Where
from factory_tui.tui.app import ControlRoom
from factory_tui.tui.driver import LineDriver
from factory_tui.tui.live import LiveSource
from factory_tui.tui.source import Source, SourceError

COLLECT_AFTER = 20_000
"""New objects until the collector looks at them; Python's 700 are fewer than one screen makes."""


def open_room(
    workspace: Path, settings: Settings, *, read_only: bool, start_batch: bool, preparing: Path | None
) -> int:
    """See `factory_tui.tui.run_app`."""
    source = LiveSource(workspace, settings, read_only=read_only)
    first = Where.BOARD if start_batch else first_screen(source)
    room = ControlRoom(source, first=first, start_batch=start_batch, preparing=preparing, bell=settings.notify.bell)
    if room.driver_class in LineDriver.__bases__:  # TEXTUAL_DRIVER may name another one
        room.driver_class = LineDriver
    # What was imported until here stays; a collection that looks through it costs as much as several screens.
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 10, 10)
    gc.enable()
    try:
        room.run(mouse=False)
        return room.return_code or 0
    finally:
        asyncio.run(source.close())


def first_screen(source: Source) -> Where:
    """The board when something is at work or needs the operator, else the specs."""
    try:
        board = asyncio.run(source.board())
    except SourceError:
        return Where.SPECS  # the screen itself will say what is wrong
    return Where.BOARD if any(row.needs_me or row.state in LIVE for row in board.rows) else Where.SPECS
