"""Every way a call can go wrong, with the money that belongs to it."""

import asyncio
import contextlib
import gc
import logging
import os
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator

import pytest

from factory_tui.agents import ApiKey, ModelCallFailed, ModelGateway, RetryPolicy
from factory_tui.agents.answer import BrokenAnswer, StreamedAnswer
from factory_tui.config import Model
from factory_tui.ledger import Caps, Tally, UnknownModel, load_prices
from factory_tui.model.build import BuildEnd
from factory_tui.model.money import MicroUsd
from factory_tui.model.usage import Usage
from tests.agents.conftest import QUICK, TURN, Twin, fault, in_seconds, request
from tests.ledger.memory import MemoryLedger

CANARY = "sk-ant-canary-5f0c1d"


async def test_an_answer_is_whole_priced_and_settled(twin: Twin, gateway: ModelGateway, ledger: MemoryLedger) -> None:
    spec = twin.script(
        'attempts: [[{text: hm, tools: [{bash: "ls"}], usage: {input: 10, output: 5, cache_read: 100}}]]'
    )
    answer = await gateway.ask(request(spec), ledger.book())
    assert (answer.text, answer.stop, answer.calls[0].name) == ("hm", "tool_use", "bash")
    assert answer.calls[0].input == {"command": "ls"}
    assert answer.usage == Usage(input=10, output=5, cache_read=100)
    assert answer.cost == 10 * 3 + 5 * 15 + 100 * 3 // 10
    assert answer.counted.tokens == 110
    assert ledger.count() == Tally(answer.cost, MicroUsd(0))


@pytest.mark.parametrize("kind", ["overloaded", "rate_limit", "server_error"])
async def test_a_refused_try_is_repeated_and_costs_nothing(
    twin: Twin, gateway: ModelGateway, ledger: MemoryLedger, kind: str
) -> None:
    answer = await gateway.ask(request(twin.script(fault(kind, 2))), ledger.book())
    assert (answer.text, answer.lost) == ("hello", 0)
    assert ledger.outcomes == {"released": 2, "settled": 1}
    assert ledger.count() == Tally(MicroUsd(12_000), MicroUsd(0))


@pytest.mark.parametrize("kind", ["reset", "truncate"])
async def test_a_lost_answer_is_repeated_and_presumed_in_full(
    twin: Twin, gateway: ModelGateway, ledger: MemoryLedger, kind: str
) -> None:
    answer = await gateway.ask(request(twin.script(fault(kind))), ledger.book())
    assert answer.text == "hello"
    assert ledger.outcomes == {"presumed": 1, "settled": 1}
    assert answer.lost > 12_000
    assert ledger.count() == Tally(MicroUsd(12_000 + answer.lost), MicroUsd(0))


async def test_a_service_that_hangs_is_given_up_in_time(twin: Twin, ledger: MemoryLedger) -> None:
    settings = Model(base_url="twin", timeout_s=0.2)
    async with ModelGateway(settings, load_prices(), None, twin.url, QUICK) as gateway:
        answer = await gateway.ask(request(twin.script(fault("hang"))), ledger.book())
        assert (answer.text, ledger.outcomes) == ("hello", {"presumed": 1, "settled": 1})
        with pytest.raises(ModelCallFailed, match="did not answer in time") as failed:
            await gateway.ask(request(twin.script(fault("hang", 99))), ledger.book())
    assert failed.value.end is BuildEnd.PROVIDER
    assert failed.value.lost > 0


async def test_the_deadline_ends_a_call_that_hangs(twin: Twin, gateway: ModelGateway, ledger: MemoryLedger) -> None:
    with pytest.raises(ModelCallFailed) as failed:
        await gateway.ask(request(twin.script(fault("hang", 99)), deadline=in_seconds(0.2)), ledger.book())
    assert failed.value.end is BuildEnd.DEADLINE
    assert ledger.count().reserved == 0


