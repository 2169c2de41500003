"""The one way to a model: the real client, our own retries, the provider's holds, and the ledger around every try.

What the client may not do by itself is in `agents.client`.
"""

import asyncio
import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

from factory_tui.agents.answer import BrokenAnswer, StreamedAnswer
from factory_tui.agents.client import make_client
from factory_tui.agents.hold import Caller, Deadline, HeldTooLong, ProviderHold
from factory_tui.agents.key import NO_KEY_NEEDED, ApiKey
from factory_tui.agents.trouble import Trouble, trouble_of
from factory_tui.agents.wire import Counted, ModelAnswer, ModelCallFailed, ModelRequest
from factory_tui.config import Model
from factory_tui.ledger import Book, CapExceeded, PriceList, Reservation, cost, input_bound, worst_case
from factory_tui.model.build import BuildEnd
from factory_tui.model.money import NOTHING, MicroUsd, show_usd

HOLDS_WORTH = 3
"""A service that is down for all may lose this many times the tries of one call: each may have cost money."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long one call tries again by itself, before it is a hold for all."""

    tries: int = 5
    first_pause_s: float = 1.0
    """Doubled after every try."""
    longest_pause_s: float = 60.0
    hold_from_s: float = 5.0
    """A service that asks to wait this long or longer means every call, so all of them wait where it can be seen."""

    def pause(self, failed: int, retry_after: float | None) -> float:
        """Seconds before the next try, after `failed` of them."""
        if retry_after is not None:
            return retry_after
        return min(self.longest_pause_s, self.first_pause_s * 2.0 ** (failed - 1))


class _HeldUp(Exception):
    """A hold began while the call waited for its money; nothing was sent."""


@dataclass(slots=True)
class _Call:
    """One turn on its way to an answer."""

    request: ModelRequest
    body: dict[str, Any]
    size: int
    book: Book
    deadline: Deadline
    caller: Caller
    failed: int = 0
    """Tries in a row since the last hold."""
    broken: int = 0
    """Tries that may have been charged for nothing; a hold does not make them undone."""
    lost: MicroUsd = NOTHING
    last: str = ""


