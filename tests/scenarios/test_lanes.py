"""Suites in several lanes: the same verdict as in one, whatever breaks, and nothing left over."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factory_tui.config import Gate
from factory_tui.model.artifact import EMPTY, Artifact
from factory_tui.model.evaluation import Result, ScenarioResult
from factory_tui.model.scenario import LoadedScenario, Scenario
from factory_tui.sandbox.docker import CAPABILITIES
from factory_tui.sandbox.local import LocalHost
from factory_tui.sandbox.machine import Isolation
from factory_tui.sandbox.port import (
    Capabilities,
    Exec,
    ExecResult,
    Labels,
    Role,
    Sandbox,
    SandboxHost,
    SandboxLost,
    SandboxRequest,
    SandboxUnavailable,
)
from factory_tui.scenarios import evaluate
from factory_tui.scenarios.gate import decide
from factory_tui.scenarios.lanes import Lanes, Spare
from factory_tui.scenarios.staging.bench import Bench
from factory_tui.scenarios.suite import carry_out
from tests.scenarios.conftest import Judge, scenario, suite

REQUEST = SandboxRequest(Labels("w", "r", 1, Role.EVALUATE, datetime.now(UTC)), "image")
SHARED = {"run": "index", "ready": {"run": "up", "within": 1.0}, "shared": True}


@dataclass
class FakeHost:
    """Sandboxes whose commands do what they say: `pass N`, `fail N`, `break N` after N turns of the loop.

    `outlast N` passes when N others have ended.
    """

    most: int = 16
    """Sandboxes at the same time; one more is refused."""
    in_all: int = 1000
    capability: Capabilities = CAPABILITIES
    alive: set["FakeSandbox"] = field(default_factory=set)
    at_work: dict["FakeSandbox", str] = field(default_factory=dict)
    met: list[frozenset[str]] = field(default_factory=list)
    """What ran at the same time, whenever a command began."""
    widest: int = 0
    three_at_work: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    def capabilities(self) -> Capabilities:
        return self.capability

    async def create(self, _: SandboxRequest) -> "FakeSandbox":
        await asyncio.sleep(0)
        if len(self.alive) >= self.most or self.in_all < 1:
            raise SandboxUnavailable("at its limit")
        self.in_all -= 1
        made = FakeSandbox(self)
        self.alive.add(made)
        self.widest = max(self.widest, len(self.alive))
        return made


class FakeSandbox:
    work, base, path, id = "/work", "/base", "/bin", "fake"

    def __init__(self, host: FakeHost) -> None:
        self._host = host

    async def put(self, _: Artifact, *, clear: bool = False) -> None:
        self._require_alive()

    async def put_base(self, _: Artifact) -> None: ...

    async def kill_all(self) -> int:
        self._require_alive()
        return 0

    async def exec(self, command: Exec) -> ExecResult:
        self._require_alive()
        said = command.argv[-1]
        what, turns = said.split()[:2]
        self._host.at_work[self] = said
        self._host.met.append(frozenset(self._host.at_work.values()))
        if len(self._host.at_work) == 3:
            self._host.three_at_work.set()
        try:
            for _ in range(int(turns)):
                await (self._host.ended.acquire() if what == "outlast" else asyncio.sleep(0))
        finally:
            self._host.ended.release()
            del self._host.at_work[self]
        if what == "break":
            await self.destroy()
            raise SandboxLost("it is gone")
        return ExecResult(1 if what == "fail" else 0, b"", b"", 0.0)

    async def destroy(self) -> None:
        await asyncio.sleep(0)
        self._host.alive.discard(self)

    def _require_alive(self) -> None:
        if self not in self._host.alive:
            raise SandboxLost("it is gone")


def lanes(host: FakeHost, most: int, spare: Spare | None = None) -> Lanes:
    """Lanes that are opened whenever anything is left."""
    return Lanes(host, REQUEST, None, most, spare, worth=lambda left, *_: left > 0, look_again_s=0)


def does(number: int, text: str, **more: object) -> Scenario:
    """One command; a limit is one on its time."""
    expect = {"expect": {"within": 60.0}} if more.get("kind") == "limit" else {}
    return scenario("{}", id=f"s{number}", steps=[{"run": f"{text} s{number}", **expect}], **more)


async def spread(scenarios: Sequence[Scenario], made_of: Lanes) -> tuple[tuple[ScenarioResult, ...], list[str]]:
    """The results, and the ids in the order in which they landed."""
    told: list[str] = []

    async def work(loaded: LoadedScenario, bench: Bench) -> ScenarioResult:
        return await carry_out(loaded, EMPTY, bench, 1)

    async def landed(result: ScenarioResult, done: int) -> None:
        told.append(result.id)
        assert done == len(told)

    async with made_of.bench() as first:
        results = await made_of.spread(suite(*scenarios).scenarios, first, work, landed)
    return results, told


def without_seconds(results: Sequence[ScenarioResult]) -> list[tuple[str, Result, tuple[str, ...]]]:
    return [(each.id, each.result, tuple(shown.check for shown in each.evidence)) for each in results]


COMMANDS = st.lists(
    st.tuples(
        st.sampled_from(["pass", "pass", "fail", "break"]),
        st.integers(0, 30),
        st.sampled_from([{}, {}, {"kind": "limit"}, {"trials": 2}, {"service": SHARED}]),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(COMMANDS, st.integers(2, 5), st.integers(1, 5))
def test_the_verdict_is_that_of_one_lane(commands: list[tuple[str, int, dict[str, object]]], most: int, sandboxes: int):
    given_ = [
        does(number, f"{what} {turns}", **({} if "service" in more else more))
        for number, (what, turns, more) in enumerate(commands)
    ]

    async def both() -> None:
        alone, _ = await spread(given_, lanes(FakeHost(), 1))
        host = FakeHost(most=sandboxes)
        together, told = await spread(given_, lanes(host, most))
        assert without_seconds(together) == without_seconds(alone)
        assert decide(together) == decide(alone)
        assert sorted(told) == sorted(each.id for each in given_)
        assert host.alive == set()
        assert host.widest <= min(most, sandboxes)

    asyncio.run(both())


async def test_further_lanes_take_their_share_and_results_are_told_as_they_land():
    host = FakeHost()
    results, told = await spread(
        [does(0, "outlast 6"), *(does(number, "fail 5") for number in range(1, 8))], lanes(host, 2)
    )
    assert host.widest == 2
    assert told.index("s0") >= 5
    assert [each.id for each in results] == [f"s{number}" for number in range(8)]


async def test_what_measures_time_runs_at_the_end_and_alone():
    host = FakeHost()
    timed = [does(0, "pass 20", kind="limit"), does(3, "pass 20", kind="limit")]
    _, told = await spread([timed[0], does(1, "pass 30"), does(2, "pass 30"), timed[1]], lanes(host, 4))
    assert sorted(told[:2]) == ["s1", "s2"]
    assert told[2:] == ["s0", "s3"]
    for met in host.met:
        assert len(met) == 1 or not {"pass 20 s0", "pass 20 s3"} & met


async def test_a_sandbox_that_cannot_be_had_is_no_error():
    host = FakeHost(most=1)
    results, _ = await spread([does(number, "pass 9") for number in range(9)], lanes(host, 3))
    assert {each.result for each in results} == {Result.PASS}


async def test_what_a_further_lane_lost_with_the_last_sandbox_is_done_again_in_the_first():
    """The host makes two sandboxes and no more: one lane would have lost only what comes after its own loss."""
    host = FakeHost(in_all=2)
    results, told = await spread([does(0, "pass 90"), does(1, "break 3"), does(2, "pass 3")], lanes(host, 2))
    assert results[0].result is Result.PASS
    assert told.count("s1") == 1
    assert host.alive == set()


async def test_a_lane_that_loses_its_sandbox_goes_on_with_another_and_disturbs_nobody():
    host = FakeHost()
    results, _ = await spread([does(0, "pass 60"), does(1, "break 3"), does(2, "pass 60")], lanes(host, 2))
    assert [each.result for each in results] == [Result.PASS, Result.FAIL, Result.PASS]


async def test_all_evaluations_together_open_no_more_than_there_are_to_spare():
    host, spare = FakeHost(), Spare(2)
    given_ = [does(number, "pass 20") for number in range(12)]
    await asyncio.gather(*(spread(given_, lanes(host, 4, spare)) for _ in range(4)))
    assert host.widest == 4 + 2
    assert host.alive == set()
    assert [spare.take() for _ in range(3)] == [True, True, False]


async def test_cancelled_it_leaves_no_sandbox_and_gives_back_what_it_had_to_spare():
    host, spare = FakeHost(), Spare(2)
    running = asyncio.create_task(spread([does(number, "pass 100000") for number in range(6)], lanes(host, 3, spare)))
    async with asyncio.timeout(10):
        await host.three_at_work.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert host.alive == set()
    assert spare.take()
    assert spare.take()


async def test_whoever_is_told_may_fail_and_every_lane_is_closed():
    host = FakeHost()

    async def work(loaded: LoadedScenario, bench: Bench) -> ScenarioResult:
        return await carry_out(loaded, EMPTY, bench, 1)

    async def landed(result: ScenarioResult, _: int) -> None:
        if result.id == "s2":
            raise ZeroDivisionError("on purpose")

    made_of = lanes(host, 3)
    scenarios = suite(*(does(number, "pass 9") for number in range(9))).scenarios
    async with made_of.bench() as first:
        with pytest.raises(ZeroDivisionError):
            await made_of.spread(scenarios, first, work, landed)
    assert host.alive == set()


SERVES = """
id: {id}
service: {{run: python3 -m http.server 8080 --bind 127.0.0.1, ready: {{http: "http://127.0.0.1:8080/", within: 10s}}}}
steps:
  - http: {{url: "http://127.0.0.1:8080/mine"}}
    expect: {{status: 200, body: "{id}"}}
  - wait: 1s