async def test_nothing_is_sent_after_the_deadline(twin: Twin, gateway: ModelGateway, ledger: MemoryLedger) -> None:
    spec = twin.script(TURN)
    with pytest.raises(ModelCallFailed) as failed:
        await gateway.ask(request(spec, deadline=in_seconds(-1)), ledger.book())
    assert failed.value.end is BuildEnd.DEADLINE
    assert (twin.requests(spec), ledger.entries) == ([], {})


@pytest.mark.parametrize(("kind", "words"), [("reset", "broke before the answer ended"), ("truncate", "broke off")])
async def test_a_service_that_loses_every_answer_is_given_up(
    twin: Twin, gateway: ModelGateway, ledger: MemoryLedger, kind: str, words: str
) -> None:
    spec = twin.script(fault(kind, 99))
    with pytest.raises(ModelCallFailed, match=words) as failed:
        await gateway.ask(request(spec), ledger.book())
    assert failed.value.end is BuildEnd.PROVIDER
    assert len(twin.requests(spec)) == QUICK.tries
    assert ledger.count() == Tally(failed.value.lost, MicroUsd(0))


@pytest.mark.parametrize(("kind", "words"), [("spend_limit", "account's limit"), ("redirect", "redirect")])
async def test_what_would_happen_to_every_run_is_not_repeated(
    twin: Twin, gateway: ModelGateway, ledger: MemoryLedger, kind: str, words: str
) -> None:
    spec = twin.script(fault(kind, 99))
    with pytest.raises(ModelCallFailed, match=words) as failed:
        await gateway.ask(request(spec), ledger.book())
    assert failed.value.end is BuildEnd.PROVIDER_HOLD
    assert len(twin.requests(spec)) == 1
    assert ledger.count() == Tally()


async def test_a_retry_after_beyond_the_deadline_ends_at_once(
    twin: Twin, gateway: ModelGateway, ledger: MemoryLedger
) -> None:
    spec = twin.script(fault("rate_limit", 1, ", retry_after: 1.5"))
    with pytest.raises(ModelCallFailed) as failed:
        await gateway.ask(request(spec, deadline=in_seconds(1)), ledger.book())
    assert failed.value.end is BuildEnd.DEADLINE


async def test_a_refused_request_says_why_and_is_not_repeated(
    twin: Twin, gateway: ModelGateway, ledger: MemoryLedger
) -> None:
    wrong = request(twin.script(TURN), messages=({"role": "assistant", "content": "hm"},))
    with pytest.raises(ModelCallFailed, match=r"status 400.*first message must use") as failed:
        await gateway.ask(wrong, ledger.book())
    assert failed.value.end is BuildEnd.PROVIDER
    assert ledger.outcomes == {"released": 1}


async def test_an_unknown_model_is_never_called(twin: Twin, gateway: ModelGateway, ledger: MemoryLedger) -> None:
    spec = twin.script(TURN)
    with pytest.raises(UnknownModel, match="claude-next"):
        await gateway.ask(request(spec, model="claude-next"), ledger.book())
    with pytest.raises(UnknownModel):
        await gateway.verify_model("claude-next")
    assert (twin.requests(spec), ledger.entries) == ([], {})


async def test_a_model_is_verified_with_the_service(gateway: ModelGateway) -> None:
    await gateway.verify_model("claude-haiku-4-5-20251001")


async def test_a_script_that_cannot_be_used_is_named_and_not_asked_for_again(
    twin: Twin, gateway: ModelGateway, ledger: MemoryLedger
) -> None:
    spec = twin.script("attempts: 5")
    with pytest.raises(ModelCallFailed, match=f"{spec}.yaml:1: attempts") as failed:
        await gateway.ask(request(spec), ledger.book())
    assert failed.value.end is BuildEnd.PROVIDER
    assert len(twin.requests(spec)) == 1


async def test_a_call_that_may_break_a_cap_is_never_sent(twin: Twin, gateway: ModelGateway) -> None:
    spec = twin.script(TURN)
    with pytest.raises(ModelCallFailed, match="run cap") as failed:
        await gateway.ask(request(spec), MemoryLedger(Caps(run=MicroUsd(12_000))).book())
    assert failed.value.end is BuildEnd.BUDGET
    assert twin.requests(spec) == []


