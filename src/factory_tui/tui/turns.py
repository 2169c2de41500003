"""Keys in their turn: each is given out when whatever the one before it did is done.

A terminal sends what was typed in packets, over a slow line in large ones. Textual hands every key of a packet to the
widget that has the focus when the packet comes, so that of `/run` the letters would act on the list before the filter
is there to take them: `r` would mark a spec Ready.
"""

from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial

from textual import events
from textual.app import App
from textual.message_pump import MessagePump

STUCK_SECONDS = 0.3
"""A key whose widget went away before it had dealt with it holds up the next one for this long."""

_LAPS = 4
"""Times that the queues above a widget are passed. The key itself climbs once; what it makes a widget say (`Submitted`)
climbs behind it, what that makes the screen do (a change of focus) waits in the app's queue."""


class Turns:
    """Gives keys out one at a time.

    Args:
        app: whose keys these are.
        give: hands a key to whoever has the focus now.
    """

    def __init__(self, app: App[int], give: Callable[[events.Key], Awaitable[None]]) -> None:
        self._app, self._give = app, give
        self._waiting: deque[events.Key] = deque()
        self._turn = 0
        self._busy = False

    async def take(self, key: events.Key) -> None:
        """A key from the terminal: given out now, or after those that wait."""
        self._waiting.append(key)
        if self._busy:
            self._app.set_timer(STUCK_SECONDS, partial(self._next, self._turn))
        else:
            await self._next(self._turn)

    async def _next(self, turn: int) -> None:
        """End a turn that has not ended yet, and begin the next one."""
        if turn != self._turn:
            return
        self._turn += 1
        self._busy = bool(self._waiting)
        if not self._waiting:
            return
        target = self._app.focused or self._app.screen
        await self._give(self._waiting.popleft())
        self._climb([*target.ancestors_with_self] * _LAPS, self._turn)

    def _climb(self, above: list[MessagePump], turn: int) -> None:
        while above:
            node, *above = above
            if node.call_later(self._climb, above, turn):
                return
        self._app.call_later(self._next, turn)
