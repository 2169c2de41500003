"""Versions of specs that became Ready while no engine ran, on their way into the history."""

import asyncio
import logging

from factory_tui.engine.plant import Plant
from factory_tui.store.inbox import Inbox, Refused

log = logging.getLogger(__name__)


async def record_versions(plant: Plant) -> None:
    """Record what waits in files, then remove each file: after a crash between the two it is recorded once more.

    What is no version is set aside under another name, and the engine's log says why.
    """
    for each in await asyncio.to_thread(Inbox(plant.workspace, thorough=True).look):
        try:
            if isinstance(each, Refused):
                log.warning("%s: %s; it is kept as %s", each.path, each.why, each.set_aside().name)
            else:
                await plant.store.record_version(each.version)
                await asyncio.to_thread(each.remove)
        except OSError as error:
            log.warning("%s: it stays where it is: %s", each.path, error.strerror)