async def test_a_cap_that_only_lost_answers_reached_is_the_providers_doing(twin: Twin, gateway: ModelGateway) -> None:
    ledger = MemoryLedger(Caps(run=MicroUsd(50_000)))
    with pytest.raises(ModelCallFailed) as failed:
        await gateway.ask(request(twin.script(fault("truncate", 99))), ledger.book())
    assert (failed.value.end, failed.value.lost) == (BuildEnd.PROVIDER_HOLD, ledger.count().spent)
    assert failed.value.lost > 0
    assert "went to lost answers: the answer broke off" in str(failed.value)


async def test_the_money_of_others_is_not_awaited_beyond_the_deadline(twin: Twin, gateway: ModelGateway) -> None:
    ledger = MemoryLedger(Caps(batch=MicroUsd(100_000)))
    await ledger.book(1).reserve(1, "build", "claude-sonnet-4-6", MicroUsd(99_000))
    with pytest.raises(ModelCallFailed, match="awaited") as failed:
        await gateway.ask(request(twin.script(TURN), deadline=in_seconds(0.2)), ledger.book(0))
    assert failed.value.end is BuildEnd.DEADLINE
    assert ledger.count(0) == Tally()


async def test_a_cancelled_call_is_presumed(twin: Twin, gateway: ModelGateway, ledger: MemoryLedger) -> None:
    spec = twin.script(fault("hang"))
    task = asyncio.create_task(gateway.ask(request(spec), ledger.book()))
    async with asyncio.timeout(20):
        async with ledger.changed:
            await ledger.changed.wait_for(lambda: any(entry.state == "sent" for entry in ledger.entries.values()))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ledger.outcomes == {"presumed": 1}


async def test_many_callers_on_a_faulty_service_never_pass_a_cap(twin: Twin, gateway: ModelGateway) -> None:
    """The sums are looked at whenever they change; presumed answers make the money run out early."""
    caps = Caps(call=MicroUsd(60_000), run=MicroUsd(900_000), batch=MicroUsd(1_500_000))
    ledger = MemoryLedger(caps)
    over: list[Tally] = []
    scripts = [
        twin.script(fault(kind, 2))
        for kind in ("overloaded", "reset", "truncate", "server_error", "rate_limit", "truncate")
    ]

    async def look() -> None:
        while True:
            async with ledger.changed:
                await ledger.changed.wait()
                for limit, tally in (
                    (900_000, ledger.count(0)),
                    (900_000, ledger.count(1)),
                    (1_500_000, ledger.count()),
                ):
                    if tally.spent + tally.reserved > limit:
                        over.append(tally)

    async def caller(number: int) -> None:
        for turn in range(10):
            asked = request(scripts[(number + turn) % len(scripts)], attempt=number + 1)
            try:
                await gateway.ask(asked, ledger.book(number % 2))
            except ModelCallFailed as failure:
                if failure.end is BuildEnd.BUDGET:
                    return

    looking = asyncio.create_task(look())
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(caller(number))
    looking.cancel()
    assert over == []
    assert ledger.count().reserved == 0
    assert ledger.outcomes["settled"] > 0
    assert ledger.outcomes["presumed"] > 0
    assert ledger.count().spent <= 1_500_000


