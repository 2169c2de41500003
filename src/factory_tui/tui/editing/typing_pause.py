"""Work that follows typing: done in its pauses, one at a time, never for each key."""

import asyncio
import time
from collections.abc import Awaitable, Callable


class TypingPause:
    """Does something once nothing was typed for a while."""

    def __init__(self, pause: float, act: Callable[[], Awaitable[None]], longest: float = float("inf")) -> None:
        """
        Args:
            pause: seconds without a key.
            act: the work; what is typed meanwhile is followed by another pause.
            longest: seconds of typing after which it is done all the same.
        """
        self._pause, self._act, self._longest = pause, act, longest
        self._touched = asyncio.Event()
        self._working = False

    def touch(self) -> None:
        """Something was typed."""
        self._touched.set()

    @property
    def is_done(self) -> bool:
        """True while nothing is left to do."""
        return not self._touched.is_set() and not self._working

    async def follow(self) -> None:
        """Without end."""
        while True:
            await self._touched.wait()
            self._working, started = True, time.monotonic()
            while self._touched.is_set() and time.monotonic() - started < self._longest:
                self._touched.clear()
                await asyncio.sleep(self._pause)
            self._touched.clear()
            await self._act()
            self._working = False