files: {{mine: "{id}"}}
"""


class Counting:
    """A host that counts the sandboxes it has made and those that are there at once."""

    def __init__(self, host: SandboxHost) -> None:
        self._host = host
        self.widest = self.alive = 0
        self.two_alive = asyncio.Event()

    def __getattr__(self, name: str) -> object:
        return getattr(self._host, name)

    async def create(self, request: SandboxRequest) -> Sandbox:
        made = await self._host.create(request)
        self.alive += 1
        self.widest = max(self.widest, self.alive)
        if self.alive == 2:
            self.two_alive.set()
        destroy = made.destroy

        async def counted() -> None:
            self.alive -= 1
            await destroy()

        made.destroy = counted  # type: ignore[method-assign]
        return made


def serving(*ids: str) -> list[Scenario]:
    return [scenario(SERVES.format(id=each)) for each in ids]


@pytest.mark.docker
async def test_services_on_one_port_do_not_meet_in_two_containers(docker_judge: Judge):
    host = Counting(docker_judge.host)
    job = replace(docker_judge.job(EMPTY, *serving("a", "b", "c", "d")), gate=Gate(parallel=2))
    evaluation = await evaluate(job, host)
    assert [each.evidence for each in evaluation.scenarios] == [()] * 4
    assert host.widest == 2
    assert host.alive == 0


@pytest.mark.docker
async def test_a_cancelled_evaluation_leaves_no_container(docker_judge: Judge):
    host = Counting(docker_judge.host)
    waits = [scenario("{steps: [{run: sleep 30, timeout: 60s}]}", id=f"s{number}") for number in range(4)]
    judging = asyncio.create_task(evaluate(replace(docker_judge.job(EMPTY, *waits), gate=Gate(parallel=2)), host))
    async with asyncio.timeout(30):
        await host.two_alive.wait()
    judging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await judging
    assert host.alive == 0


async def test_without_a_network_of_their_own_services_run_one_at_a_time(judge: Judge):
    host = LocalHost(isolation=Isolation.NONE)
    assert not host.capabilities().network_isolated
    try:
        job = replace(judge.job(EMPTY, *serving("a", "b", "c")), gate=Gate(parallel=3))
        evaluation = await evaluate(job, host)
    finally:
        await host.close()
    assert [each.evidence for each in evaluation.scenarios] == [()] * 3