@pytest.fixture
async def trap() -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that nobody must talk to, and what it was told."""
    told: list[bytes] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told.append(await reader.read(1000))
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", told
    server.close()
    await server.wait_closed()


async def test_the_environment_cannot_steer_a_call(
    twin: Twin, ledger: MemoryLedger, trap: tuple[str, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, told = trap
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, url)
    monkeypatch.setenv("ANTHROPIC_BASE_URL", url)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key-of-the-environment")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "token-of-the-environment")
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "x-stolen: yes\nanthropic-version: 1999-01-01")
    spec = twin.script(fault("redirect"))
    async with ModelGateway(Model(base_url="twin"), load_prices(), ApiKey(CANARY), twin.url, QUICK) as gateway:
        with pytest.raises(ModelCallFailed, match="never followed"):
            await gateway.ask(request(spec), ledger.book())
        assert (await gateway.ask(request(spec), ledger.book())).text == "hello"
    assert told == []
    record = twin.record.read_text(encoding="utf-8")
    assert "x-stolen" not in record
    assert "of-the-environment" not in record
    assert os.environ["ANTHROPIC_BASE_URL"] == url, "the environment is as it was"


@pytest.mark.parametrize("kind", ["spend_limit", "reset", "truncate", "redirect"])
async def test_the_key_appears_nowhere(
    twin: Twin, ledger: MemoryLedger, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    caplog.set_level(logging.DEBUG)
    async with ModelGateway(Model(base_url="twin"), load_prices(), ApiKey(CANARY), twin.url, QUICK) as gateway:
        assert CANARY not in repr(vars(gateway))
        with pytest.raises(ModelCallFailed) as failed:
            await gateway.ask(request(twin.script(fault(kind, 99))), ledger.book())
    shown = "".join(
        traceback.TracebackException.from_exception(failed.value, capture_locals=True, compact=False).format()
    )
    assert CANARY not in shown
    assert CANARY not in caplog.text
    assert CANARY not in twin.record.read_text(encoding="utf-8")


async def test_a_rejected_key_is_named_as_such(ledger: MemoryLedger) -> None:
    """Not by the twin: any service that says 401, and repeats the key in its message."""
    said = b'{"type":"error","error":{"type":"authentication_error","message":"invalid key %s"}}' % CANARY.encode()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 401 no\r\ncontent-type: application/json\r\nconnection: close\r\n")
        writer.write(b"content-length: %d\r\n\r\n%s" % (len(said), said))
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, ModelGateway(Model(base_url=url), load_prices(), ApiKey(CANARY), url, QUICK) as gateway:
        with pytest.raises(ModelCallFailed, match="the API key was rejected: invalid key") as failed:
            await gateway.ask(request("any"), ledger.book())
    assert failed.value.end is BuildEnd.PROVIDER_HOLD
    assert CANARY not in str(failed.value)
    assert ledger.outcomes == {"released": 1}


@pytest.mark.parametrize(
    "stream",
    [
        b"",
        b"nothing of the kind",
        b"event: message_start\ndata: {\n\n",
        b'event: message_stop\ndata: {"type": "message_stop"}\n\n',
        b'event: content_block_delta\ndata: {"type": "content_block_delta", "index": 9, "delta": {"type": "x"}}\n\n',
        b'event: message_start\ndata: {"type": "message_start", "message": 7}\n\n',
        b"\xff\xfe\x00",
    ],
)
async def test_a_stream_of_nonsense_is_a_broken_answer(ledger: MemoryLedger, stream: bytes) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n")
        writer.write(b"content-length: %d\r\n\r\n%s" % (len(stream), stream))
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, ModelGateway(Model(base_url="twin"), load_prices(), None, url, QUICK) as gateway:
        with pytest.raises(ModelCallFailed) as failed:
            await gateway.ask(request("any"), ledger.book())
    assert failed.value.end is BuildEnd.PROVIDER
    assert ledger.outcomes == {"presumed": QUICK.tries}
    gc.collect()


class _Event:
    def __init__(self, **parts: object) -> None:
        self.__dict__.update(parts)

    def to_dict(self, warnings: bool) -> dict:
        return self.__dict__


def test_the_usage_of_iterations_is_summed() -> None:
    answer = StreamedAnswer()
    answer.observe("message_start", _Event(message=_Event(usage=_Event(input_tokens=5, output_tokens=1))))
    each = {"input_tokens": 100, "output_tokens": 10, "cache_creation_input_tokens": 7, "cache_read_input_tokens": 3}
    answer.observe("message_delta", _Event(usage=_Event(output_tokens=10, iterations=[each, each])))
    assert answer.usage() == Usage(input=200, output=20, cache_write=14, cache_read=6)


def test_the_hour_cache_is_told_apart() -> None:
    answer = StreamedAnswer()
    usage = _Event(
        input_tokens=1,
        output_tokens=1,
        cache_creation_input_tokens=10,
        cache_creation={"ephemeral_5m_input_tokens": 4, "ephemeral_1h_input_tokens": 6},
    )
    answer.observe("message_start", _Event(message=_Event(usage=usage)))
    assert answer.usage() == Usage(input=1, output=1, cache_write=4, cache_write_1h=6)


def test_unknown_usage_is_never_free() -> None:
    with pytest.raises(BrokenAnswer, match="does not say"):
        StreamedAnswer().usage()


def test_pauses_double_up_to_the_longest() -> None:
    policy = RetryPolicy(first_pause_s=1, longest_pause_s=5)
    assert [policy.pause(failed, None) for failed in (1, 2, 3, 4)] == [1, 2, 4, 5]
    assert policy.pause(1, 3.5) == 3.5


@pytest.mark.parametrize("status", ["200 OK", "500 Oops"])
@pytest.mark.parametrize(
    ("packing", "what"), [("identity", "an answer without end"), ("gzip", "packed its answer")], ids=["endless", "gzip"]
)
async def test_a_service_cannot_fill_the_memory(ledger: MemoryLedger, status: str, packing: str, what: str) -> None:
    """The service never stops sending, so only the cap can end this."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {status}\r\ncontent-type: text/event-stream\r\n".encode())
        writer.write(f"content-encoding: {packing}\r\nconnection: close\r\n\r\n".encode())
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(b": nothing to say\n\n" * 4096)
                await writer.drain()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    once = RetryPolicy(tries=1)
    async with server, ModelGateway(Model(base_url="twin"), load_prices(), None, url, once) as gateway:
        with pytest.raises(ModelCallFailed, match=what):
            await gateway.ask(request("any"), ledger.book())
    assert ledger.outcomes == {"presumed": 1}


