"""Versions of specs that became Ready while no engine ran, on their way into the history."""

import asyncio
import logging

from factory_tui.engine.plant import Plant
from factory_tui.store import Store
from factory_tui.store.inbox import Inbox, Refused, Waiting

AT_ONCE = 100
"""Versions that are committed together."""

log = logging.getLogger(__name__)


async def record_versions(plant: Plant) -> None:
    """Record what waits in files, then remove each file: after a crash between the two it is recorded once more.

    What is no version is set aside under another name, and the engine's log says why.
    """
    found = await asyncio.to_thread(Inbox(plant.workspace).look)
    for first in range(0, len(found), AT_ONCE):
        await asyncio.gather(*(_take_in(each, plant.store) for each in found[first : first + AT_ONCE]))


async def _take_in(each: Waiting | Refused, store: Store) -> None:
    if isinstance(each, Waiting):
        try:
            await store.record_version(each.version)
        except ValueError as error:
            each = Refused(each.path, f"it is no version: {error}")
    try:
        if isinstance(each, Waiting):
            each.remove()
        else:
            log.warning("%s: %s; it is kept as %s", each.path, each.why, each.set_aside().name)
    except OSError as error:
        log.warning("%s: it stays where it is: %s", each.path, error.strerror)
