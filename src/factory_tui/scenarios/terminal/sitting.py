"""Somebody at a terminal: sends keys, sees the screen, waits for it to change. Every wait has an end."""

import asyncio
import time
from collections.abc import Callable

from factory_tui.sandbox.port import Terminal
from factory_tui.scenarios.matching.matchers import Mismatch
from factory_tui.scenarios.terminal.emulator import Emulator, Undrawable
from factory_tui.scenarios.terminal.keys import ESCAPE, bytes_of

WRITTEN_CAP = 32 << 20
"""Bytes that a program may write in one sitting; about a thousand screens drawn anew."""

PIECE = 32 * 1024
"""Bytes drawn at a time: about a tenth of a second."""

QUIET_S = 0.1
"""The screen is looked at when nothing was written for this long, so that half of it is not taken for the whole."""

BREATH_S = 0.02
"""Between two questions to a sandbox that answers at once that there is nothing."""

OVERTIME_S = 2.0
"""For drawing what was taken before the sitting was over."""

LONGEST_SETTLING_S = 1.0
"""A program that never pauses is looked at after this long."""

ESCAPE_PAUSE_S = 0.15
"""After Escape: programs tell the key from the start of a sequence by the time that passes."""

Judge = Callable[[str], list[Mismatch]]
"""The screen's text → what does not hold."""


class Spoiled(Exception):
    """What the program does leaves nothing to look at or to type into."""

    def __init__(self, mismatch: Mismatch) -> None:
        super().__init__(mismatch.check)
        self.mismatch = mismatch


class Sitting:
    """One program in a terminal, from its start on.

    Args:
        terminal: just opened.
        emulator: of the same size.
        timeout_s: longest time of the sitting; every wait ends with it.

    Raises:
        Spoiled: by any method that waits or types.
    """

    def __init__(self, terminal: Terminal, emulator: Emulator, timeout_s: float) -> None:
        self._terminal, self._emulator = terminal, emulator
        self._started = time.monotonic()
        self._deadline = self._started + timeout_s
        self._written = 0
        self.text = ""
        """The screen as it was last drawn."""
        self.exit_code: int | None = None
        """Once the program has ended and everything that it wrote is drawn."""

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started

    async def press(self, key: str) -> None:
        """Send a key by its name, in the mode that the program has asked for.

        Raises:
            UnknownKey: there is no such key.
        """
        await self._drawn(0.0)
        await self._send(bytes_of(key, application=self._emulator.application_keys))
        if key.lower() == ESCAPE:
            await asyncio.sleep(ESCAPE_PAUSE_S)

    async def type(self, text: str) -> None:
        """Send text; the end of a line is the enter key."""
        await self._send(text.replace("\r\n", "\n").replace("\n", "\r").encode("utf-8", errors="replace"))

    async def resize(self, columns: int, rows: int) -> None:
        self._emulator.resize(columns, rows)
        self.text = self._emulator.text
        await self._terminal.resize(columns, rows)

    async def wait_for(self, judge: Judge, within: float | None = None) -> list[Mismatch]:
        """Empty as soon as nothing is wrong with the screen; what is wrong when the bound is over or the program.

        Args:
            judge: asked whenever the screen has come to rest.
            within: seconds; never longer than the sitting may last.
        """
        end = self._deadline if within is None else min(self._deadline, time.monotonic() + within)
        while True:
            await self._settle()
            text = self.text
            wrong = await asyncio.to_thread(judge, text)
            if not wrong:
                return []
            while self.text == text and self.exit_code is None and time.monotonic() < end:
                await self._drawn(end - time.monotonic())
            if self.text == text:
                return wrong

    async def rest(self) -> None:
        """Until the screen has come to rest; one that is empty has a moment to get something on it."""
        empty = Mismatch("screen", "anything", "an empty screen")
        await self.wait_for(lambda text: [] if text else [empty], LONGEST_SETTLING_S)

    async def end(self) -> int | None:
        """The exit code when the program ends by itself before the sitting is over."""
        while self.exit_code is None and time.monotonic() < self._deadline:
            await self._drawn(self._deadline - time.monotonic())
        return self.exit_code

    async def close(self) -> None:
        """Kill what still runs."""
        await self._terminal.stop()

    async def _settle(self) -> None:
        latest = min(self._deadline, time.monotonic() + LONGEST_SETTLING_S)
        while self.exit_code is None and time.monotonic() < latest:
            if not await self._drawn(QUIET_S):
                return

    async def _drawn(self, wait_s: float) -> bool:
        """Draw what was written by now, or is within `wait_s`; whether there was anything."""
        if self.exit_code is not None:
            return False
        asked = time.monotonic()
        piece = await self._terminal.take(wait_s, cap=PIECE)
        if not piece.data and piece.exit_code is None and time.monotonic() - asked < min(wait_s, BREATH_S):
            await asyncio.sleep(BREATH_S)  # a sandbox too full for one more thread does not wait by itself
        if piece.data:
            self._written += len(piece.data)
            if self._written > WRITTEN_CAP:
                raise Spoiled(Mismatch("screen size", f"at most {WRITTEN_CAP} bytes written to the terminal", "more"))
            try:
                answers = await asyncio.to_thread(self._draw, piece.data)
            except Undrawable as error:
                raise Spoiled(Mismatch("screen", "output that a terminal can draw", f"{error}\n{self.text}")) from None
            if answers:
                await self._terminal.type(answers)
        self.exit_code = piece.exit_code
        return bool(piece.data)

    def _draw(self, data: bytes) -> bytes:
        answers = self._emulator.feed(data, self._deadline + OVERTIME_S)
        self.text = self._emulator.text
        return answers

    async def _send(self, keys: bytes) -> None:
        if self.exit_code is not None:
            return
        if time.monotonic() >= self._deadline:
            raise Spoiled(Mismatch("timeout", "everything is done in time", f"keys were left\n{self.text}"))
        if await self._terminal.type(keys) < len(keys):
            raise Spoiled(Mismatch("keys", "a program that reads what is typed", f"it reads nothing\n{self.text}"))
