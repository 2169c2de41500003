"""Real parts: a twin process, the SDK's client, a local sandbox. Only the book is kept in memory."""

import itertools
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from factory_tui.agents import BuildJob, ModelGateway, NativeAgent, ProviderHold, RetryPolicy
from factory_tui.agents.wire import ModelRequest
from factory_tui.config import Model, Profile, SandboxSettings
from factory_tui.ledger import Caps, load_prices
from factory_tui.model.build import BuildReport
from factory_tui.model.holdout import Route
from factory_tui.model.ids import SpecId
from factory_tui.model.money import MicroUsd
from factory_tui.model.spec import Category, FrontMatter, Kind, Question, Section, Spec
from factory_tui.model.usage import Usage
from factory_tui.sandbox import open_host
from factory_tui.sandbox.port import Labels, Role, Sandbox, SandboxRequest
from tests.ledger.memory import MemoryLedger
from tests.twins.process import twin_process

QUICK = RetryPolicy(tries=4, first_pause_s=0.001, longest_pause_s=2.0)
SHORT = (0.02, 0.04)
"""Pauses of a hold."""
_numbers = itertools.count()

TURN = "attempts: [[{text: hello}]]\n"
"""2,000 tokens in and 400 out: 12,000 micro-dollars."""


def fault(kind: str, times: int = 1, more: str = "") -> str:
    return f"{TURN}faults: [{{turn: 1, kind: {kind}, times: {times}{more}}}]"


@dataclass
class Twin:
    """One twin for the whole session; every test has specs of its own."""

    url: str
    scripts: Path
    record: Path

    def script(self, text: str, spec: str | None = None) -> str:
        """Write a script; the id of the spec that it belongs to."""
        spec = spec or f"spec-{next(_numbers)}"
        (self.scripts / f"{spec}.yaml").write_text(text, encoding="utf-8")
        return spec

    def requests(self, spec: str) -> list[dict]:
        """Bodies of the requests for messages that a spec caused, in order."""
        lines = [json.loads(line) for line in self.record.read_text(encoding="utf-8").splitlines()]
        return [line["body"] for line in lines if line["headers"].get("x-factory-spec") == spec]


@pytest.fixture(scope="session")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    scripts, record = tmp_path_factory.mktemp("scripts"), tmp_path_factory.mktemp("record") / "requests.jsonl"
    with twin_process(scripts, record) as url:
        yield Twin(url, scripts, record)


@pytest.fixture
async def gateway(twin: Twin) -> AsyncIterator[ModelGateway]:
    hold = ProviderHold(pauses=SHORT)
    async with ModelGateway(Model(base_url="twin"), load_prices(), None, twin.url, QUICK, hold=hold) as opened:
        yield opened


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger(Caps(run=MicroUsd(50_000_000)))


def in_seconds(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def request(spec: str, **changes: object) -> ModelRequest:
    plain = ModelRequest(
        model="claude-sonnet-4-6",
        max_tokens=1000,
        system=({"type": "text", "text": "Work."},),
        tools=({"type": "bash_20250124", "name": "bash"},),
        messages=({"role": "user", "content": "go"},),
        spec=spec,
        attempt=1,
        deadline=in_seconds(60),
    )
    return replace(plain, **changes)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    host = open_host(SandboxSettings(backend="local"))
    labels = Labels("tests", f"run-{next(_numbers)}", 1, Role.BUILD, in_seconds(600))
    made = await host.create(SandboxRequest(labels, image=""))
    yield made
    await made.destroy()
    await host.close()


@dataclass
class Watched:
    """A watch that remembers."""

    turns: list[tuple[int, str, Usage, MicroUsd]] = field(default_factory=list)
    started: list[tuple[int, str, str, str]] = field(default_factory=list)
    finished: list[tuple[int, str, str, bool, str]] = field(default_factory=list)
    heard: list[tuple[Route, str]] = field(default_factory=list)
    own_words: list[str] = field(default_factory=list)

    async def told(self, route: Route, text: str) -> None:
        self.heard.append((route, text))

    async def said(self, text: str) -> None:
        self.own_words.append(text)

    async def turn_finished(self, turn: int, text: str, usage: Usage, cost: MicroUsd) -> None:
        self.turns.append((turn, text, usage, cost))

    async def tool_started(self, turn: int, call_id: str, name: str, summary: str) -> None:
        self.started.append((turn, call_id, name, summary))

    async def tool_finished(self, turn: int, call_id: str, name: str, ok: bool, seconds: float, output: str) -> None:
        self.finished.append((turn, call_id, name, ok, output))


@pytest.fixture
def watch() -> Watched:
    return Watched()


def a_spec(spec_id: str, **front: object) -> Spec:
    return Spec(
        id=SpecId(spec_id),
        path=Path(f"specs/{spec_id}.md"),
        text="",
        front=FrontMatter(
            id=spec_id,
            title=f"Title of {spec_id}",
            kind=Kind.FEATURE,
            category=Category.CRUD,
            target="targets/t",
            **front,
        ),
        sections=tuple(Section(question=each, line=1, body=f"Answer to {each} of {spec_id}.\n") for each in Question),
        hash="0" * 64,
    )


def a_job(spec_id: str, **changes: object) -> BuildJob:
    plain = BuildJob(
        spec=a_spec(spec_id),
        run="r0000001",
        attempt=1,
        profile=Profile(max_tokens=1000),
        context=(),
        constraints=(),
        feedback=None,
        deadline=in_seconds(60),
        max_turns=20,
    )
    return replace(plain, **changes)


@pytest.fixture
def build(twin: Twin, gateway: ModelGateway, ledger: MemoryLedger, sandbox: Sandbox, watch: Watched) -> Callable:
    """Build a spec whose script is given; the report."""

    async def built(script: str, spec: str | None = None, **job: object) -> BuildReport:
        agent = NativeAgent(gateway, ledger.book())
        return await agent.build(a_job(twin.script(script, spec), **job), sandbox, watch)

    return built