class ModelGateway:
    """Asks a model for turns. Building one imports the SDK, which takes about a second."""

    def __init__(
        self,
        settings: Model,
        prices: PriceList,
        key: ApiKey | None,
        base_url: str,
        retry: RetryPolicy | None = None,
        now: Callable[[], datetime] | None = None,
        hold: ProviderHold | None = None,
    ) -> None:
        self.prices = prices
        self.hold = hold or ProviderHold(now=now)
        self._timeout_s = settings.timeout_s
        self.is_twin = settings.is_twin
        self._key = key or NO_KEY_NEEDED
        self._retry = retry or RetryPolicy()
        self._now = now or (lambda: datetime.now(UTC))
        self._client = make_client(self._key, base_url, settings.timeout_s)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._client.close()

    async def ask(self, request: ModelRequest, book: Book) -> ModelAnswer:
        """One turn. Every try is reserved, sent and then settled, presumed or released in `book`.

        While the provider refuses everybody this waits, without money reserved, and goes on when it is over; a
        request that does not wait ends then.

        Raises:
            ModelCallFailed: the service refused, broke more often than the policy allows, the deadline came, or the
                worst case does not fit under a cap.
            UnknownModel: there is no price for the model.
        """
        body = _body(request)
        size = _size(body)
        deadline = self.hold.deadline(request.deadline, request.latest)
        async with self.hold.caller() as caller:
            call = _Call(request, body, size, book, deadline, caller)
            while True:
                await self._wait_for_turn(call)
                try:
                    answer = await self._try_once(call)
                except CapExceeded as refusal:
                    raise _over_the_cap(call, refusal) from refusal
                except _HeldUp:
                    continue
                except Trouble as trouble:
                    call.failed += 1
                    call.last = trouble.what
                    call.lost = MicroUsd(call.lost + trouble.lost)
                    await self._pause_hold_or_give_up(call, trouble)
                else:
                    await caller.answered()
                    return answer

    def most(self, request: ModelRequest) -> MicroUsd:
        """What one try of `request` may cost at most, as it would be reserved. Raises `UnknownModel`."""
        return self._worst_case(request, _size(_body(request)))

    async def verify_model(self, model: str) -> None:
        """Ask the service, free of charge, whether it serves `model`.

        Raises:
            UnknownModel: there is no price for it.
            ModelCallFailed: the service does not serve it or cannot be asked.
        """
        self.prices.of(model)
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._client.models.retrieve(model)
        except Exception as error:
            trouble = trouble_of(error, self._key)
            if trouble is None:
                raise
            raise ModelCallFailed(trouble.end, trouble.what) from None

    async def _wait_for_turn(self, call: _Call) -> None:
        """Until no hold is on, or until this call is the one to try whether it is over."""
        try:
            await call.caller.wait(call.deadline.latest if call.request.waits else self._now())
        except HeldTooLong as held:
            end, what = BuildEnd.PROVIDER_HOLD, f"the provider refuses calls now: {held}"
            if call.request.waits:
                end, what = BuildEnd.PROVIDER, f"{held}; that lasts longer than this call may wait"
            raise ModelCallFailed(end, what, call.lost) from None
        if self._remaining(call) <= 0:
            raise ModelCallFailed(BuildEnd.DEADLINE, "the deadline came before the model answered", call.lost)

    async def _try_once(self, call: _Call) -> ModelAnswer:
        request, book = call.request, call.book
        price = self.prices.of(request.model)
        amount = self._worst_case(request, call.size)
        reservation = await self._reserve(call, amount)
        if call.caller.must_wait:
            await _close_entry(book, reservation, charged=False)
            raise _HeldUp
        went_out = False
        try:
            await book.sent(reservation)
            went_out = True
            answer = await self._stream(call)
        except asyncio.CancelledError:
            await _close_entry(book, reservation, charged=went_out)
            raise
        except Exception as error:
            trouble = trouble_of(error, self._key)
            charged = went_out and (trouble is None or trouble.charged)
            await _close_entry(book, reservation, charged=charged)
            if trouble is None:
                raise
            trouble.lost = amount if charged else NOTHING
            raise trouble from None
        usage = answer.usage()
        spent = cost(price, usage)
        await asyncio.shield(book.settle(reservation, usage, spent))
        return ModelAnswer(
            content=answer.content(),
            text=answer.text(),
            calls=answer.calls(),
            stop=answer.stop_reason or "",
            usage=usage,
            cost=spent,
            lost=call.lost,
            counted=Counted(usage.input + usage.cache_write + usage.cache_write_1h + usage.cache_read, call.size),
        )

    def _worst_case(self, request: ModelRequest, size: int) -> MicroUsd:
        price, counted = self.prices.of(request.model), request.counted
        known = (counted.tokens, counted.request_bytes) if counted else (None, None)
        return worst_case(price, input_bound(price, size, *known), request.max_tokens)

    async def _reserve(self, call: _Call, amount: MicroUsd) -> Reservation:
        """Waits for money that others have reserved, but not beyond the deadline."""
        request = call.request
        try:
            async with asyncio.timeout(self._remaining(call)):
                return await call.book.reserve(request.attempt, request.role, request.model, amount)
        except TimeoutError:
            if self._remaining(call) > 0:  # a hold has moved the deadline meanwhile
                raise _HeldUp from None
            raise Trouble(BuildEnd.DEADLINE, "the deadline came while the money of other runs was awaited") from None

    def _remaining(self, call: _Call) -> float:
        return max(0.0, (call.deadline.moved() - self._now()).total_seconds())

    async def _stream(self, call: _Call) -> StreamedAnswer:
        """The whole answer; success is `message_stop` and a stop reason, nothing less."""
        request = call.request
        answer = StreamedAnswer(free=self.is_twin)
        headers = {
            "x-factory-spec": request.spec,
            "x-factory-attempt": str(request.attempt),
            "x-factory-role": request.role,
            **({"x-factory-about": request.about} if request.about else {}),
        }
        async with asyncio.timeout(min(self._timeout_s, self._remaining(call))):
            with warnings.catch_warnings():
                # the SDK announces a model's retirement on stderr at every call, where nobody reads it at night
                warnings.simplefilter("ignore", DeprecationWarning)
                opening = self._client.messages.stream(**call.body, extra_headers=headers)
            async with opening as stream:
                async for event in stream:
                    answer.observe(event.type, event)
                if answer.message_stopped:
                    answer.take((await stream.get_final_message()).to_dict(warnings=False))
        if not answer.complete:
            raise BrokenAnswer("the answer broke off before its end")
        answer.usage()  # an answer without its cost is not whole either
        return answer

    async def _pause_hold_or_give_up(self, call: _Call, trouble: Trouble) -> None:
        """Return when the call may try again, after its own pause or to wait in a hold."""
        if not trouble.retry:
            raise ModelCallFailed(trouble.end, trouble.what, call.lost) from None
        call.broken += trouble.charged or not trouble.everybody
        if call.broken >= self._retry.tries * (HOLDS_WORTH if trouble.everybody else 1):
            raise ModelCallFailed(trouble.end, f"{trouble.what} ({call.broken} tries)", call.lost) from None
        asked = trouble.retry_after
        # A near or past end is believed once: who refuses after it is asked again with growing pauses.
        once = trouble.end is BuildEnd.PROVIDER_HOLD and not call.caller.goes_first
        named = asked is not None and (asked >= self._retry.hold_from_s or once)
        if call.caller.goes_first or (trouble.everybody and (named or call.failed >= self._retry.tries)):
            call.failed = 0
            await call.caller.refused(trouble.what, self._until(call, trouble) if named else None)
            if not call.request.waits:
                raise ModelCallFailed(trouble.end, trouble.what, call.lost) from None
            return
        pause = self._retry.pause(call.failed, asked)
        if self._remaining(call) <= pause:
            what = f"{trouble.what}, and the deadline comes before the next try"
            raise ModelCallFailed(BuildEnd.DEADLINE, what, call.lost) from None
        await asyncio.sleep(pause)

    def _until(self, call: _Call, trouble: Trouble) -> datetime:
        """When the provider says that it goes on; a time that no sandbox lives to see is the operator's matter."""
        assert trouble.retry_after is not None
        longest = (call.deadline.latest - self._now()).total_seconds()
        if trouble.retry_after > longest:
            what = f"{trouble.what}; it asks to wait {trouble.retry_after:.0f} s, longer than this call may wait"
            raise ModelCallFailed(BuildEnd.PROVIDER_HOLD, what, call.lost) from None
        return self._now() + timedelta(seconds=trouble.retry_after)


