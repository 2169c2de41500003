"""When the provider refuses everybody: all calls wait, one goes first, and the others follow when it is answered.

One object for all workstreams of an engine. Who waits has no money reserved, and its time does not count.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

PAUSES = (15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0)
"""Seconds before each next try while the provider does not say when; the last one repeats."""
LONGEST_HOLD = timedelta(hours=6)
"""The longest that a build waits in holds. Its sandbox has to live that much longer than its deadline."""
_LOOK_S = 30.0
"""The clock is read this often, since a machine that slept has missed its timers."""

OnStart = Callable[[datetime | None, str], Awaitable[None]]
OnEnd = Callable[[], Awaitable[None]]


class HeldTooLong(Exception):
    """The hold outlasted what a caller can wait for. The message is the provider's reason."""


@dataclass(slots=True)
class _Held:
    since: datetime
    why: str
    again: datetime
    """When the next call may try."""
    named: bool
    """`again` is the provider's word."""
    failed: int = 0
    """Calls that tried in vain since it began."""


class ProviderHold:
    """A hold that begins with a refusal, ends with the first answer, and is over too when nobody waits any more.

    Args:
        on_start: told the time until which the provider refuses (None when it does not say) and why; told again when
            either changes.
        on_end: told that it is over.
        pauses: seconds before each next try.
        now: aware UTC.
    """

    def __init__(
        self,
        on_start: OnStart | None = None,
        on_end: OnEnd | None = None,
        pauses: tuple[float, ...] = PAUSES,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._on_start, self._on_end, self._pauses = on_start, on_end, pauses
        self._now = now or (lambda: datetime.now(UTC))
        self._held: _Held | None = None
        self._named: _Held | None = None
        """The last one whose end the provider named: it binds later callers, also when those who waited are gone."""
        self._callers = 0
        self._somebody_tries = False
        self._total = timedelta()
        self._changed = asyncio.Event()
        self._telling = asyncio.Lock()
        self._told: tuple[datetime | None, str] | None = None

    def total(self) -> timedelta:
        """How long calls have been held in the life of this object, so far."""
        running = self._now() - self._held.since if self._held is not None else timedelta()
        return self._total + max(running, timedelta())

    def deadline(self, at: datetime, latest: datetime | None = None) -> "Deadline":
        """`at`, moved on by what is held from now on, but not beyond `latest`."""
        return Deadline(at, latest if latest is not None else at + LONGEST_HOLD, self, self.total())

    @asynccontextmanager
    async def caller(self) -> AsyncIterator["Caller"]:
        """Somebody who wants one answer, with as many tries as it takes."""
        self._callers += 1
        caller = Caller(self)
        try:
            yield caller
        finally:
            self._callers -= 1
            self._step_back(caller)
            if self._callers == 0:
                await self._end()

    async def wait(self, caller: "Caller", latest: datetime) -> None:
        self._remember_what_was_named()
        if self._held is not None:
            await self._tell()
        while (held := self._held) is not None and not caller.goes_first:
            now = self._now()
            if now >= latest:
                raise HeldTooLong(held.why)
            if not held.named:  # a clock that was set back must not make a pause longer
                held.again = min(held.again, self._again(held.failed, now, None))
            if now >= held.again and not self._somebody_tries:
                caller.goes_first = self._somebody_tries = True
                return
            wakes = latest if self._somebody_tries else min(held.again, latest)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(_LOOK_S, (wakes - now).total_seconds())):
                    await self._changed.wait()

    async def refuse(self, caller: "Caller", why: str, until: datetime | None) -> None:
        now, held = self._now(), self._held
        if held is None:
            self._held = _Held(now, why, self._again(0, now, until), until is not None)
        elif caller.goes_first:
            failed = held.failed + 1
            self._held = _Held(held.since, why, self._again(failed, now, until), until is not None, failed)
        elif until is not None and until > held.again:  # sent before the hold began, and it knows more
            self._held = _Held(held.since, why, until, True, held.failed)
        if until is not None:
            self._named = self._held
        self._step_back(caller)
        self._wake()
        await self._tell()

    async def accept(self, caller: "Caller") -> None:
        """An answer to a call that was sent before the hold began says nothing about the hold."""
        if caller.goes_first:
            self._named = None
            self._step_back(caller)
            await self._end()

    def must_wait(self, caller: "Caller") -> bool:
        return self._held is not None and not caller.goes_first

    def _again(self, failed: int, now: datetime, until: datetime | None) -> datetime:
        return until or now + timedelta(seconds=self._pauses[min(failed, len(self._pauses) - 1)])

    def _remember_what_was_named(self) -> None:
        now, named = self._now(), self._named
        if self._held is None and named is not None and now < named.again:
            self._held = _Held(now, named.why, named.again, True)

    def _step_back(self, caller: "Caller") -> None:
        """Let another go first, if it was this one's turn."""
        if caller.goes_first:
            caller.goes_first = self._somebody_tries = False
            self._wake()

    async def _end(self) -> None:
        if self._held is not None:
            self._total, self._held = self.total(), None
            self._wake()
            await self._tell()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _news(self) -> tuple[datetime | None, str] | None:
        held = self._held
        return (held.again if held.named else None, held.why) if held is not None else None

    async def _tell(self) -> None:
        """Shielded, so that a cancelled call leaves nobody with half the story."""
        if self._news() != self._told:
            await asyncio.shield(self._tell_now())

    async def _tell_now(self) -> None:
        """Whatever is true by now: who comes second has nothing to say any more."""
        async with self._telling:
            news = self._news()
            if news == self._told:
                return
            self._told = news
            if news is None:
                if self._on_end is not None:
                    await self._on_end()
            elif self._on_start is not None:
                await self._on_start(*news)


@dataclass(slots=True, eq=False)
class Caller:
    """One call and its tries, as the hold knows it."""

    hold: ProviderHold
    goes_first: bool = False
    """It tries while the others wait."""

    @property
    def must_wait(self) -> bool:
        """A hold is on, and somebody else goes first."""
        return self.hold.must_wait(self)

    async def wait(self, latest: datetime) -> None:
        """Until this call may be sent.

        Raises:
            HeldTooLong: `latest` came first.
        """
        await self.hold.wait(self, latest)

    async def refused(self, why: str, until: datetime | None) -> None:
        """The provider refuses everybody, until a time if it names one."""
        await self.hold.refuse(self, why, until)

    async def answered(self) -> None:
        """The provider answered this call."""
        await self.hold.accept(self)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment that moves on while calls are held."""

    at: datetime
    latest: datetime
    """Never later than this: the sandbox of the build ends soon after."""
    hold: ProviderHold
    held_before: timedelta

    def moved(self) -> datetime:
        """When it comes, as far as is known now."""
        return min(self.at + self.hold.total() - self.held_before, self.latest)
