"""A workspace with a store and a control server over commands that only need the store."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from factory_tui.config import Settings
from factory_tui.engine.commands import CommandRefused, EscapeAnswer, RunAnswer
from factory_tui.engine.server import ControlServer
from factory_tui.model.admission import Admission
from factory_tui.model.evaluation import Result
from factory_tui.model.failure import FailureClass
from factory_tui.model.ids import ScenarioId
from factory_tui.model.money import MicroUsd
from factory_tui.model.mutation import Fate, Mutant, MutantFate, MutationReport
from factory_tui.model.readback import ReadBack, ReadBackPlan
from factory_tui.model.scenario import OnBase
from factory_tui.model.views import EngineInfo
from factory_tui.store.store import Store


@dataclass
class SmallEngine:
    """Carries out commands without building anything."""

    settings: Settings = field(default_factory=Settings)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: list[str] = field(default_factory=list)
    told: list[tuple[object, ...]] = field(default_factory=list)
    is_paused: bool = False

    def info(self) -> EngineInfo:
        return EngineInfo(
            pid=4242,
            epoch=1,
            started=datetime(2026, 11, 21, tzinfo=UTC),
            workspace="/somewhere",
            sandbox="local",
            unsafe=False,
            model="twin",
            version="0",
        )

    def settings_json(self) -> str:
        return self.settings.model_dump_json()

    async def run(self, specs: tuple[str, ...]) -> RunAnswer:
        if "broken" in specs:
            raise ZeroDivisionError("on purpose")
        return RunAnswer(batch="b1", runs=specs, refused=(("draft-one", "it is draft"),))

    async def mutate(self, spec: str, run: str | None, limit: int, minutes: float) -> MutationReport:
        self.told.append(("mutate", spec, run, limit, minutes))
        mutant = Mutant(path="a.py", line=1, what="`>` becomes `>=`", before="a > b", after="a >= b")
        return MutationReport(
            spec=spec,
            run=run or "r1",
            suite_hash="s",
            fates=(MutantFate(mutant=mutant, fate=Fate.SURVIVED),),
            candidates=1,
            seconds=0.5,
            when=datetime(2026, 11, 21, tzinfo=UTC),
        )

    async def stop_mutation(self, spec: str) -> bool:
        return spec == "greet"

    async def cancel(self, run: str) -> None:
        if run == "done":
            raise CommandRefused("done has already ended", "nothing is left to cancel")
        self.cancelled.append(run)

    async def retry(self, run: str) -> str:
        raise CommandRefused("there is no key", "set ANTHROPIC_API_KEY", missing=True)

    async def answer(self, run: str, answer: str, question: str) -> str:
        self.told.append(("answer", run, answer))
        return "again"

    async def escape(self, run: str, reason: str) -> EscapeAnswer:
        self.told.append(("escape", run, reason))
        return EscapeAnswer(failure=7, reverted=None, why_not="it has moved on")

    async def classify(self, failure: int, failure_class: FailureClass, reason: str) -> None:
        self.told.append(("classify", failure, failure_class, reason))

    async def propose(self) -> tuple[int, ...]:
        return (3, 4)

    async def accept(self, amendment: int) -> str:
        if amendment == 9:
            raise CommandRefused("amendment 9 is already part of feature@2", "nothing is left to do")
        return "feature@2"

    async def reject(self, amendment: int, reason: str) -> None:
        self.told.append(("reject", amendment, reason))

    async def read_back(self, spec: str, fresh: bool) -> ReadBack:
        self.told.append(("read back", spec, fresh))
        return ReadBack(spec=spec, hash="h", summary="It greets.", when=datetime(2026, 11, 21, tzinfo=UTC))

    async def plan_read_back(self, spec: str) -> ReadBackPlan:
        return ReadBackPlan(spec=spec, hash="h", model="m", charged=True, most=MicroUsd(70_000))

    async def admit(self, spec: str) -> tuple[Admission, ...]:
        self.told.append(("admit", spec))
        refused = Admission(
            ScenarioId("s"), "h", OnBase.FAIL, Result.FAIL, admitted=False, reason="why", on_stub=Result.PASS
        )
        return (refused, replace(refused, observed=Result.PASS, on_stub=None))

    async def pause(self) -> None:
        self.is_paused = True

    async def resume(self) -> None:
        self.is_paused = False

    def paused(self) -> bool:
        return self.is_paused

    async def stop(self) -> None:
        self.stopping.set()


@dataclass
class Plant:
    workspace: Path
    socket: Path
    engine: SmallEngine
    store: Store


@asynccontextmanager
async def serving(workspace: Path) -> AsyncIterator[Plant]:
    workspace.mkdir(exist_ok=True)
    engine = SmallEngine()
    async with (
        await Store.open(workspace / "runs.db") as store,
        ControlServer(workspace, engine, store).listening() as socket,
    ):
        yield Plant(workspace, socket, engine, store)


@pytest.fixture
async def plant(tmp_path: Path) -> AsyncIterator[Plant]:
    async with serving(tmp_path / "workspace") as served:
        yield served