def _over_the_cap(call: _Call, refusal: CapExceeded) -> ModelCallFailed:
    """The spec's failure, unless the call would fit without what the provider lost."""
    lost = MicroUsd(call.request.lost + call.lost)
    if not lost:
        return ModelCallFailed(BuildEnd.BUDGET, str(refusal), call.lost)
    last = f": {call.last}" if call.last else ""
    what = f"{refusal} ({show_usd(lost)} of it went to lost answers{last})"
    its_own_doing = refusal.spent - lost + refusal.wanted > refusal.limit
    return ModelCallFailed(BuildEnd.BUDGET if its_own_doing else BuildEnd.PROVIDER_HOLD, what, call.lost)


async def _close_entry(book: Book, reservation: Reservation, *, charged: bool) -> None:
    """Shielded: a cancelled call must not leave its reservation open."""
    await asyncio.shield(book.presume(reservation) if charged else book.release(reservation))


def _body(request: ModelRequest) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": request.model,
        "max_tokens": request.max_tokens,
        "system": list(request.system),
        "tools": list(request.tools),
        "messages": list(request.messages),
    }
    if request.effort is not None:
        body["output_config"] = {"effort": request.effort}
    if request.tool_choice is not None:
        body["tool_choice"] = request.tool_choice
    return body


def _size(body: dict[str, Any]) -> int:
    return len(json.dumps(body, ensure_ascii=False).encode("utf-8", errors="replace"))
