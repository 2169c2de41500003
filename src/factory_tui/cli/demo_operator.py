"""What a demonstration without a control room does in the operator's place: it cancels the build that never ends."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from factory_tui.control import ControlClient, ControlError
from factory_tui.model.event import Event

ENDLESS = "manual-index"
"""A bundled spec whose agent waits for a process that never ends."""

PATIENCE_S = 6.0
"""How long the operator looks at a build that prints nothing."""

_WAITS_IN_TURN = 2


async def cancel_the_endless_build(workspace: Path, tell: Callable[[str], None]) -> None:
    """Cancel it some seconds after it began to wait. Returns when that is done, or when the engine ends."""
    async with ControlClient.connect(workspace) as watching:
        run = await anext((event.run async for event in watching.follow() if _begins_to_wait(event)), None)
    if run is None:
        return
    await asyncio.sleep(PATIENCE_S)
    tell(f"the operator  {ENDLESS} waits and prints nothing: `cancel {run}`, its work is kept")
    try:
        async with ControlClient.connect(workspace) as client:
            await client.cancel(run)
    except ControlError as error:
        tell(f"the operator  {ENDLESS} is not cancelled: {error}")


def _begins_to_wait(event: Event) -> bool:
    return event.type == "tool.started" and event.spec == ENDLESS and event.data.get("turn") == _WAITS_IN_TURN
