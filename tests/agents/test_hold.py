"""The provider refuses everybody: all wait, one tries, and the night goes on where it was."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from factory_tui.agents import LONGEST_HOLD, ModelCallFailed, ModelGateway, ProviderHold, RetryPolicy
from factory_tui.agents.gateway import HOLDS_WORTH
from factory_tui.agents.hold import HeldTooLong
from factory_tui.config import Model
from factory_tui.ledger import Caps, Tally, load_prices
from factory_tui.model.build import BuildEnd
from factory_tui.model.money import MicroUsd
from tests.agents.conftest import QUICK, SHORT, TURN, Twin, fault, in_seconds, request
from tests.ledger.memory import MemoryLedger


@dataclass
class Told:
    """What an engine would have recorded."""

    story: list[object] = field(default_factory=list)

    async def start(self, until: datetime | None, why: str) -> None:
        self.story.append((until, why))

    async def end(self) -> None:
        self.story.append("over")


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def held(twin: Twin, told: Told) -> AsyncIterator[ModelGateway]:
    """A gateway whose holds are written down; a wait of half a second is a hold."""
    policy = RetryPolicy(tries=2, first_pause_s=0.001, hold_from_s=0.5)
    hold = ProviderHold(told.start, told.end, SHORT)
    async with ModelGateway(Model(base_url="twin"), load_prices(), None, twin.url, policy, hold=hold) as opened:
        yield opened


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not done():  # noqa: ASYNC110 - what is waited for are the twin's and the ledger's own records
            await asyncio.sleep(0.005)


@pytest.mark.parametrize(
    ("kind", "words"), [("overloaded", "overloaded"), ("rate_limit", "rate limit"), ("server_error", "status 500")]
)
async def test_a_service_that_stays_busy_is_waited_for_and_the_turn_goes_on(
    twin: Twin, held: ModelGateway, told: Told, ledger: MemoryLedger, kind: str, words: str
) -> None:
    spec = twin.script(fault(kind, 5))
    answer = await held.ask(request(spec), ledger.book())
    assert (answer.text, answer.lost) == ("hello", 0)
    assert ledger.outcomes == {"released": 5, "settled": 1}
    (start, why), over = told.story
    assert (start, over) == (None, "over")
    assert words in why
    assert held.hold.total() >= timedelta(seconds=0.02 + 3 * 0.04)


async def test_a_wait_that_the_provider_asks_for_is_a_hold_until_that_time(
    twin: Twin, held: ModelGateway, told: Told, ledger: MemoryLedger
) -> None:
    before = datetime.now(UTC)
    spec = twin.script(fault("rate_limit", 1, ", retry_after: 0.6"))
    assert (await held.ask(request(spec), ledger.book())).text == "hello"
    (start, why), over = told.story
    assert before + timedelta(seconds=0.6) <= start <= datetime.now(UTC)
    assert "rate limit" in why
    assert over == "over"


async def test_an_hour_is_shown_as_an_hour_and_a_cancel_ends_it_at_once(
    twin: Twin, held: ModelGateway, told: Told, ledger: MemoryLedger
) -> None:
    spec = twin.script(fault("rate_limit", 1, ", retry_after: 3600"))
    asking = asyncio.create_task(held.ask(request(spec), ledger.book()))
    await until(lambda: bool(told.story))
    start, _ = told.story[0]
    assert timedelta(minutes=59) < start - datetime.now(UTC) <= timedelta(hours=1)
    asking.cancel()
    async with asyncio.timeout(1):
        with pytest.raises(asyncio.CancelledError):
            await asking
    assert told.story[1:] == ["over"]
    assert ledger.count() == Tally()


async def test_a_time_that_the_provider_named_binds_those_who_come_later(
    twin: Twin, held: ModelGateway, told: Told, ledger: MemoryLedger
) -> None:
    spec = twin.script(fault("rate_limit", 1, ", retry_after: 3600"))
    for _ in range(2):
        asking = asyncio.create_task(held.ask(request(spec), ledger.book()))
        await until(lambda: len(told.story) % 2 == 1)
        asking.cancel()
        await asyncio.wait([asking])
    assert len(twin.requests(spec)) == 1
    assert told.story == [told.story[0], "over", told.story[0], "over"]


async def test_a_limit_of_the_account_whose_end_is_known_is_waited_for(
    twin: Twin, held: ModelGateway, told: Told, ledger: MemoryLedger
) -> None:
    spec = twin.script(fault("spend_limit", 1, ", retry_after: 0.1"))
    assert (await held.ask(request(spec), ledger.book())).text == "hello"
    assert told.story[0][0] is not None
    assert told.story[1:] == ["over"]


async def test_a_wait_that_no_sandbox_outlives_is_the_operators_matter(
    twin: Twin, held: ModelGateway, told: Told, ledger: MemoryLedger
) -> None:
    spec = twin.script(fault("rate_limit", 1, ", retry_after: 90000"))
    with pytest.raises(ModelCallFailed, match="asks to wait 90000 s, longer than this call may wait") as failed:
        await held.ask(request(spec), ledger.book())
    assert failed.value.end is BuildEnd.PROVIDER_HOLD
    assert told.story == []


async def test_a_hold_that_outlasts_the_sandbox_ends_the_build_uncharged(twin: Twin, ledger: MemoryLedger) -> None:
    hold = ProviderHold(pauses=(60.0,))
    async with ModelGateway(Model(base_url="twin"), load_prices(), None, twin.url, QUICK, hold=hold) as gateway:
        with pytest.raises(ModelCallFailed, match="overloaded; that lasts longer than this call may wait") as failed:
            await gateway.ask(request(twin.script(fault("overloaded", 99)), latest=in_seconds(3)), ledger.book())
    assert failed.value.end is BuildEnd.PROVIDER
    assert ledger.count() == Tally()


async def test_time_in_a_hold_does_not_count(twin: Twin, held: ModelGateway, ledger: MemoryLedger) -> None:
    spec = twin.script(fault("rate_limit", 1, ", retry_after: 2.5"))
    answer = await held.ask(request(spec, deadline=in_seconds(2), latest=in_seconds(60)), ledger.book())
    assert answer.text == "hello"


def test_a_deadline_moves_with_the_hold_but_not_beyond_the_latest() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    hold = ProviderHold()
    assert hold.deadline(at).moved() == at
    assert hold.deadline(at).latest == at + LONGEST_HOLD
    assert hold.deadline(at, at - timedelta(seconds=1)).moved() == at - timedelta(seconds=1)


async def test_of_many_who_wait_one_tries_and_nobody_has_money_reserved(
    twin: Twin, held: ModelGateway, told: Told, ledger: MemoryLedger
) -> None:
    first = twin.script(fault("rate_limit", 1, ", retry_after: 1.5"))
    others = [twin.script(TURN) for _ in range(8)]
    asking = [asyncio.create_task(held.ask(request(first), ledger.book()))]
    await until(lambda: bool(told.story))
    asking += [asyncio.create_task(held.ask(request(spec), ledger.book(number))) for number, spec in enumerate(others)]
    await asyncio.sleep(0.2)
    assert ledger.count() == Tally()
    assert sum(len(twin.requests(spec)) for spec in others) == 0
    answers = await asyncio.gather(*asking)
    assert {each.text for each in answers} == {"hello"}
    assert ledger.outcomes == {"released": 1, "settled": 9}
    assert len(told.story) == 2


async def test_while_one_tries_in_vain_the_others_stay_where_they_are(
    twin: Twin, held: ModelGateway, told: Told, ledger: MemoryLedger
) -> None:
    specs = [twin.script(fault("overloaded", 4)) for _ in range(5)]
    answers = await asyncio.gather(*(held.ask(request(spec), ledger.book()) for spec in specs))
    assert {each.text for each in answers} == {"hello"}
    assert all(len(twin.requests(spec)) == 5 for spec in specs)
    assert told.story.count("over") == len(told.story) / 2


async def test_answers_that_are_lost_again_and_again_are_not_waited_for_without_end(
    twin: Twin, told: Told, ledger: MemoryLedger
) -> None:
    script = f"{TURN}faults: [{{turn: 1, kind: overloaded, times: 2}}, {{turn: 1, kind: truncate, times: 99}}]"
    policy = RetryPolicy(tries=2, first_pause_s=0.001)
    hold = ProviderHold(told.start, told.end, SHORT)
    async with ModelGateway(Model(base_url="twin"), load_prices(), None, twin.url, policy, hold=hold) as gateway:
        with pytest.raises(ModelCallFailed, match=r"broke off .*\(2 tries\)") as failed:
            await gateway.ask(request(twin.script(script)), ledger.book())
    assert failed.value.end is BuildEnd.PROVIDER
    assert ledger.outcomes == {"released": 2, "presumed": 2}
    assert told.story[-1] == "over"


async def test_one_who_leaves_before_trying_hands_the_turn_on(told: Told) -> None:
    hold = ProviderHold(told.start, told.end, (0.01,))
    async with hold.caller() as waiting:
        async with hold.caller() as leaving:
            await leaving.refused("busy", None)
            await leaving.wait(in_seconds(10))
            assert leaving.goes_first
            assert waiting.must_wait
        await waiting.wait(in_seconds(10))
        assert waiting.goes_first
        await waiting.answered()
    assert told.story == [(None, "busy"), "over"]


async def test_an_answer_to_an_older_call_does_not_end_the_hold(told: Told) -> None:
    hold = ProviderHold(told.start, told.end, (60.0,))
    async with hold.caller() as older, hold.caller() as refused:
        await refused.refused("busy", None)
        await older.answered()
        assert older.must_wait
        with pytest.raises(HeldTooLong, match="busy"):
            await refused.wait(in_seconds(0.02))
    assert told.story == [(None, "busy"), "over"]


async def test_pauses_grow_while_the_one_who_tries_is_refused() -> None:
    """Seen through a clock of ours: ten refusals, each at the earliest moment."""
    clock = [datetime(2026, 1, 1, tzinfo=UTC)]
    hold = ProviderHold(now=lambda: clock[0])
    waited = []
    async with hold.caller() as caller:
        await caller.refused("busy", None)
        for _ in range(9):
            began = clock[0]
            while True:
                try:
                    async with asyncio.timeout(0):
                        await caller.wait(began + timedelta(days=1))
                    break
                except TimeoutError:
                    clock[0] += timedelta(seconds=5)
            waited.append((clock[0] - began).total_seconds())
            await caller.refused("busy", None)
        assert hold.total() == timedelta(seconds=sum(waited))
    assert waited == [15, 30, 60, 120, 300, 600, 900, 900, 900]


async def test_nobody_listening_is_waited_for_and_costs_nothing(told: Told, ledger: MemoryLedger) -> None:
    url = "http://127.0.0.1:9"
    hold = ProviderHold(told.start, told.end, SHORT)
    async with ModelGateway(Model(base_url="twin"), load_prices(), None, url, QUICK, hold=hold) as gateway:
        asking = asyncio.create_task(gateway.ask(request("any"), ledger.book()))
        await until(lambda: ledger.outcomes["released"] > QUICK.tries + 2)
        asking.cancel()
        await asyncio.wait([asking])
    assert told.story == [(None, "the model's service cannot be reached"), "over"]
    assert ledger.count() == Tally()


async def test_money_lost_earlier_in_the_build_counts_as_the_providers_too(twin: Twin, held: ModelGateway) -> None:
    ledger = MemoryLedger(Caps(run=MicroUsd(50_000)))
    book = ledger.book()
    await book.presume(await book.reserve(1, "build", "m", MicroUsd(25_000)))
    for lost, end in ((25_000, BuildEnd.PROVIDER_HOLD), (1, BuildEnd.BUDGET)):
        with pytest.raises(ModelCallFailed, match="run cap") as failed:
            await held.ask(request(twin.script(TURN), lost=MicroUsd(lost)), book)
        assert failed.value.end is end


async def test_a_service_that_is_down_and_may_charge_for_it_is_given_up_in_the_end(
    told: Told, ledger: MemoryLedger
) -> None:
    """A proxy in front of it says so, and nobody knows whether the request got through."""
    server = await _refusing(502, "", b"<html>Bad Gateway</html>")
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    hold = ProviderHold(told.start, told.end, SHORT)
    async with server, ModelGateway(Model(base_url="twin"), load_prices(), None, url, QUICK, hold=hold) as gateway:
        with pytest.raises(ModelCallFailed, match=r"status 502.*\(12 tries\)") as failed:
            await gateway.ask(request("any"), ledger.book())
    assert failed.value.end is BuildEnd.PROVIDER
    assert ledger.outcomes == {"presumed": HOLDS_WORTH * QUICK.tries}
    assert told.story[-1] == "over"


async def _refusing(status: int, headers: str, body: bytes) -> asyncio.Server:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {status} no\r\ncontent-type: application/json\r\nconnection: close\r\n".encode())
        writer.write(f"{headers}content-length: {len(body)}\r\n\r\n".encode() + body)
        writer.close()

    return await asyncio.start_server(connected, "127.0.0.1", 0)


@pytest.mark.parametrize("form", ["date", "message"])
async def test_both_forms_in_which_an_end_is_named_are_read(told: Told, ledger: MemoryLedger, form: str) -> None:
    ends = (datetime.now(UTC) + timedelta(hours=2)).replace(second=0, microsecond=0)
    said, header, status = b"slow down", f"retry-after: {format_datetime(ends, usegmt=True)}\r\n", 429
    if form == "message":
        words = "You have reached your specified API usage limits. You will regain access on "
        said, header, status = f"{words}{ends:%Y-%m-%d} at {ends:%H:%M} UTC.".encode(), "", 400
    body = b'{"type":"error","error":{"type":"invalid_request_error","message":"%s"}}' % said
    server = await _refusing(status, header, body)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    hold = ProviderHold(told.start, told.end)
    async with server, ModelGateway(Model(base_url="twin"), load_prices(), None, url, QUICK, hold=hold) as gateway:
        asking = asyncio.create_task(gateway.ask(request("any"), ledger.book()))
        await until(lambda: bool(told.story))
        asking.cancel()
        await asyncio.wait([asking])
    assert abs(told.story[0][0] - ends) < timedelta(seconds=2)


async def test_a_cap_is_never_passed_and_nothing_stays_reserved_through_holds(twin: Twin, held: ModelGateway) -> None:
    ledger = MemoryLedger(Caps(run=MicroUsd(2_000_000), batch=MicroUsd(3_000_000)))
    scripts = [twin.script(fault(kind, 3)) for kind in ("overloaded", "truncate", "rate_limit", "server_error")]
    ends: Counter[BuildEnd] = Counter()

    async def caller(number: int) -> None:
        try:
            await held.ask(request(scripts[number % 4], attempt=number), ledger.book(number % 2))
        except ModelCallFailed as failure:
            ends[failure.end] += 1
        assert ledger.count().spent + ledger.count().reserved <= 3_000_000

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for number in range(1, 21):
            group.create_task(caller(number))
    assert ledger.count().reserved == 0
    assert ledger.outcomes["settled"] >= 15 - ends[BuildEnd.BUDGET] - ends[BuildEnd.PROVIDER_HOLD]


async def test_a_clock_that_is_set_back_makes_no_pause_longer() -> None:
    moment = datetime(2026, 7, 1, tzinfo=UTC)
    hold = ProviderHold(pauses=(0.02,), now=lambda: moment)
    async with hold.caller() as caller:
        await caller.refused("overloaded", None)
        moment -= timedelta(days=1)
        waiting = asyncio.create_task(caller.wait(moment + timedelta(hours=6)))
        await asyncio.sleep(0.01)
        moment += timedelta(seconds=0.03)
        async with asyncio.timeout(5):
            await waiting
        assert caller.goes_first
    assert hold.total() == timedelta(), "time that a clock took back was not held"


async def test_a_clock_that_is_set_back_ends_no_hold_that_the_provider_dated() -> None:
    moment = datetime(2026, 7, 1, tzinfo=UTC)
    hold = ProviderHold(pauses=(0.02,), now=lambda: moment)
    until = moment + timedelta(hours=1)
    async with hold.caller() as caller:
        await caller.refused("the limit is reached", until)
        moment -= timedelta(hours=1)
        waiting = asyncio.create_task(caller.wait(until + timedelta(hours=6)))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        waiting.cancel()
