"""The one way to a model: the real client, our own retries, and the ledger around every try.

Not used of the SDK: its retries (they send no idempotency key, obey `retry-after: 3600` silently and repeat
spend-limit refusals), its environment variables, proxies and redirects.
"""

import asyncio
import json
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from factory_tui.agents.answer import BrokenAnswer, StreamedAnswer
from factory_tui.agents.key import NO_KEY_NEEDED, ApiKey
from factory_tui.agents.trouble import Trouble, trouble_of
from factory_tui.agents.wire import Counted, ModelAnswer, ModelCallFailed, ModelRequest
from factory_tui.config import Model
from factory_tui.ledger import Book, CapExceeded, PriceList, Reservation, cost, input_bound, worst_case
from factory_tui.model.build import BuildEnd
from factory_tui.model.money import NOTHING, MicroUsd, show_usd

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

SDK_VARIABLES = ("ANTHROPIC_",)
"""Prefixes of the variables by which an environment could steer the SDK."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long to try again; every pause also ends before the request's deadline."""

    tries: int = 5
    first_pause_s: float = 1.0
    """Doubled after every try."""
    longest_pause_s: float = 60.0
    """Also the longest `retry-after` that is waited for; a longer one is an account's limit, not a hiccup."""

    def pause(self, failed: int, retry_after: float | None) -> float:
        """Seconds before the next try, after `failed` of them."""
        if retry_after is not None:
            return retry_after
        return min(self.longest_pause_s, self.first_pause_s * 2.0 ** (failed - 1))


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
    ) -> None:
        self.prices = prices
        self._timeout_s = settings.timeout_s
        self._is_twin = settings.is_twin
        self._key = key or NO_KEY_NEEDED
        self._retry = retry or RetryPolicy()
        self._now = now or (lambda: datetime.now(UTC))
        self._client = _client(self._key, base_url, settings.timeout_s)

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

        Raises:
            ModelCallFailed: the service refused, broke more often than the policy allows, the deadline came, or the
                worst case does not fit under a cap.
            UnknownModel: there is no price for the model.
        """
        body = _body(request)
        size = len(json.dumps(body, ensure_ascii=False).encode("utf-8", errors="replace"))
        lost = NOTHING
        failed = 0
        last = ""
        while True:
            if self._now() >= request.deadline:
                raise ModelCallFailed(BuildEnd.DEADLINE, "the deadline came before the model answered", lost)
            try:
                return await self._try_once(request, body, size, lost, book)
            except CapExceeded as refusal:
                why = f"{refusal} ({show_usd(lost)} of it went to lost answers: {last})" if lost else str(refusal)
                raise ModelCallFailed(BuildEnd.BUDGET, why, lost) from refusal
            except Trouble as trouble:
                failed += 1
                last = trouble.what
                lost = MicroUsd(lost + trouble.lost)
                await self._pause_or_give_up(trouble, failed, lost, request.deadline)

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

    async def _try_once(
        self, request: ModelRequest, body: dict[str, Any], size: int, lost: MicroUsd, book: Book
    ) -> ModelAnswer:
        price = self.prices.of(request.model)
        counted = request.counted
        tokens = input_bound(
            price, size, counted.tokens if counted else None, counted.request_bytes if counted else None
        )
        amount = worst_case(price, tokens, request.max_tokens)
        reservation = await self._reserve(request, amount, book)
        went_out = False
        try:
            await book.sent(reservation)
            went_out = True
            answer = await self._stream(request, body)
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
            lost=lost,
            counted=Counted(usage.input + usage.cache_write + usage.cache_write_1h + usage.cache_read, size),
        )

    async def _reserve(self, request: ModelRequest, amount: MicroUsd, book: Book) -> Reservation:
        """Waits for money that others have reserved, but not beyond the deadline."""
        try:
            async with asyncio.timeout(self._remaining(request)):
                return await book.reserve(request.attempt, request.role, request.model, amount)
        except TimeoutError:
            raise Trouble(BuildEnd.DEADLINE, "the deadline came while the money of other runs was awaited") from None

    def _remaining(self, request: ModelRequest) -> float:
        return max(0.0, (request.deadline - self._now()).total_seconds())

    async def _stream(self, request: ModelRequest, body: dict[str, Any]) -> StreamedAnswer:
        """The whole answer; success is `message_stop` and a stop reason, nothing less."""
        answer = StreamedAnswer(free=self._is_twin)
        headers = {
            "x-factory-spec": request.spec,
            "x-factory-attempt": str(request.attempt),
            "x-factory-role": request.role,
        }
        async with asyncio.timeout(min(self._timeout_s, self._remaining(request))):
            with warnings.catch_warnings():
                # the SDK announces a model's retirement on stderr at every call, where nobody reads it at night
                warnings.simplefilter("ignore", DeprecationWarning)
                opening = self._client.messages.stream(**body, extra_headers=headers)
            async with opening as stream:
                async for event in stream:
                    answer.observe(event.type, event)
                if answer.message_stopped:
                    answer.take((await stream.get_final_message()).to_dict(warnings=False))
        if not answer.complete:
            raise BrokenAnswer("the answer broke off before its end")
        answer.usage()  # an answer without its cost is not whole either
        return answer

    async def _pause_or_give_up(self, trouble: Trouble, failed: int, lost: MicroUsd, deadline: datetime) -> None:
        if not trouble.retry:
            raise ModelCallFailed(trouble.end, trouble.what, lost) from None
        if trouble.retry_after is not None and trouble.retry_after > self._retry.longest_pause_s:
            raise ModelCallFailed(
                BuildEnd.PROVIDER_HOLD,
                f"{trouble.what}; it asks to wait {trouble.retry_after:.0f} s, longer than we wait for a busy service",
                lost,
            ) from None
        if failed >= self._retry.tries:
            raise ModelCallFailed(trouble.end, f"{trouble.what} ({failed} tries)", lost) from None
        pause = self._retry.pause(failed, trouble.retry_after)
        if (deadline - self._now()).total_seconds() <= pause:
            raise ModelCallFailed(
                BuildEnd.DEADLINE, f"{trouble.what}, and the deadline comes before the next try", lost
            ) from None
        await asyncio.sleep(pause)


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
    return body


def load_client() -> None:
    """Import the SDK, so that the first `ModelGateway` of a process is made at once; takes about a second."""
    with _sdk_environment_hidden():
        import anthropic  # noqa: F401

        import factory_tui.agents.transport  # noqa: F401


def _client(key: ApiKey, base_url: str, timeout_s: float) -> "AsyncAnthropic":
    """The SDK's client with everything stated that an environment could otherwise decide."""
    with _sdk_environment_hidden():
        import httpx2
        from anthropic import AsyncAnthropic

        from factory_tui.agents.transport import UNPACKED, BoundedTransport

        limits = httpx2.Limits(max_connections=512, max_keepalive_connections=64)
        return AsyncAnthropic(
            api_key=key.reveal(),
            base_url=base_url,
            max_retries=0,
            open_telemetry=False,
            http_client=httpx2.AsyncClient(
                trust_env=False,
                follow_redirects=False,
                timeout=httpx2.Timeout(timeout_s, connect=min(30.0, timeout_s)),
                headers=UNPACKED,
                transport=BoundedTransport(httpx2.AsyncHTTPTransport(trust_env=False, limits=limits)),
            ),
        )


@contextmanager
def _sdk_environment_hidden() -> Iterator[None]:
    """The SDK reads its variables while it is imported and when a client is made (custom headers among them)."""
    hidden = {name: value for name, value in os.environ.items() if name.startswith(SDK_VARIABLES)}
    for name in hidden:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(hidden)
