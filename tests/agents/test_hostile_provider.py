"""A service that answers with nonsense: it is asked seldom, and no money stays reserved for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from factory_tui.agents.gateway import ModelGateway, RetryPolicy
from factory_tui.agents.hold import ProviderHold
from factory_tui.agents.wire import ModelCallFailed
from factory_tui.config import Model
from factory_tui.ledger import load_prices

from .conftest import QUICK, MemoryLedger, request


@asynccontextmanager
async def refusing(status: int, headers: str, message: str) -> AsyncIterator[tuple[str, list[int]]]:
    """The address of a server that refuses every call, and one entry for each call."""
    calls: list[int] = []
    body = b'{"type":"error","error":{"type":"invalid_request_error","message":"%s"}}' % message.encode()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        calls.append(status)
        writer.write(f"HTTP/1.1 {status} no\r\ncontent-type: application/json\r\nconnection: close\r\n".encode())
        writer.write(f"{headers}content-length: {len(body)}\r\n\r\n".encode() + body)
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", calls


@pytest.mark.parametrize("way", ["header", "message"])
async def test_an_end_of_a_limit_that_is_past_already_is_believed_once(ledger: MemoryLedger, way: str) -> None:
    past = datetime.now(UTC) - timedelta(minutes=5)
    said = "You have reached your specified API usage limits."
    if way == "message":
        said += f" You will regain access on {past:%Y-%m-%d} at {past:%H:%M} UTC."
    hold = ProviderHold(pauses=(60.0,))
    headers = "retry-after: 0\r\n" if way == "header" else ""
    async with (
        refusing(400, headers, said) as (url, calls),
        ModelGateway(Model(base_url="twin"), load_prices(), None, url, QUICK, hold=hold) as gateway,
    ):
        asking = asyncio.create_task(gateway.ask(request("any"), ledger.book()))
        await asyncio.sleep(1.0)
        asking.cancel()
        await asyncio.wait([asking])
    assert len(calls) == 2


@pytest.mark.parametrize(
    "header", ["Wed, 21 Oct 9999 23:59:59 -9999999999", "Wed, 21 Oct 99999999999 07:28:00 GMT", "1e999", "soon", "\xff"]
)
async def test_a_wait_that_makes_no_sense_leaves_no_money_reserved(ledger: MemoryLedger, header: str) -> None:
    policy = RetryPolicy(tries=1, first_pause_s=0.001)
    hold = ProviderHold(pauses=(60.0,))
    async with (
        refusing(400, f"retry-after: {header}\r\n", "no") as (url, _),
        ModelGateway(Model(base_url="twin"), load_prices(), None, url, policy, hold=hold) as gateway,
    ):
        with pytest.raises(ModelCallFailed, match="refused the request"):
            await gateway.ask(request("any"), ledger.book())
    assert ledger.count().reserved == 0