@pytest.mark.parametrize(
    "lie",
    [
        {"input_tokens": -5, "output_tokens": 1},
        {"input_tokens": 5, "output_tokens": -1},
        {"input_tokens": True, "output_tokens": 1},
        {"input_tokens": "5", "output_tokens": 1},
        {"input_tokens": 5, "output_tokens": 1, "cache_read_input_tokens": -1},
        {"input_tokens": 5, "output_tokens": 1, "cache_creation_input_tokens": "many"},
        {"input_tokens": 5, "output_tokens": 1, "cache_creation": {"ephemeral_1h_input_tokens": -1}},
        {"input_tokens": 10**30, "output_tokens": 1},
        {"input_tokens": 0, "output_tokens": 1},
        {"input_tokens": 5, "output_tokens": 1, "iterations": [7]},
        {"input_tokens": 5, "output_tokens": 1, "iterations": [{"input_tokens": 5, "output_tokens": -1}]},
    ],
)
def test_usage_that_cannot_be_is_unknown(lie: dict) -> None:
    answer = StreamedAnswer()
    answer.observe("message_start", _Event(message=_Event(usage=_Event(**lie))))
    with pytest.raises(BrokenAnswer, match=r"tokens it used|cost is unknown"):
        answer.usage()


def test_the_sdk_is_loaded_ahead_of_a_gateway_only_when_asked_and_leaves_the_environment_alone() -> None:
    code = (
        "import os, sys\n"
        "from factory_tui.agents import load_client\n"
        "print('anthropic' in sys.modules)\n"
        "load_client()\n"
        "print('anthropic' in sys.modules, os.environ['ANTHROPIC_BASE_URL'])\n"
    )
    environment = {**os.environ, "ANTHROPIC_BASE_URL": "http://localhost:1"}
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert answer.stdout.split() == ["False", "True", "http://localhost:1"]


async def test_a_script_of_the_twin_may_be_free(twin: Twin, gateway: ModelGateway, ledger: MemoryLedger) -> None:
    spec = twin.script("{attempts: [[{text: hello}]], usage: {input: 0, output: 0}}")
    answer = await gateway.ask(request(spec), ledger.book())
    assert (answer.text, answer.cost) == ("hello", 0)
